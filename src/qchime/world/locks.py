"""Locks that are free in a forked child, even if another thread of the parent held them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Any
from weakref import WeakSet


class Lock:
    """A reentrant lock, which each forked child renews."""

    __slots__ = ("__weakref__", "_lock")

    def __init__(self) -> None:
        self.renew()
        _locks.add(self)

    def renew(self) -> None:
        """Replace the lock with a free one."""
        self._lock: Any = RLock()

    def acquire(self, seconds: float) -> bool:
        """Wait for the lock this long at most, and return whether this thread holds it."""
        acquired: bool = self._lock.acquire(timeout=seconds)
        return acquired

    def release(self) -> None:
        """Release the lock."""
        self._lock.release()

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *exc_info: object) -> None:
        self._lock.release()

    @contextmanager
    def released(self) -> Iterator[None]:
        """Let other threads have the lock inside the `with` block. This thread must hold it."""
        held = self._lock._release_save()  # as threading.Condition does while it waits
        try:
            yield
        finally:
            self._lock._acquire_restore(held)


_locks: WeakSet[Lock] = WeakSet()


def _after_fork() -> None:
    for lock in _locks:
        lock.renew()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
