"""Upgrades of HTTP connections: to WebSockets, and to nothing else."""

from __future__ import annotations

import sys
from typing import Any

from httptools import HttpRequestParser

from qchime.server.sockets.protocol import WebSocket
from qchime.server.trust.protocol import BoundedProtocol


class UpgradingProtocol(BoundedProtocol):
    """One connection, which becomes a WebSocket if the client asks for one that a service offers.

    All other offers to upgrade are ignored, as RFC 9110 allows. The parser stops at every offer and skips the
    body, so it reads such a request once more without the offer.
    """

    def data_received(self, data: bytes) -> None:
        """Parse what has arrived, and once more each head with an offer, before what follows it."""
        rest: Any = memoryview(data)
        while rest:
            self._again, self._offset = b"", len(rest)
            super().data_received(rest)
            if self._again:
                super().data_received(self._again)
            rest = rest[self._offset :]

    def on_headers_complete(self) -> None:
        """Start the response. After CONNECT, the parser reads no further request."""
        super().on_headers_complete()
        if self.parser.should_upgrade() and not self._should_upgrade():
            self.cycle.keep_alive = False

    def _should_upgrade(self) -> bool:
        """Whether uvicorn is to start no response, and to call `handle_websocket_upgrade` instead."""
        return self.parser.get_method() != b"CONNECT"

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection over, or have the request parsed again."""
        if not self._becomes_websocket():
            upgrade = sys.exc_info()[1]
            assert upgrade is not None
            self._again, self._offset = self._head_without_upgrade(), upgrade.args[0]
            self.parser = HttpRequestParser(self)
            self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn does
            return
        socket = WebSocket(self.config, self.server_state, self.app_state)
        if socket.take_over(self.transport, self.scope):
            self._timer.cancel()
            self.connections.discard(self)
        else:
            self.refuse(431, "The headers of the WebSocket handshake are too large.")

    def _becomes_websocket(self) -> bool:
        """Whether the request is for a WebSocket that can be opened now."""
        names = {name for name, _ in self.headers}
        has_body = b"transfer-encoding" in names or dict(self.headers).get(b"content-length", b"0") != b"0"
        is_asked = (self.scope["method"], self.scope["http_version"]) == ("GET", "1.1") and not has_body
        is_idle = (self.cycle is None or self.cycle.response_complete) and not self.flow.write_paused
        is_possible = is_asked and is_idle and super()._should_upgrade()
        return is_possible and self._application.accepts_socket(self.scope)

    def _head_without_upgrade(self) -> bytes:
        scope = self.scope
        target = scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")
        line = b"%s %s HTTP/%s" % (scope["method"].encode(), target, scope["http_version"].encode())
        fields = [b"%s: %s" % field for field in self.headers if field[0] != b"upgrade"]
        return b"\r\n".join([line, *fields, b"", b""])
