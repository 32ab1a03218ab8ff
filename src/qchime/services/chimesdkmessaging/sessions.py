"""Sessions: the WebSockets over which users receive events.

https://docs.aws.amazon.com/chime-sdk/latest/dg/websockets.html
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any
from urllib.parse import urlsplit

from qchime.core.backend import Call
from qchime.core.cloud import Account
from qchime.core.service import Connection
from qchime.rules import inferred, observed
from qchime.services.chimesdkmessaging import SERVICE
from qchime.services.chimesdkmessaging.event import Event, frame
from qchime.services.chimesdkmessaging.prefetch import Prefetch
from qchime.services.chimesdkmessaging.rates import CONNECTS
from qchime.services.chimesdkmessaging.sockets import UNAUTHORIZED

ENDPOINT = observed(
    "messaging.session-endpoint",
    "GetMessagingSessionEndpoint returns a host without a scheme: the host of the server or, in the "
    "process, AWS's. The host of us-east-1 was observed, and those of other regions are named after it. The "
    "network type makes no difference.",
    sources=["https://github.com/aws/amazon-chime-sdk-js"],
)

UNKNOWN_USER = observed(
    "messaging.session-of-unknown-user",
    "A session whose userArn is missing, or is not the ARN of a user, opens and immediately closes with "
    "4401, which was observed. Bots have no sessions.",
    sources=["https://github.com/aws/amazon-chime-sdk-js/pull/2445"],
)

UNAUTHORIZED_SESSION = inferred(
    "messaging.unauthorized-session",
    "A session whose credentials are refused, because they have expired or by `--verify-signatures`, opens "
    "and immediately closes with 4401, like that of an unknown user.",
)

DELETED_USER = inferred(
    "messaging.session-of-deleted-user", "The sessions of a deleted user close with 4401."
)

MOST_SESSIONS = inferred(
    "messaging.most-sessions",
    "When a user opens more sessions than the quota allows, the user's oldest session closes with 4003.",
    sources=["https://docs.aws.amazon.com/general/latest/gr/chime-sdk.html"],
    turn="limits.connections_per_user",
)

CONNECT_RATE = inferred(
    "messaging.session-rate",
    "If rates are enforced, a session that exceeds the documented rate of one per second and user opens and "
    "immediately closes with 4429, after which clients reconnect.",
    sources=["https://docs.aws.amazon.com/general/latest/gr/chime-sdk.html"],
    turn="throttling",
)

REPLACED_STATE = inferred(
    "messaging.session-after-reset",
    "All sessions close with 1012 when the state is reset or replaced, so that clients reconnect to the new "
    "state.",
)

KICKED = 4003
TOO_MANY_REQUESTS = 4429
SERVICE_RESTART = 1012
ESTABLISHED = frame("SESSION_ESTABLISHED")


class SessionOperations(Prefetch):
    """https://docs.aws.amazon.com/chime-sdk/latest/APIReference/API_messaging-chime_GetMessagingSessionEndpoint.html"""

    def __init__(self, region_name: str, account: Account) -> None:
        super().__init__(region_name, account)
        self._connections: dict[str, list[Connection]] = {}
        """The open connections of each user, oldest first."""
        self._is_retired = False

    @ENDPOINT
    def get_messaging_session_endpoint(self, call: Call, *, network_type: str = "") -> dict[str, Any]:
        """Where to connect."""
        if call.base_url is not None:
            return {"endpoint": {"url": urlsplit(call.base_url).netloc}}
        initials = "".join(part[:1] for part in self.region_name.split("-"))
        return {"endpoint": {"url": f"node001.{initials}.ws-messaging.chime.aws"}}

    @UNKNOWN_USER
    def connect(self, query: Mapping[str, str], connection: Connection) -> Callable[[], None]:
        """Open a session, which lasts until the function returned is called. `query` is that of its URL."""
        arn = query.get("userArn", "")
        with self.lock:
            instance = self.identities.home(arn)
            if instance is None or arn not in instance.users:
                connection.close(UNAUTHORIZED, "Unauthorized: the userArn is not the ARN of a user")
                return lambda: None
            if self._exceeds_rate(arn):
                connection.close(TOO_MANY_REQUESTS, f"Rate exceeded: {CONNECTS} session per second for {arn}")
                return lambda: None
            self._add(arn, connection)
            if self._is_retired:  # since the server has looked for it
                self._restart(connection)
            connection.send(ESTABLISHED)
            if query.get("prefetch-on") == "connect":
                for details in self.prefetched(arn, instance, query.get("prefetch-sort-by", "unread")):
                    connection.send(details)
            return self._listen(arn, connection)

    @CONNECT_RATE
    def _exceeds_rate(self, arn: str) -> bool:
        """Whether the user opens sessions too quickly."""
        throttling = self.world.throttling
        rate: dict[Hashable, int] = {(SERVICE.name, self.region_name, "Connect", arn): CONNECTS}
        return throttling.enabled and throttling.exceeded(rate) is not None

    @DELETED_USER
    def _listen(self, arn: str, connection: Connection) -> Callable[[], None]:
        """Send the events from now on, until the function returned is called."""

        def send(event: Event) -> None:
            connection.send(event.frame)

        def close() -> None:
            connection.close(UNAUTHORIZED, "Unauthorized: the user has been deleted")

        session = self.events.listen(arn, send, close)

        def stop() -> None:
            with self.lock:
                session.close()
                self._remove(arn, connection)

        return stop

    @MOST_SESSIONS
    def _add(self, arn: str, connection: Connection) -> None:
        connections = self._connections.setdefault(arn, [])
        connections.append(connection)
        surplus = max(0, len(connections) - self.world.limits.connections_per_user)
        for oldest in connections[:surplus]:
            oldest.close(KICKED, "The user has opened more sessions than the quota allows")
            connections.remove(oldest)

    def _remove(self, arn: str, connection: Connection) -> None:
        connections = self._connections.get(arn, [])
        if connection in connections:
            connections.remove(connection)
        if not connections:
            self._connections.pop(arn, None)

    def resume(self) -> None:
        """Open sessions again."""
        self._is_retired = False

    @REPLACED_STATE
    def retire(self) -> None:
        """Close all sessions, and those that are about to open."""
        self._is_retired = True
        for connections in list(self._connections.values()):
            for connection in list(connections):
                self._restart(connection)

    def _restart(self, connection: Connection) -> None:
        connection.close(SERVICE_RESTART, "The state of the mock has been reset or replaced")
