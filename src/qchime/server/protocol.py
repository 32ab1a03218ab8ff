"""uvicorn's HTTP protocol, which itself has no limits for heads and slow clients.

It also refuses malformed requests in the form of AWS's errors, can lose a response, and hands connections
over to `qchime.server.websocket`.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from http.client import responses
from typing import Any, cast
from urllib.parse import unquote, urlsplit

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from qchime.core.delivery import LONGEST_SILENCE
from qchime.server.messages import CONNECTION, Message
from qchime.server.refusals import refuse
from qchime.server.websocket import WebSocket

LARGEST_HEAD = 65_536
"""In bytes: of the target, and of all header fields together."""

MOST_FIELDS = 100

IDLE_TIMEOUT = 60.0
"""Seconds without data, before or during a request, after which the connection is closed."""

LINGER = 2.0
"""Seconds in which a refused client may go on sending before it reads the response."""


TARGET_TOO_LARGE = 414, f"The target of a request may have at most {LARGEST_HEAD} bytes."
HEADERS_TOO_LARGE = 431, f"The headers of a request may have at most {LARGEST_HEAD} bytes."


class HeadRefused(Exception):
    """The head of a request is malformed or too large; `status` is that of the response."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Protocol(HttpToolsProtocol):
    """One connection."""

    _timer: asyncio.TimerHandle

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Watch a new connection for silence."""
        super().connection_made(transport)
        self.access_log = False  # the application writes its own
        self._application: Any = self.config.app
        self._refusal: bytes | None = None
        self._is_losing = False
        self.is_streaming = False
        """Whether the response in progress goes on until the client or the server ends."""
        self._is_gone = asyncio.Event()
        self._is_upgraded = False
        self._unreported = 0  # bytes since the parser called one of the methods below
        self._heard = self.loop.time()
        self._watch(IDLE_TIMEOUT)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop watching."""
        self._timer.cancel()
        self._is_gone.set()
        super().connection_lost(exc)

    def eof_received(self) -> bool:  # type: ignore[override]
        """Respond even to a client that has closed its half of the connection, but not without end."""
        self._is_gone.set()
        cycle = self.cycle
        is_awaited = cycle is not None and not cycle.response_complete and not cycle.more_body
        if is_awaited:
            cycle.keep_alive = False
        return is_awaited and not self.is_streaming and self.scheme == "http"  # TLS has no such half

    def data_received(self, data: bytes) -> None:
        """Parse what has arrived, unless the client has been refused."""
        self._heard = self.loop.time()
        if self._refusal is not None:
            return
        self._unreported += len(data)
        super().data_received(data)
        if self._unreported > LARGEST_HEAD:  # of a head, of trailers or of the size of a chunk
            self._refuse(*(TARGET_TOO_LARGE if len(self.url) > LARGEST_HEAD else HEADERS_TOO_LARGE))

    # Callbacks of the parser. What they raise makes uvicorn call `send_400_response`.

    def on_message_begin(self) -> None:
        """Let the application reach this connection."""
        super().on_message_begin()
        self.scope["extensions"] = {CONNECTION: {"protocol": self}}
        self._unreported = 0

    def on_headers_complete(self) -> None:
        """Start the response. uvicorn would refuse targets that this application answers."""
        self._unreported = 0
        self._check_head()
        url, self.url = self.url, b"/"
        path, query = self._split(url)
        target = {"raw_path": path, "query_string": query, "path": unquote(path.decode("latin-1"))}
        scope: Any = self.scope
        scope["headers"] = self.headers.copy()  # the parser adds trailers to the original
        self._is_upgraded = self._becomes_websocket({**scope, **target, "method": "GET"})
        super().on_headers_complete()
        scope.update(target)
        if self.parser.should_upgrade() and not self._is_upgraded:  # the parser reads no further request
            self.cycle.keep_alive = False

    def _should_upgrade(self) -> bool:
        return self._is_upgraded

    def _becomes_websocket(self, scope: Message) -> bool:
        """Whether to upgrade. Requests that are not upgraded get a response of the application."""
        request = self.parser.get_method(), self.parser.get_http_version()
        is_asked = self.parser.should_upgrade() and request == (b"GET", "1.1")
        is_idle = (self.cycle is None or self.cycle.response_complete) and not self.flow.write_paused
        return is_asked and is_idle and super()._should_upgrade() and self._application.opens_socket(scope)

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection over."""
        socket = WebSocket(self.config, self.server_state, self.app_state)
        if socket.take_over(self.transport, cast("Message", self.scope)):
            self._timer.cancel()
            self.connections.discard(self)
        else:
            self._refuse(431, "The headers of the WebSocket handshake are too large.")

    def on_body(self, body: bytes) -> None:
        """Collect a piece of the body."""
        self._unreported = 0
        super().on_body(body)

    def _check_head(self) -> None:
        if len(self.url) > LARGEST_HEAD:
            raise HeadRefused(*TARGET_TOO_LARGE)
        if len(self.headers) > MOST_FIELDS:
            raise HeadRefused(431, f"A request may have at most {MOST_FIELDS} headers.")
        if sum([len(name) + len(value) for name, value in self.headers]) > LARGEST_HEAD:
            raise HeadRefused(*HEADERS_TOO_LARGE)
        codings = [value.lower() for name, value in self.headers if name == b"transfer-encoding"]
        if codings and codings != [b"chunked"]:
            raise HeadRefused(400, "The only transfer coding that this server accepts is chunked.")
        has_body = codings or dict(self.headers).get(b"content-length", b"0") != b"0"
        if self.parser.should_upgrade() and has_body:
            raise HeadRefused(400, "Requests with a body are not upgraded. Leave out the header Upgrade.")

    def _split(self, target: bytes) -> tuple[bytes, bytes]:
        """The path and query of a target. A host in the target overrides the Host header."""
        path, _, query = target.partition(b"?")
        if target.startswith(b"/"):
            return path, query
        try:
            parts = urlsplit(path)
        except ValueError as error:
            raise HeadRefused(400, f"The target of the request is not a URL: {error}") from error
        if parts.netloc:
            self.headers = [field for field in self.headers if field[0] != b"host"]
            self.headers.append((b"host", parts.netloc))
        return parts.path or b"/", query

    def send_400_response(self, msg: str) -> None:
        """Refuse what the parser or a callback does not accept."""
        error = sys.exc_info()[1]
        cause = error.__context__ if error is not None else None
        if isinstance(cause, HeadRefused):
            self._refuse(cause.status, str(cause))
        else:
            self._refuse(400, f"The request is not valid HTTP/1.1: {error or msg}")

    def on_response_complete(self) -> None:
        """After the last response to the requests before it, send a refusal."""
        is_last = not self.pipeline
        super().on_response_complete()
        if self._refusal is not None and is_last and not self.transport.is_closing():
            self._send_refusal()

    # Our own.

    async def lose(self, silent: bool) -> None:
        """Close the connection without a response; if `silent`, as soon as the client has hung up."""
        self._is_losing = True
        if silent:
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._is_gone.wait(), LONGEST_SILENCE)
        self.abort()

    def abort(self) -> None:
        """Close the connection now."""
        self.cycle.disconnected = True
        self.transport.abort()

    def shutdown(self) -> None:
        """Close the connection, or let the response in progress do it."""
        super().shutdown()
        awaits_body = self.cycle is not None and self.cycle.more_body
        if self._is_losing or self.is_streaming or self._refusal is not None or awaits_body:
            self.transport.abort()

    def _refuse(self, status: int, message: str) -> None:
        """Respond to what is no request, after the responses to the requests before it."""
        if self._refusal is not None:
            return
        self._refusal = _refusal(status, message, self.parser.get_method())
        self._application.log(message, status)
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
            self._refuse(408, "The rest of the request did not arrive in time.")
        else:
            self.transport.abort()


def _refusal(status: int, message: str, method: bytes) -> bytes:
    response = refuse(status, CODES[status], message)
    headers = {**response.headers, "Content-Length": str(len(response.body)), "Connection": "close"}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    head = f"HTTP/1.1 {status} {responses[status]}\r\n{lines}\r\n".encode()
    return head if method == b"HEAD" else head + response.body


CODES = {
    400: "BadRequest",
    408: "RequestTimeout",
    414: "RequestURITooLarge",
    431: "RequestHeaderFieldsTooLarge",
}
"""The names of our errors, those of werkzeug's exceptions."""
