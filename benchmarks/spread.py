"""One server, and two members behind HAProxy: how many requests of many accounts each answers per second.

`python -m benchmarks.spread` shows the processor time that a request takes in the servers and in HAProxy.
"""

import json
import os
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path
from typing import Any

from benchmarks import door
from benchmarks.clients import INSTANCE
from benchmarks.measuring import Measure, alternate
from benchmarks.serving import LOOPBACK, Running, free_port, process, qchime, request, wait_for

HAPROXY = shutil.which("haproxy", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"]))
CONFIGURATION = Path(__file__).parent.parent / "deploy" / "haproxy.cfg"
ACCOUNTS = [f"{number:012}" for number in range(1, 65)]
CARDS = 20  # the most that an app can have
ROUNDS = 9
SECONDS = 0.5


Requests = Callable[[int], Running]
"""Prepares the server on a port, and returns it with the requests of all accounts."""


@dataclass(frozen=True)
class Spent:
    """What was answered under a load, and the seconds of processor time that it took."""

    rate: float
    answers: int
    servers: list[float]
    balancer: float


@dataclass(frozen=True)
class Site:
    """What listens on a port: the servers that respond, and the load balancer in front of them, if any."""

    port: int
    servers: list[int]
    balancer: int | None = None

    def load(self, running: Running, seconds: float) -> Spent:
        """Let all accounts send their requests for some seconds, each over a connection of its own."""
        before = self._processor_seconds()
        rate, answers = running.load(len(ACCOUNTS), seconds)
        spent = [now - then for now, then in zip(self._processor_seconds(), before, strict=True)]
        return Spent(rate, answers, spent[: len(self.servers)], sum(spent[len(self.servers) :]))

    def _processor_seconds(self) -> list[float]:
        processes = [*self.servers, *([self.balancer] if self.balancer else [])]
        return [processor_seconds(process) for process in processes]


@contextmanager
def one() -> Iterator[Site]:
    """`qchime serve`, called directly."""
    with qchime() as server:
        yield Site(server.port, [server.pid])


@contextmanager
def two() -> Iterator[Site]:
    """Two members behind HAProxy."""
    assert HAPROXY
    with ExitStack() as stack:
        members = [stack.enter_context(qchime("--member")) for _ in range(2)]
        port = free_port()
        places = {f"QCHIME_MEMBER_{n}": f"{LOOPBACK}:{member.port}" for n, member in enumerate(members, 1)}
        environment = {**places, "QCHIME_BIND": f"{LOOPBACK}:{port}"}
        command = [HAPROXY, "-db", "-f", str(CONFIGURATION)]
        balancer = stack.enter_context(process(command, environment))
        wait_for(port)
        yield Site(port, [member.pid for member in members], balancer.pid)


def empty_lists(port: int) -> Running:
    """ListAppInstances, where there are none: the least that a call can cost."""
    return Running(port, [request("GET", "/app-instances", "chime", b"", account) for account in ACCOUNTS])


def sessions(port: int) -> Running:
    """StartQAppSession, which runs an app with as many cards as an app can have."""
    return Running(port, [_session(port, account) for account in ACCOUNTS])


def by_the_clock(requests: Requests) -> Measure:
    """Responses per second of two members and of one server, which share the machine with the load."""
    return _measure(requests, lambda spent: spent.rate)


def by_processor_time(requests: Requests) -> Measure:
    """Responses per second of processor time of the busiest server: what a core for each process allows."""
    return _measure(requests, lambda spent: spent.answers / max(spent.servers))


def _measure(requests: Requests, figure: Callable[[Spent], float]) -> Measure:
    with one() as alone, two() as pair:
        ours, theirs = requests(pair.port), requests(alone.port)
        return alternate(
            lambda: figure(pair.load(ours, SECONDS)), lambda: figure(alone.load(theirs, SECONDS)), ROUNDS
        )


def _session(port: int, account: str) -> bytes:
    cards = [door.query_card(number) for number in range(CARDS)]
    app = {"title": "App", "appDefinition": {"cards": cards}}
    created = _answer(port, _q_apps(account, "/apps.create", app))
    start = {"appId": created["appId"], "appVersion": created["appVersion"]}
    return _q_apps(account, "/runtime.startQAppSession", start)


def _q_apps(account: str, path: str, body: Any) -> bytes:
    return request("POST", path, "qapps", json.dumps(body).encode(), account, [f"instance-id: {INSTANCE}"])


def _answer(port: int, sent: bytes) -> Any:
    with socket.create_connection((LOOPBACK, port)) as connection:
        connection.sendall(sent)
        response = HTTPResponse(connection)
        response.begin()
        return json.loads(response.read())


def processor_seconds(pid: int) -> float:
    """What the process has used so far; only Linux tells it in this file."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _show(name: str, site: Site, requests: Requests) -> None:
    spent = site.load(requests(site.port), 4.0)
    each = [seconds / spent.answers * 1e6 for seconds in (sum(spent.servers), spent.balancer)]
    print(f"{name:30} {spent.rate:7.0f}/s {each[0]:7.0f} µs {each[1]:7.0f} µs", flush=True)


def main() -> int:
    """Print the figures of docs/scale.md; returns the exit code."""
    if HAPROXY is None:
        print("Install HAProxy first: `apt-get install haproxy`.")
        return 1
    print(f"{'':30} {'rate':>9} {'servers':>10} {'HAProxy':>10}")
    with one() as alone, two() as pair:
        for requests in (empty_lists, sessions):
            _show(f"{requests.__name__}, one server", alone, requests)
            _show(f"{requests.__name__}, two members", pair, requests)
    return 0


if __name__ == "__main__":
    sys.exit(main())
