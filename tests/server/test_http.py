"""HTTP/1.1 as RFC 9110 and RFC 9112 define it: chunks, expectations, half-closed connections, upgrades."""

import json
import socket
import threading
from http.client import HTTPResponse

import pytest

from qchime.server import Server
from tests.server.wire import TIMEOUT, Reply, address, create, names, send, send_raw

HOST = b"Host: localhost"
CREATE = json.dumps({"Name": "Chat", "ClientRequestToken": "token"}).encode()
HEALTH = b"GET /_qchime/health HTTP/1.1\r\nHost: localhost\r\n\r\n"


def exchange(server: Server, data: bytes, *, shutdown: bool = False) -> list[Reply]:
    """Send these bytes at once, and return all responses. Returns when the server closes the connection."""
    with socket.create_connection(address(server), timeout=TIMEOUT) as connection:
        connection.sendall(data)
        if shutdown:
            connection.shutdown(socket.SHUT_WR)
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    return replies(received)


def replies(received: bytes) -> list[Reply]:
    found = []
    while received:
        reply, received = next_reply(received)
        found.append(reply)
    return found


def next_reply(received: bytes) -> tuple[Reply, bytes]:
    head, _, rest = received.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])}
    length = int(headers.get("content-length", "0"))
    return Reply(int(lines[0].split()[1]), headers, rest[:length]), rest[length:]


class TestChunks:
    @pytest.mark.parametrize(
        "chunks",
        [
            [CREATE],
            [CREATE[:1], CREATE[1:20], CREATE[20:]],
            [bytes([byte]) for byte in CREATE],
        ],
        ids=["one", "three", "a byte each"],
    )
    @pytest.mark.parametrize("extension", [b"", b";name=value", b';name="a;b"', b";a;b;c"])
    @pytest.mark.parametrize("trailers", [b"", b"X-Checksum: 1\r\n", b"A: 1\r\nB: 2\r\n"])
    def test_with_extensions_and_trailers_are_a_body(
        self, qchime_server: Server, chunks: list[bytes], extension: bytes, trailers: bytes
    ) -> None:
        body = b"".join(b"%x%s\r\n%s\r\n" % (len(chunk), extension, chunk) for chunk in chunks)
        reply = send_raw(
            qchime_server,
            b"POST /app-instances HTTP/1.1",
            HOST,
            b"Transfer-Encoding: chunked",
            body=body + b"0\r\n" + trailers + b"\r\n",
        )

        assert reply.status == 201
        assert names(qchime_server) == ["Chat"]

    @pytest.mark.parametrize(
        "chunk", [b"x\r\n{}\r\n", b"-1\r\n{}\r\n", b"2\r\n{}x\r\n0\r\n\r\n", b"2 \x00\r\n"]
    )
    def test_that_are_malformed_are_refused(self, qchime_server: Server, chunk: bytes) -> None:
        reply = send_raw(
            qchime_server,
            b"POST /app-instances HTTP/1.1",
            HOST,
            b"Transfer-Encoding: chunked",
            body=chunk,
        )

        assert (reply.status, reply.error) == (400, "BadRequest")
        assert names(qchime_server) == []

    @pytest.mark.parametrize(
        "rest",
        [
            b"0\r\n" + b"X: x\r\n" * 200_000,
            b"0\r\nX: " + b"x" * 1_000_000,
            b"1;" + b"x" * 1_000_000,
            b"0" * 1_000_000,
        ],
        ids=["many trailers", "a long trailer", "a long extension", "a long size"],
    )
    def test_are_limited_as_heads_are(self, qchime_server: Server, rest: bytes) -> None:
        reply = send_raw(
            qchime_server,
            b"POST /app-instances HTTP/1.1",
            HOST,
            b"Transfer-Encoding: chunked",
            body=b"2\r\n{}\r\n" + rest,
        )

        assert reply.status in (400, 431)

    def test_trailers_cannot_replace_headers(self, qchime_server: Server) -> None:
        body = b"%x\r\n%s\r\n0\r\nHost: evil.example\r\nOrigin: https://evil.example\r\n\r\n" % (
            len(CREATE),
            CREATE,
        )
        reply = send_raw(
            qchime_server, b"POST /app-instances HTTP/1.1", HOST, b"Transfer-Encoding: chunked", body=body
        )

        assert reply.status == 201


