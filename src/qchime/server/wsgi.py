"""Between werkzeug's requests and responses and our own."""

from urllib.parse import quote, urlsplit

from werkzeug.wrappers import Request as WSGIRequest
from werkzeug.wrappers import Response as WSGIResponse

from qchime.restjson import Request, Response


def from_wsgi(request: WSGIRequest) -> Request:
    """A request as dispatch takes it, with the path as the client has sent it."""
    raw = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI")
    path = urlsplit(raw).path if raw and "://" in raw else (raw or quote(request.path)).partition("?")[0]
    return Request(
        method=request.method,
        host=request.host,
        path=path or "/",
        query=request.query_string.decode("latin-1"),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=request.get_data(),
        base_url=request.host_url.rstrip("/"),
    )


def to_wsgi(response: Response) -> WSGIResponse:
    """An answer of dispatch as werkzeug sends it."""
    answer = WSGIResponse(response.body, response.status, response.headers)
    if "Content-Type" not in response.headers:
        answer.headers.remove("Content-Type")
    return answer
