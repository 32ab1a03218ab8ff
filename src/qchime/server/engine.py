"""werkzeug's threaded server, changed to close its open connections when it stops."""

import socket
from contextlib import suppress
from typing import Any, TextIO

from werkzeug.serving import ThreadedWSGIServer


class Engine(ThreadedWSGIServer):
    """Closes the connections when it stops, because clients keep them open between requests."""

    access_log: TextIO | None = None
    """The file for a line per request. Python's logging would take a fifth of the time of a request."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._open: set[socket.socket] = set()
        super().__init__(*args, **kwargs)
        self.has_ended = False  # after super(), which calls server_close() to replace the socket
        """Whether to ignore requests: one may arrive before its connection is closed."""

    def process_request(self, request: Any, client_address: Any) -> None:
        """Handle a new connection in a thread of its own."""
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Close a connection that has been handled."""
        self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        """Accept no more connections or requests; requests in progress still get their response."""
        self.has_ended = True
        super().server_close()
        for connection in self._open.copy():
            with suppress(OSError):  # it may be closed already
                connection.shutdown(socket.SHUT_RD)
