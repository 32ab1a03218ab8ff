"""One connection: requests are read one after the other, and the application answers each.

http.server and werkzeug trust their clients further than we do; what differs is here.
"""

import io
import logging
import re
import selectors
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from werkzeug.exceptions import default_exceptions
from werkzeug.serving import WSGIRequestHandler
from werkzeug.wsgi import LimitedStream

from qchime.server.answer import Answer
from qchime.server.head import FirstLine, Refused, read_fields
from qchime.server.wsgi import refuse

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

logger = logging.getLogger("qchime.server")

PATIENCE = 60.0
"""Seconds for which a client may keep silent in the middle of a request, or before it."""

_LENGTH = re.compile("[0-9]{1,18}")
_PIECE = 1024 * 1024
_MOST_PIECES = 1000
_LONGEST_MESSAGE = 500  # it may quote all of the first line


class Rest:
    """What a client still sends after it has its answer: it would not see the answer if nobody took this."""

    def __init__(self, stream: io.BufferedIOBase) -> None:
        self._stream = stream

    def read(self, size: int) -> bytes:
        """What is there; nothing from a client that was given up."""
        try:
            return self._stream.read1(min(size, _PIECE))
        except OSError:
            return b""


class RequestHandler(WSGIRequestHandler):
    """Lets silent clients go, and refuses what is no HTTP in the words of all our other refusals."""

    timeout = PATIENCE
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
            self.command, self.path, self.request_version = (
                first.method,
                first.target,
                f"HTTP/{first.version}",
            )
            self.headers = read_fields(self.rfile)
            urlsplit(self.path)
        except Refused as refusal:
            self.send_error(refusal.status, str(refusal))
        except ValueError as error:
            self.send_error(400, str(error))
        else:
            self.close_connection = not first.keeps(self.headers.get("Connection", ""))
            may_go_on = self.headers.get("Expect", "").lower() == "100-continue" and first.version != "1.0"
            return self.handle_expect_100() if may_go_on else True
        return False

    def run_wsgi(self) -> None:
        """Let the application answer."""
        if getattr(self.server, "has_ended", False):
            self.close_connection = True
        else:
            self._answer()

    def make_environ(self) -> "WSGIEnvironment":
        """The request for the application, with its body and not what comes after that."""
        environ = super().make_environ()
        self._body = None
        if (length := self._length()) is not None:
            self._body = environ["wsgi.input"] = LimitedStream(cast(IO[bytes], self.rfile), length)
            environ["wsgi.input_terminated"] = True
        return environ

    def _length(self) -> int | None:
        """Of the body; None where that is not said, or not in one way only."""
        lengths = self.headers.get_all("Content-Length", ["0"])
        is_said = (
            len(lengths) == 1 and _LENGTH.fullmatch(lengths[0]) and "Transfer-Encoding" not in self.headers
        )
        return int(lengths[0]) if is_said else None

    def _answer(self) -> None:
        """The next request begins where the body of this one ends, so that has to be known, and read."""
        answer = Answer.of(self.server.app, self.make_environ())
        is_read = self._body is not None and self._body.is_exhausted
        self.close_connection = self.close_connection or not is_read
        headers = [("Server", self.server_version), ("Date", self.date_time_string())]
        if self.close_connection:
            headers.append(("Connection", "close"))
        try:
            self.wfile.write(answer.on_the_wire(self.protocol_version, self.command, headers))
        except OSError:  # the client has hung up, or a fault has
            self.close_connection = True
            return
        self.log_request(answer.code, len(answer.body))
        if not is_read:
            self._drain()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse what was not understood: http.server would send a page, and 505 for an unknown HTTP."""
        code = 400 if code >= 500 else int(code)
        self.path = ""  # the log would take it apart again
        reason = default_exceptions[code]
        message = (message or reason.description or reason.__name__)[:_LONGEST_MESSAGE]
        self.log_error("code %d, message %s", code, message)
        refusal = refuse(code, reason.__name__, message)
        self.send_response(code)
        for name, text in refusal.headers.items():
            self.send_header(name, text)
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(refusal.body)
        self._drain()

    def _drain(self) -> None:
        """Take what still comes, as werkzeug does."""
        rest = Rest(self.rfile)
        with selectors.DefaultSelector() as selector:
            selector.register(self.connection, selectors.EVENT_READ)
            for _ in range(_MOST_PIECES):
                if not selector.select(timeout=0.01) or not rest.read(_PIECE):
                    break

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """A line for each request, if somebody wants them; in ASCII, for a request may have anything in it."""
        access_log = getattr(self.server, "access_log", None)
        if access_log is not None:
            with suppress(OSError):  # nobody reads it any more
                access_log.write(f"{self.requestline!a} {code} {size}\n")

    def log(self, type: str, message: str, *args: Any) -> None:
        """Write to our own log."""
        logger.log(getattr(logging, type.upper(), logging.INFO), message.rstrip(), *args)
