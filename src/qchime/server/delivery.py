"""From our response to the wire: at once, late, or never."""

import selectors
import socket
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from qchime.restjson import Response

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

SOCKET = "werkzeug.socket"
"""Where the connection is found in the environ."""

PATIENCE = 300.0
"""Seconds after which a client that waits for a lost answer is let go; SDKs wait for one minute."""


def deliver(environ: "WSGIEnvironment", response: Response) -> Response:
    """The answer when its time has come; where it is lost, its connection is cut, or kept in silence."""
    if response.delay:
        time.sleep(response.delay)
    if response.lost is not None:
        _lose(environ[SOCKET], silent=response.lost == "ReadTimeoutError")
    return response


def _lose(connection: socket.socket, silent: bool) -> None:
    if silent:
        _wait_until_gone(connection)
    with suppress(OSError):  # the client may be gone altogether
        connection.shutdown(socket.SHUT_RDWR)


def _wait_until_gone(connection: socket.socket) -> None:
    """Until the client hangs up, for then there is something to read: nothing more."""
    with selectors.DefaultSelector() as selector:
        selector.register(connection, selectors.EVENT_READ)
        selector.select(PATIENCE)
