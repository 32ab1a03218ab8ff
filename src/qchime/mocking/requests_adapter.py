"""Where `requests` is answered in the process: links to files, and presigned URLs."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from typing import Any

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from requests.exceptions import ConnectionError, ReadTimeout, RequestException
from urllib3 import HTTPResponse

from qchime.core.dispatch import respond
from qchime.core.service import QAPPS, SERVICES, Service
from qchime.mocking.interception import from_client
from qchime.restjson import Loss, Request
from qchime.restjson import Response as Answer
from qchime.services.qapps import links
from qchime.services.qapps.file_links import respond_to_link

_LOST: dict[Loss, type[RequestException]] = {
    "ConnectionClosedError": ConnectionError,
    "ReadTimeoutError": ReadTimeout,
}


class Adapter(HTTPAdapter):
    """Answers instead of sending, whatever else moto's own mock of `requests` does at the same time."""

    def __init__(self, respond: Callable[[Request], Answer]) -> None:
        super().__init__()
        self._respond = respond

    @classmethod
    def answering(cls, url: str, is_running: Callable[[Service], bool]) -> Adapter | None:
        """The adapter for a URL that a running mock answers, else None."""
        if links.HOSTS.match(url) and is_running(QAPPS):
            return cls(respond_to_link)
        for service in SERVICES:
            if service.hosts.match(url) and is_running(service):
                return cls(lambda request, service=service: respond(service, request))  # type: ignore[misc]
        return None

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        """The answer in the form of `requests`."""
        answer = self._respond(from_client(request))
        if answer.delay:
            time.sleep(answer.delay)
        if answer.lost is not None:
            raise _LOST[answer.lost](f"{answer.lost}, injected by a fault.", request=request)
        raw = HTTPResponse(io.BytesIO(answer.body), answer.headers, answer.status, preload_content=False)
        return self.build_response(request, raw)
