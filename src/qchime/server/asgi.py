"""The application over ASGI, for uvicorn: https://asgi.readthedocs.io/en/latest/specs/www.html"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, TextIO, TypeVar

from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from qchime.restjson import Request, Response
from qchime.server.access_log import AccessLog
from qchime.server.console.streaming import EventStream, send_stream
from qchime.server.control import PREFIX
from qchime.server.messages import Message, Receive, Send, deliver, head_of, protocol_of
from qchime.server.trust.bodies import Body, largest_body

if TYPE_CHECKING:
    from qchime.server.application import Application

Result = TypeVar("Result")

HEALTH = f"{PREFIX}health"
MOST_THREADS = 256
"""They may wait for each other: a function of a test author may call the server that runs it."""


class AsgiApplication:
    """Responds on the event loop if that is quick, and in a thread otherwise.

    `access_log` is the file for a line per request, except for those of the page and of health checks that
    succeed; None for no log.
    """

    def __init__(self, application: Application, access_log: TextIO | None = None) -> None:
        self._application = application
        self.accepts_socket = application.sockets.accepts
        self.log = AccessLog(access_log)
        self._threads = ThreadPoolExecutor(MOST_THREADS, "qchime")
        if application.neighbour is not None:
            from qchime.server.neighbour.forwarding import forwarding_to

            self._forward = forwarding_to(application, self._threads)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Respond to an HTTP request, or serve a WebSocket."""
        serve = {"http": self._serve_request, "websocket": self._serve_socket}[scope["type"]]
        await serve(scope, receive, send)

    async def _serve_request(self, scope: Message, receive: Receive, send: Send) -> None:
        head = self._application.trust.as_sent(head_of(scope))
        response = self._application.trust.response(head)
        outcome: int | str = "-"
        try:
            if response is None and self._application.neighbour_for(head):
                outcome = await self._forward(scope, receive, send)
            else:
                body = Body(head, receive)
                response = response or await self._respond(head, body)
                if isinstance(response, EventStream) and head.method == "GET":
                    await send_stream(response, scope, receive, send, self._threads)
                else:
                    await deliver(response, scope, body, send)
                outcome = response.lost or response.status
        except ClientDisconnected:
            pass
        except asyncio.CancelledError:  # the server stops
            protocol_of(scope).abort()
        if not self._is_routine(head, outcome):
            self.log.request(scope, outcome)

    def _is_routine(self, head: Request, outcome: int | str) -> bool:
        """Whether this is one of the many requests of the page, or of a health check that succeeds."""
        is_own = head.path.startswith(PREFIX)
        return is_own and ((head.path, outcome) == (HEALTH, 200) or self._application.is_for_page(head))

    async def _serve_socket(self, scope: Message, receive: Receive, send: Send) -> None:
        self.log.request(scope, 101)
        await self._application.sockets.serve(scope, receive, send, self._run)

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

    def close(self) -> None:
        """Abandon the requests that wait for a thread. Those that run in one are not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)
