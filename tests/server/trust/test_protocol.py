"""What a server reads from its connections."""

import importlib.util
from contextlib import ExitStack
from http.client import HTTPConnection

import pytest

from qchime import Cloud
from qchime.server import Server
from qchime.server.trust.protocol import READ_SIZE, BoundedProtocol
from tests.concurrency.together import at_once
from tests.server.wire import TIMEOUT, address, send


def test_servers_of_one_process_do_not_read_each_others_requests() -> None:
    def request_often(number: int, server: Server) -> list[int]:
        """The requests whose response is for another one."""
        connection = HTTPConnection(*address(server), timeout=TIMEOUT)
        confused = []
        for turn in range(300):
            connection.request("GET", f"/_qchime/{number}-{turn}")
            if f"/_qchime/{number}-{turn}." not in connection.getresponse().read().decode():
                confused.append(turn)
        connection.close()
        return confused

    with ExitStack() as stack:
        servers = [stack.enter_context(Server(cloud=Cloud())) for _ in range(3)]
        assert at_once(request_often, servers * 2) == [[]] * 6


@pytest.mark.skipif(
    importlib.util.find_spec("uvloop") is not None, reason="uvloop reads to a place of its own"
)
def test_each_read_goes_to_the_same_place(monkeypatch: pytest.MonkeyPatch) -> None:
    places = []

    def note(protocol: BoundedProtocol, sizehint: int) -> object:
        places.append(get_buffer(protocol, sizehint))
        return places[-1]

    get_buffer = BoundedProtocol.get_buffer
    monkeypatch.setattr(BoundedProtocol, "get_buffer", note)
    with Server(cloud=Cloud()) as server:
        send(server, "POST", "/app-instances", b" " * 3 * READ_SIZE)
        send(server, "GET", "/app-instances")

    assert len(places) > 3
    assert all(place is places[0] for place in places)
