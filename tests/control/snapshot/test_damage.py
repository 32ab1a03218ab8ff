"""States with random damage: each is refused and changes nothing, or is loaded and can be read in full."""

import json
import random
from typing import Any

import pytest

from qchime.control.snapshot import StateError
from tests.control.snapshot.populated import all_mocked, everything_read

VALUES: list[Any] = [
    None,
    True,
    False,
    0,
    1,
    -1,
    7,
    10**30,
    0.5,
    "",
    "x",
    "1",
    "é\n",
    [],
    {},
    [None],
    {"x": 1},
    [[]],
]
DATES = ["0001-01-01T00:00:00+00:00", "9950-12-31T23:59:59.999999+00:00", "9999-12-31T23:59:59+00:00"]
FREE = ".app."
"""Below this, a scripted app is whatever the test author wrote."""


def places(value: Any, here: str = "") -> list[tuple[Any, Any, str]]:
    """Every container of a value, the value's key or index, and its place."""
    if isinstance(value, dict):
        steps = list(value.items())
    else:
        steps = list(enumerate(value)) if isinstance(value, list) else []
    found = [(value, key, f"{here}.{key}") for key, _ in steps]
    for key, inner in steps:
        found += places(inner, f"{here}.{key}")
    return [place for place in found if FREE not in place[2]]


def hurt(state: Any, chance: random.Random) -> str:
    """Damage the state somewhere; returns what was changed."""
    found = places(state)
    holder, key, place = chance.choice(found)
    kind = chance.choice(["replace", "replace", "replace", "remove", "rename", "swap"])
    if kind == "remove":
        del holder[key]
    elif kind == "rename" and isinstance(holder, dict):
        holder[chance.choice(["x", *holder])] = holder.pop(key)
    elif kind == "swap":
        other, other_key, where = chance.choice(found)
        if not where.startswith(place) and not place.startswith(where):
            holder[key], other[other_key] = other[other_key], holder[key]
    else:
        holder[key] = chance.choice([*VALUES, *DATES])
    return f"{kind} {place} {holder.get(key) if isinstance(holder, dict) else ''}"


@pytest.mark.parametrize("seed", range(80))
def test_a_damaged_state_is_refused_or_can_be_read(rich: str, seed: int) -> None:
    chance = random.Random(seed)
    state = json.loads(rich)
    for _ in range(chance.choice([1, 1, 1, 2])):
        hurt(state, chance)
    with all_mocked() as mock:
        before = mock.dump()
        try:
            mock.load(state)
        except StateError:
            assert mock.dump() == before
            return
        everything_read(mock)
        mock.load(json.loads(json.dumps(mock.dump())))
