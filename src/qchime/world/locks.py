"""Locks that are free in a forked child, even if another thread of the parent held them."""

import os
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock as SimpleLock
from threading import RLock
from typing import Any
from weakref import WeakSet


class Lock:
    """A reentrant lock, which each forked child renews.

    Whoever holds it can leave tasks for after its release: they run in order, and without the lock.
    """

    __slots__ = ("__weakref__", "_due", "_lock", "_turn")

    def __init__(self) -> None:
        self.renew()
        _locks.add(self)

    def renew(self) -> None:
        """Replace the lock with a free one, and forget its tasks."""
        self._lock: Any = RLock()
        self._due: deque[Callable[[], None]] = deque()
        self._turn = SimpleLock()

    def acquire(self, seconds: float) -> bool:
        """Wait for the lock this long at most, and return whether this thread holds it."""
        acquired: bool = self._lock.acquire(timeout=seconds)
        return acquired

    def release(self) -> None:
        """Release the lock."""
        self.__exit__()

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *exc_info: object) -> None:
        self._lock.release()
        if self._due:
            self._run_due()

    @contextmanager
    def released(self) -> Iterator[None]:
        """Let other threads have the lock inside the `with` block. This thread must hold it."""
        held = self._lock._release_save()  # as threading.Condition does while it waits
        try:
            self._run_due()
            yield
        finally:
            self._lock._acquire_restore(held)

    def after_release(self, task: Callable[[], None]) -> None:
        """Run a task once this thread, which must hold the lock, has released it.

        All tasks run one after the other, in the order of these calls. If another thread is running tasks
        already, it runs this one as well. What a task raises reaches whoever released the lock.
        """
        self._due.append(task)

    def _run_due(self) -> None:
        while self._due and not self._lock._is_owned() and self._turn.acquire(blocking=False):
            try:
                while self._due:
                    self._due.popleft()()
            finally:
                self._turn.release()


_locks: WeakSet[Lock] = WeakSet()


def _after_fork() -> None:
    for lock in _locks:
        lock.renew()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
