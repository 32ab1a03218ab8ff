"""WebSockets between clients and a service: the handshake, the order of frames, slow clients, the end."""

import asyncio
import socket
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import replace
from datetime import timedelta
from http.client import HTTPResponse
from threading import Thread
from time import sleep
from typing import Any
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from qchime import Handle, Server
from qchime.core.service import Connection, Service
from qchime.core.table import SERVICES, Table
from qchime.server.protocol import Protocol
from qchime.server.sockets.connection import Socket
from qchime.world import User
from tests.server.sockets import offered
from tests.server.sockets.offered import Offered
from tests.server.trust.sigv4 import Signing, now
from tests.server.wire import TIMEOUT, address, send

KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
UPGRADE = f"Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n{KEY}\r\n"
CLOSING = UPGRADE.replace("keep-alive", "close")
FOREIGN = {"origin": "https://example.com"}


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Offered:
    """A service that offers WebSockets, instead of those that do."""
    offering = Offered()
    monkeypatch.setattr(offered, "OFFERED", offering)
    row: Service = replace(SERVICES.named("qapps"), sockets_object="tests.server.sockets.offered:OFFERED")
    monkeypatch.setattr(Table, "with_sockets_at", lambda _, path: row if path == Offered.path else None)
    return offering


@pytest.fixture
def server(service: Offered, qchime: Handle) -> Iterator[Server]:
    with Server() as server:
        yield server


def url(server: Server, target: str = "/socket") -> str:
    return f"ws{server.url.removeprefix('http')}{target}"


def opened(server: Server, target: str = "/socket", **options: Any) -> ClientConnection:
    return connect(url(server, target), open_timeout=TIMEOUT, close_timeout=TIMEOUT, **options).__enter__()


@pytest.fixture
def client(server: Server) -> Iterator[ClientConnection]:
    with connect(url(server)) as client:
        yield client


def send_all(connection: Connection, texts: list[str]) -> None:
    for text in texts:
        connection.send(text)


def received(client: ClientConnection, number: int) -> list[Any]:
    return [client.recv(TIMEOUT) for _ in range(number)]


def close_code(client: ClientConnection) -> int:
    """The status code with which the server closes the connection; reads everything before it."""
    with suppress(ConnectionClosed):
        while True:
            client.recv(TIMEOUT)
    assert client.close_code is not None
    return client.close_code


