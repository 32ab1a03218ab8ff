"""Locks that are free in a forked child, even if another thread of the parent held them."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import RLock, get_ident
from typing import Any

from qchime.world.forks import renew_in_children

Task = Callable[[], object]


class Lock:
    """A reentrant lock, which each forked child renews, unless the thread that forks holds it.

    Whoever holds it can leave tasks for after its release, which run without the lock.
    """

    __slots__ = ("__weakref__", "_due", "_lock", "_own", "_turn")

    def __init__(self) -> None:
        self._lock: Any = RLock()
        self._due: deque[Task] = deque()
        """What runs in order, by the thread that holds `_turn`."""
        self._turn: Any = RLock()
        self._own: dict[int, deque[Task]] = {}
        """What each thread runs itself."""
        renew_in_children(self)

    def after_fork(self) -> None:
        """Replace a lock that another thread may hold with a free one. The tasks are the parent's."""
        self._due.clear()
        self._own.clear()
        if not self._lock._is_owned():  # as threading.Condition asks
            self._lock = RLock()
        if not self._turn._is_owned():
            self._turn = RLock()

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
        if self._due or self._own:
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

    def after_release(self, task: Task) -> None:
        """Run a task once this thread, which must hold the lock, has released it.

        All these tasks run one after the other, in the order of the calls: if another thread is running some
        already, it runs this one as well. What a task raises reaches whoever released the lock.
        """
        self._due.append(task)

    def after_own_release(self, task: Task) -> None:
        """As `after_release`, but in this thread, and beside those tasks: it may take long."""
        self._own.setdefault(get_ident(), deque()).append(task)

    def _run_due(self) -> None:
        if self._lock._is_owned():
            return
        self._run_in_order()
        own = self._own.get(get_ident())
        while own:
            own.popleft()()
        self._own.pop(get_ident(), None)

    def _run_in_order(self) -> None:
        if self._turn._is_owned():  # by a task that has used the lock: the loop below goes on after it
            return
        while self._due and self._turn.acquire(blocking=False):
            try:
                while self._due:
                    self._due.popleft()()
            finally:
                self._turn.release()
