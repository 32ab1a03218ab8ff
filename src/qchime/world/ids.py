"""Where ids come from: one random source, which a seed makes repeatable."""

import os
import random
from weakref import WeakSet

_FIXED = 0xF000 << 64 | 0xC000 << 48
_VERSION_4 = 0x4000 << 64 | 0x8000 << 48
"""The bits that say version and variant (RFC 9562). `uuid.UUID` takes several times as long."""


class Ids:
    """Makes ids. A forked child makes other ones than its parent, unless somebody has seeded them."""

    def __init__(self) -> None:
        self._random = random.Random()
        self._is_seeded = False
        _sources.add(self)

    def seed(self, seed: int | str | bytes | None = None) -> None:
        """Make the ids from here on repeatable; without a seed, unpredictable again."""
        self._is_seeded = seed is not None
        self._random.seed(seed)

    def uuid(self) -> str:
        """A UUID of version 4 in lower case."""
        digits = f"{self._random.getrandbits(128) & ~_FIXED | _VERSION_4:032x}"
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"

    def after_fork(self) -> None:
        """Part from the ids of the parent process."""
        if not self._is_seeded:
            self._random.seed()


_sources: WeakSet[Ids] = WeakSet()


def _after_fork() -> None:
    for ids in _sources:
        ids.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
