"""Texts, numbers, times and the like, out of JSON: what is not of its type already is refused."""

import base64
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timezone
from typing import Any

from qchime.control.snapshot.errors import shown

Hook = Callable[[Any, Any], Any]
"""What cattrs calls with a value and the type that it is to have."""

LAST_YEAR = 9950
"""The clock shows years up to 9900, to which services add some; so Python's dates have room for the sum."""


def expect(is_there: bool, what: str, value: Any) -> None:
    """Refuse a value that is not what it has to be.

    Raises:
        ValueError: it is not; cattrs adds the place.
    """
    if not is_there:
        raise ValueError(f"expected {what}, not {shown(value)}")


def _text(value: Any, kind: Any) -> str:
    expect(isinstance(value, str), "a text", value)
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
    text, moment = _text(value, kind), None
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
        return base64.b64decode(_text(value, kind), validate=True)
    except ValueError:
        raise ValueError(f"expected base64, not {shown(value)}") from None


SCALARS: dict[type, Hook] = {
    str: _text,
    int: _whole,
    float: _number,
    bool: _boolean,
    datetime: _moment,
    bytes: _content,
}
