"""The record of a soak test."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from benchmarks.soak.beside import Beside


@dataclass
class Run:
    """Counts what has happened so far."""

    beginning: dict[str, Any] = field(default_factory=dict)
    """A state with only the users."""
    phases: int = 0
    restarts: int = 0
    saves: list[float] = field(default_factory=list)
    """How many seconds a save on demand took amid traffic, once before each kill."""
    lost: list[float] = field(default_factory=list)
    """How many seconds before a kill each change was acknowledged that was not in the file."""
    resets: int = 0
    mistakes: list[str] = field(default_factory=list)
    beside: list[Beside] = field(default_factory=list)
    """What calls beside saves cost, for some numbers of users."""
    struck: Counter[str] = field(default_factory=Counter)
    resident: list[float] = field(default_factory=list)
    """In MiB, after each reset in the server's last run."""
