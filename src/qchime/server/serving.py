"""A server that runs: on a socket of its own, in this thread or beside it."""

import logging
import socket
from collections.abc import Collection
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from qchime.handle import Handle
from qchime.server.application import Application

logger = logging.getLogger("qchime.server")


class _RequestHandler(WSGIRequestHandler):
    def run_wsgi(self) -> None:
        try:
            urlsplit(self.path)
        except ValueError as error:
            self.path = ""  # the log reads it as well
            self.send_error(400, explain=str(error))
        else:
            super().run_wsgi()

    def log(self, type: str, message: str, *args: Any) -> None:
        logger.log(getattr(logging, type.upper(), logging.INFO), message.rstrip(), *args)


class Server(Handle):
    """Both services at `url`; it is the handle too, of the one state that this process has.

    Args:
        host: the address to bind. Loopback, unless others are to reach it.
        port: the port to bind, 0 for a free one.
        hosts: names that clients may call this server by, beside localhost and addresses.

    Raises:
        OSError: the port is taken, or the address is none of this machine.
    """

    def __init__(self, host: str = "127.0.0.1", port: int = 0, hosts: Collection[str] = ()) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.create_server((host, port), family=family, backlog=128) as bound:
            bound.set_inheritable(True)
            self._server: BaseWSGIServer = make_server(
                host,
                bound.getsockname()[1],
                Application({host, *hosts}),
                threaded=True,
                request_handler=_RequestHandler,
                fd=bound.fileno(),
            )
        self._thread: Thread | None = None
        shown = f"[{host}]" if family == socket.AF_INET6 else host
        self.url = f"http://{shown}:{self._server.port}"
        """Where it is, for `endpoint_url`."""

    def serve_forever(self) -> None:
        """Serve in this thread until an exception, such as KeyboardInterrupt, ends it."""
        try:
            self._server.serve_forever(poll_interval=0.1)
        finally:
            self._server.server_close()

    def start(self) -> "Server":
        """Serve in a thread beside this one."""
        self._thread = Thread(target=self.serve_forever, name=f"qchime {self.url}", daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """End a server that was started; its port is free when this returns."""
        self._server.shutdown()
        if self._thread is not None:
            self._thread.join()

    def __enter__(self) -> "Server":
        return self.start()

    def __exit__(self, *exc_info: object) -> None:
        self.stop()
