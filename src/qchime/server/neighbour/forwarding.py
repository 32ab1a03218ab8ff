"""Serves the WSGI application, which moto's server needs, over ASGI."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, cast

from a2wsgi import WSGIMiddleware
from werkzeug.exceptions import ClientDisconnected

from qchime.control.neighbourhood import SENT_HEADERS
from qchime.server.messages import Message, Receive, Send

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from qchime.server.application import Application

AsgiCallable = Callable[[Message, Receive, Send], Awaitable[int | str]]


def forwarding_to(application: Application, threads: ThreadPoolExecutor) -> AsgiCallable:
    """An ASGI application that lets the WSGI application respond, in threads."""

    def respond(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        scope = environ["asgi.scope"]
        environ[SENT_HEADERS] = scope[SENT_HEADERS]
        query = f"?{environ['QUERY_STRING']}" if environ["QUERY_STRING"] else ""
        environ["RAW_URI"] = scope["raw_path"].decode("latin-1") + query
        environ["wsgi.errors"] = sys.stderr
        environ["wsgi.input_terminated"] = "CONTENT_LENGTH" not in environ
        return application(environ, start_response)

    middleware: Any = WSGIMiddleware(cast("Any", respond))
    middleware.executor = threads

    async def forward_request(scope: Message, receive: Receive, send: Send) -> int | str:
        status: int | str = "-"

        async def receive_all() -> Message:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnected  # a body that breaks off must not pass for a complete one
            return message

        async def send_noting_status(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        # WSGI cannot tell `a_b` from `a-b`, so one could pass for the other.
        headers = [field for field in scope["headers"] if b"_" not in field[0]]
        forwarded = {**scope, "headers": headers, SENT_HEADERS: scope["headers"]}
        await middleware(forwarded, receive_all, send_noting_status)
        return status

    return forward_request
