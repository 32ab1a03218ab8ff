"""The programs of `examples/`, and what every client must see that does the same over the server."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

EXAMPLES = Path(__file__).parents[2] / "examples"


def load(folder: str, name: str) -> ModuleType:
    """Import a program under a name that the example's own tests do not use."""
    spec = importlib.util.spec_from_file_location(f"examples_{name}", EXAMPLES / folder / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


SIGNED_IN = {
    "first": "Alice",
    "again": ["Alice Smith", "colour: green"],
    "admins": ["Bob"],
    "full": "ResourceLimitExceededException",
}
"""Alice signs in, and again under a new name; Bob, a moderator, twice; then there is no room for Carol."""

CENSOR = "arn:aws:lambda:us-east-1:123456789012:function:censor"
CHATTED = {
    "again": "ConflictException",
    "status": "PENDING",
    "history": [["Bob", "What the ****?"], ["Alice", "Mind your words"], ["Bob", None]],
    "refused": "ForbiddenException",
    "banned": "ForbiddenException",
}
"""The room has one channel, which cannot be created again. Bob is censored, and Alice, the moderator, removes
what he says next. He may not ban her; she bans him, and he may not join again."""

INSTANCE = "0b8df6a1-7c1f-4d3c-9a8e-5f1d2c3b4a59"
HANDOUT = b"The moon pulls at the sea."
REMINDER = "It was about tides \u00e9."
OPINIONS: list[dict[str, Any]] = [
    {"rating": 5, "comment": "from alice"},
    {"rating": 3, "comment": "from bob, \u00e9"},
]
SURVEYED = {
    "polls": ["IN_PROGRESS", "COMPLETED"],
    "reminder": REMINDER,
    "seen": [3],
    "refused": "AccessDeniedException",
    "rows": [["5", "from alice"], ["3", "from bob, \u00e9"]],
}
"""The host opens a survey, Alice and Bob answer, Bob sees his own answer and may not close; the host does."""
