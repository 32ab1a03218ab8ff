"""Clients that mean no good, or are slow, or many: each is refused or let go, and all others are served."""

import gc
import json
import logging
import re
import socket
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.client import HTTPConnection, HTTPResponse
from typing import Any

import pytest

from qchime.server import Server
from qchime.server.trust import protocol
from qchime.world import records
from tests.server.wire import TIMEOUT, Reply, address, create, limit_bodies, names, send, send_raw, signed

REQUEST_ID = re.compile(r"[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[\da-f]{4}-[\da-f]{12}")
HOST = b"Host: localhost"


@pytest.fixture(autouse=True)
def unharmed(
    qchime_server: Server, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> Iterator[None]:
    """Whatever a test did, the server goes on, has what it had, and nothing in it has failed."""
    create(qchime_server, "Before")
    yield
    create(qchime_server, "After")
    assert names(qchime_server) == ["Before", "After"]
    assert "Traceback" not in caplog.text
    assert "Traceback" not in capfd.readouterr().err


def open_to(server: Server) -> socket.socket:
    return socket.create_connection(address(server), timeout=TIMEOUT)


def answer_on(connection: socket.socket) -> Reply:
    response = HTTPResponse(connection)
    response.begin()
    return Reply.of(response)


def is_like_ours(answer: Reply) -> bool:
    """Whether a refusal is JSON with a message, the name of the error and an id, as all are."""
    assert isinstance(answer.message, str)
    assert answer.headers["content-type"] == "application/json"
    assert REQUEST_ID.fullmatch(answer.headers["x-amzn-requestid"])
    return bool(answer.error)


class TestRequestsThatAreNone:
    """http.server refuses these itself, before anybody of ours sees them; by nature with a page."""

    @pytest.mark.parametrize(
        ("line", "status"),
        [
            (b"GET", 400),
            (b"POST /app-instances", 400),
            (b"GET /app-instances HTTP/1.1 HTTP/1.1", 400),
            (b"GET /app-instances HTTP/one", 400),
            (b"GET /app-instances HTTP/1.1.1", 400),
            (b"GET /app-instances HTTP/9.9", 400),
            (b"PRI * HTTP/2.0", 400),
            (b"GET /app-instances\xa0x HTTP/1.1", 400),
            (b"GET /app-instances\xff HTTP/1.1", 400),
            (b"BREW /app-instances HTTP/1.1", 400),
            (b"get /app-instances HTTP/1.1", 400),
            (b"GET\t/app-instances HTTP/1.1", 400),
            (b" GET /app-instances HTTP/1.1", 400),
            (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
            (b"<script>alert(1)</script>", 400),
            (b"GET http://[x:// HTTP/1.1", 400),
            (b"GET /" + b"x" * 70_000 + b" HTTP/1.1", 414),
            (b"GET /" + b"x" * 1_000_000 + b" HTTP/1.1", 414),
        ],
        ids=lambda value: str(value)[:40],
    )
    def test_by_their_first_line(self, qchime_server: Server, line: bytes, status: int) -> None:
        answer = send_raw(qchime_server, line, HOST)

        assert answer.status == status
        assert is_like_ours(answer)
        assert len(answer.body) < 1000

    @pytest.mark.parametrize(
        "lines",
        [
            [b"X-Long: " + b"x" * 70_000],
            [b"X-Long: " + b"x" * 5_000_000],
            [b"X-Many-%d: x" % number for number in range(200)],
            [b"x" * 70_000],
            [b"X-Folded: a", *[b"  " + b"x" * 50_000 for _ in range(120)]],
        ],
        ids=["one long", "one very long", "many", "no colon", "folded"],
    )
    @pytest.mark.parametrize("target", [b"/app-instances", b"http://[x://"])
    def test_by_their_headers(self, qchime_server: Server, target: bytes, lines: list[bytes]) -> None:
        answer = send_raw(qchime_server, b"GET " + target + b" HTTP/1.1", HOST, *lines)

        assert answer.status in (400, 431)
        assert is_like_ours(answer)

    def test_without_a_body_where_none_was_asked_for(self, qchime_server: Server) -> None:
        with open_to(qchime_server) as connection:
            connection.sendall(b"HEAD /app-instances HTTP/1.1\r\nX: " + b"x" * 70_000 + b"\r\n\r\n")
            head, _, body = connection.makefile("rb").read().partition(b"\r\n\r\n")

        assert head.startswith(b"HTTP/1.1 431 ")
        assert body == b""

    def test_who_names_no_version_is_answered_in_one_that_has_a_status(self, qchime_server: Server) -> None:
        assert send_raw(qchime_server, b"GET /_qchime/health").status == 200


class TestTargets:
    @pytest.mark.parametrize(
        "target",
        [
            b"//app-instances",
            b"///app-instances",
            b"//localhost/app-instances",
            b"//localhost/app-instances?x=://",
            b"/.//app-instances",
            b"/./app-instances",
            b"/x/../app-instances",
            b"/%61pp-instances/..%2fapp-instances",
            b"/app-instances%2f",
            b"/app-instances%00",
            b"/app-instances%20",
            b"/app-instances;x",
            b"/app-instances#",
            b"/app-instances\\",
            b"/APP-INSTANCES",
            b"/%c0%af",
            b"/%C0%AE%C0%AE/etc/passwd",
            b"/" + b"../" * 20_000,
            b"/" + b"a/" * 30_000,
            b"//_qchime/reset",
            b"/%5fqchime/reset",
            b"/x/../_qchime/reset",
            b"/_qchime%2freset",
        ],
        ids=lambda target: target[:30].decode("latin-1"),
    )
    @pytest.mark.parametrize("method", [b"GET", b"POST", b"DELETE"])
    def test_that_only_look_like_a_route_are_none(
        self, qchime_server: Server, method: bytes, target: bytes
    ) -> None:
        answer = send_raw(qchime_server, method + b" " + target + b" HTTP/1.1", HOST)

        assert (answer.status, answer.error) == (404, "UnknownOperationException")
        assert is_like_ours(answer)

    @pytest.mark.parametrize(
        "word", ["../health", "page", "page/../health", "%00", "__init__", "health/health", "x" * 10_000]
    )
    def test_of_no_control_route_are_refused(self, qchime_server: Server, word: str) -> None:
        assert send(qchime_server, "GET", f"/_qchime/{word}").status == 404

    @pytest.mark.parametrize(
        "path", ["", "/", "..", "%2e%2e%2f", "../../etc/passwd", "%00", "\xff" * 10, "x" * 10_000]
    )
    @pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
    def test_of_no_file_are_refused(self, qchime_server: Server, method: str, path: str) -> None:
        line = f"{method} /_qchime/files/{path} HTTP/1.1".encode("latin-1")

        assert 400 <= send_raw(qchime_server, line, HOST).status < 500

    @pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "user@evil.example", "s3.x"])
    def test_with_a_foreign_host_in_them_are_refused_though_the_header_is_local(
        self, qchime_server: Server, host: str
    ) -> None:
        answer = send_raw(qchime_server, f"GET http://{host}/_qchime/health HTTP/1.1".encode(), HOST)

        assert (answer.status, answer.error) == (403, "AccessDeniedException")

    @pytest.mark.parametrize(
        "hosts",
        [
            [b"Host: localhost", b"Host: evil.example"],
            [b"Host: evil.example", b"Host: localhost"],
            [b"Host: localhost, evil.example"],
            [b"Host: localhost\xff"],
            [b"Host: " + b"a." * 20_000 + b"localhost.evil.example"],
            [b"Host:\tevil.example"],
        ],
        ids=lambda hosts: str(hosts)[:60],
    )
    def test_with_more_than_one_host_are_refused(self, qchime_server: Server, hosts: list[bytes]) -> None:
        assert send_raw(qchime_server, b"GET /_qchime/health HTTP/1.1", *hosts).status in (400, 403)

    @pytest.mark.parametrize(
        "origins",
        [
            [b"Origin: http://localhost", b"Origin: https://evil.example"],
            [b"Origin: https://evil.example", b"Origin: http://localhost"],
            [b"Origin: https://evil.example\xff.localhost@x"],
            [b"Origin: " + b"x" * 60_000],
        ],
        ids=lambda origins: str(origins)[:60],
    )
    def test_with_more_than_one_origin_are_refused(self, qchime_server: Server, origins: list[bytes]) -> None:
        answer = send_raw(qchime_server, b"POST /_qchime/reset HTTP/1.1", HOST, *origins)

        assert (answer.status, answer.error) == (403, "AccessDeniedException")
        assert "access-control-allow-origin" not in answer.headers