class TestExpectations:
    HEAD = b"POST /app-instances HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"

    def test_are_met_before_the_body_is_sent(self, qchime_server: Server) -> None:
        with socket.create_connection(address(qchime_server), timeout=TIMEOUT) as connection:
            connection.sendall(self.HEAD + b"Content-Length: %d\r\n\r\n" % len(CREATE))
            assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"

            connection.sendall(CREATE)
            response = HTTPResponse(connection)
            response.begin()
            assert Reply.of(response).status == 201

    @pytest.mark.parametrize(
        ("headers", "status"),
        [
            (b"Content-Length: 9999999\r\n", 413),
            (b"Content-Length: 9\r\nOrigin: https://evil.example\r\n", 403),
        ],
    )
    def test_of_a_refused_request_are_not(self, qchime_server: Server, headers: bytes, status: int) -> None:
        [reply] = exchange(qchime_server, self.HEAD + headers + b"\r\n", shutdown=True)

        assert (reply.status, reply.headers["connection"]) == (status, "close")


class TestConnections:
    def test_that_are_half_closed_get_their_response(self, qchime_server: Server) -> None:
        [reply] = exchange(qchime_server, HEALTH, shutdown=True)

        assert reply.json["status"] == "ok"

    def test_that_are_half_closed_get_all_responses(self, qchime_server: Server) -> None:
        data = b"POST /app-instances HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(CREATE)
        found = exchange(qchime_server, HEALTH + data + CREATE + HEALTH, shutdown=True)

        assert [reply.status for reply in found] == [200, 201, 200]

    @pytest.mark.parametrize("bad", [b"BAD\r\n\r\n", b"GET / HTTP/1.1\r\nno colon\r\n\r\n", b"\x00" * 100])
    def test_answer_what_came_before_a_bad_request(self, qchime_server: Server, bad: bytes) -> None:
        found = exchange(qchime_server, HEALTH * 3 + bad + HEALTH)

        assert [reply.status for reply in found] == [200, 200, 200, 400]

    def test_answer_what_came_before_a_bad_body(self, qchime_server: Server) -> None:
        head = b"POST /app-instances HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
        found = exchange(qchime_server, HEALTH * 2 + head + b"x\r\n{}\r\n" + HEALTH)

        assert [reply.status for reply in found] == [200, 200, 400]
        assert names(qchime_server) == []

    def test_that_end_within_a_body_change_nothing(self, qchime_server: Server) -> None:
        data = b"POST /app-instances HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n" + CREATE

        assert exchange(qchime_server, data, shutdown=True) == []
        assert names(qchime_server) == []

    def test_of_http_1_0_are_closed_after_the_response(self, qchime_server: Server) -> None:
        [reply] = exchange(qchime_server, b"GET /_qchime/health HTTP/1.0\r\nHost: localhost\r\n\r\n")

        assert reply.status == 200

    def test_of_http_1_0_need_no_host(self, qchime_server: Server) -> None:
        [reply] = exchange(qchime_server, b"GET /_qchime/health HTTP/1.0\r\n\r\n")

        assert reply.status == 200

    def test_are_no_tunnels(self, qchime_server: Server) -> None:
        [reply] = exchange(qchime_server, b"CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\nsecret")

        assert reply.status == 404


