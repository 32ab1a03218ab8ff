"""The quotas: AWS's, and what a test author makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qchime.world.catalogue import Catalogue


class Limits:
    """The figures that the services enforce, one attribute each: AWS's own until changed.

    Which there are, and AWS's figures, the services say. A misspelt name is an AttributeError, a negative
    figure a ValueError. Those of one account win over everybody's.
    """

    _catalogue: Catalogue
    _everybody: Limits | None
    _changed: dict[str, int]

    def __init__(self, catalogue: Catalogue, everybody: Limits | None = None) -> None:
        self.__dict__.update(_catalogue=catalogue, _everybody=everybody, _changed={})

    def __getattr__(self, name: str) -> int:
        if name.startswith("_"):
            raise AttributeError(name)
        if name in self._changed:
            return self._changed[name]
        if self._everybody is not None:
            return self._everybody.__getattr__(name)
        self._check_name(name)
        return self._figures[name]

    def __setattr__(self, name: str, value: int) -> None:
        self.update(**{name: value})

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._figures]

    def update(self, **figures: int) -> None:
        """Change several at once, or none if one of them is wrong."""
        for name, value in figures.items():
            self._check(name, value)
        self.__dict__["_changed"] = {**self._changed, **figures}

    def as_dict(self) -> dict[str, int]:
        """Every limit by name."""
        return {name: getattr(self, name) for name in self._figures}

    def state(self) -> dict[str, int]:
        """What a state keeps: every limit, of one account only those that it has of its own."""
        return self.as_dict() if self._everybody is None else dict(self._changed)

    def restore(self, state: Mapping[str, int]) -> None:
        """Have these figures; what a state of an older version lacks is AWS's."""
        for name, value in state.items():
            self._check(name, value)
        self.__dict__["_changed"] = dict(state)

    def integrity_errors(self, state: Mapping[str, int]) -> list[tuple[str, str]]:
        """What keeps a state from being restored: the name of each limit, and what is wrong with it."""
        errors = []
        for name, value in state.items():
            try:
                self._check(name, value)
            except (AttributeError, TypeError, ValueError) as error:
                errors.append((name, str(error)))
        return errors

    def reset(self) -> None:
        """Back to AWS's figures, or to everybody's."""
        self.__dict__["_changed"] = {}

    @property
    def _figures(self) -> Mapping[str, int]:
        return self._catalogue.limits()

    def _check(self, name: str, value: Any) -> None:
        self._check_name(name)
        if type(value) is not int:
            raise TypeError(f"The limit {name} takes a whole number, not {value!r}")
        if value < 0:
            raise ValueError(f"The limit {name} takes a figure of 0 or more, not {value}")

    def _check_name(self, name: str) -> None:
        if name not in self._figures:
            raise AttributeError(f"There is no limit {name!r}. The limits are: {', '.join(self._figures)}")
