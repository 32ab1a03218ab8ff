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

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._held = b""
        # Asked at each response, and in forked children, where the parent's bytes must not be sent again.
        self.is_closing, self.get_extra_info = transport.is_closing, transport.get_extra_info

    def __getattr__(self, name: str) -> Any:
        """Everything else happens after what is held has been sent."""
        self._flush()
        return getattr(self._transport, name)

    def write(self, piece: bytes) -> None:
        """Send a piece with what is held, or hold it as well."""
        if len(self._held) + len(piece) > LARGEST_HELD:
            self._flush()
            self._transport.write(piece)
        elif self._held:
            self._held += piece
        else:
            self._held = piece
            self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        held, self._held = self._held, b""
        if held and not self.is_closing():
            self._transport.write(held)
