"""Plain JSON: what a state document may be made of, before anything is read into it."""

import math
from collections.abc import Mapping
from typing import Any

from qchime.control.snapshot.errors import Mistake, StateError, below, shown

DEEPEST = 200
"""Levels of objects and lists. Documents of the services, which have 100 at most, are some levels down."""

LARGEST = 10**300
"""Numbers from here on are no JSON that everybody reads."""


def plain(value: Any) -> Any:
    """A copy that shares nothing with the original.

    Raises:
        StateError: something in it is no JSON, or not such as everybody can read.
    """
    mistakes: list[Mistake] = []
    copy = _copy(value, "", 0, mistakes)
    if mistakes:
        raise StateError(mistakes)
    return copy


def _copy(value: Any, place: str, depth: int, mistakes: list[Mistake]) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if objection := _objection(value, depth):
        mistakes.append((place, objection))
        return None
    if isinstance(value, Mapping):
        return _copy_of_object(value, place, depth, mistakes)
    if isinstance(value, list):
        copies = []
        for number, item in enumerate(value):
            copies.append(_copy(item, below(place, number), depth + 1, mistakes))
        return copies
    return value


def _copy_of_object(
    value: Mapping[Any, Any], place: str, depth: int, mistakes: list[Mistake]
) -> dict[str, Any]:
    copies = {}
    for key, item in value.items():
        if type(key) is not str:
            mistakes.append((place, f"expected texts as keys, not {shown(key)}"))
        elif objection := _objection(key, depth):
            mistakes.append((place, f"the key {shown(key)}: {objection}"))
        else:
            copies[key] = _copy(item, below(place, key), depth + 1, mistakes)
    return copies


def _objection(value: Any, depth: int) -> str | None:
    if isinstance(value, Mapping) or type(value) is list:
        return f"nested more than {DEEPEST} levels deep" if depth >= DEEPEST else None
    if type(value) is str:
        return None if _is_unicode(value) else "has half of a surrogate pair in it"
    if type(value) is int:
        return None if abs(value) < LARGEST else "too large a number"
    if type(value) is float:
        return None if math.isfinite(value) else f"{value} is no number in JSON"
    return f"expected JSON, not {shown(value)}"


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
