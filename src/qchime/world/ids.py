"""The source of ids: one random generator, which a seed makes repeatable."""

import random

from qchime.world.forks import renew_in_children

_FIXED = 0xF000 << 64 | 0xC000 << 48
_VERSION_4 = 0x4000 << 64 | 0x8000 << 48
"""The version and variant bits of a UUID (RFC 9562). `uuid.UUID` takes several times as long."""


class Ids:
    """Generates ids. A forked child generates other ids than its parent, unless they are seeded."""

    def __init__(self) -> None:
        self._random = random.Random()
        self._is_seeded = False
        renew_in_children(self)

    def seed(self, seed: int | str | bytes | None = None) -> None:
        """Make all later ids repeatable; without a seed, unpredictable again."""
        self._random.seed(seed)
        self._is_seeded = seed is not None

    def uuid(self) -> str:
        """A lowercase version-4 UUID."""
        digits = f"{self._random.getrandbits(128) & ~_FIXED | _VERSION_4:032x}"
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"

    def after_fork(self) -> None:
        """Diverge from the ids of the parent process, unless they are seeded."""
        if not self._is_seeded:
            self._random.seed()
