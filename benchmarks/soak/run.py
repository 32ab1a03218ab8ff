"""The record of a soak test."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Run:
    """Counts what has happened so far."""

    beginning: dict[str, Any] = field(default_factory=dict)
    """A state with only the users."""
    phases: int = 0
    restarts: int = 0
    resets: int = 0
    struck: Counter[str] = field(default_factory=Counter)
    resident: list[float] = field(default_factory=list)
    """In MiB, after each reset in the server's last run."""
