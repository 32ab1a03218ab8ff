"""uvicorn's WebSocket protocol, for connections that our HTTP protocol hands over."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request
from websockets.protocol import State

from qchime.rules import inferred
from qchime.server.messages import CONNECTION

PING_INTERVAL = 30.0
"""Seconds between pings."""

PING_TIMEOUT = 30.0
"""Seconds after which a client that has not answered a ping is gone."""

LARGEST_FRAME = 65_536
"""In bytes: of a client's frames, which nobody reads."""

PINGS = inferred(
    "server.websocket-pings",
    "The server pings WebSocket clients every 30 seconds, and disconnects a client that does not answer "
    "within 30 seconds. It ignores what clients send, except that a frame over 64 KiB closes the connection "
    "with 1009.",
)

GOING_AWAY = 1001

LINGER = 0.5
"""Seconds in which a client that is behind can still receive what it has been sent."""

_OF_THE_HEAD = ("method", "path", "raw_path", "query_string", "headers")


def options() -> dict[str, Any]:
    """What to configure uvicorn with, so that it serves WebSockets by this protocol."""
    return {
        "ws": WebSocket,
        "ws_max_size": LARGEST_FRAME,
        "ws_ping_interval": PING_INTERVAL,
        "ws_ping_timeout": PING_TIMEOUT,
        "ws_per_message_deflate": False,  # costs memory and time, and saves nothing on this machine
    }


class WebSocket(WebSocketsSansIOProtocol):
    """One connection."""

    def take_over(self, transport: asyncio.Transport, head: Any) -> bool:
        """Go on with a connection on which a client has sent this head, an HTTP scope.

        Returns False, and leaves the connection alone, if the head has more than the library accepts.
        """
        self._head = head
        self.connection_made(transport)
        self.data_received(_handshake(head["headers"]))
        if self.handshake_initiated:
            transport.set_protocol(self)
        else:
            self.connections.discard(self)
        return self.handshake_initiated

    def handle_connect(self, event: Request) -> None:
        """Run the application, with the head as our HTTP protocol has parsed it."""
        super().handle_connect(event)
        if self.response.status_code != 101:
            self._application.log.request(self._head, self.response.status_code)
            return
        scope: Any = self.scope
        scope.update({name: self._head[name] for name in _OF_THE_HEAD})
        scope["extensions"][CONNECTION] = {"protocol": self}

    def eof_received(self) -> None:
        """Close the connection after what the client can still receive."""
        self.transport.close()

    def shutdown(self) -> None:
        """Tell the client that the server goes away, whereupon clients reconnect."""
        if self.conn.state is not State.OPEN:
            super().shutdown()
            return
        self.stop_keepalive()
        self.queue.put_nowait({"type": "websocket.disconnect", "code": GOING_AWAY})
        self.conn.send_close(GOING_AWAY)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self._close_soon()

    def keepalive_timeout(self) -> None:
        """Close the connection, although the client may not even read that."""
        super().keepalive_timeout()
        self._close_soon()

    def abort(self) -> None:
        """Close the connection now."""
        self.transport.abort()

    def _close_soon(self) -> None:
        self.transport.close()
        self.loop.call_later(LINGER, self.transport.abort)

    @property
    def _application(self) -> Any:
        return self.config.app


def _handshake(headers: list[tuple[bytes, bytes]]) -> bytes:
    """A head with what the library checks. It accepts fewer and shorter headers than we do."""
    checked = (b"connection", b"upgrade")
    fields = [field for field in headers if field[0] in checked or field[0].startswith(b"sec-websocket-")]
    lines = [b"GET / HTTP/1.1", *(b"%s: %s" % field for field in fields), b"", b""]
    return b"\r\n".join(lines)
