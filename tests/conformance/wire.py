"""Raw signed HTTP, so that no client changes requests or responses."""

import json
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from requests.structures import CaseInsensitiveDict

from qchime.core.service import Service
from qchime.restjson import Response
from qchime.world import User
from tests.server.trust.sigv4 import Signing


class Wire:
    """One keep-alive connection to a server, on which one user calls operations of one service."""

    def __init__(self, url: str, service: Service, user: User) -> None:
        self._service, self._user = service, user
        self._host = urlsplit(url).netloc
        self._connection = HTTPConnection(self._host, timeout=60)

    def call(self, operation: Any, given: dict[str, Any]) -> Response:
        """Send an input unchanged, even if the model does not allow it."""
        target, sent, body = _encoded(operation, given)
        signing = Signing(
            self._user,
            self._host,
            operation.http["method"],
            target,
            body,
            self._service.signing_name,
        )
        self._connection.request(operation.http["method"], target, body, {**sent, **signing.in_headers()})
        answer = self._connection.getresponse()
        headers: Any = CaseInsensitiveDict(answer.getheaders())
        return Response(answer.status, headers, answer.read())

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def _encoded(operation: Any, given: dict[str, Any]) -> tuple[str, dict[str, str], bytes]:
    labels: dict[str, str] = {}
    query: list[tuple[str, str]] = []
    headers: dict[str, str] = {}
    body: dict[str, Any] = {}
    for member, value in given.items():
        shape = operation.input_shape.members[member]
        name = shape.serialization.get("name", member)
        place = shape.serialization.get("location", "body")
        if place == "uri":
            labels[name] = quote(_text(value), safe="")
        elif place == "querystring":
            query += [(name, _text(item)) for item in (value if isinstance(value, list) else [value])]
        elif place == "header":
            headers[name] = _text(value)
        else:
            body[name] = value
    path, _, fixed = operation.http["requestUri"].partition("?")
    asked = "&".join(part for part in (fixed, urlencode(query, quote_via=quote)) if part)
    target = path.format(**labels) + (f"?{asked}" if asked else "")
    has_body = any(_place(shape) == "body" for shape in operation.input_shape.members.values())
    return target, headers, json.dumps(body).encode() if has_body else b""


def _place(shape: Any) -> str:
    return str(shape.serialization.get("location", "body"))


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
