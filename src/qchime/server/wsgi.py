"""Between WSGI and our own requests and responses."""

from __future__ import annotations

import json
from http.client import responses
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit
from uuid import uuid4

from werkzeug.wsgi import get_host, get_input_stream

from qchime.restjson import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_CONTENT = {"CONTENT_TYPE": "content-type", "CONTENT_LENGTH": "content-length"}


def from_wsgi(environ: WSGIEnvironment, body: bytes = b"") -> Request:
    """A request as dispatch takes it, with the path as the client has sent it.

    A body can be read once only, and who is to answer is found out by the head: it is for the caller to read.
    """
    host = get_host(environ)
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI") or quote(environ.get("PATH_INFO", ""))
    path = raw.partition("?")[0] if raw.startswith("/") else urlsplit(raw).path
    return Request(
        method=environ["REQUEST_METHOD"],
        host=host,
        path=path or "/",
        query=environ.get("QUERY_STRING", ""),
        headers=_headers(environ),
        body=body,
        base_url=f"{environ['wsgi.url_scheme']}://{host}",
    )


def read_body(environ: WSGIEnvironment, most: int) -> bytes:
    """The body of a request.

    Raises:
        HTTPException: it has more than `most` bytes, or does not come to its end.
    """
    return get_input_stream(environ, max_content_length=most).read()


def to_wsgi(response: Response, start_response: StartResponse) -> list[bytes]:
    """Hand over an answer, with just the headers that it has."""
    start_response(f"{response.status} {responses[response.status]}", list(response.headers.items()))
    return [response.body]


def refuse(status: int, code: str, message: str) -> Response:
    """A refusal of the server's own, in the form of AWS's."""
    headers = {
        "Content-Type": "application/json",
        "x-amzn-ErrorType": code,
        "x-amzn-RequestId": str(uuid4()),
    }
    return Response(status, headers, json.dumps({"message": message}).encode())


def _headers(environ: WSGIEnvironment) -> dict[str, str]:
    headers = {
        name[5:].replace("_", "-").lower(): text for name, text in environ.items() if name.startswith("HTTP_")
    }
    return headers | {ours: environ[name] for name, ours in _CONTENT.items() if environ.get(name)}
