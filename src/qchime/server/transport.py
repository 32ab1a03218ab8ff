"""Sends the head of a response together with its body, because each write is a system call."""

from __future__ import annotations

import asyncio
from typing import Any

LARGEST_HELD = 16_384
"""In bytes: larger pieces are not worth a copy."""


class GatheringTransport:
    """A transport that holds small pieces until the loop has run what is ready, as uvloop's own do.

    Responses that are ready in the same turn of the loop are sent at its end: the first ones later than
    without this, the last ones earlier.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._held = b""

    def __getattr__(self, name: str) -> Any:
        """Everything that does not write or end the connection."""
        return getattr(self._transport, name)

    def write(self, piece: bytes) -> None:
        """Send a piece with what is held, or hold it as well."""
        if len(self._held) + len(piece) > LARGEST_HELD:
            self._flush()
            self._transport.write(piece)
        elif piece:
            if not self._held:
                asyncio.get_running_loop().call_soon(self._flush)
            self._held += piece

    def write_eof(self) -> None:
        """Send what is held, then close this half of the connection."""
        self._flush()
        self._transport.write_eof()

    def close(self) -> None:
        """Send what is held, then close the connection when everything is sent."""
        self._flush()
        self._transport.close()

    def abort(self) -> None:
        """Send what is held, then close the connection at once."""
        self._flush()
        self._transport.abort()

    def _flush(self) -> None:
        held, self._held = self._held, b""
        if held and not self._transport.is_closing():
            self._transport.write(held)
