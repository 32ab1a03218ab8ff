"""The URLs of a service in the form that moto expects: everything under its hosts goes to dispatch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from botocore.awsrequest import AWSPreparedRequest

from qchime.control.neighbourhood import neighbourhood
from qchime.core import clients, delivery
from qchime.core.cloud import cloud
from qchime.core.dispatch import respond
from qchime.core.service import Service
from qchime.restjson import Request, Response

MotoResponse = tuple[int, dict[str, str], bytes]


class Urls:
    """The part of a backend that moto's botocore handler and moto's server read."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self.urls: dict[str, Callable[..., MotoResponse]] = {".*": self.answer}
        self.flask_paths: dict[str, Callable[..., MotoResponse]] = {
            "/<path:path>": self.answer,
            "/": self.answer,
        }

    def answer(self, request: Any, full_url: str, headers: Any) -> MotoResponse:
        """Respond to a request that moto has intercepted or received, as moto expects, after any delay.

        Raises:
            ConnectionClosedError, ReadTimeoutError: botocore's errors, if a fault loses the response
                in-process.
        """
        neighbourhood.take_part()
        is_prepared = isinstance(request, AWSPreparedRequest)
        response = self._respond(clients.from_client(request) if is_prepared else _from_werkzeug(request))
        # Newer versions of moto turn botocore's requests into werkzeug's, which have no connection.
        if is_prepared or delivery.SOCKET not in request.environ:
            clients.deliver(request.url, response)
        else:
            delivery.deliver(request.environ[delivery.SOCKET], response)
        return response.status, response.headers, response.body

    def _respond(self, request: Request) -> Response:
        routes, prefix = self._service.routes, path_prefix(self._service)
        if routes is not None:
            path = f"{prefix}{routes.path}"
            if routes.hosts.match(f"https://{request.host}") or request.path.startswith(f"{path}/"):
                return routes.respond(cloud, replace(request, path=request.path.removeprefix(path)))
        if self._service.owns(request.host):
            request.base_url = None
        elif request.base_url is not None:
            request.base_url += prefix
        return respond(cloud, request, self._service)


def path_prefix(service: Service) -> str:
    """The prefix of the paths of a service's `Routes` on moto's own server.

    From the path of an unsigned request, moto's server reads the service in the form `/service_region/`. We
    ignore the region.
    """
    return f"/{service.module}_us-east-1"


def _from_werkzeug(request: Any) -> Request:
    """Convert a request to moto's server, with the path as the client sent it."""
    raw = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or quote(request.path)
    return Request(
        method=request.method,
        host=request.host,
        path=raw.partition("?")[0] if raw.startswith("/") else quote(request.path),
        query=request.query_string.decode("latin-1"),
        headers={name.lower(): text for name, text in request.headers.items()},
        body=request.get_data(),
        base_url=f"{request.scheme}://{request.host}",
    )
