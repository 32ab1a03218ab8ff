"""Where requests of botocore's clients are caught, and how they are answered.

`Endpoint._send` is the last step before the network, of every client, whenever it was made; event handlers of
others, such as moto's, have had their turn by then. Links to files and presigned URLs are followed with
`requests`.

What is replaced stays so: each replacement asks whether a mock runs, and does what the original does if none
does. So nothing has to be put back, and nothing piles up when somebody else replaces the same.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Awaitable, Callable
from copy import copy
from dataclasses import dataclass
from functools import partial
from typing import Any

from botocore.awsrequest import AWSPreparedRequest

from qchime.control.neighbourhood import neighbourhood
from qchime.control.running import running
from qchime.core.clients import ClientResponse, deliver, deliver_later, from_client
from qchime.core.cloud import cloud
from qchime.core.dispatch import respond
from qchime.core.importing import when_imported
from qchime.core.service import Service
from qchime.core.table import SERVICES
from qchime.mocking.loading import share
from qchime.restjson import Response

Send = Callable[..., Any]
FAKE_CREDENTIALS = {"access_key": "FOOBARKEY", "secret_key": "FOOBARSECRET"}
"""What clients sign with where moto mocks."""


def service_of(url: str) -> Service | None:
    """The service whose AWS host a URL has."""
    return next((service for service in SERVICES if service.url_pattern.match(url)), None)


def respond_here(request: AWSPreparedRequest) -> Response | None:
    """The response to a request for AWS's own hosts of a service whose mock is running, else None."""
    service = service_of(request.url)
    if service is None or not running.has(service):
        return None
    return respond(cloud, from_client(request), service)


def install() -> None:
    """Let nothing of ours out to the network while a mock runs, whenever its client was made."""
    for gate in GATES:
        gate.put_in()


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


def _signer_gate(module: str, credentials: str, sign: Send) -> Send:
    """A client that was made before there were credentials signs with fake ones for a mock."""

    def _sign(signer: Any, *args: Any, **kwargs: Any) -> Any:
        if signer._credentials is None and _is_answered(signer._service_id.hyphenize()):
            signer = copy(signer)
            signer._credentials = getattr(sys.modules[module], credentials)(**FAKE_CREDENTIALS)
        return sign(signer, *args, **kwargs)

    return _sign


def _is_answered(name: str) -> bool:
    """Whether requests for a service are answered in this process now."""
    if name not in SERVICES.names:
        return False
    return running.has(SERVICES.named(name)) or neighbourhood.is_running


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


def _stubber_gate(stub: Send) -> Send:
    """moto must not answer for us a second time, nor refuse what its whitelist lacks.

    What it does answer for us comes in our form, for aiobotocore awaits the content.
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
    """One function that is replaced: the function made of the original takes its place, once."""

    module: str
    owner: str
    name: str
    made_of: Callable[[Send], Send]

    def put_in(self) -> None:
        """Replace the function, if its module has been imported and nobody has done so."""
        if (module := sys.modules.get(self.module)) is None:
            return
        owner = getattr(module, self.owner)
        original = owner.__dict__[self.name]
        if not hasattr(original, "_qchime_gate"):
            replacement = functools.wraps(original)(self.made_of(original))
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
    when_imported(gate.module, lambda module, gate=gate: gate.put_in())  # type: ignore[misc]
