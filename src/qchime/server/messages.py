"""Requests and responses in the form of ASGI: the head at once, the body in pieces."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any

from qchime.core.hosts import in_url
from qchime.restjson import Request, Response

if TYPE_CHECKING:
    from qchime.server.trust.bodies import Body

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

CONNECTION = "qchime.connection"
"""The ASGI extension by which our protocol lets the application lose a response."""


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


async def deliver(response: Response, scope: Message, body: Body, send: Send) -> None:
    """Send a response immediately, late or not at all, as `qchime.core.delivery.deliver` does over WSGI."""
    if response.delay:
        await asyncio.sleep(response.delay)
    if response.lost is None:
        await _send_response(response, body, send)
    else:
        await protocol_of(scope).lose(silent=response.lost == "ReadTimeoutError")


async def _send_response(response: Response, body: Body, send: Send) -> None:
    """Send a response to the request with this body. If the body is incomplete, close the connection."""
    headers = encoded_headers(response)
    if response.status != 204:
        headers.append((b"content-length", b"%d" % len(response.body)))
    is_last = body.is_complete
    if not is_last:
        headers.append((b"connection", b"close"))  # it is unknown where the next request begins
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body, "more_body": not is_last})
    if not is_last:
        await body.discard()
        await send({"type": "http.response.body"})


def encoded_headers(response: Response) -> list[tuple[bytes, bytes]]:
    """The headers of a response in the form of ASGI."""
    return [(name.encode(), value.encode("latin-1")) for name, value in response.headers.items()]


def protocol_of(scope: Message) -> Any:
    """Our protocol, which serves this request."""
    return scope["extensions"][CONNECTION]["protocol"]
