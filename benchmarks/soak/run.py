"""What has happened in a soak so far."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Run:
    """What has happened so far."""

    beginning: dict[str, Any] = field(default_factory=dict)
    """The state that has the users and nothing else."""
    phases: int = 0
    restarts: int = 0
    resets: int = 0
    struck: Counter[str] = field(default_factory=Counter)
    resident: list[float] = field(default_factory=list)
    """In MiB, after each reset of the server's last life."""
