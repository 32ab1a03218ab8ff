"""What a server reads from its connections."""

import socket
from contextlib import ExitStack

from qchime import Cloud
from qchime.server import Server
from tests.concurrency.together import at_once
from tests.server.wire import TIMEOUT, address

HEAD = b"GET /_qchime/%d-%d HTTP/1.1\r\nHost: localhost\r\n\r\n"


def test_servers_of_one_process_do_not_read_each_others_requests() -> None:
    def request_often(number: int, server: Server) -> list[int]:
        """The requests whose response is for another one."""
        confused = []
        with socket.create_connection(address(server), timeout=TIMEOUT) as connection:
            for turn in range(300):
                connection.sendall(HEAD % (number, turn))
                if b"/_qchime/%d-%d." % (number, turn) not in connection.recv(65536):
                    confused.append(turn)
        return confused

    with ExitStack() as stack:
        servers = [stack.enter_context(Server(cloud=Cloud())) for _ in range(3)]
        assert at_once(request_often, servers * 2) == [[]] * 6
