"""Checks that a state is plain JSON, before it is interpreted."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from qchime.control.snapshot.errors import StateError, below, shown

DEEPEST = 200
"""The largest depth of objects and lists. The services' own documents have up to 100, some levels down."""

LARGEST = 10**300
"""Not every JSON parser reads integers of this size or more."""

Way = tuple[Any, str | int] | None
"""The way to a value: that to its container, and its key or number in it. Only mistakes need a place."""


def plain(value: Any, *steps: str) -> Any:
    """A deep copy of a value; `steps` are the keys that lead to it in the state.

    Raises:
        StateError: something in it is not JSON, or not JSON that every parser can read.
    """
    mistakes: list[tuple[Way, str]] = []
    way: Way = None
    for step in steps:
        way = (way, step)
    copy = _copy(value, way, len(steps), mistakes)
    if mistakes:
        raise StateError([(_place(way), what) for way, what in mistakes])
    return copy


def _place(way: Way) -> str:
    return "" if way is None else below(_place(way[0]), way[1])


def _copy(value: Any, way: Way, depth: int, mistakes: list[tuple[Way, str]]) -> Any:
    if value is None or value is True or value is False:
        return value
    kind = type(value)
    if kind in _ERRORS:
        if error := _ERRORS[kind](value):
            mistakes.append((way, error))
        return value
    if depth >= DEEPEST and (kind is list or isinstance(value, Mapping)):
        mistakes.append((way, f"nested more than {DEEPEST} levels deep"))
        return None
    if kind is list:
        return [_copy(item, (way, number), depth + 1, mistakes) for number, item in enumerate(value)]
    if kind is dict or isinstance(value, Mapping):
        return _copy_of_object(value, way, depth, mistakes)
    mistakes.append((way, f"expected JSON, not {shown(value)}"))
    return None


def _copy_of_object(
    value: Mapping[Any, Any], way: Way, depth: int, mistakes: list[tuple[Way, str]]
) -> dict[str, Any]:
    copies = {}
    for key, item in value.items():
        if type(key) is not str:
            mistakes.append((way, f"expected strings as keys, not {shown(key)}"))
        elif not key.isascii() and (error := _text_error(key)):
            mistakes.append((way, f"the key {shown(key)}: {error}"))
        elif type(item) is str and item.isascii():  # as most are: no call for them
            copies[key] = item
        else:
            copies[key] = _copy(item, (way, key), depth + 1, mistakes)
    return copies


def _text_error(text: str) -> str | None:
    if text.isascii():
        return None
    try:
        text.encode()
    except UnicodeEncodeError:
        return "contains half of a surrogate pair"
    return None


_ERRORS: dict[type, Callable[[Any], str | None]] = {
    str: _text_error,
    int: lambda number: None if abs(number) < LARGEST else "the number is too large",
    float: lambda number: None if math.isfinite(number) else f"{number} is not a number in JSON",
}
