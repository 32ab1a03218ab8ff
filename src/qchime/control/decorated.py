"""The mocks of a decorated class, which whoever runs its tests starts around each of them.

Nothing here imports anything heavy.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

ATTRIBUTE = "__qchime_mocks__"
Running = Callable[[], AbstractContextManager[None]]
"""Runs a mock for the length of a `with` block."""


def add_mock(cls: type, running: Running) -> None:
    """Add a mock to a class. It starts before those that are there already, and subclasses inherit it."""
    setattr(cls, ATTRIBUTE, (running, *mocks_of(cls)))


def mocks_of(cls: Any) -> tuple[Running, ...]:
    """The mocks of a class and of its base classes, in the order in which they start."""
    return getattr(cls, ATTRIBUTE, ())
