"""Where requests of botocore's clients are caught, and how they are answered.

The event `before-send.<service>` comes before anything is sent and before moto's own, more general handler;
every session made after this module's import has it. `Endpoint._send` is the last step before the network,
and catches clients whose session is older. Links to files and presigned URLs are followed with `requests`.

What is replaced stays so: each replacement asks whether a mock runs, and does what the original does if none
does. So nothing has to be put back, and nothing piles up when somebody else replaces the same.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import botocore.endpoint
import botocore.handlers
from botocore.awsrequest import AWSPreparedRequest
from botocore.loaders import Loader

from qchime.control.neighbourhood import neighbourhood
from qchime.control.running import running
from qchime.core.clients import ClientResponse, deliver, deliver_later, from_client
from qchime.core.cloud import cloud
from qchime.core.dispatch import respond
from qchime.core.service import Service
from qchime.core.table import SERVICES
from qchime.mocking.loading import share
from qchime.restjson import Response

Send = Callable[..., Any]


def service_of(url: str) -> Service | None:
    """The service whose AWS host a URL has."""
    return next((service for service in SERVICES if service.url_pattern.match(url)), None)


def respond_here(request: AWSPreparedRequest) -> Response | None:
    """The response to a request for AWS's own hosts of a service whose mock is running, else None."""
    service = service_of(request.url)
    if service is None or not running.has(service):
        return None
    return respond(cloud, from_client(request), service)


def join_events() -> None:
    """Take part in every session that is made from now on."""
    for service in SERVICES:
        botocore.handlers.BUILTIN_HANDLERS.append((f"before-send.{service.name}", _before_send))


def install() -> None:
    """Let nothing of ours out to the network while a mock runs, whenever its client was made."""
    _replace(botocore.endpoint.Endpoint, "_send", _gate)
    if (aio := sys.modules.get("aiobotocore.endpoint")) is not None:
        _replace(aio.AioEndpoint, "_send", _async_gate)
    _replace(Loader, "__init__", share)
    if (requests := sys.modules.get("requests.sessions")) is not None:
        _replace(requests.Session, "get_adapter", _adapter_gate)


def _replace(owner: type, name: str, gate: Callable[[Send], Send]) -> None:
    original = owner.__dict__[name]
    if not hasattr(original, "_qchime_gate"):
        replacement = functools.wraps(original)(gate(original))
        replacement._qchime_gate = True  # type: ignore[attr-defined]
        setattr(owner, name, replacement)


def _before_send(
    request: AWSPreparedRequest, **kwargs: Any
) -> ClientResponse | Awaitable[ClientResponse] | None:
    response = respond_here(request)
    if response is None:
        return None
    is_late_for_async = response.delay and _is_called_by_coroutine()
    return (deliver_later if is_late_for_async else deliver)(request.url, response)


def _gate(send: Send) -> Send:
    def _send(endpoint: Any, request: AWSPreparedRequest) -> Any:
        response = respond_here(request)
        if response is not None:
            return deliver(request.url, response)
        answer = _neighbours_answer(request)
        return send(endpoint, request) if answer is None else answer

    return _send


def _async_gate(send: Callable[..., Awaitable[Any]]) -> Send:
    async def _send(endpoint: Any, request: AWSPreparedRequest) -> Any:
        response = respond_here(request)
        if response is not None:
            return await deliver_later(request.url, response)
        answer = _neighbours_answer(request)
        return await send(endpoint, request) if answer is None else answer

    return _send


def _neighbours_answer(request: AWSPreparedRequest) -> Any:
    """What `mock_aws` answers for our services to a client that it has not caught itself."""
    if service_of(request.url) is None or not neighbourhood.is_running:
        return None
    neighbour = neighbourhood.neighbour
    return neighbour.answer(request) if neighbour is not None else None


def _adapter_gate(get_adapter: Send) -> Send:
    def _get_adapter(session: Any, url: str, *args: Any, **kwargs: Any) -> Any:
        if running:
            from qchime.mocking.requests_adapter import Adapter

            if (adapter := Adapter.answering(url)) is not None:
                return adapter
        return get_adapter(session, url, *args, **kwargs)

    return _get_adapter


def _is_called_by_coroutine() -> bool:
    """Whether a handler's caller is aiobotocore, whose emitter awaits what handlers give it."""
    return bool(sys._getframe(2).f_code.co_flags & inspect.CO_COROUTINE)
