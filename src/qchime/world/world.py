"""One world: all that a test author sets, for everybody or for one account."""

from __future__ import annotations

from typing import Any, Protocol

from qchime.world.catalogue import Catalogue
from qchime.world.clock import Clock
from qchime.world.faults import Faults
from qchime.world.ids import Ids
from qchime.world.limits import Limits
from qchime.world.locks import Lock
from qchime.world.users import Keys, Users


class Part(Protocol):
    """What a world consists of: something that a test author sets, and a state keeps."""

    def state(self) -> Any:
        """What it holds, as plain records; the annotation says how a state document is read."""

    def restore(self, state: Any) -> None:
        """Hold this instead."""

    def reset(self) -> None:
        """Back to what it was before anybody touched it."""


class World:
    """The words of a test author. Those of one account stand above `everybody`'s.

    An account's faults and answers come first, its limits win, its clock adds to everybody's.
    """

    clock: Clock
    limits: Limits
    users: Users
    faults: Faults

    def __init__(
        self, catalogue: Catalogue, ids: Ids, keys: Keys, everybody: World | None = None, account_id: str = ""
    ) -> None:
        self._catalogue = catalogue
        self._everybody = everybody
        self._lock = Lock()
        self._words: dict[str, Any] | None = None
        self.ids = ids
        self.clock = Clock(everybody.clock if everybody else None)
        self.limits = Limits(catalogue, everybody.limits if everybody else None)
        self.users = Users(self.clock, ids, keys, everybody.users if everybody else None, account_id)
        self.faults = Faults(catalogue, everybody.faults if everybody else None)

    @property
    def words(self) -> dict[str, Any]:
        """The further words that services bring along, by name; made once, with their first use."""
        if self._words is None:
            above = self._everybody.words if self._everybody is not None else {}
            with self._lock:
                if self._words is None:
                    kinds = self._catalogue.words()
                    self._words = {name: kind(above.get(name)) for name, kind in kinds.items()}
        return self._words

    @property
    def own_parts(self) -> dict[str, Part]:
        """What every world has, whatever services are installed."""
        return {"clock": self.clock, "limits": self.limits, "users": self.users, "faults": self.faults}

    @property
    def parts(self) -> dict[str, Part]:
        """All that a state keeps, by name."""
        return {**self.own_parts, **self.words}
