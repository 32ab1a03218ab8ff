"""The rules that have choices, each with the choice of the test author."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from qchime.rules import RULES, Rule
from qchime.world.catalogue import Catalogue
from qchime.world.changes import Changes
from qchime.world.locks import Lock


class UnknownRule(KeyError):
    """No rule with a choice has this name. The message lists those that there are."""

    def __str__(self) -> str:
        return str(self.args[0])  # KeyError would quote it


class Rules:
    """The rules that have choices: `rules["qapps.default-output-source"] = "llm"`.

    `del rules[name]` restores the default.

    An account's choices override those for all accounts.
    """

    def __init__(
        self, catalogue: Catalogue, everybody: Rules | None = None, changes: Changes | None = None
    ) -> None:
        self._catalogue = catalogue
        self._everybody = everybody
        self._changes = changes or Changes()
        self._lock = Lock()
        self._chosen: dict[str, str] = {}

    def __getitem__(self, name: str) -> str:
        chosen = self._chosen.get(name)
        if chosen is not None:
            return chosen
        return self._everybody[name] if self._everybody is not None else self._rule(name).choices[0]

    def __setitem__(self, name: str, choice: str) -> None:
        self.update({name: choice})

    def __delitem__(self, name: str) -> None:
        self.update({name: None})

    def __contains__(self, name: object) -> bool:
        return name in self._catalogue.rules()

    def __iter__(self) -> Iterator[str]:
        return iter(self._catalogue.rules())

    def __len__(self) -> int:
        return len(self._catalogue.rules())

    def __repr__(self) -> str:
        return repr(self.as_dict())

    def update(self, choices: Mapping[str, str | None]) -> None:
        """Change several rules at once; None restores a default. If a choice is invalid, none changes.

        Raises:
            UnknownRule: a KeyError; the message lists the names.
            ValueError: a rule does not have this choice; the message lists the choices.
        """
        for name, choice in choices.items():
            self._check(name, choice)
        with self._lock:
            chosen = {**self._chosen, **choices}
            self._chosen = {name: choice for name, choice in chosen.items() if choice is not None}
        self._changes.note()

    def as_dict(self) -> dict[str, str]:
        """The current choice of each rule."""
        return {name: self[name] for name in self}

    def state(self) -> dict[str, str]:
        """The choices that differ from the default or, of an account, from those for all accounts."""
        return dict(self._chosen)

    def restore(self, state: Mapping[str, str]) -> None:
        """Replace the choices with saved ones."""
        with self._lock:
            self._chosen = dict(state)

    def integrity_errors(self, state: Mapping[str, str]) -> list[tuple[str, str]]:
        """The invalid choices in a state, as pairs of a name and a problem."""
        errors = []
        for name, choice in state.items():
            try:
                self._check(name, choice)
            except (UnknownRule, ValueError) as error:
                errors.append((name, str(error)))
        return errors

    def reset(self) -> None:
        """Return to the defaults; an account's rules, to those for all accounts."""
        with self._lock:
            self._chosen = {}
        self._changes.note()

    def _rule(self, name: str) -> Rule:
        rule = RULES.get(name)
        if rule is not None and rule.choices:  # as when its own module asks, which needs no other service
            return rule
        rules = self._catalogue.rules()
        if name not in rules:
            raise UnknownRule(f"There is no rule {name!r} with a choice. Choose from: {', '.join(rules)}")
        return rules[name]

    def _check(self, name: str, choice: Any) -> None:
        choices = self._rule(name).choices
        if choice is not None and choice not in choices:
            raise ValueError(f"The rule {name} takes {' or '.join(map(repr, choices))}, not {choice!r}")