class TestHandshake:
    def test_the_service_at_the_path_serves_the_client(
        self, server: Server, service: Offered, client: ClientConnection
    ) -> None:
        service.taken().send("hello 😀")

        assert client.recv(TIMEOUT) == "hello 😀"

    def test_the_service_learns_the_account_the_region_and_the_query(
        self, server: Server, service: Offered
    ) -> None:
        credential = "X-Amz-Credential=111122223333%2F20240521%2Feu-central-1%2Fqapps%2Faws4_request"
        with connect(url(server, f"/socket?a=%C3%A9&{credential}")):
            account, region, request = service.seen.get(timeout=TIMEOUT)

        assert (account, region) == ("111122223333", "eu-central-1")
        assert request.query == f"a=%C3%A9&{credential}"

    def test_clients_of_other_paths_methods_and_versions_are_not_upgraded(self, server: Server) -> None:
        with pytest.raises(InvalidStatus) as refused:
            connect(url(server, "/other")).__enter__()

        assert refused.value.response.status_code == 404
        for line in ("POST /socket HTTP/1.1", "GET /socket HTTP/1.0"):
            assert b"HTTP/1.1 426 " in answered(server, f"{line}\r\nHost: localhost\r\n{CLOSING}")

    def test_nor_are_those_with_a_body(self, server: Server, service: Offered) -> None:
        head = f"GET /socket HTTP/1.1\r\nHost: localhost\r\n{CLOSING}Content-Length: 2\r\n\r\n{{}}"

        assert answered(server, head).startswith(b"HTTP/1.1 426 ")
        assert service.connections.empty()

    def test_a_client_that_does_not_upgrade_is_told_to(self, server: Server) -> None:
        reply = send(server, "GET", "/socket")

        assert (reply.status, reply.error) == (426, "UpgradeRequired")
        assert reply.headers["upgrade"] == "websocket"
        assert "WebSocket client" in reply.message

    @pytest.mark.parametrize(
        "header", [FOREIGN, {"host": "rebound.example"}, {"sec-fetch-site": "cross-site"}]
    )
    def test_pages_of_foreign_sites_are_refused(
        self, server: Server, service: Offered, header: dict[str, str]
    ) -> None:
        with socket.create_connection(address(server), timeout=TIMEOUT) as plain:
            lines = "".join(f"{name}: {text}\r\n" for name, text in {"host": "localhost", **header}.items())
            plain.sendall(f"GET /socket HTTP/1.1\r\n{lines}{UPGRADE}\r\n".encode())
            response = HTTPResponse(plain)
            response.begin()

        assert response.status == 403
        assert service.connections.empty()

    def test_local_pages_are_trusted(self, server: Server, service: Offered) -> None:
        with connect(url(server), origin="http://localhost:3000"):
            service.taken()

    def test_allowed_pages_are_trusted(self, service: Offered, qchime: Handle) -> None:
        with (
            Server(origins=["https://example.com"]) as server,
            connect(url(server), origin="https://example.com"),
        ):
            service.taken()

    def test_a_host_in_the_target_counts(self, server: Server, service: Offered) -> None:
        head = f"GET http://localhost:1/socket?a=b HTTP/1.1\r\nHost: other\r\n{UPGRADE}"

        assert answered(server, head).startswith(b"HTTP/1.1 101 ")
        assert service.seen.get(timeout=TIMEOUT)[2].query == "a=b"

    def test_behind_a_proxy_the_forwarded_host_counts(self, service: Offered, qchime: Handle) -> None:
        with Server(proxy=True) as server:
            foreign = {"X-Forwarded-Host": "rebound.example"}
            with pytest.raises(InvalidStatus):
                connect(url(server), additional_headers=foreign).__enter__()
            with connect(url(server), additional_headers={"X-Forwarded-Host": "localhost:1"}):
                assert service.seen.get(timeout=TIMEOUT)[2].host == "localhost:1"

    @pytest.mark.parametrize(
        ("change", "status"),
        [
            ((KEY, "A: b"), b"400"),
            (("Version: 13", "Version: 12"), b"400"),
            ((KEY, "Sec-WebSocket-Key: ="), b"400"),
            ((KEY, f"{KEY}\r\nSec-WebSocket-Protocol: {'a' * 60_000}"), b"431"),
        ],
    )
    def test_a_wrong_handshake_gets_a_response(
        self, server: Server, service: Offered, change: tuple[str, str], status: bytes
    ) -> None:
        head = f"GET /socket HTTP/1.1\r\nHost: localhost\r\n{UPGRADE.replace(*change)}"

        assert answered(server, head).startswith(b"HTTP/1.1 " + status)
        assert service.connections.empty()

    def test_the_head_may_be_as_large_as_that_of_a_request(self, server: Server, service: Offered) -> None:
        cookies = {f"Cookie-{number}": "x" * 500 for number in range(80)}
        with connect(
            url(server, f"/socket?{'q' * 10_000}"), additional_headers={**cookies, "Cookie": "x" * 10_000}
        ):
            request = service.seen.get(timeout=TIMEOUT)[2]

        assert len(request.query) == 10_000
        assert len(request.headers["cookie"]) == 10_000
        assert request.headers["cookie-79"] == "x" * 500

    def test_it_can_follow_requests_on_the_same_connection(self, server: Server, service: Offered) -> None:
        with socket.create_connection(address(server), timeout=TIMEOUT) as plain:
            plain.sendall(b"GET /_qchime/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            response = HTTPResponse(plain)
            response.begin()
            response.read()
            plain.sendall(f"GET /socket HTTP/1.1\r\nHost: localhost\r\n{UPGRADE}\r\n".encode())

            assert plain.recv(65536).startswith(b"HTTP/1.1 101 ")
            service.taken()

    def test_one_that_does_not_wait_for_earlier_responses_is_not_upgraded(
        self, server: Server, service: Offered
    ) -> None:
        health = "GET /_qchime/health HTTP/1.1\r\nHost: localhost\r\n\r\n"
        answers = answered(server, f"{health}GET /socket HTTP/1.1\r\nHost: localhost\r\n{CLOSING}")

        assert b"HTTP/1.1 200 " in answers
        assert b"HTTP/1.1 426 " in answers
        assert service.connections.empty()

    def test_a_client_that_ends_its_half_at_once_gets_the_response(self, server: Server) -> None:
        with socket.create_connection(address(server), timeout=TIMEOUT) as connection:
            connection.sendall(f"GET /socket HTTP/1.1\r\nHost: localhost\r\n{UPGRADE}\r\n".encode())
            connection.shutdown(socket.SHUT_WR)
            received = b"".join(iter(lambda: connection.recv(65536), b""))

        assert received.startswith(b"HTTP/1.1 101 ")

    def test_the_log_has_a_line(self, service: Offered, qchime: Handle, tmp_path: Any) -> None:
        with (tmp_path / "log").open("w") as log, Server(access_log=log) as server:
            with connect(url(server, "/socket?a=b")):
                service.taken()
            answered(server, f"GET /socket HTTP/1.1\r\nHost: localhost\r\n{UPGRADE.replace(KEY, 'A: b')}")

        assert (tmp_path / "log").read_text().splitlines() == [
            "'GET /socket?a=b HTTP/1.1' 101",
            "'GET /socket HTTP/1.1' 400",
        ]


def answered(server: Server, head: str) -> bytes:
    """Send a head, and return what the server sends before it closes, or the head of a 101."""
    with socket.create_connection(address(server), timeout=TIMEOUT) as plain:
        plain.sendall(f"{head}\r\n".encode("latin-1"))
        data = b""
        while (piece := plain.recv(65536)) and not data.startswith(b"HTTP/1.1 101 "):
            data += piece
            if data.startswith(b"HTTP/1.1 101 "):
                break
        return data


class TestCredentials:
    @pytest.fixture
    def alice(self, qchime: Handle) -> User:
        return qchime.users.add("alice@example.com")

    @pytest.fixture
    def verifying(self, service: Offered, alice: User) -> Iterator[Server]:
        with Server(verify_signatures=True) as server:
            yield server

    @pytest.fixture
    def signing(self, verifying: Server, alice: User) -> Signing:
        """Alice connects."""
        host = urlsplit(verifying.url).netloc
        return Signing(alice, host, target="/socket?userArn=arn%3Aaws", service="qapps")

    def test_a_valid_signature_is_accepted(
        self, verifying: Server, service: Offered, signing: Signing
    ) -> None:
        with connect(url(verifying, signing.in_query(10))):
            service.taken()

    def test_other_signatures_are_refused(
        self, verifying: Server, service: Offered, signing: Signing, alice: User
    ) -> None:
        for wrong in (
            replace(signing, user=replace(alice, secret_access_key="guess")),
            replace(signing, user=replace(alice, access_key_id="AKIAIOSFODNN7EXAMPLE")),
            replace(signing, service="chime"),
            replace(signing, host="localhost:1"),
        ):
            with connect(url(verifying, wrong.in_query(10))) as client:
                assert close_code(client) == Offered.unauthorized
        with connect(url(verifying, "/socket")) as client:
            assert close_code(client) == Offered.unauthorized
        assert service.connections.empty()

    def test_expired_urls_are_refused_by_every_server(
        self, server: Server, service: Offered, alice: User
    ) -> None:
        expired = Signing(
            alice, "localhost", target="/socket", service="qapps", at=now() - timedelta(seconds=11)
        )
        with connect(url(server, expired.in_query(10))) as client:
            assert close_code(client) == Offered.unauthorized

    @pytest.mark.rule("server.websocket-expiry")
    def test_urls_expire_by_the_clock_of_the_client(
        self, verifying: Server, service: Offered, signing: Signing, qchime: Handle
    ) -> None:
        """Which is not ahead, even if the mock's is."""
        qchime.clock.advance(days=7)
        with connect(url(verifying, signing.in_query(10))):
            service.taken()

    def test_expired_credentials_are_refused_by_every_server(
        self, server: Server, service: Offered, qchime: Handle
    ) -> None:
        user = qchime.users.add("bob@example.com", 60)
        qchime.clock.advance(minutes=2)
        signing = Signing(user, "localhost", target="/socket", service="qapps")
        with connect(url(server, signing.in_query(10))) as client:
            assert close_code(client) == Offered.unauthorized


class TestFrames:
    def test_arrive_in_order_from_many_threads(
        self, service: Offered, server: Server, client: ClientConnection
    ) -> None:
        connection = service.taken()
        with ThreadPoolExecutor(8) as threads:
            for name in "abcdefgh":
                threads.submit(send_all, connection, [f"{name} {n}" for n in range(500)])
        frames = received(client, 4_000)

        for name in "abcdefgh":
            assert [frame for frame in frames if frame[0] == name] == [f"{name} {n}" for n in range(500)]

    def test_are_sent_before_the_close(
        self, service: Offered, server: Server, client: ClientConnection, caplog: pytest.LogCaptureFixture
    ) -> None:
        connection = service.taken()
        for number in range(1_000):
            connection.send(str(number))
        connection.close(4002, "é" * 100)
        connection.send("never")

        assert received(client, 1_000) == [str(number) for number in range(1_000)]
        with pytest.raises(ConnectionClosed) as closed:
            client.recv(TIMEOUT)
        assert closed.value.rcvd is not None
        assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (4002, "é" * 61)
        service.ended.get(timeout=TIMEOUT)
        server.stop()
        assert not caplog.text

    @pytest.mark.rule("server.websocket-pings")
    def test_of_the_client_are_ignored(
        self, service: Offered, server: Server, client: ClientConnection
    ) -> None:
        connection = service.taken()
        for _ in range(100):
            client.send("hello")
            client.send(b"hello")
        connection.send("still here")

        assert client.recv(TIMEOUT) == "still here"

    @pytest.mark.rule("server.websocket-pings")
    def test_of_the_client_that_are_too_large_close_the_connection(
        self, service: Offered, server: Server, client: ClientConnection
    ) -> None:
        client.send("x" * 65_537)

        assert close_code(client) == 1009

    def test_can_be_sent_after_the_end(self, service: Offered, server: Server) -> None:
        with connect(url(server)):
            connection = service.taken()
        assert service.ended.get(timeout=TIMEOUT) is connection
        connection.send("never")
        server.stop()
        connection.send("never")
        connection.close(1000)

    def test_can_be_sent_after_the_loop_of_the_server_is_gone(self) -> None:
        """If the service was still to learn of the connection."""

        async def create() -> Socket:
            return Socket(lambda: None)

        connection = asyncio.run(create())
        connection.send("never")


class TestSlowClients:
    @pytest.mark.rule("server.slow-websocket")
    def test_are_cut_off_and_delay_nobody(
        self, service: Offered, server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("qchime.server.sockets.connection.LARGEST_BACKLOG", 1_000_000)
        text = "x" * 100_000
        with stuck(server) as plain, connect(url(server), max_queue=None) as quick:
            to_slow, to_quick = service.taken(), service.taken()
            for _ in range(200):
                to_slow.send(text)
                to_quick.send("now")

            assert received(quick, 200) == ["now"] * 200
            assert service.ended.get(timeout=TIMEOUT) is to_slow
            assert sum(map(len, iter(lambda: plain.recv(1_000_000), b""))) < 200 * len(text)

    def test_may_be_behind(self, service: Offered, server: Server) -> None:
        with stuck(server) as plain:
            connection = service.taken()
            for _ in range(100):
                connection.send("x" * 100_000)
            connection.close(1000)
            size = 0
            while piece := plain.recv(1_000_000):
                size += len(piece)
                if size > 10_000_000:
                    break

        assert size > 10_000_000

    def test_are_not_those_that_have_received_much(
        self, service: Offered, server: Server, client: ClientConnection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("qchime.server.sockets.connection.LARGEST_BACKLOG", 1_000)
        connection = service.taken()
        for _ in range(10):
            connection.send("x" * 900)
            assert len(client.recv(TIMEOUT)) == 900

    def test_are_not_those_that_say_nothing(
        self, service: Offered, server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Only requests have to arrive in time."""
        checks = []

        def check(protocol: Protocol) -> None:
            checks.append(protocol)
            protocol._watch(0.01)

        monkeypatch.setattr("qchime.server.trust.protocol.IDLE_TIMEOUT", 0.01)
        monkeypatch.setattr(Protocol, "_check_idle", check)
        with connect(url(server)) as client:
            connection = service.taken()
            checks.clear()
            for _ in range(20):
                sleep(0.01)
                connection.send("still here")
                client.recv(TIMEOUT)

        assert not checks

    @pytest.mark.rule("server.websocket-pings")
    def test_that_answer_no_pings_are_cut_off(
        self, service: Offered, qchime: Handle, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("qchime.server.sockets.protocol.PING_INTERVAL", 0.05)
        monkeypatch.setattr("qchime.server.sockets.protocol.PING_TIMEOUT", 0.05)
        with Server() as server, stuck(server):
            connection = service.taken()
            for _ in range(100):
                connection.send("x" * 100_000)

            assert service.ended.get(timeout=TIMEOUT) is connection

    def test_that_answer_pings_are_not(
        self, service: Offered, qchime: Handle, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("qchime.server.sockets.protocol.PING_INTERVAL", 0.01)
        with Server() as server, connect(url(server)) as client:
            connection, pings = service.taken(), []
            answer = client.protocol.recv_frame

            def counted(frame: Any) -> None:
                pings.append(frame.opcode)
                answer(frame)
                if len(pings) == 3:
                    connection.send("after three pings")

            monkeypatch.setattr(client.protocol, "recv_frame", counted)

            assert client.recv(TIMEOUT) == "after three pings"


def stuck(server: Server) -> Any:
    """A client that opens a WebSocket and then reads nothing, until the test does."""
    plain = socket.socket()
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    plain.settimeout(TIMEOUT)
    plain.connect(address(server))
    plain.sendall(f"GET /socket HTTP/1.1\r\nHost: localhost\r\n{UPGRADE}\r\n".encode())
    assert plain.recv(12) == b"HTTP/1.1 101"
    return closing(plain)


class TestEnd:
    def test_the_service_learns_that_the_client_is_gone(self, service: Offered, server: Server) -> None:
        with connect(url(server)) as client:
            connection = service.taken()
            client.socket.shutdown(socket.SHUT_RDWR)

            assert service.ended.get(timeout=TIMEOUT) is connection

    def test_a_service_that_fails_closes_the_connection(
        self, service: Offered, server: Server, caplog: pytest.LogCaptureFixture
    ) -> None:
        service.fails = True
        with connect(url(server)) as client:
            assert close_code(client) == 1011
        assert "ZeroDivisionError" in caplog.text

    def test_a_server_that_stops_goes_away(
        self, service: Offered, qchime: Handle, caplog: pytest.LogCaptureFixture
    ) -> None:
        server = Server().start()
        clients = [opened(server) for _ in range(20)]
        with stuck(server):
            connections = [service.taken() for _ in range(21)]
            for _ in range(100):
                connections[-1].send("x" * 100_000)
            server.stop()

        assert [close_code(client) for client in clients] == [1001] * 20
        ended = [service.ended.get(timeout=TIMEOUT) for _ in connections]
        assert set(map(id, ended)) == set(map(id, connections))
        assert not caplog.text

    def test_it_serves_again_after_a_restart(self, service: Offered, qchime: Handle) -> None:
        server = Server()
        for _ in range(2):
            with server, connect(url(server)) as client:
                service.taken().send("hello")
                assert client.recv(TIMEOUT) == "hello"


def test_connections_are_encrypted_with_tls(service: Offered, qchime: Handle) -> None:
    with Server(tls=True) as server:
        context = ssl.create_default_context(cafile=server.ca_file)
        with connect(f"wss{server.url.removeprefix('https')}/socket", ssl=context) as client:
            connection = service.taken()
            sending = Thread(target=send_all, args=(connection, ["x" * 100_000] * 100))
            sending.start()
            assert [len(frame) for frame in received(client, 100)] == [100_000] * 100
            sending.join()


def test_a_service_may_wait_while_functions_of_a_test_author_run(
    service: Offered, server: Server, qchime: Handle
) -> None:
    """Such as a function that calls the server; then services serve in threads."""
    qchime.answers.add(card="Summary", text=lambda prompt: prompt)
    with connect(url(server)) as client:
        service.taken().send("hello")
        assert client.recv(TIMEOUT) == "hello"