class TestBodies:
    @pytest.fixture(autouse=True)
    def small(self, monkeypatch: pytest.MonkeyPatch) -> None:
        limit_bodies(monkeypatch, 1000)

    @staticmethod
    def in_chunks(server: Server, target: str, content: bytes, size: int = 100) -> Reply:
        parts = [content[start : start + size] for start in range(0, len(content), size)]
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
        line = f"POST {target} HTTP/1.1".encode()
        return send_raw(server, line, HOST, b"Transfer-Encoding: chunked", body=chunks)

    @pytest.mark.parametrize("target", ["/app-instances", "/_qchime/limits", "/_qchime/files/x", "/nothing"])
    @pytest.mark.parametrize("size", [1001, 5000, 1_000_000])
    def test_in_chunks_that_are_too_large_are_refused_as_such(
        self, qchime_server: Server, target: str, size: int
    ) -> None:
        answer = self.in_chunks(qchime_server, target, b" " * size)

        assert (answer.status, answer.error) == (413, "RequestEntityTooLarge")
        assert is_like_ours(answer)

    def test_in_one_chunk_that_says_it_is_huge_is_refused(self, qchime_server: Server) -> None:
        chunk = b"7fffffffffffffff\r\n" + b" " * 5000
        answer = send_raw(
            qchime_server,
            b"POST /app-instances HTTP/1.1",
            HOST,
            b"Transfer-Encoding: chunked",
            body=chunk,
        )
        assert answer.status == 413

    def test_in_chunks_of_just_the_largest_size_are_read(self, qchime_server: Server) -> None:
        content = json.dumps({"Name": "Chunks", "ClientRequestToken": "token"}).encode().ljust(1000)

        answer = self.in_chunks(qchime_server, "/app-instances", content)
        assert answer.status == 201
        deleted = send(qchime_server, "DELETE", f"/app-instances/{quoted(answer.json['AppInstanceArn'])}")
        assert deleted.status == 204

    def test_that_are_larger_than_anybody_reads_are_refused_while_the_client_still_sends(
        self, qchime_server: Server
    ) -> None:
        """Most clients look for an answer only when they have sent everything."""
        size = 20_000_000
        answer = send(qchime_server, "POST", "/app-instances", b" " * size)

        assert answer.status == 413

    @pytest.mark.parametrize(
        "lengths",
        [
            [b"Content-Length: 5", b"Content-Length: 50"],
            [b"Content-Length: 5", b"Transfer-Encoding: chunked"],
            [b"Content-Length: +5"],
            [b"Content-Length: 0x5"],
            [b"Content-Length: 5 5"],
            [b"Content-Length: \xb2"],
            [b"Transfer-Encoding: chunked, chunked"],
            [b"Transfer-Encoding: gzip, chunked"],
            [b"Transfer-Encoding: gzip", b"Transfer-Encoding: chunked"],
        ],
        ids=str,
    )
    def test_of_doubtful_length_never_become_a_second_request(
        self, qchime_server: Server, lengths: list[bytes]
    ) -> None:
        hidden = b"POST /_qchime/reset HTTP/1.1\r\nHost: localhost\r\n\r\n"
        with open_to(qchime_server) as connection:
            head = [b"POST /app-instances HTTP/1.1", HOST, *lengths, b"", b""]
            connection.sendall(b"\r\n".join(head) + b"0\r\n\r\n" + hidden)
            connection.shutdown(socket.SHUT_WR)
            received = connection.makefile("rb").read()

        assert received.startswith(b"HTTP/1.1 4")
        assert received.count(b"HTTP/1.1 ") == 1


