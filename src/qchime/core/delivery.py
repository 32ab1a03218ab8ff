"""Delivers a response over a server's connection: immediately, late, or not at all."""

import selectors
import socket
import time
from contextlib import suppress

from qchime.restjson import Response

SOCKET = "werkzeug.socket"
"""The key of the WSGI environ under which werkzeug's server puts the connection."""

LONGEST_SILENCE = 300.0
"""Seconds after which the server closes a silent connection; SDKs time out after a minute."""

NOT_EXPOSED = "This server does not expose its connections, so no response can be lost. Use `qchime serve`."


def deliver(connection: socket.socket | None, response: Response) -> bool:
    """Sleep for the response's delay, and return whether the response is to be sent.

    If a fault loses the response, close the connection instead, or keep it silent until the client hangs up.

    Raises:
        RuntimeError: a fault loses the response, and the server does not expose the connection.
    """
    if response.delay:
        time.sleep(response.delay)
    if response.lost is None:
        return True
    if connection is None:
        raise RuntimeError(NOT_EXPOSED)
    _lose(connection, silent=response.lost == "ReadTimeoutError")
    return False


def _lose(connection: socket.socket, silent: bool) -> None:
    if silent:
        _wait_until_gone(connection)
    with suppress(OSError):  # the client may have closed the connection
        connection.shutdown(socket.SHUT_RDWR)


def _wait_until_gone(connection: socket.socket) -> None:
    """Wait until the client hangs up, which makes the socket readable: at its end of file."""
    with selectors.DefaultSelector() as selector:
        selector.register(connection, selectors.EVENT_READ)
        selector.select(LONGEST_SILENCE)
