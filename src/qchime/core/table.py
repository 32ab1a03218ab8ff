"""The table of services: one row for each, found by the entry points of the group `qchime.services`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from importlib.metadata import EntryPoint
from pkgutil import resolve_name
from typing import Any, overload

from qchime.core.caller import AUTHENTICATION_ERRORS
from qchime.core.group import GROUP, moto_name, service_entry_points
from qchime.core.service import InvalidRow, Service, Word
from qchime.world import LOSSES


class Table(Sequence[Service]):
    """All services that are installed, ours first. Rows are loaded with their first use.

    It is the world's `Catalogue` too.
    """

    @property
    def names(self) -> list[str]:
        """botocore's names of the services."""
        return list(service_entry_points())

    @property
    def modules(self) -> list[str]:
        """moto's spelling of the names."""
        return [moto_name(name) for name in service_entry_points()]

    @cached_property
    def _rows(self) -> tuple[Service, ...]:
        return tuple(map(self.named, service_entry_points()))

    def named(self, name: str) -> Service:
        """The service that botocore calls so.

        Raises:
            LookupError: none is called so; the message names all.
            InvalidRow: its entry point is wrong.
        """
        entry = service_entry_points().get(name)
        if entry is None:
            raise LookupError(f"There is no service {name!r}. There is: {', '.join(self.names)}")
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

    def having(self, operation: str) -> list[Service]:
        """The services that have an operation of this name: several have TagResource.

        Raises:
            ValueError: none has; the message names those that are spelled alike.
        """
        found = [service for service in self if operation in service.model.operation_names]
        if not found:
            import difflib  # for mistakes alone

            names = sorted({name for service in self for name in service.model.operation_names})
            alike = difflib.get_close_matches(str(operation), names, n=3) or names
            raise ValueError(f"There is no operation {operation!r}. There is: {', '.join(alike)}")
        return found

    def services_with(self, operation: str) -> list[str]:
        """The names of the services that have an operation of this name."""
        return [service.name for service in self.having(operation)]

    def errors_of(self, service: str, operation: str) -> tuple[str, ...]:
        """What the model declares, what AWS's front door answers to credentials, and lost answers."""
        return (*self.named(service).operation(operation).errors, *AUTHENTICATION_ERRORS, *LOSSES)

    def members_of(self, service: str, operation: str) -> list[str]:
        """The members of the operation's input."""
        shape = self.named(service).operation(operation).model.input_shape
        return list(shape.members) if shape else []

    def limits(self) -> Mapping[str, int]:
        """AWS's figures of all services."""
        return self._limits

    @cached_property
    def _limits(self) -> dict[str, int]:
        figures: dict[str, int] = {}
        for service in self:
            for name, figure in service.limits.items():
                if figures.setdefault(name, figure) != figure:
                    raise InvalidRow(
                        f"The row of {service.name} has the limit {name}={figure}, which is {figures[name]} "
                        "for another service. Give it another name: limits are shared by all services."
                    )
        return figures

    def words(self) -> Mapping[str, Any]:
        """The classes of the further words of the handle, by name."""
        return {name: resolve_name(word.local) for service in self for name, word in service.words.items()}

    def word(self, name: str) -> Word | None:
        """A further word of the handle, None if no service brings it along."""
        return next((service.words[name] for service in self if name in service.words), None)


def _row(entry: EntryPoint) -> Service:
    """The row that an entry point leads to.

    Raises:
        InvalidRow: it leads nowhere, or to something else.
    """
    place = f"The entry point `{entry.name} = {entry.value!r}` of {GROUP}"
    try:
        row = entry.load()
    except (ImportError, AttributeError) as error:
        raise InvalidRow(
            f"{place} cannot be loaded: {error}. Correct it in its package's pyproject.toml, and install "
            "that again."
        ) from error
    if not isinstance(row, Service):
        raise InvalidRow(f"{place} leads to {row!r}; it must lead to a qchime.core.service.Service.")
    if row.name != entry.name:
        raise InvalidRow(
            f"{place} leads to the row of {row.name!r}. Name it {row.name} in its package's pyproject.toml, "
            "and install that again."
        )
    return row


SERVICES = Table()
"""Every service that is installed."""
