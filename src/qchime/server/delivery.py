"""From our response to the wire: at once, late, or never."""

import socket
import time
from select import select

from werkzeug.wrappers import Request as WSGIRequest
from werkzeug.wrappers import Response as WSGIResponse

from qchime.restjson import Response
from qchime.server.wsgi import to_wsgi

SOCKET = "werkzeug.socket"
"""Where the connection is found in the environ."""

PATIENCE = 300.0
"""Seconds after which a client that waits for a lost answer is let go; SDKs wait for one minute."""


def deliver(request: WSGIRequest, response: Response) -> WSGIResponse:
    """The answer as werkzeug sends it; where it is lost, its connection is cut, or kept in silence."""
    if response.delay:
        time.sleep(response.delay)
    if response.lost is not None:
        _lose(request.environ[SOCKET], silent=response.lost == "ReadTimeoutError")
    return to_wsgi(response)


def _lose(connection: socket.socket, silent: bool) -> None:
    if silent:
        select([connection], [], [], PATIENCE)  # readable as soon as the client has hung up
    connection.shutdown(socket.SHUT_RDWR)
