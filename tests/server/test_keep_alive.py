"""A connection serves many requests, as long as it is known where the next one begins."""

import gc
import json
import socket
import struct
import time
from http.client import HTTPConnection
from weakref import WeakSet, ref

import pytest
import requests

from qchime.server import Server
from qchime.server.protocol import Protocol
from tests.server.wire import TIMEOUT, address

CREATE = json.dumps({"Name": "Chat", "ClientRequestToken": "token"})


@pytest.fixture
def connection(qchime_server: Server) -> HTTPConnection:
    return HTTPConnection(*address(qchime_server), timeout=TIMEOUT)


def answer(connection: HTTPConnection, method: str, target: str, body: str | None = None) -> tuple[int, bool]:
    """The status, and whether the connection is kept; http.client opens another one where it is not."""
    connection.request(method, target, body)
    response = connection.getresponse()
    response.read()
    return response.status, not response.will_close


def connections() -> list[Protocol]:
    """The connections in memory, whether open or not."""
    gc.collect()
    return [found for found in gc.get_objects() if isinstance(found, Protocol)]


def test_requests_with_and_without_a_body_share_a_connection(connection: HTTPConnection) -> None:
    connection.connect()
    port = connection.sock.getsockname()[1]

    assert answer(connection, "POST", "/app-instances", CREATE) == (201, True)
    assert answer(connection, "GET", "/app-instances") == (200, True)
    assert answer(connection, "HEAD", "/app-instances") == (404, True)
    assert answer(connection, "GET", "/nothing") == (404, True)
    assert answer(connection, "GET", "/_qchime/health") == (200, True)
    assert connection.sock.getsockname()[1] == port


def test_pipelined_requests_are_answered_in_their_order(qchime_server: Server) -> None:
    head = b"Host: localhost\r\n"
    create = b"POST /app-instances HTTP/1.1\r\n" + head + b"Content-Length: %d\r\n\r\n" % len(CREATE)
    last = b"GET /app-instances HTTP/1.1\r\n" + head + b"Connection: close\r\n\r\n"
    with socket.create_connection(address(qchime_server), timeout=TIMEOUT) as connection:
        connection.sendall(create + CREATE.encode() + last)
        received = b"".join(iter(lambda: connection.recv(65536), b""))

    assert received.index(b"201") < received.index(b"200 OK")
    assert b'"Name":"Chat"' in received


def test_a_body_that_nobody_reads_ends_its_connection(connection: HTTPConnection) -> None:
    connection.putrequest("POST", "/app-instances")
    connection.putheader("Origin", "https://evil.example")
    connection.putheader("Content-Length", str(len(CREATE)))
    connection.endheaders(CREATE.encode())
    response = connection.getresponse()

    assert (response.status, response.will_close) == (403, True)


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Length": "2", "Transfer-Encoding": "chunked"},
        {"Content-Length": "+2"},
        {"Content-Length": "2,2"},
        {"Connection": "close"},
    ],
)
def test_so_does_one_that_does_not_say_clearly_where_it_ends(
    connection: HTTPConnection, headers: dict[str, str]
) -> None:
    connection.putrequest("POST", "/_qchime/reset")
    for name, text in headers.items():
        connection.putheader(name, text)
    connection.endheaders(b"0\r\n\r\n")

    assert connection.getresponse().will_close


def test_a_server_that_has_ended_answers_nobody() -> None:
    with requests.Session() as session:
        with Server() as server:
            assert session.get(f"{server.url}/_qchime/health", timeout=TIMEOUT).ok
        with pytest.raises(requests.ConnectionError):
            session.get(f"{server.url}/_qchime/health", timeout=TIMEOUT)


def test_a_client_that_resets_its_connection_leaves_nothing_behind(qchime_server: Server) -> None:
    earlier = WeakSet(connections())
    with socket.create_connection(address(qchime_server), timeout=TIMEOUT) as connection:
        connection.sendall(b"GET /app-instances HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")
        [ours] = map(ref, set(connections()) - set(earlier))
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    end = time.monotonic() + TIMEOUT
    while ours() is not None and time.monotonic() < end:
        time.sleep(0.01)
        gc.collect()
    assert ours() is None
