"""Rules: what qchime does where AWS documents nothing, or where its documentation contradicts itself.

A rule is data beside what it decides: a constant next to a constant, or a decorator of a function or class.
`docs/fidelity.md` lists them, an error that follows from a rule names it, and a test author can change those
with `choices`.

This module imports nothing of qchime, so that every other module can have rules.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, TypeVar

Mark = Literal["inferred", "disputed", "observed"]
"""inferred: nothing public says so; disputed: sources contradict each other; observed: AWS does so."""


class Place(NamedTuple):
    """Where a rule is decided: the module, and the qualified name in it."""

    module: str
    name: str


Target = TypeVar("Target", bound=Any)


@dataclass(frozen=True, eq=False, kw_only=True)
class Rule:
    """One rule. As a decorator it notes what it decides, and leaves the function or class as it is."""

    name: str
    """Its name everywhere, such as `qapps.default-output-source`."""
    mark: Mark
    text: str
    """What qchime does, in a sentence for its users."""
    sources: tuple[str, ...] = ()
    """Links to what it follows from, or to what contradicts it."""
    choices: tuple[str, ...] = ()
    """What a test author can choose from, the default first; empty if there is no choice."""
    turn: str | None = None
    """What else of the handle changes it, such as `users.required`."""
    module: str
    """The module that defines it."""
    targets: list[Place] = field(default_factory=list)
    """What it decorates."""

    def __call__(self, target: Target) -> Target:
        """Note that this function or class follows the rule, and return it."""
        self.targets.append(Place(target.__module__, target.__qualname__))
        return target

    @property
    def places(self) -> tuple[Place, ...]:
        """What it decorates, or else its constant."""
        return tuple(self.targets) or (Place(self.module, self._constant),)

    @property
    def _constant(self) -> str:
        for name, value in vars(sys.modules[self.module]).items():
            if value is self:
                return name
        raise LookupError(
            f"Make the rule {self.name} a constant of {self.module}, or decorate what it decides."
        )

    @property
    def way_to_turn(self) -> str:
        """How a test author changes it, in terms of the handle; empty if that is impossible."""
        ways = [f'rules["{self.name}"] = "{choice}"' for choice in self.choices[1:]]
        return " or ".join([*ways, self.turn] if self.turn else ways)


_rules: dict[str, Rule] = {}

RULES: Mapping[str, Rule] = MappingProxyType(_rules)
"""The rules of all modules that have been imported, by name."""


def inferred(
    name: str, text: str, *, sources: Sequence[str] = (), choices: Sequence[str] = (), turn: str | None = None
) -> Rule:
    """A rule that nothing public confirms.

    Raises:
        ValueError: there is another rule of this name.
    """
    return _register("inferred", name, text, sources, choices, turn)


def disputed(
    name: str, text: str, *, sources: Sequence[str], choices: Sequence[str] = (), turn: str | None = None
) -> Rule:
    """A rule about which the sources contradict each other.

    Raises:
        ValueError: there is another rule of this name.
    """
    return _register("disputed", name, text, sources, choices, turn)


def observed(
    name: str, text: str, *, sources: Sequence[str] = (), choices: Sequence[str] = (), turn: str | None = None
) -> Rule:
    """A rule that AWS follows without documenting it, as its responses or programs that use it show.

    Raises:
        ValueError: there is another rule of this name.
    """
    return _register("observed", name, text, sources, choices, turn)


def _register(
    mark: Mark, name: str, text: str, sources: Sequence[str], choices: Sequence[str], turn: str | None
) -> Rule:
    module = sys._getframe(2).f_globals["__name__"]  # the module that calls `inferred` or its like
    if name in _rules:
        raise ValueError(f"{_rules[name].module} already has a rule {name!r}; give this one another name")
    rule = Rule(
        name=name,
        mark=mark,
        text=text,
        sources=tuple(sources),
        choices=tuple(choices),
        turn=turn,
        module=module,
    )
    _rules[name] = rule
    return rule
