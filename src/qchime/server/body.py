"""The body of a request: read for the application, or taken from the connection where nobody wants it."""

import io
import re
import selectors
import socket
from collections.abc import Mapping
from typing import IO, cast

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.serving import DechunkedInput
from werkzeug.wsgi import LimitedStream

_LENGTH = re.compile("[0-9]{1,100}")
_PIECE = 1024 * 1024
_MOST_PIECES = 1000


class Body:
    """What comes after a head, as long as that says, or in chunks; nothing, where the head is in doubt."""

    def __init__(self, stream: io.BufferedIOBase, headers: Mapping[str, str]) -> None:
        self._stream = cast(IO[bytes], stream)
        self._is_chunked = "chunked" in headers.get("transfer-encoding", "").lower()
        length = headers.get("content-length", "0")
        is_said = "transfer-encoding" not in headers and _LENGTH.fullmatch(length)
        self._limited = LimitedStream(self._stream, int(length)) if is_said else None

    @property
    def stream(self) -> LimitedStream | None:
        """The body and not what comes after it; None where it is in doubt, or not said, where it ends."""
        return self._limited

    @property
    def is_read(self) -> bool:
        """Whether the next request is known to begin here."""
        return self._limited is not None and self._limited.is_exhausted

    def read(self, most: int) -> bytes:
        """All of it.

        Raises:
            HTTPException: it has more than `most` bytes, or does not come to its end.
        """
        if self._limited is not None:
            if self._limited.limit > most:
                raise RequestEntityTooLarge
            return self._limited.read()
        if self._is_chunked:
            return LimitedStream(cast(IO[bytes], DechunkedInput(self._stream)), most, is_max=True).read()
        return b""


def drain(connection: socket.socket, stream: io.BufferedIOBase) -> None:
    """Take what still comes, as werkzeug does; a client would not see its answer if nobody took this."""
    with selectors.DefaultSelector() as selector:
        selector.register(connection, selectors.EVENT_READ)
        for _ in range(_MOST_PIECES):
            if not selector.select(timeout=0.01) or not _piece(stream):
                break


def _piece(stream: io.BufferedIOBase) -> bytes:
    """What is there; nothing from a client that was given up."""
    try:
        return stream.read1(_PIECE)
    except OSError:
        return b""
