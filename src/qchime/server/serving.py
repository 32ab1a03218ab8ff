"""A server that runs: on a socket of its own, in this thread or beside it."""

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
    """Every service at `url`, with the state of `cloud`; and the handle of that cloud.

    Args:
        host: the address to bind. Loopback, unless others are to reach it.
        port: the port to bind, 0 for a free one.
        cloud: what it holds: that of the decorators and fixtures of this process, unless it is given one of
            its own. `Server(cloud=Cloud())` shares nothing with anybody.
        hosts: names that clients may call this server by, beside localhost and addresses.
        origins: pages that browsers may use this server from, beside those on localhost: `https://example.com`.
        moto: answer every other AWS service too, by moto's own server.
        verify_signatures: answer registered users only, and check what they sign.
        state_file: where a POST to `/_qchime/state` saves to.
        access_log: where each request leaves a line, such as `sys.stderr`; nowhere if not said.

    Raises:
        ExtraMissing: moto's server needs the extra `server`, which is not installed.
        ValueError: something among the origins is none.
        OSError: the port is taken, or the address is none of this machine.
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


def _request_handler(application: Application) -> type[RequestHandler]:
    if application.neighbour is None:
        return RequestHandler
    handler: type[RequestHandler] = application.neighbour.request_handler(RequestHandler)
    return handler
