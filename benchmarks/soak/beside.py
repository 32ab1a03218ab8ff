"""What a call costs while the server saves a large state."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from time import monotonic, perf_counter
from urllib.parse import quote, urlsplit

from benchmarks import door
from benchmarks.soak.process import Process
from qchime import mock_chimesdkidentity

USERS = (10_000, 100_000)
SECONDS = 20.0
"""How long calls are made, with saves and without."""
LIMITS = {10_000: 0.1}
"""The most that the slowest of 100 calls may take beside saves, in seconds, by the number of users."""
SCOPE = "Credential=AKIAIOSFODNN7EXAMPLE/20240521/us-east-1/chime/aws4_request"
HEADERS = {"Authorization": f"AWS4-HMAC-SHA256 {SCOPE}, SignedHeaders=host, Signature=0"}


@dataclass(frozen=True)
class Latencies:
    """The seconds that calls took, shortest first."""

    seconds: list[float]

    @property
    def median(self) -> float:
        """Half of the calls took less."""
        return self.seconds[len(self.seconds) // 2]

    @property
    def p99(self) -> float:
        """One call in a hundred took longer."""
        return self.seconds[len(self.seconds) * 99 // 100]

    @property
    def longest(self) -> float:
        """The longest call."""
        return self.seconds[-1]


@dataclass(frozen=True)
class Beside:
    """The figures for one number of app instance users."""

    users: int
    megabytes: float
    """The size of the state file."""
    duration: float
    """How many seconds a save takes while there are no calls."""
    without: Latencies
    beside: Latencies
    saves: int
    """How often the state was saved while the calls were made."""

    @property
    def mistakes(self) -> list[str]:
        """The limits that are exceeded."""
        limit = LIMITS.get(self.users)
        if limit is None or self.beside.p99 <= limit:
            return []
        return [f"the p99 beside saves of {self.users} users is {self.beside.p99 * 1000:.0f} ms"]


def measure(users: int) -> Beside:
    """Measure calls on a server with this many users, with a state file and without."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "state.json"
        arn = _write_state(file, users)
        with _server(file, "--seed") as process:
            without, _ = _calls(process.handle.url, arn, file)
        with _server(file, "--state") as process:
            beside, saves = _calls(process.handle.url, arn, file)
            process.save()  # the last changes, so that the next one has nothing to wait for
            duration = process.save()
        return Beside(users, file.stat().st_size / 1e6, duration, without, beside, saves)


def _write_state(file: Path, users: int) -> str:
    """Returns the ARN of one of the users."""
    with mock_chimesdkidentity() as mock:
        instance = door.create_instance("large")
        door.create_users(instance, users)
        mock.save(file)
    return f"{instance}/user/user-0"


@contextmanager
def _server(file: Path, option: str) -> Iterator[Process]:
    process = Process(file, option)
    try:
        yield process
        process.end()
    finally:
        process.kill()


def _calls(url: str, arn: str, file: Path) -> tuple[Latencies, int]:
    """Read and update a user in turn, one call at a time. Returns also how often the file was replaced."""
    connection = HTTPConnection(urlsplit(url).netloc)
    path = f"/app-instance-users/{quote(arn, safe='')}"
    taken: list[float] = []
    versions = [file.stat().st_mtime_ns]
    end = monotonic() + SECONDS
    while monotonic() < end:
        taken.append(_seconds_of_call(connection, "GET", path))
        body = json.dumps({"Name": f"User {len(taken)}", "Metadata": "changed"})
        taken.append(_seconds_of_call(connection, "PUT", path, body))
        if (version := file.stat().st_mtime_ns) != versions[-1]:
            versions.append(version)
    connection.close()
    return Latencies(sorted(taken)), len(versions) - 1


def _seconds_of_call(connection: HTTPConnection, method: str, path: str, body: str | None = None) -> float:
    started = perf_counter()
    connection.request(method, path, body, HEADERS)
    response = connection.getresponse()
    response.read()
    assert response.status == 200, response.status
    return perf_counter() - started
