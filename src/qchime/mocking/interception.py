"""Intercepts requests of botocore's clients, and of `requests` for links to files and presigned URLs.

`Endpoint._send` is the last step before the network for every client, whenever it was created; event
handlers, such as moto's, have run by then.

Functions are replaced once per process: each replacement asks whether a mock is running, and calls the
original if none is. Nothing has to be restored, and replacements do not pile up when other libraries replace
the same functions.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Awaitable, Callable
from copy import copy
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from botocore.awsrequest import AWSPreparedRequest

from qchime.control.endpoint import endpoint as required_endpoint
from qchime.control.heritage import heritage
from qchime.control.neighbourhood import neighbourhood
from qchime.control.running import running
from qchime.core.clients import ClientResponse, deliver, deliver_later, from_client
from qchime.core.cloud import cloud
from qchime.core.dispatch import respond
from qchime.core.importing import when_imported
from qchime.core.service import Service
from qchime.core.table import SERVICES
from qchime.mocking.endpoints import path_below
from qchime.mocking.loading import share
from qchime.restjson import Response

Send = Callable[..., Any]
FAKE_CREDENTIALS = {"access_key": "FOOBARKEY", "secret_key": "FOOBARSECRET"}
"""The fake credentials for clients without any, the same as moto's."""


def service_of(url: str) -> Service | None:
    """The service whose AWS host is in this URL, None if there is none."""
    return next((service for service in SERVICES if service.url_pattern.match(url)), None)


def respond_here(endpoint: Any, request: AWSPreparedRequest) -> Response | None:
    """The response to a client's request for a service whose mock is running, None for others."""
    service = service_of(request.url)
    if service is not None:
        return respond(cloud, from_client(request), service) if running.has(service) else None
    for service in filter(running.has, SERVICES):
        if service.endpoint_prefix == endpoint._endpoint_prefix:
            path = path_below(service, request.url)
            if path is not None:
                return respond(cloud, replace(from_client(request), path=path), service)
    return None


def install() -> None:
    """Install all gates, so that clients created earlier do not reach the network while a mock runs."""
    for gate in GATES:
        gate.install()


def _gate(send: Send) -> Send:
    def _send(endpoint: Any, request: AWSPreparedRequest) -> Any:
        response = respond_here(endpoint, request)
        if response is not None:
            return deliver(request.url, response)
        answer = _neighbours_answer(request)
        return send(endpoint, request) if answer is None else answer

    return _send


def _async_gate(send: Callable[..., Awaitable[Any]]) -> Send:
    async def _send(endpoint: Any, request: AWSPreparedRequest) -> Any:
        response = respond_here(endpoint, request)
        if response is not None:
            return await deliver_later(request.url, response)
        answer = _neighbours_answer(request)
        return await send(endpoint, request) if answer is None else answer

    return _send


def _signer_gate(module: str, credentials: str, sign: Send) -> Send:
    """Make a client that was created without credentials sign with fake ones while a mock runs.

    `credentials` is the name of the class in `module` that the signer expects.
    """

    def _sign(signer: Any, *args: Any, **kwargs: Any) -> Any:
        if signer._credentials is None and _is_answered(signer._service_id.hyphenize()):
            signer = copy(signer)
            signer._credentials = getattr(sys.modules[module], credentials)(**FAKE_CREDENTIALS)
        return sign(signer, *args, **kwargs)

    return _sign


def _is_answered(name: str) -> bool:
    """Whether we or a neighbour respond for this service in this process now, by botocore's name."""
    if name not in SERVICES.names:
        return False
    return running.has(SERVICES.named(name)) or neighbourhood.is_running


def _neighbours_answer(request: AWSPreparedRequest) -> Any:
    """The response of `mock_aws` to a request for our services that its own handlers have not seen.

    Raises:
        RuntimeError: no mock runs, and the request must not reach AWS.
    """
    service = service_of(request.url)
    if service is None:
        return None
    if not neighbourhood.is_running:
        required_endpoint.check(request.url)
        heritage.check(service, request.url)
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


def _stubber_gate(stub: Send) -> Send:
    """Keep moto from responding for a service whose mock is running, or refusing it by its whitelist.

    If `mock_aws` alone responds for a service of ours, convert the response: aiobotocore awaits its content.
    """

    def __call__(stubber: Any, event_name: str, request: AWSPreparedRequest, **kwargs: Any) -> Any:
        service = service_of(request.url) if stubber.enabled else None
        if service is not None and running.has(service):
            return None
        answer = stub(stubber, event_name, request, **kwargs)
        return answer if answer is None or service is None else ClientResponse.of(answer)

    return __call__


@dataclass(frozen=True)
class Gate:
    """A function that is replaced once per process, by what `wrap` makes of the original."""

    module: str
    owner: str
    name: str
    wrap: Callable[[Send], Send]

    def install(self) -> None:
        """Replace the function, if its module is imported and the function is not yet replaced."""
        if (module := sys.modules.get(self.module)) is None:
            return
        owner = getattr(module, self.owner)
        original = owner.__dict__[self.name]
        if not hasattr(original, "_qchime_gate"):
            replacement = functools.wraps(original)(self.wrap(original))
            replacement._qchime_gate = True  # type: ignore[attr-defined]
            setattr(owner, self.name, replacement)


_botocore_signer_gate = partial(_signer_gate, "botocore.credentials", "Credentials")
_aio_signer_gate = partial(_signer_gate, "aiobotocore.credentials", "AioCredentials")
GATES = (
    Gate("botocore.endpoint", "Endpoint", "_send", _gate),
    Gate("aiobotocore.endpoint", "AioEndpoint", "_send", _async_gate),
    Gate("botocore.signers", "RequestSigner", "sign", _botocore_signer_gate),
    Gate("aiobotocore.signers", "AioRequestSigner", "sign", _aio_signer_gate),
    Gate("botocore.loaders", "Loader", "__init__", share),
    Gate("requests.sessions", "Session", "get_adapter", _adapter_gate),
    Gate("moto.core.botocore_stubber", "BotocoreStubber", "__call__", _stubber_gate),
)

for gate in GATES:
    when_imported(gate.module, lambda module, gate=gate: gate.install())  # type: ignore[misc]
