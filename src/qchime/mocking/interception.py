"""Intercepts requests of botocore's clients, and of `requests` for links to files and presigned URLs.

`Endpoint._send` is the last step before the network for every client, whenever it was created; event
handlers, such as moto's or a test author's, have run by then.
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from copy import copy
from functools import lru_cache, partial
from typing import Any

from botocore.awsrequest import AWSPreparedRequest

from qchime.control.endpoint import endpoint as required_endpoint
from qchime.control.heritage import heritage
from qchime.control.neighbourhood import ASKED_BY_US, neighbourhood
from qchime.control.running import running
from qchime.core.clients import ClientResponse, deliver, deliver_later, from_client
from qchime.core.cloud import cloud
from qchime.core.dispatch import respond
from qchime.core.service import Service
from qchime.core.table import SERVICES
from qchime.mocking.endpoints import at_aws
from qchime.mocking.gates import Function
from qchime.restjson import Response

FAKE_CREDENTIALS = {"access_key": "FOOBARKEY", "secret_key": "FOOBARSECRET"}
"""The fake credentials for clients without any, the same as moto's."""


def service_of(url: str) -> Service | None:
    """The service whose AWS host is in this URL, None if there is none."""
    return _service_at("/".join(url.split("/", 3)[:3]))


@lru_cache(maxsize=256)  # clients send to the same few hosts
def _service_at(origin: str) -> Service | None:
    return next((service for service in SERVICES if service.url_pattern.match(origin)), None)


def gate(send: Function) -> Function:
    """Wrap `Endpoint._send`."""

    def _send(endpoint: Any, request: AWSPreparedRequest) -> Any:
        service, as_aws = _destination(endpoint, request)
        response = _response(service, as_aws)
        if response is not None:
            return deliver(request.url, response)
        answer = _neighbours_answer(service, request, as_aws)
        return send(endpoint, request) if answer is None else answer

    return _send


def async_gate(send: Callable[..., Awaitable[Any]]) -> Function:
    """Wrap `AioEndpoint._send`."""

    async def _send(endpoint: Any, request: AWSPreparedRequest) -> Any:
        service, as_aws = _destination(endpoint, request)
        response = _response(service, as_aws)
        if response is not None:
            return await deliver_later(request.url, response)
        answer = _neighbours_answer(service, request, as_aws)
        return await send(endpoint, request) if answer is None else answer

    return _send


def _destination(endpoint: Any, request: AWSPreparedRequest) -> tuple[Service | None, AWSPreparedRequest]:
    """The service of ours that a request is for, and the request as it is without a configured endpoint."""
    service = service_of(request.url)
    if service is not None or not (running or neighbourhood.is_running):
        return service, request
    as_aws = at_aws(endpoint, request)
    return (None, request) if as_aws is request else (service_of(as_aws.url), as_aws)


def _response(service: Service | None, request: AWSPreparedRequest) -> Response | None:
    """The response to a request for a service whose mock is running, None for others."""
    if service is None or not running.has(service):
        return None
    ours = from_client(request)
    neighbourhood.record(ours, request.url)
    return respond(cloud, ours, service)


def _neighbours_answer(
    service: Service | None, request: AWSPreparedRequest, as_aws: AWSPreparedRequest
) -> Any:
    """The response of `mock_aws` to a request for a service of ours.

    Raises:
        RuntimeError: no mock runs, and the request must not reach AWS.
    """
    neighbour = neighbourhood.neighbour
    if neighbour is not None and neighbour.is_running():
        is_for_us = service is not None and not required_endpoint.serves(request.url)
        return neighbour.answer(as_aws) if is_for_us else None
    if service is not None and as_aws is request:
        required_endpoint.check(request.url)
        heritage.check(service, request.url)
    return None


def _signer_gate(module: str, credentials: str, sign: Function) -> Function:
    """Make a client that was created without credentials sign with fake ones while a mock runs.

    `credentials` is the name of the class in `module` that the signer expects.
    """

    def _sign(signer: Any, *args: Any, **kwargs: Any) -> Any:
        if signer._credentials is None and _is_answered(signer):
            signer = copy(signer)
            signer._credentials = getattr(sys.modules[module], credentials)(**FAKE_CREDENTIALS)
        return sign(signer, *args, **kwargs)

    return _sign


def _is_answered(signer: Any) -> bool:
    """Whether we or a neighbour respond for the service of a client in this process now."""
    return any(
        running.has(service) or neighbourhood.is_running
        for service in SERVICES
        if service.signing_name == signer._signing_name and service.model.service_id == signer._service_id
    )


def stubber_gate(stub: Function) -> Function:
    """Keep moto's event handler from responding for our services: handlers of test authors come first.

    All handlers of an event are called, whichever response is used. We ask moto when none has responded.
    """

    def __call__(stubber: Any, event_name: str, request: AWSPreparedRequest, **kwargs: Any) -> Any:
        if not stubber.enabled or service_of(request.url) is None:
            return stub(stubber, event_name, request, **kwargs)
        if event_name != ASKED_BY_US:
            return None
        answer = stub(stubber, event_name, request, **kwargs)
        return None if answer is None else ClientResponse.of(answer)  # aiobotocore awaits its content

    return __call__


def adapter_gate(send: Function) -> Function:
    """Wrap `HTTPAdapter.send` of `requests`."""

    def _send(adapter: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        if running:
            from qchime.mocking.requests_door import response_to

            if (raw := response_to(request)) is not None:
                return adapter.build_response(request, raw)
        return send(adapter, request, *args, **kwargs)

    return _send


def registry_gate(find: Function) -> Function:
    """Wrap how `responses` finds what is registered for a request."""

    def _find_match(mock: Any, request: Any) -> Any:
        from qchime.mocking.requests_door import match_of

        found = find(mock, request)
        match = match_of(mock, request, found[0])
        return found if match is None else (match, [])

    return _find_match


signer_gate = partial(_signer_gate, "botocore.credentials", "Credentials")
aio_signer_gate = partial(_signer_gate, "aiobotocore.credentials", "AioCredentials")
