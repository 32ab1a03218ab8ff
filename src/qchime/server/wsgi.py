"""The application over WSGI: for werkzeug, for moto behind our own server, and for any other WSGI server."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from http.client import responses
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from werkzeug.datastructures import EnvironHeaders
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wsgi import get_host

from qchime.core.delivery import SOCKET, deliver
from qchime.restjson import Request, Response
from qchime.server.console.streaming import EventStream, pieces
from qchime.server.trust.bodies import largest_body, read_input
from qchime.server.trust.refusals import without_errors

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from qchime.server.application import Application


def respond(
    application: Application, environ: WSGIEnvironment, start_response: StartResponse
) -> Iterable[bytes]:
    """Respond to a WSGI request.

    Raises:
        RuntimeError: a fault loses the response, and the server does not expose the connection.
    """
    head = application.trust.as_sent(from_wsgi(environ))
    response = application.trust.response(head)
    if response is None and (neighbour := application.neighbour_for(head)) is not None:
        return neighbour.forward(head, environ, start_response)
    if response is None:
        response = without_errors(head, partial(_respond, application, head, environ))
    if isinstance(response, EventStream) and head.method == "GET":
        start_response("200 OK", list(response.headers.items()))
        return pieces(response)
    if not deliver(environ.get(SOCKET), response):
        response = Response(500)  # WSGI requires one, but the connection is closed
    return to_wsgi(response, start_response, head.method)


def from_wsgi(environ: WSGIEnvironment) -> Request:
    """Convert a WSGI environ to a request, with the path as the client sent it.

    The body is left unread, because moto may have to read it.
    """
    host = get_host(environ)
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI") or quote(environ.get("PATH_INFO", ""))
    path = raw.partition("?")[0] if raw.startswith("/") else urlsplit(raw).path
    return Request(
        method=environ["REQUEST_METHOD"],
        host=host,
        path=path or "/",
        query=environ.get("QUERY_STRING", ""),
        headers={name.lower(): text for name, text in EnvironHeaders(environ)},
        body=b"",
        base_url=f"{environ['wsgi.url_scheme']}://{host}",
    )


def to_wsgi(response: Response, start_response: StartResponse, method: str) -> list[bytes]:
    """Start a WSGI response, and return its body. For HEAD, only the length of the body is sent."""
    headers = list(response.headers.items())
    if response.status != 204:
        headers.append(("Content-Length", str(len(response.body))))
    start_response(f"{response.status} {responses[response.status]}", headers)
    return [b"" if method == "HEAD" else response.body]


def _respond(application: Application, head: Request, environ: WSGIEnvironment) -> Response:
    try:
        head.body = read_input(environ, largest_body(head))
    except RequestEntityTooLarge:
        return application.refuse_body(head)
    return application.respond(head)
