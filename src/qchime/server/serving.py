"""The server: listens on a socket, and serves in this thread or in the background."""

import socket
from collections.abc import Collection
from os import PathLike
from threading import Thread
from typing import TextIO

from qchime.control.handle import CloudHandle
from qchime.core.cloud import Cloud
from qchime.core.cloud import cloud as default_cloud
from qchime.server.application import Application
from qchime.server.connections import RequestHandler
from qchime.server.engine import Engine


class Server(CloudHandle):
    """A server for all services at `url`, and the handle of its cloud.

    Args:
        host: the address to bind. On the default, loopback, no other machine can reach the server.
        port: the port to bind, 0 for a free one.
        hosts: host names that clients may use for this server, besides localhost and addresses.
        cloud: the cloud to serve, by default that of this process's decorators and fixtures.
            `Server(cloud=Cloud())` has its own, which cannot be combined with `moto`.
        origins: origins whose pages may use this server, such as `https://example.com`, besides those on
            localhost.
        moto: answer every other AWS service too, with moto's server.
        verify_signatures: accept only requests with a valid signature of a registered user.
        state_file: the file that a POST to `/_qchime/state` saves to.
        access_log: the file for a line per request, such as `sys.stderr`; None for no log.

    Raises:
        ExtraMissing: the extra `server`, which moto's server needs, is not installed.
        ValueError: one of the origins is malformed, or `moto` is combined with another cloud.
        OSError: the port is taken, or this machine does not have the address.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        hosts: Collection[str] = (),
        *,
        cloud: Cloud = default_cloud,
        origins: Collection[str] = (),
        moto: bool = False,
        verify_signatures: bool = False,
        state_file: str | PathLike[str] | None = None,
        access_log: TextIO | None = None,
    ) -> None:
        application = Application(
            {host, *hosts},
            cloud=cloud,
            origins=origins,
            moto=moto,
            verify_signatures=verify_signatures,
            state_file=state_file,
        )
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.create_server((host, port), family=family, backlog=128) as bound:
            bound.set_inheritable(True)
            self._server = Engine(
                host,
                bound.getsockname()[1],
                application,
                _request_handler(application),
                fd=bound.fileno(),
            )
        self._server.access_log = access_log
        self._thread: Thread | None = None
        shown = f"[{host}]" if family == socket.AF_INET6 else host
        super().__init__(cloud)
        self.url = f"http://{shown}:{self._server.port}"
        """The address of the server, for `endpoint_url`."""

    def serve_forever(self) -> None:
        """Serve in this thread until an exception, such as KeyboardInterrupt, ends it."""
        try:
            self._server.serve_forever(poll_interval=0.1)
        finally:
            self._server.server_close()

    def start(self) -> "Server":
        """Serve in a background thread, and return this server."""
        self._thread = Thread(target=self.serve_forever, name=f"qchime {self.url}", daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop a server that was started. Its port is free when this returns."""
        self._server.shutdown()
        if self._thread is not None:
            self._thread.join()

    def __enter__(self) -> "Server":
        return self.start()

    def __exit__(self, *exc_info: object) -> None:
        self.stop()


def _request_handler(application: Application) -> type[RequestHandler]:
    if application.neighbour is None:
        return RequestHandler
    handler: type[RequestHandler] = application.neighbour.request_handler(RequestHandler)
    return handler
