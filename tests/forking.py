"""Forked children: what a function returns in one."""

import os
import threading
from collections.abc import Callable
from typing import Any

import pytest

from tests.server.wire import TIMEOUT

FORKS = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork"),
    # From Python 3.12 on, of the forks of the tests themselves.
    pytest.mark.filterwarnings(r"ignore:This process .* use of fork\(\):DeprecationWarning"),
]
"""The marks of tests that fork."""


def forks(test: Any) -> Any:
    """Mark a test that forks."""
    for mark in FORKS:
        test = mark(test)
    return test


def in_child(act: Callable[[], object]) -> str:
    """The result of a function in a forked child, as text, or its error; a child that hangs is killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, str(act()).encode())
        except BaseException as error:
            os.write(writing, repr(error).encode())
        finally:
            os._exit(0)
    os.close(writing)
    killing = threading.Timer(TIMEOUT, os.kill, (child, 9))
    killing.start()
    try:
        with os.fdopen(reading) as result:
            return result.read()
    finally:
        os.waitpid(child, 0)
        killing.cancel()
