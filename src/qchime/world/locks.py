"""Locks that are free in a forked child, whatever another thread of the parent was doing at that moment."""

import os
from threading import RLock
from typing import Any
from weakref import WeakSet


class Lock:
    """A reentrant lock, a fresh one in each process."""

    __slots__ = ("__weakref__", "_lock")

    def __init__(self) -> None:
        self.renew()
        _locks.add(self)

    def renew(self) -> None:
        """Be free, as in a new process."""
        self._lock: Any = RLock()

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *exc_info: object) -> None:
        self._lock.release()


_locks: WeakSet[Lock] = WeakSet()


def _after_fork() -> None:
    for lock in _locks:
        lock.renew()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
