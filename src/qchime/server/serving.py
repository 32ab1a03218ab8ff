"""A server that runs: on a socket of its own, in this thread or beside it."""

import logging
import socket
from collections.abc import Collection
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from qchime.client import Client
from qchime.server.application import Application
from qchime.server.moto import request_handler

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


class Server(Client):
    """Both services at `url`, with the one state that this process has; a client of its own control too.

    Args:
        host: the address to bind. Loopback, unless others are to reach it.
        port: the port to bind, 0 for a free one.
        hosts: names that clients may call this server by, beside localhost and addresses.
        moto: answer every other AWS service too, by moto's own server.
        verify_signatures: answer registered users only, and check what they sign.

    Raises:
        ExtraMissing: moto's server needs the extra `server`, which is not installed.
        OSError: the port is taken, or the address is none of this machine.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        hosts: Collection[str] = (),
        *,
        moto: bool = False,
        verify_signatures: bool = False,
    ) -> None:
        application = Application({host, *hosts}, moto=moto, verify_signatures=verify_signatures)
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.create_server((host, port), family=family, backlog=128) as bound:
            bound.set_inheritable(True)
            self._server: BaseWSGIServer = make_server(
                host,
                bound.getsockname()[1],
                application,
                threaded=True,
                request_handler=request_handler(_RequestHandler) if moto else _RequestHandler,
                fd=bound.fileno(),
            )
        self._thread: Thread | None = None
        shown = f"[{host}]" if family == socket.AF_INET6 else host
        super().__init__(f"http://{shown}:{self._server.port}")

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
