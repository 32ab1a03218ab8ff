"""What moto takes for a backend's urls: everything under the hosts of a service goes to dispatch."""

from collections.abc import Callable
from typing import Any

from botocore.awsrequest import AWSPreparedRequest

from qchime import links
from qchime.dispatch import respond
from qchime.mocking.interception import ANSWERED, from_client
from qchime.qapps.file_links import respond_to_link
from qchime.restjson import Request, Response
from qchime.server.wsgi import from_wsgi
from qchime.service import Service

Answer = tuple[int, dict[str, str], bytes]


class Urls:
    """The part of a moto backend that moto's botocore handler and moto's server look at."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self.urls: dict[str, Callable[..., Answer]] = {".*": self.answer}
        self.flask_paths: dict[str, Callable[..., Answer]] = {"/<path:path>": self.answer, "/": self.answer}

    def answer(self, request: Any, full_url: str, headers: Any) -> Answer:
        """Answer a request that moto has caught, unless our own handler has answered it already."""
        if ANSWERED in request.headers:
            return 200, {}, b""
        response = self._respond(
            from_client(request) if isinstance(request, AWSPreparedRequest) else from_wsgi(request)
        )
        return response.status, response.headers, response.body

    def _respond(self, request: Request) -> Response:
        url = f"https://{request.host}"
        if links.HOSTS.match(url):
            return respond_to_link(request)
        if self._service.hosts.match(url):
            request.base_url = None
        return respond(self._service, request)
