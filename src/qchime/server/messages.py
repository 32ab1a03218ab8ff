"""Requests and responses in the form of ASGI: the head at once, the body in pieces."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from io import BytesIO
from typing import Any

from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from qchime.core.delivery import NOT_EXPOSED
from qchime.core.hosts import in_url
from qchime.restjson import Request, Response
from qchime.server.bodies import announced_length

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

CONNECTION = "qchime.connection"
"""The ASGI extension by which our protocol lets the application lose a response."""

LARGEST_DISCARD = 1024 * 1024 * 1024
"""In bytes: how much of a refused body is read and discarded before the connection is closed."""

DISCARD_TIMEOUT = 2.0
"""Seconds without data after which nothing more of a refused body is expected."""


def head_of(scope: Message) -> Request:
    """The request of an ASGI scope, with the path as the client sent it, and its body unread."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]},{value}" if name in headers else value
    name, port = scope["server"]
    host = headers.get("host") or f"{in_url(name)}:{port}"
    return Request(
        method=scope["method"],
        host=host,
        path=scope["raw_path"].decode("latin-1") or "/",
        query=scope["query_string"].decode("latin-1"),
        headers=headers,
        body=b"",
        base_url=f"{scope['scheme']}://{host}",
    )


class Body:
    """The body of a request, which has been received completely, partly or not at all."""

    def __init__(self, head: Request, receive: Receive) -> None:
        self._receive = receive
        self._announced = announced_length(head)
        self.is_complete = self._announced == 0 and "transfer-encoding" not in head.headers

    async def read(self, most: int) -> bytes:
        """The whole body.

        Raises:
            RequestEntityTooLarge: it is known to have more than `most` bytes.
            ClientDisconnected: the body is incomplete.
        """
        if self._announced > most:
            raise RequestEntityTooLarge
        first = b"" if self.is_complete else await self._next()
        if self.is_complete and len(first) <= most:
            return first
        content = BytesIO()  # grows in place, and returns its value without a copy
        content.write(first)
        while content.tell() <= most:
            if self.is_complete:
                return content.getvalue()
            content.write(await self._next())
        raise RequestEntityTooLarge

    async def discard(self) -> None:
        """Read the rest, because a client that still sends might not see the response otherwise."""
        size = 0
        while not self.is_complete and size < LARGEST_DISCARD:
            try:
                size += len(await asyncio.wait_for(self._next(), DISCARD_TIMEOUT))
            except (ClientDisconnected, asyncio.TimeoutError):
                return

    async def _next(self) -> bytes:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnected
        self.is_complete = not message.get("more_body", False)
        piece: bytes = message.get("body", b"")
        return piece


async def send_response(response: Response, body: Body, send: Send) -> None:
    """Send a response to the request with this body. If the body is incomplete, close the connection."""
    headers = encoded_headers(response)
    if response.status != 204:
        headers.append((b"content-length", b"%d" % len(response.body)))
    if body.is_complete:
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        await send({"type": "http.response.body", "body": response.body})
    else:
        headers.append((b"connection", b"close"))  # it is unknown where the next request begins
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        await send({"type": "http.response.body", "body": response.body, "more_body": True})
        await body.discard()
        await send({"type": "http.response.body"})


def encoded_headers(response: Response) -> list[tuple[bytes, bytes]]:
    """The headers of a response in the form of ASGI."""
    return [(name.encode(), value.encode("latin-1")) for name, value in response.headers.items()]


def protocol_of(scope: Message) -> Any:
    """Our protocol, which serves this request.

    Raises:
        RuntimeError: another server does.
    """
    extension = scope.get("extensions", {}).get(CONNECTION)
    if extension is None:
        raise RuntimeError(NOT_EXPOSED)
    return extension["protocol"]


def request_line(scope: Message) -> str:
    """The first line of a request, for a log."""
    query = b"?" + scope["query_string"] if scope["query_string"] else b""
    target = (scope["raw_path"] + query).decode("latin-1")
    return f"{scope['method']} {target} HTTP/{scope['http_version']}"
