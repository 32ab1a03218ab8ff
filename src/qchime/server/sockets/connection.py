"""A WebSocket between its client and the service that serves it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from qchime.rules import inferred
from qchime.server.messages import Message, Receive, Send
from qchime.world import Lock

LARGEST_BACKLOG = 16 * 1024 * 1024
"""In characters: how much may wait for a client that reads more slowly than it is sent to."""

SLOW_CLIENTS = inferred(
    "server.slow-websocket",
    "A WebSocket client that reads so slowly that 16 MiB are waiting for it is disconnected without a close "
    "code.",
)

LONGEST_REASON = 123
"""In bytes: the reason of a close, by RFC 6455."""


class Socket:
    """One WebSocket, as its service sees it: a `qchime.core.service.Connection`.

    What the service sends waits here, so that a slow client delays nobody. One that falls too far behind is
    cut off by `abort`, without a closing handshake, which it would not read either.
    """

    def __init__(self, abort: Callable[[], None]) -> None:
        self._abort = abort
        self._loop = asyncio.get_running_loop()
        self._lock = Lock()
        self._messages: deque[Message] = deque()
        self._backlog = 0
        self._has_messages = asyncio.Event()
        self._is_notified = False
        self._is_closed = False

    def send(self, text: str) -> None:
        """Send a text frame after all earlier ones, unless the connection is closed."""
        self._put({"type": "websocket.send", "text": text}, len(text))

    def close(self, code: int, reason: str = "") -> None:
        """Close the connection with this status code after all earlier frames have been sent."""
        shortened = reason.encode()[:LONGEST_REASON].decode(errors="ignore")
        self._put({"type": "websocket.close", "code": code, "reason": shortened}, 0, is_last=True)

    async def serve(self, receive: Receive, send: Send) -> None:
        """Send what the service sends until the connection ends. What the client sends is ignored."""
        sending = asyncio.ensure_future(self._send_all(send))
        try:
            while (await receive())["type"] != "websocket.disconnect":
                pass
        finally:
            self._end()
            sending.cancel()
            with suppress(asyncio.CancelledError):
                await sending

    def _put(self, message: Message, size: int, *, is_last: bool = False) -> None:
        with self._lock:
            if self._is_closed:
                return
            self._is_closed = is_last
            self._messages.append(message)
            self._backlog += size
            is_too_slow = self._backlog > LARGEST_BACKLOG
            is_known, self._is_notified = self._is_notified, True
        if is_too_slow:
            self._end()
            self._call(self._abort)
        elif not is_known:
            self._call(self._has_messages.set)

    def _end(self) -> None:
        """Discard what has not been sent."""
        with self._lock:
            self._is_closed = True
            self._messages.clear()

    def _call(self, function: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the server has stopped
            self._loop.call_soon_threadsafe(function)

    async def _send_all(self, send: Send) -> None:
        with suppress(OSError):  # the client is gone
            while True:
                await self._has_messages.wait()
                while (message := self._next()) is not None:
                    await send(message)

    def _next(self) -> Message | None:
        with self._lock:
            if self._messages:
                message = self._messages.popleft()
                self._backlog -= len(message.get("text", ""))
                return message
            self._is_notified = False
            self._has_messages.clear()
            return None
