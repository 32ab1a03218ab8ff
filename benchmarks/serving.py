"""Runs servers in separate processes, and measures their requests per second."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from time import sleep, time

from benchmarks.load import SEPARATOR

LOOPBACK = "127.0.0.1"
_PATIENCE = 30

Process = subprocess.Popen[bytes]


@dataclass(frozen=True)
class Server:
    """The process of a server, and its port."""

    port: int
    pid: int


@dataclass(frozen=True)
class Running:
    """A running server, and the requests to send to it, one on each connection in turn."""

    port: int
    requests: Sequence[bytes]

    def answers_per_second(self, connections: int, seconds: float) -> float:
        """Its responses per second to this many connections."""
        return self.load(connections, seconds)[0]

    def load(self, connections: int, seconds: float, rate: float = 0) -> tuple[float, int]:
        """Its responses per second, and the number of all responses; another process sends the requests.

        It sends `rate` requests per second, or else as many as are answered.
        """
        arguments = [LOOPBACK, str(self.port), str(connections), str(seconds), str(rate)]
        command = [sys.executable, "-m", "benchmarks.load", *arguments]
        done = subprocess.run(command, input=SEPARATOR.join(self.requests), capture_output=True, check=True)
        achieved, answers = done.stdout.split()
        return float(achieved), int(answers)


@contextmanager
def ours() -> Iterator[Running]:
    """`qchime serve`, and a request for the list of app instances, which is empty."""
    with qchime() as server:
        yield Running(server.port, [request("GET", "/app-instances", "chime")])


@contextmanager
def motos() -> Iterator[Running]:
    """`moto_server`, and a request for the list of Amazon IVS channels, which is empty."""
    port = free_port()
    with process([sys.executable, "-m", "moto.server", "-H", LOOPBACK, "-p", str(port)]):
        wait_for(port)
        yield Running(port, [request("POST", "/ListChannels", "ivs", b"{}")])


@contextmanager
def slow_clients(port: int, count: int) -> Iterator[None]:
    """Connections that have sent the beginning of a request."""
    begun = b"POST /app-instances HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"
    with ExitStack() as stack:
        for number in range(count):
            connection = stack.enter_context(socket.create_connection((LOOPBACK, port)))
            connection.sendall(begun[: 1 + number % len(begun)])
        yield


@contextmanager
def qchime(*options: str) -> Iterator[Server]:
    """`qchime serve` with these options."""
    with process([sys.executable, "-m", "qchime", "serve", "--port", "0", *options]) as server:
        assert server.stdout
        found = re.search(rb"http://[^:]+:(\d+)", server.stdout.readline())
        assert found, "qchime did not start"
        yield Server(int(found[1]), server.pid)


def request(
    method: str,
    path: str,
    signing_name: str,
    body: bytes = b"",
    access_key_id: str = "AKIAIOSFODNN7EXAMPLE",
    headers: Sequence[str] = (),
) -> bytes:
    """A request as boto3 sends it, with a signature that is not verified."""
    scope = f"{access_key_id}/20240521/us-east-1/{signing_name}/aws4_request"
    head = [
        f"{method} {path} HTTP/1.1",
        f"Host: {LOOPBACK}",
        "Accept-Encoding: identity",
        "User-Agent: Boto3/1.43.0 md/Botocore#1.43.0 ua/2.1 os/linux lang/python",
        "X-Amz-Date: 20240521T000000Z",
        f"Authorization: AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host;x-amz-date, "
        f"Signature={'0' * 64}",
        f"amz-sdk-invocation-id: {'0' * 36}",
        "amz-sdk-request: attempt=1",
        *headers,
        *([f"Content-Type: application/json\r\nContent-Length: {len(body)}"] if body else []),
    ]
    return "\r\n".join([*head, "", ""]).encode() + body


@contextmanager
def process(command: list[str], environment: Mapping[str, str] | None = None) -> Iterator[Process]:
    """A program that runs until the end of the block."""
    environment = {**os.environ, **(environment or {})}
    started = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        yield started
    finally:
        started.terminate()
        started.communicate(timeout=_PATIENCE)


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.create_server((LOOPBACK, 0)) as bound:
        return int(bound.getsockname()[1])


def wait_for(port: int) -> None:
    """Wait until something listens on a port."""
    end = time() + _PATIENCE
    while time() < end:
        try:
            socket.create_connection((LOOPBACK, port)).close()
        except ConnectionRefusedError:
            sleep(0.1)
        else:
            return
    raise TimeoutError(f"Nothing listens on port {port}")
