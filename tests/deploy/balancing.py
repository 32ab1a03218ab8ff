"""Two `qchime serve --member` behind a real load balancer, each a process of its own."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from qchime import Client
from tests.server.wire import TIMEOUT, address
from tests.test_cli import Process, serving

DEPLOY = Path(__file__).parents[2] / "deploy"
HAPROXY = shutil.which("haproxy", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"]))

needs_haproxy = pytest.mark.skipif(HAPROXY is None, reason="there is no haproxy here; CI installs it")

DEFAULT = "123456789012"
ACCOUNTS = [f"{number:012}" for number in (*range(1, 13), 111122223333, 444455556666)]


@dataclass
class Deployment:
    """A load balancer at `url`, and the members behind it."""

    url: str
    members: list[Process]

    def client(self, account: str = DEFAULT) -> Client:
        """The handle of an account, through the load balancer."""
        return Client(self.url, account=account)

    def calls(self, account: str) -> list[int]:
        """How many calls of this account each member has had; the members are asked directly."""
        return [len(Client(member.url, account=account).calls()) for member in self.members]

    def home(self, account: str) -> int:
        """Which member has had all calls of this account."""
        calls = self.calls(account)
        assert sum(calls) == max(calls) > 0, calls
        return calls.index(max(calls))


@contextmanager
def deployed(*options: Sequence[str]) -> Iterator[Deployment]:
    """HAProxy with the configuration as it is delivered, and two members, each with its options."""
    with ExitStack() as stack:
        members = [stack.enter_context(serving("--member", *given)) for given in options or ((), ())]
        url = stack.enter_context(haproxy([member.url for member in members]))
        yield Deployment(url, members)


@contextmanager
def haproxy(urls: list[str]) -> Iterator[str]:
    """HAProxy in front of members at these addresses, on a socket that listens already."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as bound:
        port = bound.getsockname()[1]
        process = _start_haproxy(bound.fileno(), [address(url) for url in urls])
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(TIMEOUT)


def _start_haproxy(socket_number: int, members: list[tuple[str, int]]) -> subprocess.Popen[bytes]:
    assert HAPROXY
    places = {f"QCHIME_MEMBER_{number}": f"{host}:{port}" for number, (host, port) in enumerate(members, 1)}
    return subprocess.Popen(
        [HAPROXY, "-db", "-f", str(DEPLOY / "haproxy.cfg")],
        env={**os.environ, **places, "QCHIME_BIND": f"fd@{socket_number}"},
        pass_fds=[socket_number],
    )
