"""Keeps the state of a cloud in a file: saves it in the background, on demand, and at the end."""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event, Thread

from qchime.control import snapshot
from qchime.control.child import CAN_FORK, Child, ChildFailed
from qchime.core.cloud import Account, Cloud, Contents
from qchime.world import Lock, renew_in_children

logger = logging.getLogger("qchime")

AIM = 0.8
"""Seconds from a change to its being in the file; the rest of the promised second is for what comes late."""
SHORTEST_PAUSE = 0.1
"""Seconds between two saves, however long they take."""
LONGEST_SAVE = 300.0
"""Seconds after which a save beside calls is given up."""

_TURN = 0.01
"""Seconds to wait for the lock of an account before all are released."""


class NotSaved(ValueError):
    """The state cannot be saved. The message says why, and what to do."""


class Saver:
    """Keeps the state of a cloud in a file, which every save replaces as a whole.

    Loads the file, or creates it if there is none. From `start` to `stop` it saves changes in the background:
    a second after a change at most, or 0.1 seconds plus twice the duration of a save if that is longer.

    Raises:
        StateError: the file cannot be loaded.
        NotSaved: there is no file, and it cannot be created.
    """

    def __init__(self, cloud: Cloud, file: str | os.PathLike[str]) -> None:
        self.file = Path(file)
        self._cloud = cloud
        self._lock = Lock()
        self._ended = Event()
        self._thread: Thread | None = None
        self._pause = SHORTEST_PAUSE
        renew_in_children(self)
        snapshot.prepare_dump()
        if self.file.exists():
            snapshot.load_file(self.file, lambda state: snapshot.load(cloud, state))
            self._seen = cloud.changes.last
        else:
            self._save(beside_calls=False)

    def start(self) -> None:
        """Save changes in a background thread from now on, unless there is one."""
        if self._thread is not None:
            return
        snapshot.remove_leftovers(self.file)
        self._thread = Thread(target=self._save_changes, name=f"qchime saves {self.file}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the background thread, and save for the last time. Without `start` it does nothing.

        Raises:
            NotSaved: the file cannot be written.
        """
        if self._thread is None:
            return
        self._ended.set()
        self._thread.join()
        self._thread = None
        self._ended.clear()
        self._save(beside_calls=False)

    def after_fork(self) -> None:
        """Leave the saves in the background to the parent, whose thread a forked child does not have."""
        self._ended, self._thread = Event(), None

    def save(self) -> None:
        """Save everything that has changed until now, after the save in progress, if there is one.

        Raises:
            NotSaved: the file cannot be written.
        """
        self._save(beside_calls=CAN_FORK)

    def _save_changes(self) -> None:
        while not self._ended.wait(self._pause):
            if self._cloud.changes.last != self._seen:
                self._try_to_save()

    def _try_to_save(self) -> None:
        try:
            self.save()
        except NotSaved as error:
            if not self._ended.is_set():
                logger.error("%s The next change starts another attempt.", error)
        except Exception:  # a bug, which must not end the thread
            logger.exception("The state cannot be saved to %s.", self.file)

    def _save(self, beside_calls: bool) -> None:
        with self._lock:
            started = time.monotonic()
            self._seen = self._cloud.changes.last  # what changes while the state is read is seen next time
            try:
                with snapshot.replacing(self.file) as descriptor:
                    (self._write_beside_calls if beside_calls else self._write)(descriptor)
            except OSError as error:
                what = f"{error.strerror or error}. Its folder must exist, be writable and have room for it."
                raise NotSaved(f"The state cannot be saved to {self.file}: {what}") from error
            except (ChildFailed, snapshot.StateError) as error:
                raise NotSaved(f"The state cannot be saved to {self.file}: {error}") from error
            # A change that just misses this save waits as long as it takes, for the pause, and for its own.
            self._pause = max(SHORTEST_PAUSE, AIM - 2 * (time.monotonic() - started))

    def _write(self, descriptor: int) -> None:
        contents = self._cloud.contents
        _write(descriptor, contents, list(contents))

    def _write_beside_calls(self, descriptor: int) -> None:
        contents = self._cloud.contents
        with _held(contents) as accounts:
            child = Child(lambda: _write(descriptor, contents, accounts), descriptor)
        child.wait(LONGEST_SAVE, lambda: not self._ended.is_set())


def _write(descriptor: int, contents: Contents, accounts: list[Account]) -> None:
    state = snapshot.dump_accounts(contents, accounts)
    # An item per line, for grep and diff. Indented lines take Python's json five times as long.
    snapshot.write(descriptor, json.dumps(state, separators=(",\n", ": ")))


@contextmanager
def _held(contents: Contents) -> Iterator[list[Account]]:
    """Hold the locks of all accounts, so that no operation is half done.

    The operation of one account may wait for a call of another, in an answer that is a function. So nobody
    waits here for a lock while holding the others.
    """
    while True:
        with ExitStack() as stack:
            accounts = list(contents)
            if all(_acquire(account, stack) for account in accounts):
                yield accounts
                return
        time.sleep(_TURN)


def _acquire(account: Account, stack: ExitStack) -> bool:
    if not account.lock.acquire(_TURN):
        return False
    stack.callback(account.lock.release)
    return True
