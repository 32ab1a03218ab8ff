"""Connects the clients of WebSockets to the services that serve them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial

from qchime.core.caller import Scope, account_id_of, identify_caller
from qchime.core.cloud import Account, Cloud
from qchime.core.service import Connection, Service
from qchime.core.table import SERVICES
from qchime.restjson import CommonError, Request, Response
from qchime.rules import inferred
from qchime.server.messages import Message, Receive, Send, head_of, protocol_of
from qchime.server.sockets.connection import Socket
from qchime.server.trust.origins import Trust
from qchime.server.trust.refusals import refuse
from qchime.server.trust.signatures import verify
from qchime.world import Clock

logger = logging.getLogger("qchime.server")

SIGNED_SOCKETS = inferred(
    "server.websocket-expiry",
    "The presigned URL of a WebSocket expires by the machine's clock, even if the mock's clock is ahead, "
    "because clients sign it by the machine's clock each time they connect.",
)

INTERNAL_ERROR = 1011
"""The status code that closes a WebSocket on which the mock fails."""

End = Callable[[], None]
Run = Callable[[Request, Callable[[], End]], Awaitable[End]]


class Sockets:
    """The WebSockets of one server."""

    def __init__(self, cloud: Cloud, trust: Trust, *, verifies_signatures: bool) -> None:
        self._cloud = cloud
        self._trust = trust
        self._verifies_signatures = verifies_signatures

    def has(self, head: Request) -> bool:
        """Whether a service offers WebSockets at the path of a request."""
        return SERVICES.with_sockets_at(head.path) is not None

    def accepts(self, scope: Message) -> bool:
        """Whether to upgrade a request: it is trusted, and a service offers WebSockets at its path."""
        head = self._trust.as_sent(head_of(scope))
        return self.has(head) and self._trust.response(head) is None

    def upgrade_required(self, head: Request) -> Response:
        """The response to a request at such a path that is not for a WebSocket."""
        how = "Connect to it with a WebSocket client, on the server that `qchime serve` starts."
        response = refuse(426, "UpgradeRequired", f"{head.path} is for WebSockets. {how}")
        response.headers["Upgrade"] = "websocket"
        return response

    async def serve(self, scope: Message, receive: Receive, send: Send, run: Run) -> None:
        """Accept a client and let the service serve it until the connection ends.

        `run` calls a function for a request, which may wait.
        """
        head = self._trust.as_sent(head_of(scope))
        abort = protocol_of(scope).abort
        socket = Socket(abort)
        try:
            await receive()  # the client connects
            await send({"type": "websocket.accept"})
            ended = await run(head, partial(self._connect, head, socket))
            try:
                await socket.serve(receive, send)
            finally:
                ended()
        except asyncio.CancelledError:  # the server stops
            abort()

    def _connect(self, request: Request, connection: Connection) -> End:
        """Let the service serve a connection, and return what to call once it ends."""
        service = SERVICES.with_sockets_at(request.path)
        assert service is not None
        assert service.sockets is not None
        try:
            account, region = self._connecting(service, request)
            return service.sockets.connect(account, region, request, connection)
        except CommonError as error:
            connection.close(service.sockets.unauthorized, str(error))
        except Exception:
            logger.exception("The WebSocket at %s failed", request.path)
            connection.close(INTERNAL_ERROR, "The mock failed on this connection; its log has the traceback.")
        return lambda: None

    @SIGNED_SOCKETS
    def _connecting(self, service: Service, request: Request) -> tuple[Account, str]:
        """The account and region of a client that connects."""
        contents, scope, clock = self._cloud.contents, Scope.of(request), Clock()
        if self._verifies_signatures:
            verify(contents, request, service, clock)
        account = contents.account(account_id_of(contents, request, scope.access_key_id))
        return account, identify_caller(account, request, scope, service, clock).region
