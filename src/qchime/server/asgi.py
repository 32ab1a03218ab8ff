"""The application over ASGI, for uvicorn: https://asgi.readthedocs.io/en/latest/specs/www.html"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, TextIO, TypeVar

from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from qchime.core.table import SERVICES
from qchime.restjson import Request, Response
from qchime.server.bodies import largest_body
from qchime.server.messages import (
    Body,
    Message,
    Receive,
    Send,
    head_of,
    protocol_of,
    request_line,
    send_response,
)
from qchime.server.sockets import Socket
from qchime.server.streaming import EventStream, send_stream

if TYPE_CHECKING:
    from qchime.server.application import Application

Result = TypeVar("Result")

MOST_THREADS = 256
"""They may wait for each other: a function of a test author may call the server that runs it."""


class AsgiApplication:
    """Responds on the event loop if that is quick, and in a thread otherwise.

    `access_log` is the file for a line per request, None for no log.
    """

    def __init__(self, application: Application, access_log: TextIO | None = None) -> None:
        self._application = application
        self._access_log = access_log
        self._threads = ThreadPoolExecutor(MOST_THREADS, "qchime")
        if application.neighbour is not None:
            from qchime.server.forwarding import forwarding_to

            self._forward = forwarding_to(application, self._threads)

    def opens_socket(self, scope: Message) -> bool:
        """Whether a request for a WebSocket is trusted, and a service offers one at its path."""
        head = self._application.as_sent(head_of(scope))
        return SERVICES.with_sockets_at(head.path) is not None and self._application.refusal(head) is None

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Respond to an HTTP request, or serve a WebSocket."""
        if scope["type"] == "websocket":
            await self._serve_socket(scope, receive, send)
        elif scope["type"] == "http":
            await self._serve_request(scope, receive, send)
        else:
            raise NotImplementedError(f"qchime does not serve {scope['type']}.")

    async def _serve_request(self, scope: Message, receive: Receive, send: Send) -> None:
        head = self._application.as_sent(head_of(scope))
        response = self._application.refusal(head)
        outcome: int | str = "-"
        try:
            if response is None and self._application.is_left_to_neighbour(head):
                outcome = await self._forward(scope, receive, send)
            else:
                body = Body(head, receive)
                response = response or await self._respond(head, body)
                if isinstance(response, EventStream) and head.method == "GET":
                    await send_stream(response, scope, receive, send, self._threads)
                else:
                    await self._deliver(response, scope, body, send)
                outcome = response.lost or response.status
        except ClientDisconnected:
            pass
        except asyncio.CancelledError:  # the server stops
            protocol_of(scope).abort()
        if not self._application.is_for_page(head):  # it looks often
            self._log(scope, outcome)

    async def _serve_socket(self, scope: Message, receive: Receive, send: Send) -> None:
        """Connect a WebSocket that `opens_socket` allows to its service, until it ends."""
        head = self._application.as_sent(head_of(scope))
        self._log(scope, 101)
        await receive()  # the client connects
        await send({"type": "websocket.accept"})
        socket = Socket(protocol_of(scope).abort)
        try:
            ended = await self._run(head, partial(self._application.connect, head, socket))
            try:
                await socket.serve(receive, send)
            finally:
                ended()
        except asyncio.CancelledError:  # the server stops
            protocol_of(scope).abort()

    async def _respond(self, request: Request, body: Body) -> Response:
        try:
            request.body = await body.read(largest_body(request))
        except RequestEntityTooLarge:
            return self._application.refuse_body(request)
        return await self._run(request, partial(self._application.respond, request))

    async def _run(self, request: Request, function: Callable[[], Result]) -> Result:
        if self._application.is_quick(request):
            return function()
        return await asyncio.get_running_loop().run_in_executor(self._threads, function)

    async def _deliver(self, response: Response, scope: Message, body: Body, send: Send) -> None:
        """Send a response immediately, late or not at all, as `qchime.core.delivery.deliver` does."""
        if response.delay:
            await asyncio.sleep(response.delay)
        if response.lost is None:
            await send_response(response, body, send)
        else:
            await protocol_of(scope).lose(silent=response.lost == "ReadTimeoutError")

    def _log(self, scope: Message, outcome: int | str) -> None:
        if self._access_log is not None:
            self.log(request_line(scope), outcome)

    def log(self, request: str, outcome: int | str) -> None:
        """Write a line to the access log, in ASCII, because requests may contain any byte."""
        if self._access_log is not None:
            with suppress(OSError, ValueError):  # the reader of the log may have closed it
                self._access_log.write(f"{request!a} {outcome}\n")

    def close(self) -> None:
        """Abandon the requests that wait for a thread. Those that run in one are not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)