def quoted(arn: str) -> str:
    return arn.replace(":", "%3A").replace("/", "%2F")


class TestControlRoutes:
    @pytest.mark.parametrize(
        ("method", "word", "body"),
        [
            ("POST", "clock", {"days": 1e308}),
            ("POST", "clock", {"days": 10**400}),
            ("POST", "clock", {"days": float("nan")}),
            ("POST", "clock", {"days": "many"}),
            ("POST", "clock", {"self": 1}),
            ("PATCH", "limits", {"apps_per_user": 10**400, "none": 1}),
            ("PATCH", "limits", {"apps_per_user": [1]}),
            ("PATCH", "users", {"required": {}, "more": 1}),
            ("POST", "users", {"email": None}),
            ("POST", "users", {"email": "a@b", "expires_in": float("inf")}),
            ("POST", "users", {"email": "a@b", "expires_in": float("nan")}),
            ("POST", "users", {"email": {}, "expires_in": "x"}),
            ("POST", "faults", {"operation": "ListQApps", "error": "ThrottlingException", "times": 1e400}),
            ("POST", "faults", {"operation": ["ListQApps"]}),
            ("POST", "faults", {"operation": {}, "delay": -1}),
            ("POST", "faults", {"operation": "ListQApps", "delay": float("nan")}),
            ("POST", "answers", {"card": 5, "text": 5}),
            ("POST", "answers", {"app": 5}),
            ("POST", "answers", {"plugin_id": []}),
            ("POST", "flows", {"action": {}, "flow": []}),
            ("POST", "flows", {"action": "hold", "flow": {}}),
            ("PUT", "state", {"version": {}}),
            ("PUT", "state", {"services": [[[]]]}),
            ("PUT", "state", {}),
            ("POST", "state", {}),
            ("POST", "reset", {"self": 1}),
            ("DELETE", "users", {"x": "\ud800"}),
        ],
    )
    def test_refuse_what_makes_no_sense(
        self, qchime_server: Server, method: str, word: str, body: Any
    ) -> None:
        before = send(qchime_server, "GET", "/_qchime/state").json
        answer = send(qchime_server, method, f"/_qchime/{word}", body)

        assert answer.status == 400, answer
        assert answer.message
        after = send(qchime_server, "GET", "/_qchime/state").json
        assert without_time(after) == without_time(before)

    @pytest.mark.parametrize("word", ["answers", "clock", "faults", "limits", "state", "users"])
    @pytest.mark.parametrize("method", ["POST", "PATCH", "PUT"])
    def test_refuse_deep_nesting(self, qchime_server: Server, method: str, word: str) -> None:
        deep = b'{"app":' * 50_000 + b"1" + b"}" * 50_000

        assert send(qchime_server, method, f"/_qchime/{word}", deep).status in (400, 405)


