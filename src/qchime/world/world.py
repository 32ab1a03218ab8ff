"""The world: everything that a test author sets, for all accounts or for one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from qchime.world.catalogue import Catalogue
from qchime.world.changes import Changes
from qchime.world.clock import Clock
from qchime.world.faults import Faults
from qchime.world.identities import Identities
from qchime.world.ids import Ids
from qchime.world.limits import Limits
from qchime.world.locks import Lock
from qchime.world.rules import Rules
from qchime.world.throttling import Throttling
from qchime.world.users import Keys, Users


class Part(Protocol):
    """One part of a world: something that a test author sets, and that a state includes."""

    def state(self) -> Any:
        """The state as plain records. Loading a state document relies on the return annotation."""

    def restore(self, state: Any) -> None:
        """Replace the state with what `state` has returned."""

    def reset(self) -> None:
        """Return to the initial state."""


class World:
    """Clock, limits, rules, users, faults, throttling, and the attributes that services add to the handle.

    An account's world is on top of `everybody`, the world for all accounts: its faults and answers come
    first, its limits and rules override those of `everybody`, and its clock adds to that of `everybody`.
    """

    clock: Clock
    limits: Limits
    users: Users
    faults: Faults
    rules: Rules
    throttling: Throttling

    def __init__(
        self,
        catalogue: Catalogue,
        ids: Ids,
        keys: Keys,
        identities: Identities,
        changes: Changes,
        everybody: World | None = None,
        account_id: str = "",
    ) -> None:
        self._catalogue = catalogue
        self._everybody = everybody
        self._lock = Lock()
        self._words: dict[str, Any] | None = None
        self.backends: Callable[[str], list[Any]] = lambda word: []
        """The backends of the service that has a word, in this account or in all. The cloud sets it."""
        self._keys = keys
        self._identities = identities
        self.ids = ids
        self.changes = changes
        self.clock = Clock(everybody.clock if everybody else None, changes)
        self.limits = Limits(catalogue, everybody.limits if everybody else None, changes)
        users = everybody.users if everybody else None
        self.users = Users(self.clock, ids, keys, identities, users, account_id, changes)
        self.faults = Faults(catalogue, everybody.faults if everybody else None, changes)
        self.rules = Rules(catalogue, everybody.rules if everybody else None, changes)
        self.throttling = Throttling(self.clock, everybody.throttling if everybody else None, changes)

    @property
    def words(self) -> dict[str, Any]:
        """The attributes that services add to the handle, by name; created on first use."""
        if self._words is None:
            above = self._everybody.words if self._everybody is not None else {}
            with self._lock:
                if self._words is None:
                    kinds = self._catalogue.words()
                    words = {name: kind(above.get(name)) for name, kind in kinds.items()}
                    for name, word in words.items():
                        word.changes = self.changes
                        word.backends = partial(self._backends_of, name)
                    self._words = words
        return self._words

    def _backends_of(self, word: str) -> list[Any]:
        return self.backends(word)

    @property
    def runs_functions(self) -> bool:
        """Whether a call may run functions of a test author, of this world or of one on top of it."""
        return any(getattr(word, "runs_functions", False) for word in (self._words or {}).values())

    @property
    def own_parts(self) -> dict[str, Part]:
        """The parts that every state includes, whatever its age and the installed services, by name."""
        return {"clock": self.clock, "limits": self.limits, "users": self.users, "faults": self.faults}

    @property
    def is_changed(self) -> bool:
        """Whether a test author has set anything in it."""
        known = self._catalogue, self.ids, self._keys, self._identities
        initial = World(*known, self.changes, self._everybody).parts
        return any(part.state() != initial[name].state() for name, part in self.parts.items())

    @property
    def parts(self) -> dict[str, Part]:
        """All parts, which a state includes, by name."""
        return {**self.own_parts, "rules": self.rules, "throttling": self.throttling, **self.words}
