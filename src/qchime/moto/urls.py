"""What moto takes for a backend's urls: everything under the hosts of a service goes to dispatch."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from botocore.awsrequest import AWSPreparedRequest

from qchime.core.dispatch import respond
from qchime.core.service import Service
from qchime.mocking import delivery
from qchime.mocking.interception import from_client
from qchime.restjson import Request, Response
from qchime.server import delivery as server_delivery
from qchime.server.wsgi import from_wsgi
from qchime.services.qapps import links
from qchime.services.qapps.file_links import respond_to_link

Answer = tuple[int, dict[str, str], bytes]


class Urls:
    """The part of a moto backend that moto's botocore handler and moto's server look at."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self.urls: dict[str, Callable[..., Answer]] = {".*": self.answer}
        self.flask_paths: dict[str, Callable[..., Answer]] = {"/<path:path>": self.answer, "/": self.answer}

    def answer(self, request: Any, full_url: str, headers: Any) -> Answer:
        """Answer a request that moto has caught, or let the answer be late or lost."""
        is_prepared = isinstance(request, AWSPreparedRequest)
        ours = from_client(request) if is_prepared else from_wsgi(request.environ, request.get_data())
        response = self._respond(ours)
        if is_prepared or server_delivery.SOCKET not in request.environ:  # newer versions of moto make one up
            delivery.deliver(request.url, response)
        else:
            server_delivery.deliver(request.environ[server_delivery.SOCKET], response)
        return response.status, response.headers, response.body

    def _respond(self, request: Request) -> Response:
        url = f"https://{request.host}"
        way = f"{links.MOTOS_WAY}{links.PATH}"
        if links.HOSTS.match(url) or request.path.startswith(f"{way}/"):
            return respond_to_link(replace(request, path=request.path.removeprefix(way)))
        if self._service.hosts.match(url):
            request.base_url = None
        elif request.base_url is not None:
            request.base_url += links.MOTOS_WAY
        return respond(self._service, request)
