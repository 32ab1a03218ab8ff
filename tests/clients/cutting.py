"""A relay in front of a server that cuts all its connections on request, as a network does without one."""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread

from tests.server.wire import TIMEOUT

RESET = struct.pack("ii", 1, 0)
"""SO_LINGER: close the connection without a handshake."""


class Relay:
    """Copies bytes between its clients and a server at this address."""

    def __init__(self, upstream: tuple[str, int]) -> None:
        self._upstream = upstream
        self._open: set[socket.socket] = set()
        self._lock = Lock()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Cut all connections to clients."""
        with self._lock:
            cut, self._open = self._open, set()
        for connection in cut:
            with suppress(OSError):
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                connection.shutdown(socket.SHUT_RD)
                connection.close()

    def close(self) -> None:
        """Stop."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.cut()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.create_connection(self._upstream, timeout=TIMEOUT)
                server.settimeout(None)
                with self._lock:
                    self._open.add(client)
                for source, sink in ((client, server), (server, client)):
                    Thread(target=self._copy, args=(source, sink), daemon=True).start()

    def _copy(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)
        with self._lock:
            self._open.discard(source)


@contextmanager
def relay_before(upstream: tuple[str, int]) -> Iterator[tuple[Relay, str]]:
    """A relay, and the URL of a page that cuts its connections."""
    relay = Relay(upstream)

    class Cut(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            relay.cut()
            self.send_response(204)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Cut) as pages:
        thread = Thread(target=pages.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield relay, f"http://127.0.0.1:{pages.server_port}/cut"
        pages.shutdown()
        thread.join()
    relay.close()
