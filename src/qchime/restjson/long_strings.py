"""Leaves a long string where it is in a JSON body, because copying a file takes time and memory."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import msgspec

LONG = 1024 * 1024
"""In bytes: strings that are longer may be left in the body."""

_SHOWN = 256
_FIRST_STRINGS = 64


class LongString(str):
    """The beginning of a string; `take` returns all of it. `len` is that of the whole."""

    _encoded: memoryview | None
    _length: int

    def __new__(cls, encoded: memoryview) -> LongString:
        """A string of this UTF-8, which contains no escape sequence."""
        string = super().__new__(cls, bytes(encoded[:_SHOWN]).decode("utf-8", "ignore") + "…")
        string._encoded, string._length = encoded, len(encoded)
        return string

    def __len__(self) -> int:
        return self._length

    def take(self) -> memoryview:
        """The whole string in UTF-8, which this object then no longer keeps in memory."""
        encoded, self._encoded = self._encoded, None
        assert encoded is not None, "A string can be taken once."
        return encoded


def encoded(text: str) -> bytes | memoryview:
    """The whole text in UTF-8, also if it is a `LongString`, which can be read only once."""
    return text.take() if isinstance(text, LongString) else text.encode()


def decode(body: bytes) -> Any:
    """The content of a JSON body. A long string that is a member of it becomes a `LongString`.

    Raises:
        ValueError: it is not JSON. Control characters in a `LongString` remain unnoticed.
        RecursionError: it is nested too deeply.
    """
    place = _long_string(body) if len(body) > LONG else None
    if place is None:
        return _DECODER.decode(body)
    start, end = place
    mark = uuid4().hex
    content = _DECODER.decode(b"%b%b%b" % (body[:start], mark.encode(), body[end:]))
    for name, value in content.items() if isinstance(content, dict) else ():
        if value == mark:
            return content | {name: LongString(memoryview(body)[start:end])}
    return _DECODER.decode(body)  # it is inside a member


def _long_string(body: bytes) -> tuple[int, int] | None:
    """Where the first long string starts and ends, if few strings and no escape sequences precede its end."""
    end = -1
    for _ in range(_FIRST_STRINGS):
        start = body.find(b'"', end + 1) + 1
        end = body.find(b'"', start)
        if not start or end < 0:
            return None
        if end - start > LONG:
            return (start, end) if body.find(b"\\", 0, end) < 0 else None
    return None


_DECODER: msgspec.json.Decoder[Any] = msgspec.json.Decoder()
