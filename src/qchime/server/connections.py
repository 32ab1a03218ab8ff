"""One connection: requests are read one after the other, and the application answers each.

http.server and werkzeug trust their clients further than we do; what differs is here.
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
"""Seconds for which a client may keep silent in the middle of a request, or before it."""

_LONGEST_MESSAGE = 500  # it may quote all of the first line


class RequestHandler(WSGIRequestHandler):
    """Lets silent clients go, and refuses what is no HTTP in the words of all our other refusals."""

    timeout = IDLE_TIMEOUT
    disable_nagle_algorithm = True
    # Of requests that are none: in 0.9 an answer would have no status.
    request_version = "HTTP/1.0"

    def parse_request(self) -> bool:
        """Read the head of a request, of which there is the first line; refuse it, or say that it is one."""
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
        """Let the application answer."""
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
        """For the application; what a target says of the host counts more than the header."""
        if self._host:
            self._headers["host"] = self._host
        host = get_host("http", self._headers.get("host"), (self.server.host, self.server.port))
        path, _, query = self.path.partition("?")
        if not path.startswith("/"):
            path = urlsplit(path).path
        return Request(self.command, host, path or "/", query, self._headers, b"", f"http://{host}")

    def make_environ(self) -> "WSGIEnvironment":
        """The request for an application that speaks WSGI, with its body and not what comes after that."""
        self.headers = Message()
        for name, text in self._fields:
            self.headers.set_raw(name, text)
        environ = super().make_environ()
        if self._body.stream is not None:
            environ["wsgi.input"], environ["wsgi.input_terminated"] = self._body.stream, True
        return environ

    def _send(self, answer: HttpResponse) -> None:
        """The next request begins where the body of this one ends, so that has to be known, and read."""
        self.close_connection = self.close_connection or not self._body.is_read
        self._write(answer)
        if not self._body.is_read:
            drain(self.connection, self.rfile)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse what was not understood: http.server would send a page, and 505 for an unknown HTTP."""
        code = 400 if code >= 500 else int(code)
        reason = default_exceptions[code]
        message = (message or reason.description or reason.__name__)[:_LONGEST_MESSAGE]
        self.path = ""  # the log would take it apart again
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
        except OSError:  # the client has hung up
            self.close_connection = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """A line for each request, if somebody wants it; in ASCII, for a request may have anything in it."""
        access_log = getattr(self.server, "access_log", None)
        if access_log is not None:
            with suppress(OSError):  # nobody reads it any more
                access_log.write(f"{self.requestline!a} {code} {size}\n")

    def log(self, type: str, message: str, *args: Any) -> None:
        """Write to our own log."""
        logger.log(getattr(logging, type.upper(), logging.INFO), message.rstrip(), *args)
