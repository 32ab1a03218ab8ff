"""Converts between WSGI and our own requests and responses."""

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
    """Convert a WSGI environ to a request, with the path as the client sent it.

    The body is left unread, because moto may have to read it; pass it in once it is read.
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
    """Read the body of a request.

    Raises:
        HTTPException: the body has more than `most` bytes, or is incomplete.
    """
    return get_input_stream(environ, max_content_length=most).read()


def to_wsgi(response: Response, start_response: StartResponse) -> list[bytes]:
    """Start a WSGI response with exactly these headers, and return its body."""
    start_response(f"{response.status} {responses[response.status]}", list(response.headers.items()))
    return [response.body]


def refuse(status: int, code: str, message: str) -> Response:
    """An error response of the server itself, in AWS's form; `code` is the error's name."""
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
