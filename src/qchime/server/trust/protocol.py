"""uvicorn's HTTP protocol with bounds for heads and slow clients, which it does not have itself.

It refuses what it does not accept in the form of AWS's errors.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from contextlib import suppress
from typing import Any
from urllib.parse import unquote

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from qchime.server.trust.heads import LARGEST_HEAD, HeadRefused, check_head, split_target, too_large
from qchime.server.trust.refusals import raw_refusal

IDLE_TIMEOUT = 60.0
"""Seconds without data, before or during a request, after which the connection is closed."""

READ_SIZE = 65_536
"""In bytes: the most that is read at a time."""

LINGER = 2.0
"""Seconds in which a refused client may go on sending before it reads the response."""


class _Input(threading.local):
    def __init__(self) -> None:
        self.buffer: Any = memoryview(bytearray(READ_SIZE))


_input = _Input()
"""Where asyncio reads to in this thread."""


class BoundedProtocol(HttpToolsProtocol, asyncio.BufferedProtocol):
    """One connection, whose client is refused or cut off if it sends too much or too slowly."""

    _timer: asyncio.TimerHandle

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Watch a new connection for silence."""
        super().connection_made(transport)
        self.access_log = False  # the application writes its own
        self._application: Any = self.config.app
        self._refusal: bytes | None = None
        self._unreported = 0  # bytes since the parser called one of the methods below
        self._heard = self.loop.time()
        self._watch(IDLE_TIMEOUT)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop watching."""
        self._timer.cancel()
        self._unset_keepalive_if_required()  # uvicorn leaves it on if the client resets the connection
        super().connection_lost(exc)

    def get_buffer(self, sizehint: int) -> Any:
        """Where asyncio reads to: one place for all connections, since each piece is parsed at once.

        uvloop reads to a place of its own.
        """
        return _input.buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Parse what has been read."""
        self.data_received(_input.buffer[:nbytes])

    def data_received(self, data: bytes) -> None:
        """Parse what has arrived, unless the client has been refused."""
        self._heard = self.loop.time()
        if self._refusal is not None:
            return
        self._unreported += len(data)
        super().data_received(data)
        if self._unreported > LARGEST_HEAD:  # of a head, of trailers or of the size of a chunk
            error = too_large(self.url)
            self.refuse(error.status, str(error))

    # Callbacks of the parser. What they raise makes uvicorn call `send_400_response`.

    def on_message_begin(self) -> None:
        """Begin to count the bytes of a head."""
        super().on_message_begin()
        self._unreported = 0

    def on_headers_complete(self) -> None:
        """Start the response. uvicorn would refuse targets that this application answers."""
        self._unreported = 0
        check_head(self.url, self.headers)
        host, path, query = split_target(self.url)
        if host:  # it overrides the header
            self.headers = [field for field in self.headers if field[0] != b"host"] + [(b"host", host)]
        scope: Any = self.scope
        target = {"raw_path": path, "query_string": query, "path": unquote(path.decode("latin-1"))}
        scope.update(target, headers=self.headers.copy())  # the parser adds trailers to the original
        self.url = b"/"
        super().on_headers_complete()
        scope.update(target)

    def on_body(self, body: bytes) -> None:
        """Collect a piece of the body."""
        self._unreported = 0
        super().on_body(body)

    def send_400_response(self, msg: str) -> None:
        """Refuse what the parser or a callback does not accept."""
        error = sys.exc_info()[1]
        cause = error.__context__ if error is not None else None
        if isinstance(cause, HeadRefused):
            self.refuse(cause.status, str(cause))
        else:
            self.refuse(400, f"The request is not valid HTTP/1.1: {error or msg}")

    def on_response_complete(self) -> None:
        """After the last response to the requests before it, send a refusal."""
        is_last = not self.pipeline
        super().on_response_complete()
        if self._refusal is not None and is_last and not self.transport.is_closing():
            self._send_refusal()

    def shutdown(self) -> None:
        """Close the connection, or let the response in progress do it."""
        super().shutdown()
        awaits_body = self.cycle is not None and self.cycle.more_body
        if self._refusal is not None or awaits_body:
            self.transport.abort()

    def refuse(self, status: int, message: str) -> None:
        """Respond to what is no request, after the responses to the requests before it."""
        if self._refusal is not None:
            return
        self._refusal = raw_refusal(status, message, self.parser.get_method())
        self._application.log.line(message, status)
        cycle = self.cycle
        if cycle is None or cycle.response_complete:
            self._send_refusal()
        elif cycle.more_body and self.pipeline:
            self.pipeline.popleft()  # its body is refused, and it has not been started
        elif cycle.more_body:  # its body is refused
            cycle.disconnected, cycle.waiting_for_100_continue = True, False
            cycle.message_event.set()
            if cycle.response_started:
                self.transport.close()
            else:
                self._send_refusal()

    def _send_refusal(self) -> None:
        assert self._refusal is not None
        self._unset_keepalive_if_required()
        self.transport.write(self._refusal)
        if self.transport.can_write_eof():
            with suppress(OSError):  # the client has closed the connection
                self.transport.write_eof()
        self._timer.cancel()
        self._timer = self.loop.call_later(LINGER, self.transport.abort)

    def _watch(self, seconds: float) -> None:
        self._timer = self.loop.call_later(seconds, self._check_idle)

    def _check_idle(self) -> None:
        """Close the connection if the client has been silent too long while it was its turn."""
        cycle, silence = self.cycle, self.loop.time() - self._heard
        is_responding = cycle is not None and not cycle.response_complete
        is_held_up = is_responding and (self.flow.read_paused or cycle.waiting_for_100_continue)
        awaits_body = is_responding and cycle.more_body and not is_held_up
        if is_responding and not awaits_body and not self.flow.write_paused:
            self._watch(IDLE_TIMEOUT)
        elif silence < IDLE_TIMEOUT:
            self._watch(IDLE_TIMEOUT - silence)
        elif awaits_body:
            self.refuse(408, "The rest of the request did not arrive in time.")
        else:
            self.transport.abort()
