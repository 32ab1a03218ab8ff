"""Answers `requests` in-process, for links to files and presigned URLs."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from requests.exceptions import ConnectionError, ReadTimeout, RequestException
from urllib3 import HTTPResponse

from qchime.control.running import running
from qchime.core.clients import from_client
from qchime.core.cloud import cloud
from qchime.core.dispatch import respond
from qchime.core.table import SERVICES
from qchime.restjson import Loss, Request
from qchime.restjson import Response as OurResponse

_LOST: dict[Loss, type[RequestException]] = {
    "ConnectionClosedError": ConnectionError,
    "ReadTimeoutError": ReadTimeout,
}


class Adapter(HTTPAdapter):
    """Responds instead of sending, even if moto's own mock of `requests` is active."""

    def __init__(self, respond: Callable[[Request], OurResponse]) -> None:
        super().__init__()
        self._respond = respond

    @classmethod
    def answering(cls, url: str) -> Adapter | None:
        """The adapter for a URL that a running mock answers, None for other URLs."""
        for service in filter(running.has, SERVICES):
            if service.routes is not None and service.routes.hosts.match(url):
                return cls(partial(service.routes.respond, cloud))
            if service.url_pattern.match(url):
                return cls(partial(respond, cloud, service=service))
        return None

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        """Return the response, after its delay.

        Raises:
            ConnectionError, ReadTimeout: those of `requests`, if a fault loses the response.
        """
        answer = self._respond(from_client(request))
        if answer.delay:
            time.sleep(answer.delay)
        if answer.lost is not None:
            raise _LOST[answer.lost](f"{answer.lost}, injected by a fault.", request=request)
        raw = HTTPResponse(io.BytesIO(answer.body), answer.headers, answer.status, preload_content=False)
        return self.build_response(request, raw)
