"""The body of a request: read for the application, or drained from the connection if it is unread."""

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
    """The body of a request, as long as its headers say, or in chunks; empty if they are ambiguous."""

    def __init__(self, stream: io.BufferedIOBase, headers: Mapping[str, str]) -> None:
        self._stream = cast(IO[bytes], stream)
        self._is_chunked = "chunked" in headers.get("transfer-encoding", "").lower()
        length = headers.get("content-length", "0")
        is_said = "transfer-encoding" not in headers and _LENGTH.fullmatch(length)
        self._limited = LimitedStream(self._stream, int(length)) if is_said else None

    @property
    def stream(self) -> LimitedStream | None:
        """The body, up to its end; None if it is chunked, or the headers do not tell where it ends."""
        return self._limited

    @property
    def is_read(self) -> bool:
        """Whether the whole body has been read, so that the next request begins here."""
        return self._limited is not None and self._limited.is_exhausted

    def read(self, most: int) -> bytes:
        """Read the whole body.

        Raises:
            HTTPException: the body has more than `most` bytes, or is incomplete.
        """
        if self._limited is not None:
            if self._limited.limit > most:
                raise RequestEntityTooLarge
            return self._limited.read()
        if self._is_chunked:
            return LimitedStream(cast(IO[bytes], DechunkedInput(self._stream)), most, is_max=True).read()
        return b""


def drain(connection: socket.socket, stream: io.BufferedIOBase) -> None:
    """Discard what the client still sends, as werkzeug does: it might not see the response otherwise."""
    with selectors.DefaultSelector() as selector:
        selector.register(connection, selectors.EVENT_READ)
        for _ in range(_MOST_PIECES):
            if not selector.select(timeout=0.01) or not _piece(stream):
                break


def _piece(stream: io.BufferedIOBase) -> bytes:
    """The next bytes; empty if the connection is closed."""
    try:
        return stream.read1(_PIECE)
    except OSError:
        return b""
