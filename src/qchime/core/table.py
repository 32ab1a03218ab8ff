"""The table of services: one row each, discovered by the entry-point group `qchime.services`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import EntryPoint
from pkgutil import resolve_name
from typing import Any, overload

from qchime.core.group import GROUP, moto_name, service_entry_points
from qchime.core.service import InvalidRow, Routes, Service, Word
from qchime.lazy import cached_property
from qchime.rules import RULES, Rule


class Table(Sequence[Service]):
    """All installed services, our own first. Rows are loaded on first use.

    The table also implements `qchime.world.Catalogue`.
    """

    @property
    def names(self) -> list[str]:
        """botocore's names of the services."""
        return list(service_entry_points())

    @property
    def modules(self) -> list[str]:
        """moto's names of the services."""
        return [moto_name(name) for name in service_entry_points()]

    @cached_property
    def _rows(self) -> tuple[Service, ...]:
        return tuple(map(self.named, service_entry_points()))

    def named(self, name: str) -> Service:
        """The service with this botocore name.

        Raises:
            LookupError: no installed service has this name; the message lists those that are installed.
            InvalidRow: its entry point is invalid.
        """
        entry = service_entry_points().get(name)
        if entry is None:
            raise LookupError(f"There is no service {name!r}. Choose from: {', '.join(self.names)}")
        return _row(entry)

    @overload
    def __getitem__(self, index: int) -> Service: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Service]: ...

    def __getitem__(self, index: int | slice) -> Service | Sequence[Service]:
        return self._rows[index]

    def __iter__(self) -> Iterator[Service]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(service_entry_points())

    def with_sockets_at(self, path: str) -> Service | None:
        """The service that offers WebSockets at this path, None if no service does."""
        return self._with_sockets.get(path)

    @cached_property
    def _with_sockets(self) -> dict[str, Service]:
        return {service.sockets.path: service for service in reversed(self) if service.sockets is not None}

    def routes_above(self, path: str) -> Routes | None:
        """The further routes of a service that this path is one of, None if it is not."""
        having = (service.routes for service in self if service.routes is not None)
        return next((routes for routes in having if path.startswith(f"{routes.path}/")), None)

    def having(self, operation: str) -> list[Service]:
        """The services that have an operation of this name; several have TagResource.

        Raises:
            ValueError: no service has it; the message suggests similar names.
        """
        found = [service for service in self if operation in service.model.operation_names]
        if not found:
            import difflib  # only mistakes need it

            names = sorted({name for service in self for name in service.model.operation_names})
            alike = difflib.get_close_matches(str(operation), names, n=3) or names
            raise ValueError(f"There is no operation {operation!r}. Choose from: {', '.join(alike)}")
        return found

    def services_with(self, operation: str) -> list[str]:
        """The names of the services that have an operation of this name."""
        return [service.name for service in self.having(operation)]

    def errors_of(self, service: str, operation: str) -> tuple[str, ...]:
        """The errors that a fault can inject: the model's, those of AWS's front door, and lost responses."""
        from qchime.core.caller import AUTHENTICATION_ERRORS  # whoever reads the table may add no fault
        from qchime.world import LOSSES

        return (*self.named(service).operation(operation).errors, *AUTHENTICATION_ERRORS, *LOSSES)

    def members_of(self, service: str, operation: str) -> list[str]:
        """The names of the members of the operation's input."""
        shape = self.named(service).operation(operation).model.input_shape
        return list(shape.members) if shape else []

    def limits(self) -> Mapping[str, int]:
        """AWS's default quotas of all services, by name.

        Raises:
            InvalidRow: two services have different defaults for a limit of the same name.
        """
        return self._limits

    @cached_property
    def _limits(self) -> dict[str, int]:
        figures: dict[str, int] = {}
        for service in self:
            for name, figure in service.limits.items():
                if figures.setdefault(name, figure) != figure:
                    raise InvalidRow(
                        f"The row of {service.name} has the limit {name}={figure}, which is {figures[name]} "
                        "for another service. Rename it: all services share their limits."
                    )
        return figures

    def rules(self) -> Mapping[str, Rule]:
        """The rules that have choices, of all services, by name."""
        for service in self:
            _ = service.backend, service.exceptions  # a module defines its rules when it is imported
        return {name: rule for name, rule in RULES.items() if rule.choices}

    def words(self) -> Mapping[str, Any]:
        """The local classes of the attributes that services add to the handle, by name."""
        return {name: resolve_name(word.local) for service in self for name, word in service.words.items()}

    def word(self, name: str) -> Word | None:
        """The attribute of this name that a service adds to the handle, None if no service does."""
        return next((service.words[name] for service in self if name in service.words), None)


def _row(entry: EntryPoint) -> Service:
    """The row that an entry point refers to.

    Raises:
        InvalidRow: it cannot be loaded, is not a `Service`, or has another name.
    """
    place = f"The entry point `{entry.name} = {entry.value!r}` of {GROUP}"
    try:
        row = entry.load()
    except (ImportError, AttributeError) as error:
        raise InvalidRow(
            f"{place} cannot be loaded: {error}. Correct it in its package's pyproject.toml, and reinstall "
            "the package."
        ) from error
    if not isinstance(row, Service):
        raise InvalidRow(f"{place} refers to {row!r}; it must refer to a qchime.core.service.Service.")
    if row.name != entry.name:
        raise InvalidRow(
            f"{place} refers to the row of {row.name!r}. Rename the entry point to {row.name} in its "
            "package's pyproject.toml, and reinstall the package."
        )
    return row


SERVICES = Table()
"""Every service that is installed."""
