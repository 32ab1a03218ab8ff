"""Where sessions connect on a server: `wss://…/connect`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from qchime.core.cloud import Account
    from qchime.core.service import Connection
    from qchime.restjson import Request
    from qchime.services.chimesdkmessaging.backend import ChimeSDKMessagingBackend

UNAUTHORIZED = 4401


class MessagingSockets:
    """The WebSockets over which sessions receive events.

    https://docs.aws.amazon.com/chime-sdk/latest/dg/websockets.html
    """

    path = "/connect"
    """Where clients connect on a server."""
    unauthorized = UNAUTHORIZED
    """The status code that closes the connection of a client whose credentials are refused."""

    def connect(
        self, account: Account, region: str, request: Request, connection: Connection
    ) -> Callable[[], None]:
        """Serve a session until the function returned is called."""
        from qchime.services.chimesdkmessaging import SERVICE

        backend = cast("ChimeSDKMessagingBackend", account.backend(SERVICE, region))
        return backend.connect(dict(parse_qsl(request.query)), connection)


SOCKETS = MessagingSockets()
