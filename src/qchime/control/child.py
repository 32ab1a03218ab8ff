"""Work in a forked child, which has the state of the moment of the fork, while this process goes on.

A thread would take turns with those that answer calls. The child takes none of their time.
"""

from __future__ import annotations

import gc
import json
import os
import re
import select
import signal
import sys
import warnings
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import NoReturn

CAN_FORK = sys.platform == "linux"
"""Windows has no fork, and on macOS a forked child may crash in libraries of the system.

https://docs.python.org/3/library/os.html#os.fork
"""

_WARNING = r"This process .* is multi-threaded, use of fork\(\) may lead to deadlocks in the child"
"""Python 3.12 and later warn about any fork beside threads. Here the rules in `Child` prevent deadlocks."""

_GLANCE = 50
"""Milliseconds between two looks at whether the work is still wanted."""


class ChildFailed(Exception):
    """The work in a child failed; the message says why."""


class Child:
    """A forked child that runs `work` and ends. Of this process's open files it has `descriptor` alone.

    The work must not wait for a lock that another thread may hold at the time of the fork, and must not
    import a module: that thread does not exist in the child. The locks of `qchime.world` are free there.

    Raises:
        OSError: the system cannot fork.
    """

    def __init__(self, work: Callable[[], None], descriptor: int) -> None:
        # Before each fork, because tests and their tools replace the filters.
        warnings.filterwarnings("ignore", _WARNING, DeprecationWarning, re.escape(__name__))
        self._reader, writer = os.pipe()
        # A signal to the whole group is for the parent; the child has its handlers, too.
        unblocked = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        try:
            self._id = os.fork()
            if self._id == 0:
                _run(work, {descriptor, writer}, writer)
        except OSError:
            os.close(self._reader)
            raise
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, unblocked)
            os.close(writer)

    def wait(self, seconds: float, is_wanted: Callable[[], bool]) -> None:
        """Wait until the work is done. Kill the child after this many seconds, or when it is not wanted.

        Raises:
            OSError: the work raised it.
            ChildFailed: the work raised another exception, took too long, or was interrupted.
        """
        with os.fdopen(self._reader, "rb") as reader:
            failure = self._watch(reader.fileno(), monotonic() + seconds, is_wanted)
            said = reader.readline()
        with suppress(ChildProcessError):  # another part of this process has waited for all children
            os.waitpid(self._id, 0)
        number, failure = json.loads(said) if said else (0, failure)
        if number:
            raise OSError(number, failure)
        if failure:
            raise ChildFailed(failure)

    def _watch(self, reader: int, end: float, is_wanted: Callable[[], bool]) -> str:
        """Wait until the child says something or ends, and return why, should it say nothing."""
        poll = select.poll()
        poll.register(reader, select.POLLIN)
        while not poll.poll(_GLANCE):
            if monotonic() > end or not is_wanted():
                os.kill(self._id, signal.SIGKILL)
                return "it took too long" if is_wanted() else "it was interrupted"
        return "its process was killed"


def _run(work: Callable[[], None], kept: set[int], writer: int) -> NoReturn:
    """Run the work, and say how it went. Skip all that a process does when it ends: that is the parent's."""
    try:
        gc.disable()  # it would write to all memory, which is shared until then
        _close_all_but(kept)
        os.write(writer, f"{json.dumps(_outcome(work))}\n".encode())
    finally:
        os._exit(0)


def _outcome(work: Callable[[], None]) -> tuple[int, str]:
    try:
        work()
    except OSError as error:
        return error.errno or 0, error.strerror or str(error)
    except Exception as error:
        return 0, str(error) or type(error).__name__
    return 0, ""


def _close_all_but(kept: set[int]) -> None:
    """Close the rest. A child that outlives a killed parent must not hold its port or its connections."""
    for number in map(int, os.listdir("/proc/self/fd")):
        if number not in kept:
            with suppress(OSError):  # the folder itself, which has been closed
                os.close(number)
