"""Sessions of users, with a WebSocket client."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple
from urllib.parse import urlencode

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

TIMEOUT = 30


class Frame(NamedTuple):
    """One frame that a session has received."""

    type: str
    message_type: str
    payload: Any

    @classmethod
    def of(cls, text: Any) -> "Frame":
        frame = json.loads(text)
        headers = frame["Headers"]
        payload = json.loads(frame["Payload"]) if "Payload" in frame else None
        return cls(headers["x-amz-chime-event-type"], headers["x-amz-chime-message-type"], payload)


class Session:
    """A session that is open."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    def receive(self, number: int) -> list[Frame]:
        """The next frames."""
        return [Frame.of(self.socket.recv(TIMEOUT)) for _ in range(number)]

    def types(self, number: int) -> list[str]:
        """The types of the next frames."""
        return [frame.type for frame in self.receive(number)]

    def rest(self) -> list[Frame]:
        """All frames until the server closes the session."""
        frames = []
        with suppress(ConnectionClosed):
            while True:
                frames += self.receive(1)
        return frames

    @property
    def close_code(self) -> int | None:
        """The status code with which the server closes the session, after all frames."""
        self.rest()
        return self.socket.close_code


@contextmanager
def session(
    url: str, user: str, *, key: str = "", region: str = "us-east-1", **query: str
) -> Iterator[Session]:
    """Open a session of a user at the URL of a server, and receive SESSION_ESTABLISHED."""
    with opened(url, userArn=user, sessionId="one", key=key, region=region, **query) as open_session:
        assert open_session.receive(1) == [("SESSION_ESTABLISHED", "SYSTEM", None)]
        yield open_session


@contextmanager
def opened(url: str, *, key: str = "", region: str = "us-east-1", **query: str) -> Iterator[Session]:
    """Connect to the URL of a server with this query."""
    if key:
        query["X-Amz-Credential"] = f"{key}/20240521/{region}/chime/aws4_request"
    target = f"ws{url.removeprefix('http')}/connect?{urlencode(query)}"
    with connect(target, open_timeout=TIMEOUT, max_queue=None) as socket:
        yield Session(socket)
