"""A complete HTTP response, to be written in one piece."""

from __future__ import annotations

from dataclasses import dataclass
from http.client import responses
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

    from qchime.restjson import Response

Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """The HTTP response to one request."""

    code: int
    """The HTTP status."""
    reason: str
    headers: Headers
    body: bytes

    @classmethod
    def of(cls, response: Response) -> HttpResponse:
        """Convert one of our responses."""
        return cls(response.status, responses[response.status], list(response.headers.items()), response.body)

    @classmethod
    def by(cls, application: WSGIApplication, environ: WSGIEnvironment) -> HttpResponse:
        """Call a WSGI application, and collect its response."""
        started: list[Any] = []
        written: list[bytes] = []

        def start_response(status: str, headers: Headers, exc_info: Any = None) -> Any:
            started[:] = status, headers
            return written.append

        chunks = application(environ, start_response)
        try:
            written.extend(chunks)
        finally:
            getattr(chunks, "close", lambda: None)()
        code, _, reason = started[0].partition(" ")
        return cls(int(code), reason, started[1], b"".join(written))

    def to_bytes(self, protocol: str, method: str, more: Headers) -> bytes:
        """The bytes to send, with more headers and, if the response may have a body, its length."""
        headers = [*self.headers, *more]
        has_body = method != "HEAD" and self.code >= 200 and self.code not in (204, 304)
        if has_body and all(name.lower() != "content-length" for name, _ in headers):
            headers.append(("Content-Length", str(len(self.body))))
        lines = "".join([f"{name}: {value}\r\n" for name, value in headers])
        head = f"{protocol} {self.code} {self.reason}\r\n{lines}\r\n"
        return head.encode("latin-1") + (self.body if has_body else b"")
