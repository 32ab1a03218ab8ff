"""A server starts and stops any number of times, in any order, and never hangs."""

import os
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
import requests
from freezegun import freeze_time

from qchime import Server
from qchime.core.cloud import Cloud
from tests.forking import forks, in_child
from tests.server.wire import TIMEOUT, address, create, names, send


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server(cloud=Cloud())
    yield server
    server.stop()


def is_up(server: Server) -> bool:
    try:
        return send(server, "GET", "/_qchime/health").status == 200
    except ConnectionError:
        return False


class TestStartAndStop:
    def test_a_server_is_up_between_them(self, server: Server) -> None:
        assert server.start() is server
        assert is_up(server)

        server.stop()
        assert not is_up(server)

    def test_a_server_starts_again_at_the_same_address(self, server: Server) -> None:
        url = server.url
        for _ in range(3):
            server.start()
            assert is_up(server)
            server.stop()
            assert not is_up(server)
        assert server.url == url

    def test_a_second_start_changes_nothing(self, server: Server) -> None:
        server.start()
        server.start()
        assert is_up(server)

        server.stop()
        assert not is_up(server)

    def test_a_server_can_be_stopped_before_its_start_and_twice(self, server: Server) -> None:
        server.stop()
        server.stop()
        assert not is_up(server)

        server.start()
        assert is_up(server)

    def test_a_with_block_follows_another(self, server: Server) -> None:
        for _ in range(2):
            with server:
                assert is_up(server)
            assert not is_up(server)

    def test_the_port_is_free_afterwards(self, server: Server) -> None:
        server.start()
        server.stop()

        with socket.create_server(address(server)), pytest.raises(OSError, match="in use"):
            server.start()
        server.start()
        assert is_up(server)

    def test_they_may_come_from_any_thread(self, server: Server) -> None:
        def start_and_stop() -> None:
            for _ in range(5):
                server.start()
                server.stop()

        threads = [threading.Thread(target=start_and_stop) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(TIMEOUT)

        assert not any(thread.is_alive() for thread in threads)
        assert is_up(server.start())

    def test_an_answer_may_stop_its_own_server(self, server: Server) -> None:
        server.start()

        def stop(prompt: str) -> str:
            server.stop()
            return "Stopped"

        server.answers.add(text=stop)
        stopping = threading.Thread(target=_ask, args=(server,))
        stopping.start()
        stopping.join(TIMEOUT)

        assert not stopping.is_alive()
        assert not is_up(server)

    def test_the_state_outlives_them(self, server: Server) -> None:
        with server:
            server.limits.update(app_instances_per_account=7)
        with server:
            assert send(server, "GET", "/_qchime/limits").json["app_instances_per_account"] == 7

    def test_the_handle_works_without_the_server(self, server: Server) -> None:
        server.clock.advance(days=1)

        assert server.clock.offset.days == 1


def _ask(server: Server) -> None:
    card = {"id": "4cf94d96-8819-45c2-98cc-58c56b35c72f", "title": "A", "type": "q-query", "prompt": "?"}
    app = {"title": "App", "appDefinition": {"cards": [{"qQuery": card}]}}
    headers = {"instance-id": "one"}
    made = send(server, "POST", "/apps.create", app, headers)
    assert made.status == 200, made
    started = {"appId": made.json["appId"], "appVersion": 1}
    with suppress(OSError):  # the server closes the connection
        send(server, "POST", "/runtime.startQAppSession", started, headers)


class TestOpenConnections:
    def test_do_not_delay_the_stop(self, server: Server) -> None:
        server.start()
        with requests.Session() as session, socket.create_connection(address(server)) as begun:
            assert session.get(f"{server.url}/_qchime/health", timeout=TIMEOUT).ok
            begun.sendall(b"POST /app-instances HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
            stopping = threading.Thread(target=server.stop)
            stopping.start()
            stopping.join(TIMEOUT)

            assert not stopping.is_alive()
            assert begun.recv(100) == b""
            with pytest.raises(requests.ConnectionError):
                session.get(f"{server.url}/_qchime/health", timeout=TIMEOUT)

    @pytest.mark.parametrize("fault", [{"delay": 3600}, {"error": "ReadTimeoutError"}])
    def test_that_wait_for_a_response_are_closed(self, server: Server, fault: dict[str, Any]) -> None:
        server.faults.add("ListAppInstances", **fault)
        server.start()
        with socket.create_connection(address(server), timeout=TIMEOUT) as waiting:
            waiting.sendall(b"GET /app-instances HTTP/1.1\r\nHost: localhost\r\n\r\n")
            while not server.calls():
                time.sleep(0.01)
            server.stop()

            with suppress(ConnectionResetError):
                assert waiting.recv(100) == b""

    def test_of_requests_in_progress_get_their_response(self, server: Server) -> None:
        server.faults.add("ListAppInstances", delay=0.3)
        server.start()
        answers: list[list[str]] = []
        asking = threading.Thread(target=lambda: answers.append(names(server)))
        asking.start()
        while not server.calls():
            time.sleep(0.01)
        server.stop()
        asking.join(TIMEOUT)

        assert answers == [[]]


@pytest.mark.parametrize("moment", ["2001-02-03", "2041-02-03"])
def test_a_server_runs_on_while_time_is_frozen(server: Server, moment: str) -> None:
    server.start()
    with freeze_time(moment):
        time.sleep(0.3)
        assert is_up(server)
    stopping = threading.Thread(target=server.stop)
    stopping.start()
    stopping.join(TIMEOUT)

    assert not stopping.is_alive()


def test_a_start_without_a_thread_can_be_repeated(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def start(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", start)
        with pytest.raises(RuntimeError, match="new thread"):
            server.start()
    server.stop()
    server.start()

    assert is_up(server)


class TestServeForever:
    def test_serves_until_another_thread_stops_it(self, server: Server) -> None:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        while not is_up(server):
            time.sleep(0.01)
        server.stop()
        serving.join(TIMEOUT)

        assert not serving.is_alive()
        assert not is_up(server)

    @pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
    def test_ends_if_it_is_interrupted_before_it_serves(
        self, server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def interrupted(run: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr("qchime.server.serving._Run.serve_here", interrupted)
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        serving.join(TIMEOUT)

        assert not serving.is_alive()

    def test_is_refused_while_the_server_runs(self, server: Server) -> None:
        with server, pytest.raises(RuntimeError, match="is running already"):
            server.serve_forever()


@contextmanager
def forked_child() -> Iterator[None]:
    """A forked child, which lives as long as the block."""
    ours, its = socket.socketpair()
    child = os.fork()
    if child == 0:
        ours.close()
        its.send(b"I have started.")
        its.recv(1)
        os._exit(0)
    its.close()
    with ours:
        ours.recv(100)
        yield
    os.waitpid(child, 0)


@forks
class TestForkedChildren:
    def test_cannot_serve_for_their_parent(self, server: Server) -> None:
        refused = "This server belongs to the process that forked this one. Create one here."
        with server:
            assert refused in in_child(server.start)
            assert refused in in_child(server.serve_forever)
            assert is_up(server)

    def test_do_not_stop_the_server_of_their_parent(self, server: Server) -> None:
        with server:
            assert in_child(server.stop) == "None"
            assert is_up(server)

    def test_call_the_server_of_their_parent(self, server: Server) -> None:
        with server:
            assert in_child(lambda: create(server, "theirs")).startswith("arn:aws:chime:")
            assert names(server) == ["theirs"]

    def test_serve_with_a_server_of_their_own(self, server: Server) -> None:
        def serve() -> list[str]:
            with Server(cloud=Cloud()) as own:
                create(own, "theirs")
                return names(own)

        with server:
            assert in_child(serve) == "['theirs']"
            assert names(server) == []

    @pytest.mark.parametrize("is_started", [True, False])
    def test_do_not_keep_the_port_of_a_server_that_stops(self, server: Server, is_started: bool) -> None:
        if is_started:
            server.start()
        with forked_child():
            server.stop()
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(address(server))
            with socket.create_server(address(server)):
                pass

    def test_do_not_keep_the_port_of_a_server_that_is_stopping(self, server: Server) -> None:
        server.faults.add("ListAppInstances", delay=0.5)
        server.start()
        asking = threading.Thread(target=names, args=(server,))
        asking.start()
        while not server.calls():
            time.sleep(0.01)
        stopping = threading.Thread(target=server.stop)
        stopping.start()
        time.sleep(0.02)
        with forked_child():
            stopping.join(TIMEOUT)
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(address(server))
        asking.join(TIMEOUT)

    def test_do_not_keep_the_port_for_another_child(self, server: Server) -> None:
        server.start()
        with forked_child(), forked_child():
            server.stop()
            assert is_up(server.start())
            server.stop()
            assert not is_up(server)

    @pytest.mark.parametrize("tls", [False, True])
    def test_do_not_keep_connections_that_the_server_closes(self, tls: bool) -> None:
        with Server(cloud=Cloud(), tls=tls) as server, connection(server) as client:
            client.sendall(b"GET /_qchime/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert client.recv(65536).startswith(b"HTTP/1.1 200")
            with forked_child():
                client.sendall(b"GET /_qchime/health HTTP/1.0\r\n\r\n")
                received = b"".join(iter(lambda: client.recv(65536), b""))
                assert b"connection: close" in received

    def test_do_not_close_what_takes_the_place_of_a_connection(self, server: Server) -> None:
        def collect() -> int:
            import gc

            opened = [os.open(os.devnull, os.O_RDONLY) for _ in range(20)]
            gc.collect()
            return sum(os.fstat(descriptor).st_size for descriptor in opened)

        with server, connection(server) as client:
            client.sendall(b"GET /_qchime/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            client.recv(65536)
            assert in_child(collect) == "0"


def connection(server: Server) -> socket.socket:
    plain = socket.create_connection(address(server), timeout=TIMEOUT)
    if server.ca_file is None:
        return plain
    return ssl.create_default_context(cafile=server.ca_file).wrap_socket(plain, server_hostname="localhost")
