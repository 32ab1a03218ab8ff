"""Where requests of botocore's clients are caught, and how they are answered.

The event `before-send.<service>` comes before anything is sent and before moto's own, more general handler;
every session made after this module's import has it. `Endpoint._send` is the last step before the network,
and catches clients whose session is older. botocore calls all handlers, so moto's is gated too: it must not
answer again, nor refuse what its whitelist lacks. Links to files and presigned URLs are followed with
`requests`.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import botocore.endpoint
import botocore.handlers
from botocore.awsrequest import AWSPreparedRequest
from botocore.loaders import Loader
from moto.core.botocore_stubber import BotocoreStubber

from qchime.core.dispatch import respond
from qchime.core.service import SERVICES, Service
from qchime.mocking.delivery import Answer, deliver, deliver_later
from qchime.mocking.loading import share
from qchime.restjson import Request, Response

if TYPE_CHECKING:
    from requests import PreparedRequest

Send = Callable[..., Any]


def respond_here(request: AWSPreparedRequest, is_running: Callable[[Service], bool]) -> Response | None:
    """The response to a request for AWS's own hosts of a service whose mock is running, else None."""
    service = answered_here(request, is_running)
    return respond(service, from_client(request)) if service is not None else None


def answered_here(request: AWSPreparedRequest, is_running: Callable[[Service], bool]) -> Service | None:
    """The service of that kind that a request is for."""
    for service in SERVICES:
        if is_running(service) and service.hosts.match(request.url):
            return service
    return None


class Headers(Mapping[str, str]):
    """A client's headers. It sends a dozen, of which we want two or three: only those are decoded."""

    def __init__(self, headers: Any) -> None:
        self._headers = headers

    def __getitem__(self, name: str) -> str:
        value = self._headers[name]
        return value.decode("utf-8") if isinstance(value, bytes) else str(value)

    def __iter__(self) -> Iterator[str]:
        return (name.lower() for name in self._headers)

    def __len__(self) -> int:
        return len(self._headers)


def from_client(request: AWSPreparedRequest | PreparedRequest) -> Request:
    """A client's request as dispatch takes it."""
    url = urlsplit(request.url or "")
    headers = Headers(request.headers)
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
        self._replace(BotocoreStubber, "__call__", self._stubber_gate)
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

    def _before_send(self, request: AWSPreparedRequest, **kwargs: Any) -> Answer | Awaitable[Answer] | None:
        response = respond_here(request, self._is_running)
        if response is None:
            return None
        is_late_for_async = response.delay and _is_called_by_coroutine()
        return (deliver_later if is_late_for_async else deliver)(request.url, response)

    def _replace(self, owner: type, name: str, gate: Callable[[Send], Send]) -> None:
        original = owner.__dict__[name]
        replacement = gate(original)
        self._replaced.append((owner, name, original, replacement))
        setattr(owner, name, replacement)

    def _stubber_gate(self, stub: Send) -> Send:
        def __call__(stubber: Any, event_name: str, request: AWSPreparedRequest, **kwargs: Any) -> Any:
            if stubber.enabled and answered_here(request, self._is_running) is not None:
                return None
            return stub(stubber, event_name, request, **kwargs)

        return __call__

    def _gate(self, send: Send) -> Send:
        def _send(endpoint: Any, request: AWSPreparedRequest) -> Any:
            response = respond_here(request, self._is_running)
            return send(endpoint, request) if response is None else deliver(request.url, response)

        return _send

    def _async_gate(self, send: Callable[..., Awaitable[Any]]) -> Send:
        async def _send(endpoint: Any, request: AWSPreparedRequest) -> Any:
            response = respond_here(request, self._is_running)
            return await (
                send(endpoint, request) if response is None else deliver_later(request.url, response)
            )

        return _send

    def _adapter_gate(self, get_adapter: Send) -> Send:
        def _get_adapter(session: Any, url: str, *args: Any, **kwargs: Any) -> Any:
            from qchime.mocking.requests_adapter import Adapter

            return Adapter.answering(url, self._is_running) or get_adapter(session, url, *args, **kwargs)

        return _get_adapter


def _is_called_by_coroutine() -> bool:
    """Whether a handler's caller is aiobotocore, whose emitter awaits what handlers give it."""
    return bool(sys._getframe(2).f_code.co_flags & inspect.CO_COROUTINE)