class TestOffersToUpgrade:
    """A server may ignore them: https://www.rfc-editor.org/rfc/rfc9110#field.upgrade"""

    @pytest.mark.parametrize("upgrade", [b"h2c", b"websocket", b"TLS/1.0", b"foo, bar"])
    @pytest.mark.parametrize("split", [1, 7, 100_000], ids=["a byte each", "small pieces", "at once"])
    def test_are_ignored(self, qchime_server: Server, upgrade: bytes, split: int) -> None:
        offer = HOST + b"\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: %s\r\n" % upgrade
        sized = b"Content-Length: %d\r\n\r\n%s" % (len(CREATE), CREATE)
        chunked = b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(CREATE), CREATE)
        data = (
            b"GET /_qchime/health HTTP/1.1\r\n%s\r\n" % offer
            + b"POST /app-instances HTTP/1.1\r\n%s%s" % (offer, sized)
            + b"POST /app-instances?a=b HTTP/1.1\r\n%s%s" % (offer, chunked)
            + b"GET http://localhost/app-instances?max-results=0 HTTP/1.1\r\n%s\r\n" % offer
            + b"GET /_qchime/health HTTP/1.1\r\n%sConnection: close\r\n\r\n" % offer
        )
        with socket.create_connection(address(qchime_server), timeout=TIMEOUT) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for start in range(0, len(data), split):
                connection.sendall(data[start : start + split])
            received = b"".join(iter(lambda: connection.recv(65536), b""))

        assert [reply.status for reply in replies(received)] == [200, 201, 201, 400, 200]
        assert names(qchime_server) == ["Chat"]

    def test_leave_the_end_of_a_connection_to_its_other_headers(self, qchime_server: Server) -> None:
        offer = HOST + b"\r\nUpgrade: h2c\r\n"
        old = b"GET /_qchime/health HTTP/1.0\r\n%sConnection: Upgrade\r\n\r\n" % offer
        last = b"GET /_qchime/health HTTP/1.1\r\n%sConnection: Upgrade, close\r\n\r\n" % offer

        assert [reply.status for reply in exchange(qchime_server, old)] == [200]
        assert [reply.status for reply in exchange(qchime_server, last + HEALTH)] == [200]

    def test_may_come_with_each_of_many_requests(self, qchime_server: Server) -> None:
        offered = HEALTH.replace(b"\r\n\r\n", b"\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n")
        last = b"GET /_qchime/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

        assert len(exchange(qchime_server, offered * 2_000 + last)) == 2_001

    def test_do_not_loosen_what_a_request_may_have(self, qchime_server: Server) -> None:
        offer = HOST + b"\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n"
        data = b"POST /app-instances HTTP/1.1\r\n%sContent-Length: %d\r\n\r\n" % (offer, 2**40)
        [reply] = exchange(qchime_server, data)
        assert reply.status == 413

        [reply] = exchange(qchime_server, b"POST / HTTP/1.1\r\n%sTransfer-Encoding: gzip\r\n\r\n" % offer)
        assert reply.status == 400


class TestTargets:
    @pytest.mark.parametrize("scheme", ["http", "HTTP", "https"])
    def test_may_be_absolute(self, qchime_server: Server, scheme: str) -> None:
        create(qchime_server)
        line = f"GET {scheme}://localhost:1/app-instances?max-results=1 HTTP/1.1".encode()

        assert send_raw(qchime_server, line, HOST).json["AppInstances"][0]["Name"] == "Chat"

    def test_that_are_absolute_override_the_host(self, qchime_server: Server) -> None:
        line = b"GET http://identity-chime.us-east-1.amazonaws.com/app-instances HTTP/1.1"

        assert send_raw(qchime_server, line, HOST).json == {"AppInstances": []}

    def test_may_be_an_asterisk(self, qchime_server: Server) -> None:
        assert send_raw(qchime_server, b"OPTIONS * HTTP/1.1", HOST).status == 404


def test_a_response_to_head_has_no_body(qchime_server: Server) -> None:
    head = b"HEAD /_qchime/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    with socket.create_connection(address(qchime_server), timeout=TIMEOUT) as connection:
        connection.sendall(head)
        received = connection.makefile("rb").read()

    assert received.startswith(b"HTTP/1.1 200 ")
    assert received.endswith(b"\r\n\r\n")
    length = len(send(qchime_server, "GET", "/_qchime/health").body)
    assert b"content-length: %d\r\n" % length in received


def test_a_slow_request_delays_no_other(qchime_server: Server) -> None:
    with socket.create_connection(address(qchime_server), timeout=TIMEOUT) as slow:
        for byte in b"GET /app-instances HTTP/1.1\r\nHost: loc":
            slow.sendall(bytes([byte]))
            assert names(qchime_server) == []


def test_many_clients_at_once_are_all_answered(qchime_server: Server) -> None:
    results: list[int] = []

    def ask(number: int) -> None:
        for _ in range(10):
            results.append(send(qchime_server, "GET", "/_qchime/health").status)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(TIMEOUT)

    assert results == [200] * 300