def without_time(state: Any) -> Any:
    return {name: value for name, value in state.items() if name not in ("saved_at", "calls")}


STARTS = {
    "nothing": b"",
    "one byte": b"G",
    "in the headers": b"GET /app-instances HTTP/1.1\r\nHost: local",
    "in the body": b"POST /app-instances HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{",
    "in a chunk": b"POST /app-instances HTTP/1.1\r\nHost: localhost\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n9\r\n{",
    "in a refused body": b"POST /app-instances HTTP/1.1\r\nHost: evil\r\nContent-Length: 100\r\n\r\n{",
    "before it may go on": b"POST /app-instances HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n"
    b"Expect: 100-continue\r\n\r\n",
}


class TestSlowClients:
    @pytest.fixture
    def impatient(self) -> Iterator[None]:
        """Only for the test itself: `unharmed` may take its time."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(protocol, "IDLE_TIMEOUT", 0.2)
            yield

    @pytest.mark.parametrize("start", STARTS.values(), ids=STARTS.keys())
    def test_hold_up_nobody(self, qchime_server: Server, start: bytes) -> None:
        with open_to(qchime_server) as slow:
            slow.sendall(start)

            assert names(qchime_server) == ["Before"]

    @pytest.mark.parametrize("start", STARTS.values(), ids=STARTS.keys())
    def test_are_let_go(self, qchime_server: Server, impatient: None, start: bytes) -> None:
        with open_to(qchime_server) as slow:
            slow.sendall(start)
            while slow.recv(65536):
                pass

    @pytest.mark.parametrize("where", ["in the body", "in a chunk"])
    def test_are_told_why_once_it_is_known_what_they_want(
        self, qchime_server: Server, impatient: None, where: str
    ) -> None:
        with open_to(qchime_server) as slow:
            slow.sendall(STARTS[where])
            answer = answer_on(slow)

        assert (answer.status, answer.error) == (408, "RequestTimeout")
        assert is_like_ours(answer)

    def test_who_are_slow_but_not_silent_are_answered(self, qchime_server: Server) -> None:
        body = b'{"Name": "", "ClientRequestToken": "token"}'
        with open_to(qchime_server) as slow:
            slow.sendall(b"POST /app-instances HTTP/1.1\r\nHost: localhost\r\n")
            slow.sendall(b"Content-Length: %d\r\n\r\n" % len(body))
            for byte in body:
                slow.sendall(bytes([byte]))
                time.sleep(0.001)

            assert answer_on(slow).status == 400

    def test_who_never_read_their_answer_hold_up_nobody(self, qchime_server: Server) -> None:
        with ExitStack() as stack:
            for _ in range(20):
                deaf = stack.enter_context(open_to(qchime_server))
                deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
                deaf.sendall(b"GET /app-instances HTTP/1.1\r\nHost: localhost\r\n\r\n")

            assert names(qchime_server) == ["Before"]


class TestManyConnections:
    MANY = 300

    @pytest.mark.parametrize("start", [b"", b"G", b"GET /app-instances HTTP/1.1\r\n"], ids=str)
    def test_that_are_open_and_idle_hold_up_nobody(self, qchime_server: Server, start: bytes) -> None:
        with ExitStack() as stack:
            for _ in range(self.MANY):
                stack.enter_context(open_to(qchime_server)).sendall(start)

            for _ in range(10):
                assert names(qchime_server) == ["Before"]

    def test_that_all_ask_at_once_are_all_answered(self, qchime_server: Server) -> None:
        with ExitStack() as stack:
            waiting = [HTTPConnection(*address(qchime_server), timeout=TIMEOUT) for _ in range(self.MANY)]
            for connection in waiting:
                stack.callback(connection.close)
                connection.request("GET", "/app-instances", headers=signed())
            answers = [Reply.of(connection.getresponse()) for connection in waiting]

        assert {answer.status for answer in answers} == {200}

    def test_that_hang_up_at_once_leave_nothing_behind(self, qchime_server: Server) -> None:
        for _ in range(self.MANY):
            open_to(qchime_server).close()


class TestMemory:
    """Measured against what was sent: a server that kept it, or more than that, would fail."""

    BAD: tuple[Callable[[Server], Reply], ...] = (
        lambda server: send(server, "POST", "/app-instances", b"{" * 20_000, signed()),
        lambda server: send(server, "GET", f"/app-instances/{'x' * 20_000}", headers=signed()),
        lambda server: send(server, "GET", "/nothing", headers={"X-Long": "x" * 20_000}),
        lambda server: send(server, "GET", "/", headers={"Host": "evil.example", "X": "x" * 20_000}),
        lambda server: send(server, "PATCH", "/_qchime/limits", b'{"x": "' + b"x" * 20_000 + b'"}'),
        lambda server: send_raw(server, b"GET /" + b"x" * 70_000, HOST),
    )

    def test_does_not_grow_with_bad_requests(
        self, qchime_server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Nor with their log, which pytest would keep here; the log of calls has bounds of its own."""
        for name in ("qchime", "qchime.server"):
            monkeypatch.setattr(logging.getLogger(name), "disabled", True)
        rounds, size = 40, 170_000
        self.send_all(qchime_server)
        tracemalloc.start()
        try:
            before = tracemalloc.get_traced_memory()[0]
            for _ in range(rounds):
                self.send_all(qchime_server)
            send(qchime_server, "DELETE", "/_qchime/calls")
            gc.collect()
            grown = tracemalloc.get_traced_memory()[0] - before
        finally:
            tracemalloc.stop()

        assert grown < rounds * size / 10

    def send_all(self, server: Server) -> None:
        for bad in self.BAD:
            assert 400 <= bad(server).status < 500

    def test_of_the_call_log_is_bounded_wherever_the_input_came_from(
        self, qchime_server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(records, "MOST_BYTES", 100_000)
        for _ in range(10):
            send(qchime_server, "GET", f"/app-instances/{'x' * 20_000}", headers=signed())
            send(qchime_server, "GET", f"/app-instances?next-token={'x' * 20_000}", headers=signed())

        assert len(send(qchime_server, "GET", "/_qchime/calls").json["calls"]) < 5

    def test_of_a_body_that_nobody_wants_is_not_taken(self, qchime_server: Server) -> None:
        """The rest of a refused request is read away in pieces, whatever its size."""
        size = 50_000_000
        with open_to(qchime_server) as connection:
            piece = b" " * 1_000_000
            tracemalloc.start()
            try:
                connection.sendall(b"POST / HTTP/1.1\r\nHost: evil\r\nContent-Length: %d\r\n\r\n" % size)
                for _ in range(size // len(piece)):
                    connection.sendall(piece)
                assert answer_on(connection).status == 403
                peak = tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()

        assert peak < size / 10
