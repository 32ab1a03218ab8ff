"""The limits: AWS's default quotas, unless a test author changes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qchime.world.catalogue import Catalogue
from qchime.world.changes import Changes
from qchime.world.locks import Lock


class Limits:
    """The limits that the services enforce, one attribute each, with AWS's quotas as defaults.

    The services define the names and defaults. Setting an unknown name raises AttributeError, a value that is
    not an integer TypeError, and a negative one ValueError. An account's limits override those for all
    accounts.
    """

    _catalogue: Catalogue
    _everybody: Limits | None
    _changes: Changes
    _changed: dict[str, int]
    _lock: Lock

    def __init__(
        self, catalogue: Catalogue, everybody: Limits | None = None, changes: Changes | None = None
    ) -> None:
        self.__dict__.update(_catalogue=catalogue, _everybody=everybody, _changes=changes or Changes())
        self.__dict__.update(_changed={}, _lock=Lock())

    def __getattr__(self, name: str) -> int:
        if name.startswith("_"):
            raise AttributeError(name)
        changed = self._changed.get(name)
        if changed is not None:
            return changed
        if self._everybody is not None:
            return self._everybody.__getattr__(name)
        self._check_name(name)
        return self._figures[name]

    def __setattr__(self, name: str, value: int) -> None:
        self.update(**{name: value})

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._figures]

    def update(self, **figures: int) -> None:
        """Change several limits at once; if one of the values is invalid, none changes.

        Raises:
            AttributeError: there is no limit of this name; the message lists the limits.
            TypeError: a value is not an integer.
            ValueError: a value is negative.
        """
        for name, value in figures.items():
            self._check(name, value)
        with self._lock:
            self.__dict__["_changed"] = {**self._changed, **figures}
        self._changes.note()

    def as_dict(self) -> dict[str, int]:
        """All limits by name."""
        return {name: getattr(self, name) for name in self._figures}

    def state(self) -> dict[str, int]:
        """All limits; of an account, only those that it overrides."""
        return self.as_dict() if self._everybody is None else dict(self._changed)

    def restore(self, state: Mapping[str, int]) -> None:
        """Replace the limits with saved ones; those that an older state lacks get AWS's defaults."""
        for name, value in state.items():
            self._check(name, value)
        with self._lock:
            self.__dict__["_changed"] = dict(state)

    def integrity_errors(self, state: Mapping[str, int]) -> list[tuple[str, str]]:
        """The invalid limits in a state, as pairs of a name and a problem."""
        errors = []
        for name, value in state.items():
            try:
                self._check(name, value)
            except (AttributeError, TypeError, ValueError) as error:
                errors.append((name, str(error)))
        return errors

    def reset(self) -> None:
        """Return to AWS's defaults; an account's limits, to those for all accounts."""
        with self._lock:
            self.__dict__["_changed"] = {}
        self._changes.note()

    @property
    def _figures(self) -> Mapping[str, int]:
        return self._catalogue.limits()

    def _check(self, name: str, value: Any) -> None:
        self._check_name(name)
        if type(value) is not int:
            raise TypeError(f"The limit {name} takes a whole number, not {value!r}")
        if value < 0:
            raise ValueError(f"The limit {name} takes a number of 0 or more, not {value}")

    def _check_name(self, name: str) -> None:
        if name not in self._figures:
            raise AttributeError(f"There is no limit {name!r}. Choose from: {', '.join(self._figures)}")
