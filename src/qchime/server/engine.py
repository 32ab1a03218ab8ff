"""werkzeug's server, a thread for every connection, which ends with its connections."""

import socket
from contextlib import suppress
from typing import Any, TextIO

from werkzeug.serving import ThreadedWSGIServer


class Engine(ThreadedWSGIServer):
    """Clients keep their connections for many requests, so a server that ends has to end these too."""

    access_log: TextIO | None = None
    """Where each request leaves a line. Python's logging would take a fifth of the time of a request."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._open: set[socket.socket] = set()
        super().__init__(*args, **kwargs)
        self.has_ended = False  # werkzeug closes once at the beginning, to take another socket
        """What comes on an open connection after the end is not answered: it may come before that is cut."""

    def process_request(self, request: Any, client_address: Any) -> None:
        """Begin with a connection, in a thread of its own."""
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """End with it."""
        self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        """Take no more connections, and no more requests; what is being answered still is."""
        self.has_ended = True
        super().server_close()
        for connection in self._open.copy():
            with suppress(OSError):  # it is ending by itself
                connection.shutdown(socket.SHUT_RD)
