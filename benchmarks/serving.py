"""Runs servers in separate processes, and measures their requests per second."""

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import sleep, time

LOOPBACK = "127.0.0.1"
_PATIENCE = 30


@dataclass(frozen=True)
class Running:
    """A running server, and the request to send to it."""

    port: int
    request: bytes

    def answers_per_second(self, connections: int, seconds: float) -> float:
        """Its responses per second to this many connections; another process sends the requests."""
        arguments = [LOOPBACK, str(self.port), str(connections), str(seconds)]
        command = [sys.executable, "-m", "benchmarks.load", *arguments]
        done = subprocess.run(command, input=self.request, capture_output=True, check=True)
        return float(done.stdout)


@contextmanager
def ours() -> Iterator[Running]:
    """`qchime serve`, and a request for the list of app instances, which is empty."""
    request = _request("GET", "/app-instances", "chime")
    with _process([sys.executable, "-m", "qchime", "serve", "--port", "0"]) as process:
        assert process.stdout
        found = re.search(rb"http://[^:]+:(\d+)", process.stdout.readline())
        assert found, "qchime did not start"
        yield Running(int(found[1]), request)


@contextmanager
def motos() -> Iterator[Running]:
    """`moto_server`, and a request for the list of Amazon IVS channels, which is empty."""
    port = _free_port()
    request = _request("POST", "/ListChannels", "ivs", b"{}")
    with _process([sys.executable, "-m", "moto.server", "-H", LOOPBACK, "-p", str(port)]):
        _wait_for(port)
        yield Running(port, request)


def _request(method: str, path: str, signing_name: str, body: bytes = b"") -> bytes:
    """A request as boto3 sends it, with a signature that is not verified."""
    scope = f"AKIAIOSFODNN7EXAMPLE/20240521/us-east-1/{signing_name}/aws4_request"
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
        *([f"Content-Type: application/json\r\nContent-Length: {len(body)}"] if body else []),
    ]
    return "\r\n".join([*head, "", ""]).encode() + body


@contextmanager
def _process(command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=_PATIENCE)


def _free_port() -> int:
    with socket.create_server((LOOPBACK, 0)) as bound:
        return int(bound.getsockname()[1])


def _wait_for(port: int) -> None:
    end = time() + _PATIENCE
    while time() < end:
        try:
            socket.create_connection((LOOPBACK, port)).close()
        except ConnectionRefusedError:
            sleep(0.1)
        else:
            return
    raise TimeoutError(f"Nothing listens on port {port}")
