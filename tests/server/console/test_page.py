"""The page over HTTP: what needs no browser to see."""

from __future__ import annotations

import re
import socket
import time
from http.client import HTTPConnection

import pytest

from qchime import Cloud
from qchime.control.handle import CloudHandle
from qchime.server import Server
from qchime.server.console.events import NEWS
from qchime.server.console.visit import news_of
from tests.server.wire import address, create, send

HEAD = b"GET /_qchime/page/events HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/_qchime/", 200),
        ("/_qchime/accounts/111122223333/", 200),
        ("/_qchime/page/calls", 200),
        ("/_qchime/page/style.css", 200),
        ("/_qchime/page/nothing", 404),
        ("/_qchime/page/templates/base.html", 404),
        ("/_qchime/page/call?number=x", 404),
        ("/_qchime/page/service?name=x", 404),
        ("/_qchime/page/resource", 404),
        ("/_qchime/page/resource?account=x&service=x&region=x&step=x", 404),
    ],
)
def test_parts_are_found(qchime_server: Server, target: str, status: int) -> None:
    assert send(qchime_server, "GET", target).status == status


def test_pages_of_other_origins_cannot_read_it_even_if_they_may_use_the_server() -> None:
    with Server(origins=["https://app.example.com"]) as server:
        headers = {"Origin": "https://app.example.com"}
        assert send(server, "GET", "/_qchime/state", headers=headers).status == 200
        assert send(server, "GET", "/_qchime/page/calls", headers=headers).status == 403
        assert send(server, "GET", "/_qchime/page/calls", headers={"Origin": server.url}).status == 200


def test_a_resource_that_is_none_is_not_found(qchime_server: Server) -> None:
    create(qchime_server)
    place = "account=123456789012&service=chime-sdk-identity&region=us-east-1"
    for steps in (
        "step=nothing",
        "step=app_instances&step=x",
        "step=app_instances&step=x&step=users",
        "step=",
    ):
        assert send(qchime_server, "GET", f"/_qchime/page/resource?{place}&{steps}").status == 404


def test_events_tell_of_calls_and_of_changes(qchime_server: Server) -> None:
    connection = HTTPConnection(*address(qchime_server), timeout=30)
    connection.request("GET", "/_qchime/page/events")
    events = connection.getresponse()
    assert events.headers["content-type"] == "text/event-stream"
    assert events.readline() == b"data: news\n"  # what there was
    create(qchime_server)
    assert (events.readline(), events.readline()) == (b"\n", b"data: news\n")
    qchime_server.clock.advance(days=1)
    assert (events.readline(), events.readline()) == (b"\n", b"data: news\n")
    connection.close()


def test_no_change_is_taken_for_an_earlier_one() -> None:
    cloud = Cloud()
    seen = set()
    for _ in range(100):
        CloudHandle(cloud).clock.advance(seconds=1)
        seen.add(news_of(cloud, None))
    assert len(seen) == 100


def test_events_begin_with_what_has_happened_since_the_page(qchime_server: Server) -> None:
    shown = send(qchime_server, "GET", "/_qchime/page/calls").body.decode()
    found = re.search(r'data-events="([^"]+)"', shown)
    assert found
    connection = HTTPConnection(*address(qchime_server), timeout=30)
    create(qchime_server)
    connection.request("GET", found[1])
    assert connection.getresponse().readline() == b"data: news\n"
    connection.close()


def test_a_head_request_for_events_is_answered_at_once(qchime_server: Server) -> None:
    assert send(qchime_server, "HEAD", "/_qchime/page/events").body == b""


def test_an_open_page_does_not_keep_a_server_from_stopping(caplog: pytest.LogCaptureFixture) -> None:
    with Server() as server:
        connection = socket.create_connection(address(server), timeout=30)
        connection.sendall(HEAD)
        assert b"news" in connection.recv(65_536) + connection.recv(65_536)
        server.stop()
        while connection.recv(65_536):
            pass
        connection.close()
    assert "graceful shutdown exceeded" not in caplog.text  # uvicorn would have waited for it


def test_a_visitor_who_leaves_is_forgotten() -> None:
    with Server() as server:
        connections = [socket.create_connection(address(server), timeout=30) for _ in range(5)]
        for connection in connections:
            connection.sendall(HEAD)
            while NEWS not in connection.recv(65_536):
                pass
        run = server._run
        assert run is not None
        for connection in connections:
            connection.shutdown(socket.SHUT_WR)  # closing does no more, once all is read
        deadline = time.monotonic() + 30
        while run.server_state.connections and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not run.server_state.connections
        assert not run.server_state.tasks
