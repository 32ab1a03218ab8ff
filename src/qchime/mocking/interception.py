"""Where requests of botocore's clients are caught, and how they are answered.

The event `before-send.<service>` comes before anything is sent and before moto's own, more general handler;
every session made after this module's import has it. `Endpoint._send` is the last step before the network,
and catches clients whose session is older. Links to files and presigned URLs are followed with `requests`.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Awaitable, Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import botocore.endpoint
import botocore.handlers
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.loaders import Loader

from qchime.dispatch import respond
from qchime.mocking.loading import share
from qchime.restjson import Request, Response
from qchime.service import SERVICES, Service

if TYPE_CHECKING:
    from requests import PreparedRequest
    from typing_extensions import Self

ANSWERED = "x-qchime-answered"
"""On a request that is answered, for botocore calls every handler and moto's must not answer it again."""

Send = Callable[..., Any]


class Content(bytes):
    """A body for sync clients, which read it, and for aiobotocore, which awaits it first."""

    async def _itself(self) -> Self:
        return self

    def __await__(self) -> Generator[Any, None, Self]:
        return self._itself().__await__()


class Raw(io.BytesIO):
    """The connection that an answer would have come by; older versions of aiobotocore ask it for headers."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.body)
        self.raw_headers = [(name.encode(), value.encode()) for name, value in response.headers.items()]

    def stream(self) -> Iterator[bytes]:
        """The body, in one piece."""
        yield self.read()


class Answer(AWSResponse):
    """What botocore takes for the response of its HTTP library."""

    def __init__(self, url: str, response: Response) -> None:
        super().__init__(url, response.status, response.headers, Raw(response))  # type: ignore[arg-type]
        self._body = Content(response.body)

    @property
    def content(self) -> Content:
        """The body."""
        return self._body


def answer(request: AWSPreparedRequest, is_running: Callable[[Service], bool]) -> Answer | None:
    """The answer to a request for AWS's own hosts of a service whose mock is running, else None."""
    for service in SERVICES:
        if service.hosts.match(request.url) and is_running(service):
            return Answer(request.url, respond(service, from_client(request)))
    return None


def from_client(request: AWSPreparedRequest | PreparedRequest) -> Request:
    """A client's request as dispatch takes it."""
    url = urlsplit(request.url or "")
    headers = {
        name.lower(): value.decode("utf-8") if isinstance(value, bytes) else value
        for name, value in request.headers.items()
    }
    return Request(
        request.method or "", url.netloc, url.path or "/", url.query, headers, _bytes(request.body)
    )


def _bytes(body: Any) -> bytes:
    content = body.read() if hasattr(body, "read") else body or b""
    return content.encode("utf-8") if isinstance(content, str) else bytes(content)


class Interception:
    """All gates, for as long as `is_running` says that a service is to be answered here."""

    def __init__(self, is_running: Callable[[Service], bool]) -> None:
        self._is_running = is_running
        self._replaced: list[tuple[type, str, Send, Send]] = []

    def enter_events(self) -> None:
        """Take part in every session that is made from now on."""
        for service in SERVICES:
            botocore.handlers.BUILTIN_HANDLERS.append((f"before-send.{service.name}", self._before_send))

    def close_gates(self) -> None:
        """Let nothing of ours out to the network, whenever its client was made."""
        self._replace(botocore.endpoint.Endpoint, "_send", self._gate)
        if (aio := sys.modules.get("aiobotocore.endpoint")) is not None:
            self._replace(aio.AioEndpoint, "_send", self._async_gate)
        self._replace(Loader, "__init__", share)
        if (requests := sys.modules.get("requests.sessions")) is not None:
            self._replace(requests.Session, "get_adapter", self._adapter_gate)

    def open_gates(self) -> None:
        """Leave everything as it was, unless somebody else has replaced the step since."""
        for owner, name, original, gate in self._replaced:
            if owner.__dict__[name] is gate:
                setattr(owner, name, original)
        self._replaced.clear()

    def _before_send(self, request: AWSPreparedRequest, **kwargs: Any) -> Answer | None:
        answered = answer(request, self._is_running)
        if answered is not None:
            request.headers[ANSWERED] = "true"
        return answered

    def _replace(self, owner: type, name: str, gate: Callable[[Send], Send]) -> None:
        original = owner.__dict__[name]
        replacement = gate(original)
        self._replaced.append((owner, name, original, replacement))
        setattr(owner, name, replacement)

    def _gate(self, send: Send) -> Send:
        def _send(endpoint: Any, request: AWSPreparedRequest) -> Any:
            return answer(request, self._is_running) or send(endpoint, request)

        return _send

    def _async_gate(self, send: Callable[..., Awaitable[Any]]) -> Send:
        async def _send(endpoint: Any, request: AWSPreparedRequest) -> Any:
            return answer(request, self._is_running) or await send(endpoint, request)

        return _send

    def _adapter_gate(self, get_adapter: Send) -> Send:
        def _get_adapter(session: Any, url: str, *args: Any, **kwargs: Any) -> Any:
            from qchime.mocking.requests_adapter import Adapter

            return Adapter.answering(url, self._is_running) or get_adapter(session, url, *args, **kwargs)

        return _get_adapter
