"""One connection: a request is read, the application answers it, and the server hangs up.

http.server and werkzeug trust their clients further than we do; what differs is here.
"""

import io
import logging
import selectors
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from werkzeug.exceptions import default_exceptions
from werkzeug.serving import WSGIRequestHandler

from qchime.server.wsgi import refuse

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

logger = logging.getLogger("qchime.server")

PATIENCE = 60.0
"""Seconds for which a client may keep silent in the middle of a request, or before it."""

_PIECE = 1024 * 1024
_MOST_PIECES = 1000


class Rest:
    """What a client still sends after it has its answer: it would not see the answer if nobody took this.

    werkzeug asks for 10 MB at a time and waits until it has them. Here it gets what has come.
    """

    def __init__(self, stream: io.BufferedIOBase) -> None:
        self._stream = stream

    def read(self, size: int) -> bytes:
        """What is there; nothing from a client that was given up."""
        try:
            return self._stream.read1(min(size, _PIECE))
        except OSError:
            return b""

    def close(self) -> None:
        """Read no more."""
        self._stream.close()


class RequestHandler(WSGIRequestHandler):
    """Lets silent clients go, and refuses what is no HTTP in the words of all our other refusals."""

    timeout = PATIENCE
    # Of requests that do not say one: in 0.9 an answer would have no status.
    default_request_version = "HTTP/1.0"

    def run_wsgi(self) -> None:
        """Let the application answer."""
        # As it was sent: http.server makes one slash of those that a path begins with.
        self.path = self.requestline.split()[1]
        try:
            urlsplit(self.path)
        except ValueError as error:
            self.send_error(400, str(error))
        else:
            super().run_wsgi()

    def make_environ(self) -> "WSGIEnvironment":
        """The request for the application; what it leaves of the body is the rest."""
        environ = super().make_environ()
        self.rfile: Any = Rest(self.rfile)
        return environ

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse what was not understood: http.server would send a page, and 505 for an unknown HTTP."""
        code = 400 if code >= 500 else int(code)
        self.path = ""  # the log would take it apart again
        reason = default_exceptions[code]
        self.log_error("code %d, message %s", code, message)
        refusal = refuse(code, reason.__name__, message or reason.description or reason.__name__)
        self.send_response(code)
        for name, text in refusal.headers.items():
            self.send_header(name, text)
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(refusal.get_data())
        self._drain()

    def _drain(self) -> None:
        """Take what still comes, as werkzeug does after the application's answers."""
        rest = Rest(self.rfile)
        with selectors.DefaultSelector() as selector:
            selector.register(self.connection, selectors.EVENT_READ)
            for _ in range(_MOST_PIECES):
                if not selector.select(timeout=0.01) or not rest.read(_PIECE):
                    break

    def log(self, type: str, message: str, *args: Any) -> None:
        """Write to our own log."""
        logger.log(getattr(logging, type.upper(), logging.INFO), message.rstrip(), *args)
