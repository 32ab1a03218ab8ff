"""Answers `requests` in-process, for links to files and presigned URLs.

What other libraries register for such a URL comes first: `requests_mock` and adapters of a test author are
in front of `HTTPAdapter.send`, and `responses` is asked.
"""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from requests import PreparedRequest
from requests.exceptions import ConnectionError, ReadTimeout, RequestException
from urllib3 import HTTPResponse

from qchime.control.neighbourhood import neighbourhood
from qchime.control.running import running
from qchime.core.clients import from_client
from qchime.core.cloud import cloud
from qchime.core.dispatch import respond
from qchime.core.service import Service
from qchime.core.table import SERVICES
from qchime.mocking.endpoints import configured, is_below, moved_to_aws
from qchime.restjson import Loss, Request, Response

_LOST: dict[Loss, type[RequestException]] = {
    "ConnectionClosedError": ConnectionError,
    "ReadTimeoutError": ReadTimeout,
}


def response_to(request: PreparedRequest) -> HTTPResponse | None:
    """The response to a request that a running mock answers, after its delay; None for others.

    Raises:
        ConnectionError, ReadTimeout: those of `requests`, if a fault loses the response.
    """
    responder = _responder(request)
    if responder is None:
        return None
    answer = _arrived(request, responder)
    return HTTPResponse(io.BytesIO(answer.body), answer.headers, answer.status, preload_content=False)


def match_of(mock: Any, request: PreparedRequest, found: Any) -> Any:
    """What `responses` uses for a request to a service of ours, None to use what it has found."""
    if (found is not None and not _is_motos(found)) or not any(_owns(one, request.url) for one in SERVICES):
        return None
    if found is not None and (registered := _registered(mock, request)) is not None:
        return registered
    responder = _responder(request)
    if responder is not None:
        return _match(request, responder)
    if not isinstance(request.body, str | bytes | None):
        _read_body(request)
    return None


def _read_body(request: PreparedRequest) -> None:
    """Replace a body in parts, such as a generator, by its content: moto cannot read it."""
    request.body = from_client(request).body
    request.headers.pop("Transfer-Encoding", None)
    request.prepare_content_length(request.body)


def _match(request: PreparedRequest, responder: Callable[[], Response]) -> Any:
    """A response of ours in the form that `responses` uses."""

    def answer(request: PreparedRequest) -> tuple[int, dict[str, str], bytes]:
        answer = _arrived(request, responder)
        return answer.status, answer.headers, answer.body

    kind = sys.modules["responses"].CallbackResponse
    return kind(request.method, request.url, answer, content_type=None)


def _is_motos(match: Any) -> bool:
    """Whether moto has registered a response, as it does for all of AWS."""
    return type(match).__module__ == "moto.core.custom_responses_mock"


def _registered(mock: Any, request: PreparedRequest) -> Any:
    """What a test author has registered for a request that moto answers too, None if there is nothing."""
    everywhere = [*mock.registered(), *sys.modules["responses"].registered()]
    return next((one for one in everywhere if not _is_motos(one) and one.matches(request)[0]), None)


def _responder(request: PreparedRequest) -> Callable[[], Response] | None:
    """What responds to a request for a service whose mock is running, None for other requests."""
    url = request.url or ""
    for service in filter(running.has, SERVICES):
        if service.routes is not None and service.routes.hosts.match(url):
            return partial(_respond, request, url, partial(service.routes.respond, cloud))
        if (at_aws := _at_aws(service, url)) is not None:
            return partial(_respond, request, at_aws, partial(respond, cloud, service=service))
    return None


def _owns(service: Service, url: str | None) -> bool:
    """Whether a URL is one of the service's, or a link to its files."""
    is_link = service.routes is not None and service.routes.hosts.match(url or "") is not None
    return is_link or _at_aws(service, url or "") is not None


def _at_aws(service: Service, url: str) -> str | None:
    """The URL of a service of ours as it is at AWS, None for other URLs."""
    if service.url_pattern.match(url):
        return url
    if f"%2F{service.signing_name}%2Faws4_request" in url:
        endpoint = next((one for one in configured(service) if is_below(one, url)), None)
        return moved_to_aws(service, endpoint, url) if endpoint else None
    return None


def _respond(request: PreparedRequest, url: str, respond: Callable[[Request], Response]) -> Response:
    given = from_client(request, url)
    neighbourhood.record(given, url)
    return respond(given)


def _arrived(request: PreparedRequest, responder: Callable[[], Response]) -> Response:
    answer = responder()
    if answer.delay:
        time.sleep(answer.delay)
    if answer.lost is not None:
        raise _LOST[answer.lost](f"{answer.lost}, injected by a fault.", request=request)
    return answer
