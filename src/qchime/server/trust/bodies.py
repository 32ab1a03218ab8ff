"""Bounds the body of a request: its head decides how large it may be."""

from __future__ import annotations

import asyncio
from io import BytesIO
from math import inf
from typing import TYPE_CHECKING
from uuid import uuid4

from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.wsgi import get_input_stream

from qchime.core.caller import Scope
from qchime.core.identify import identify_service
from qchime.core.injection import injected
from qchime.core.service import Service
from qchime.restjson import Operation, Request, Response, ServiceException, UnknownOperation
from qchime.server.control import PREFIX
from qchime.server.trust.refusals import refuse

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

    from qchime.server.messages import Receive

LARGEST_BODY = 1024 * 1024
"""In bytes, for operations that do not take a file."""

LARGEST_FILE = 100 * 1024 * 1024
"""In bytes: room for a file of 50 MB as base64 in JSON, and for larger ones that the service refuses."""

TOO_LARGE = 413

LARGEST_DISCARD = 1024 * 1024 * 1024
"""In bytes: how much of a refused body is read and discarded before the connection is closed."""

DISCARD_TIMEOUT = 2.0
"""Seconds without data after which nothing more of a refused body is expected."""


def largest_body(head: Request) -> int:
    """How many bytes the body of this request may have."""
    if "transfer-encoding" not in head.headers and announced_length(head) <= LARGEST_BODY:
        return LARGEST_BODY
    if head.path.startswith(PREFIX):  # a state, or a file for one of the services' links
        return LARGEST_FILE
    service, operation = _find_operation(head)
    takes_file = service is not None and operation is not None and operation.name in service.file_operations
    return LARGEST_FILE if takes_file else LARGEST_BODY


def announced_length(head: Request) -> float:
    """The number of bytes that Content-Length announces; infinite for a number that is too long to be one."""
    length = head.headers.get("content-length", "0")
    return int(length) if length.isdecimal() and len(length) < 20 else inf


def too_large(head: Request) -> Response:
    """The 413 for a body that is too large: the error that the operation declares for it, if there is one."""
    message = f"The body of this request may have at most {largest_body(head)} bytes."
    service, operation = _find_operation(head)
    if service is not None and operation is not None:
        for name in operation.errors_with_status(TOO_LARGE):
            error = injected(service, operation, name, {}, message)
            assert isinstance(error, ServiceException)
            response = operation.serialize_error(error)
            response.headers["x-amzn-RequestId"] = str(uuid4())
            return response
    return refuse(TOO_LARGE, "RequestEntityTooLarge", message)


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
        if self.is_complete:
            return b""
        if self._announced > most:
            raise RequestEntityTooLarge
        first = await self._next()
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


def read_input(environ: WSGIEnvironment, most: int) -> bytes:
    """The whole body of a WSGI request.

    Raises:
        RequestEntityTooLarge: it has more than `most` bytes.
        HTTPException: the body is incomplete, or its length is not a number.
    """
    # werkzeug truncates a body without a length at the limit, so one byte more tells that it is too large.
    body = get_input_stream(environ, max_content_length=most + 1).read()
    if len(body) > most:
        raise RequestEntityTooLarge
    return body


def _find_operation(head: Request) -> tuple[Service, Operation] | tuple[None, None]:
    service = identify_service(head, Scope.of(head))
    if service is None:
        return None, None
    try:
        name, _ = service.router.match(head)
    except UnknownOperation:
        return None, None
    return service, service.operation(name)
