"""Locks that are free in a forked child, even if another thread of the parent held them."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Any

from qchime.world.forks import renew_in_children


class Lock:
    """A reentrant lock, which each forked child renews, unless the thread that forks holds it."""

    __slots__ = ("__weakref__", "_lock")

    def __init__(self) -> None:
        self._lock: Any = RLock()
        renew_in_children(self)

    def after_fork(self) -> None:
        """Replace a lock that another thread may hold with a free one."""
        if not self._lock._is_owned():  # as threading.Condition asks
            self._lock = RLock()

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
