"""The server: listens on a socket, and serves in this thread or in the background."""

from __future__ import annotations

import socket
from collections.abc import Collection
from os import PathLike
from threading import Event, Thread, current_thread
from typing import TYPE_CHECKING, TextIO

import uvicorn

from qchime._version import installed_version
from qchime.control.handle import CloudHandle
from qchime.control.pages import path_of
from qchime.core.cloud import Cloud
from qchime.core.cloud import cloud as default_cloud
from qchime.server.application import Application
from qchime.server.asgi import AsgiApplication
from qchime.server.protocol import Protocol
from qchime.server.sockets.protocol import options as websocket_options
from qchime.server.trust.listening import Port, abandon, client_host
from qchime.server.trust.protocol import IDLE_TIMEOUT
from qchime.server.trust.tls import Certificate
from qchime.world import Lock, renew_in_children

if TYPE_CHECKING:
    from typing_extensions import Self

GRACE = 1
"""Seconds in which a server that stops still sends the responses in progress."""


class Server(CloudHandle):
    """A server for all services at `url`, and the handle of its cloud.

    Args:
        host: the address to bind. On the default, loopback, no other machine can reach the server. `0.0.0.0`
            binds all IPv4 addresses of this machine, `::` all IPv4 and IPv6 addresses.
        port: the port to bind, 0 for a free one.
        hosts: host names that clients may use for this server, besides localhost and addresses. A port is
            ignored.
        cloud: the cloud to serve, by default that of this process's decorators and fixtures.
            `Server(cloud=Cloud())` has its own, which cannot be combined with `moto`.
        origins: origins whose pages may use this server, such as `https://example.com`, besides those on
            localhost.
        moto: serve every other AWS service too, through moto.
        verify_signatures: accept only requests with a valid signature of a registered user.
        proxy: trust `X-Forwarded-Host` and `X-Forwarded-Proto`, which a reverse proxy in front of this server
            sets. Their host must be one that clients may use.
        tls: serve `https`, with a certificate for the host and `hosts`, whose authority is in `ca_file`.
        member: run as one of several servers behind a load balancer: refuse control routes that are not for
            a single account.
        page: serve the page at `/_qchime/`, which shows what the server holds in a browser.
        state_file: the file that keeps the state. It is loaded now, or created if it does not exist. From
            `start` to `stop`, changes are saved to it within a second.
        access_log: the file for a line per request, such as `sys.stderr`; None for no log.

    Raises:
        ExtraMissing: the extra `server`, which moto's server needs, is not installed.
        ValueError: one of the hosts or origins is malformed, `moto` is combined with another cloud or with
            `member`, or the state file cannot be loaded or created.
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
        proxy: bool = False,
        tls: bool = False,
        member: bool = False,
        page: bool = True,
        state_file: str | PathLike[str] | None = None,
        access_log: TextIO | None = None,
    ) -> None:
        self._application = Application(
            {client_host(host), *hosts},
            cloud=cloud,
            origins=origins,
            moto=moto,
            verify_signatures=verify_signatures,
            proxy=proxy,
            member=member,
            page=page,
            state_file=state_file,
        )
        self._access_log = access_log
        self._has_page = page
        self._lock = Lock()  # for start and stop
        self._run: _Run | None = None
        self._port = Port(host, port)
        super().__init__(cloud)
        self.is_inherited = False
        """Whether it belongs to the process that forked this one."""
        self._certificate = Certificate([client_host(host), *hosts]) if tls else None
        self.ca_file: str | None = str(self._certificate.ca_file) if self._certificate else None
        """The file of the authority that clients must trust, None without `tls`. It is for AWS_CA_BUNDLE."""
        self.url: str = f"http{'s' if tls else ''}://{client_host(host)}:{self._port.number}"
        """The address of the server, for `endpoint_url`."""
        renew_in_children(self)

    def serve_forever(self) -> None:
        """Serve in this thread until `stop`, or until an exception, such as KeyboardInterrupt, ends it.

        Raises:
            RuntimeError: the server is running already, or belongs to the process that forked this one.
            OSError: the port has been taken since `stop`.
            ValueError: the state cannot be saved at the end.
        """
        self._check_process()
        with self._lock:
            if self._run is not None:
                raise RuntimeError(f"The server at {self.url} is running already.")
            run = self._run = self._prepare()
            run.thread = current_thread()
        try:
            run.serve_here()
        finally:
            self.stop()

    def start(self) -> Self:
        """Serve in a background thread, and return this server. A running server keeps running.

        Raises:
            RuntimeError: the server belongs to the process that forked this one.
            OSError: the port has been taken since `stop`.
        """
        self._check_process()
        with self._lock:
            if self._run is None or self._run.has_ended.is_set():
                run = self._prepare()
                run.thread = Thread(target=run.serve_here, name=f"qchime {self.url}", daemon=True)
                run.thread.start()
                self._run = run
        return self

    def stop(self) -> None:
        """Stop serving, and close the port before this returns. Do nothing if the server is not running.

        Requests in progress have a second to finish. `start` serves again, at the same address.

        Raises:
            ValueError: the state cannot be saved at the end.
        """
        with self._lock:
            run, self._run = self._run, None
            if run is not None:
                run.stop()
            self._port.close()
            if self._application.saver is not None:
                self._application.saver.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *exc_info: object) -> None:
        self.stop()

    def page(self) -> str:
        """The address of the page of this server.

        Raises:
            RuntimeError: it has none.
        """
        if not self._has_page:
            raise RuntimeError("This server has no page. Leave out page=False.")
        return f"{self.url}{path_of(None)}"

    def after_fork(self) -> None:
        """Leave the server to the parent: a forked child holds neither its port nor its connections."""
        self.is_inherited, self._run = True, None
        self._port.abandon()

    def _check_process(self) -> None:
        if self.is_inherited:
            raise RuntimeError("This server belongs to the process that forked this one. Create one here.")

    def _prepare(self) -> _Run:
        application = AsgiApplication(self._application, self._access_log)
        run = _Run(application, self._port.open(), self._certificate)
        if self._application.saver is not None:
            self._application.saver.start()
        return run


class _Run(uvicorn.Server):
    """One run of a server, from its start to its stop."""

    thread: Thread

    def __init__(
        self, application: AsgiApplication, listening: socket.socket, certificate: Certificate | None
    ) -> None:
        config = uvicorn.Config(
            application,
            loop="qchime.server.loop:new_loop",
            http=Protocol,
            lifespan="off",
            log_config=None,
            proxy_headers=False,
            server_header=False,
            headers=[("server", f"qchime/{installed_version()}")],
            timeout_keep_alive=int(IDLE_TIMEOUT),
            timeout_graceful_shutdown=GRACE,
            **websocket_options(),
        )
        config.load()
        config.ssl = certificate.context if certificate is not None else None
        super().__init__(config)
        self._application = application
        self._socket = listening
        self.has_ended = Event()
        renew_in_children(self)

    def after_fork(self) -> None:
        """Close what a forked child would keep open although the parent closes it."""
        transports = [connection.transport for connection in self.server_state.connections]
        abandon([self._socket, *(transport.get_extra_info("socket") for transport in transports)])

    def serve_here(self) -> None:
        try:
            self.run([self._socket])
        finally:
            self._application.close()
            self._socket.close()
            self.has_ended.set()

    def stop(self) -> None:
        self.should_exit = True
        if self.thread is not current_thread():
            self.has_ended.wait()
