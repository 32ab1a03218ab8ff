"""Checks that a state is plain JSON, before it is interpreted."""

import math
from collections.abc import Mapping
from typing import Any

from qchime.control.snapshot.errors import Mistake, StateError, below, shown

DEEPEST = 200
"""The largest depth of objects and lists. The services' own documents have up to 100, some levels down."""

LARGEST = 10**300
"""Not every JSON parser reads integers of this size or more."""


def plain(value: Any) -> Any:
    """A deep copy of a value.

    Raises:
        StateError: something in it is not JSON, or not JSON that every parser can read.
    """
    mistakes: list[Mistake] = []
    copy = _copy(value, "", 0, mistakes)
    if mistakes:
        raise StateError(mistakes)
    return copy


def _copy(value: Any, place: str, depth: int, mistakes: list[Mistake]) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if error := _json_error(value, depth):
        mistakes.append((place, error))
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
            mistakes.append((place, f"expected strings as keys, not {shown(key)}"))
        elif error := _json_error(key, depth):
            mistakes.append((place, f"the key {shown(key)}: {error}"))
        else:
            copies[key] = _copy(item, below(place, key), depth + 1, mistakes)
    return copies


def _json_error(value: Any, depth: int) -> str | None:
    if isinstance(value, Mapping) or type(value) is list:
        return f"nested more than {DEEPEST} levels deep" if depth >= DEEPEST else None
    if type(value) is str:
        return None if _is_unicode(value) else "contains half of a surrogate pair"
    if type(value) is int:
        return None if abs(value) < LARGEST else "the number is too large"
    if type(value) is float:
        return None if math.isfinite(value) else f"{value} is not a number in JSON"
    return f"expected JSON, not {shown(value)}"


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
