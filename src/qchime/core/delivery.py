"""From our response to the wire of a server: at once, late, or never."""

import selectors
import socket
import time
from contextlib import suppress

from qchime.restjson import Response

SOCKET = "werkzeug.socket"
"""Where werkzeug's server puts the connection in the environ of WSGI."""

LONGEST_SILENCE = 300.0
"""Seconds after which a client that waits for a lost answer is cut off; SDKs wait for a minute."""


def deliver(connection: socket.socket | None, response: Response) -> bool:
    """Wait until it is time to send an answer.

    Where it is lost, its connection is cut or kept in silence instead, and there is nothing to send.

    Raises:
        RuntimeError: it is to be lost, and the server has not said by which connection it would go.
    """
    if response.delay:
        time.sleep(response.delay)
    if response.lost is None:
        return True
    if connection is None:
        raise RuntimeError("This server shows no connections, so no answer can be lost. Use `qchime serve`.")
    _lose(connection, silent=response.lost == "ReadTimeoutError")
    return False


def _lose(connection: socket.socket, silent: bool) -> None:
    if silent:
        _wait_until_gone(connection)
    with suppress(OSError):  # the client may be gone altogether
        connection.shutdown(socket.SHUT_RDWR)


def _wait_until_gone(connection: socket.socket) -> None:
    """Until the client hangs up, for then there is something to read: nothing more."""
    with selectors.DefaultSelector() as selector:
        selector.register(connection, selectors.EVENT_READ)
        selector.select(LONGEST_SILENCE)
