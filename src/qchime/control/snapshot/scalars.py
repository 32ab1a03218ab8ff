"""Converts strings, numbers, times and other scalars from JSON. A value of another type is refused."""

import base64
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timezone
from typing import Any

from qchime.control.snapshot.errors import shown

Hook = Callable[[Any, Any], Any]
"""A function that cattrs calls with a value and its expected type."""

LAST_YEAR = 9950
"""The clock goes up to the year 9900, and services add some years to it; Python's dates end with 9999."""


def expect(fits: bool, what: str, value: Any) -> None:
    """Refuse a value unless it fits.

    Raises:
        ValueError: it does not fit; cattrs adds the place.
    """
    if not fits:
        raise ValueError(f"expected {what}, not {shown(value)}")


def _string(value: Any, kind: Any) -> str:
    expect(isinstance(value, str), "a string", value)
    return str(value)


def _whole(value: Any, kind: Any) -> int:
    expect(type(value) is int, "a whole number", value)
    return int(value)


def _number(value: Any, kind: Any) -> float:
    expect(type(value) in (int, float), "a number", value)
    return float(value)


def _boolean(value: Any, kind: Any) -> bool:
    expect(isinstance(value, bool), "true or false", value)
    return bool(value)


def _moment(value: Any, kind: Any) -> datetime:
    text, moment = _string(value, kind), None
    with suppress(ValueError):
        moment = datetime.fromisoformat(text)
    if (
        moment is None
        or moment.tzinfo != timezone.utc
        or moment.isoformat() != text
        or moment.year > LAST_YEAR
    ):
        what = f"a time in UTC such as 2024-05-21T23:17:27.350000+00:00, up to the year {LAST_YEAR}"
        raise ValueError(f"expected {what}, not {shown(value)}")
    return moment


def _content(value: Any, kind: Any) -> bytes:
    try:
        return base64.b64decode(_string(value, kind), validate=True)
    except ValueError:
        raise ValueError(f"expected base64, not {shown(value)}") from None


SCALARS: dict[type, Hook] = {
    str: _string,
    int: _whole,
    float: _number,
    bool: _boolean,
    datetime: _moment,
    bytes: _content,
}
