"""One connection: reads one request after another, and sends the application's responses.

It is stricter with clients than http.server and werkzeug.
"""

import logging
from contextlib import suppress
from email.message import Message
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from werkzeug.exceptions import default_exceptions
from werkzeug.sansio.utils import get_host
from werkzeug.serving import WSGIRequestHandler

from qchime.core.delivery import deliver
from qchime.restjson import Request
from qchime.server.body import Body, drain
from qchime.server.head import FirstLine, Refused, by_name, read_fields
from qchime.server.http_response import HttpResponse
from qchime.server.wsgi import refuse

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

    from qchime.server.application import Application

logger = logging.getLogger("qchime.server")

IDLE_TIMEOUT = 60.0
"""Seconds without data, before or during a request, after which the connection is closed."""

_LONGEST_MESSAGE = 500  # a message may quote the whole request line


class RequestHandler(WSGIRequestHandler):
    """Disconnects idle clients, and refuses malformed requests with the same error format as the services."""

    timeout = IDLE_TIMEOUT
    disable_nagle_algorithm = True
    # For malformed requests: an HTTP/0.9 response would not have a status.
    request_version = "HTTP/1.0"

    def parse_request(self) -> bool:
        """Read the head of a request, after its first line; refuse it and return False if it is malformed."""
        self.command, self.close_connection = "", True
        self.requestline = self.raw_requestline.decode("latin-1").rstrip("\r\n")
        if not self.requestline:
            return False
        try:
            first = FirstLine.of(self.requestline)
            self.command, self.path = first.method, first.target
            self.request_version = f"HTTP/{first.version}"
            self._fields = read_fields(self.rfile)
            self._host = urlsplit(self.path).netloc if not self.path.startswith("/") else ""
        except Refused as refusal:
            self.send_error(refusal.status, str(refusal))
        except ValueError as error:
            self.send_error(400, str(error))
        else:
            self._headers = by_name(self._fields)
            self.close_connection = not first.keeps(self._headers.get("connection", ""))
            may_go_on = self._headers.get("expect", "").lower() == "100-continue" and first.version != "1.0"
            return self.handle_expect_100() if may_go_on else True
        return False

    def run_wsgi(self) -> None:
        """Send the application's response."""
        if getattr(self.server, "has_ended", False):
            self.close_connection = True
            return
        self._body = Body(self.rfile, self._headers)
        application = cast("Application", self.server.app)
        response = application.respond(self._request(), self._body.read)
        if response is None:
            self._send(HttpResponse.by(application, self.make_environ()))
        elif deliver(self.connection, response):
            self._send(HttpResponse.of(response))
        else:
            self.log_request(response.lost or "-")
            self.close_connection = True

    def _request(self) -> Request:
        """The request in the application's form. A host in the target overrides the Host header."""
        if self._host:
            self._headers["host"] = self._host
        host = get_host("http", self._headers.get("host"), (self.server.host, self.server.port))
        path, _, query = self.path.partition("?")
        if not path.startswith("/"):
            path = urlsplit(path).path
        return Request(self.command, host, path or "/", query, self._headers, b"", f"http://{host}")

    def make_environ(self) -> "WSGIEnvironment":
        """The request as a WSGI environ, whose input ends with the body if its length is known."""
        self.headers = Message()
        for name, text in self._fields:
            self.headers.set_raw(name, text)
        environ = super().make_environ()
        if self._body.stream is not None:
            environ["wsgi.input"], environ["wsgi.input_terminated"] = self._body.stream, True
        return environ

    def _send(self, answer: HttpResponse) -> None:
        """Send a response. Close the connection if the body is unread: the next request begins after it."""
        self.close_connection = self.close_connection or not self._body.is_read
        self._write(answer)
        if not self._body.is_read:
            drain(self.connection, self.rfile)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse a malformed request as JSON and with 400; http.server sends HTML, and 505 for some."""
        code = 400 if code >= 500 else int(code)
        reason = default_exceptions[code]
        message = (message or reason.description or reason.__name__)[:_LONGEST_MESSAGE]
        self.path = ""  # it may be malformed, and logging parses it
        self.log_error("code %d, message %s", code, message)
        self.close_connection = True
        self._write(HttpResponse.of(refuse(code, reason.__name__, message)))
        drain(self.connection, self.rfile)

    def _write(self, answer: HttpResponse) -> None:
        headers = [("Server", self.server_version), ("Date", self.date_time_string())]
        if self.close_connection:
            headers.append(("Connection", "close"))
        self.log_request(answer.code, len(answer.body))
        try:
            self.wfile.write(answer.to_bytes(self.protocol_version, self.command, headers))
        except OSError:  # the client has closed the connection
            self.close_connection = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Write a line to the access log, if any; in ASCII, because requests may contain any byte."""
        access_log = getattr(self.server, "access_log", None)
        if access_log is not None:
            with suppress(OSError):  # the reader of the log may have closed it
                access_log.write(f"{self.requestline!a} {code} {size}\n")

    def log(self, type: str, message: str, *args: Any) -> None:
        """Write a message of http.server's to our logger."""
        logger.log(getattr(logging, type.upper(), logging.INFO), message.rstrip(), *args)
