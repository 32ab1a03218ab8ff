"""What a forked child must renew, because it belongs to the parent or to a thread that the child lacks."""

import os
from typing import Protocol
from weakref import WeakSet


class Forkable(Protocol):
    """An object that a forked child must renew."""

    def after_fork(self) -> None:
        """Renew this object in a forked child, in which only the thread that forked goes on.

        It must not wait for a lock of another thread.
        """


def renew_in_children(forkable: Forkable) -> None:
    """Call the `after_fork` of an object in every child that this process forks, as long as it exists."""
    _forkables.add(forkable)


_forkables: WeakSet[Forkable] = WeakSet()


def _after_fork() -> None:
    for forkable in list(_forkables):
        forkable.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
