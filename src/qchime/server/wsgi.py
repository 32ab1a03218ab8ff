"""Between werkzeug's requests and responses and our own."""

import json
from dataclasses import replace
from urllib.parse import quote, urlsplit

from werkzeug.wrappers import Request as WSGIRequest
from werkzeug.wrappers import Response as WSGIResponse

from qchime.restjson import Request, Response
from qchime.world import new_uuid


class Plain(WSGIResponse):
    """An answer with just the headers that it is given; werkzeug would call every body `text/plain`."""

    default_mimetype = None


def from_wsgi(request: WSGIRequest) -> Request:
    """A request as dispatch takes it, with the path as the client has sent it."""
    return replace(head_of(request), body=request.get_data())


def head_of(request: WSGIRequest) -> Request:
    """The same without its body, which can be read once only: who is to answer is found out by the head."""
    raw = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI")
    raw = raw or quote(request.path)
    path = raw.partition("?")[0] if raw.startswith("/") else urlsplit(raw).path
    return Request(
        method=request.method,
        host=request.host,
        path=path or "/",
        query=request.query_string.decode("latin-1"),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=b"",
        base_url=f"{request.scheme}://{request.host}",
    )


def to_wsgi(response: Response) -> WSGIResponse:
    """An answer of dispatch as werkzeug sends it."""
    return Plain(response.body, response.status, response.headers)


def refuse(status: int, code: str, message: str) -> WSGIResponse:
    """A refusal of the server's own, in the form of AWS's."""
    return WSGIResponse(
        json.dumps({"message": message}),
        status,
        content_type="application/json",
        headers={"x-amzn-ErrorType": code, "x-amzn-RequestId": new_uuid()},
    )
