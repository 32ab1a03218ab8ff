"""The whole of an application's answer, to be written at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What an application answers to one request."""

    status: str
    """Code and reason."""
    headers: Headers
    body: bytes

    @classmethod
    def of(cls, application: WSGIApplication, environ: WSGIEnvironment) -> Answer:
        """Let the application answer."""
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
        return cls(started[0], started[1], b"".join(written))

    @property
    def code(self) -> int:
        """The HTTP status."""
        return int(self.status.partition(" ")[0])

    def on_the_wire(self, protocol: str, method: str, more: Headers) -> bytes:
        """As it is sent, with more headers and, where there may be a body, with its length."""
        headers = [*self.headers, *more]
        has_body = method != "HEAD" and self.code >= 200 and self.code not in (204, 304)
        if has_body and all(name.lower() != "content-length" for name, _ in headers):
            headers.append(("Content-Length", str(len(self.body))))
        lines = [f"{protocol} {self.status}", *(f"{name}: {value}" for name, value in headers), "", ""]
        return "\r\n".join(lines).encode("latin-1") + (self.body if has_body else b"")
