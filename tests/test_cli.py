"""The command `qchime`, in its own process."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile

import pytest

from qchime import __version__
from qchime.cli import main
from qchime.core.evidence import all_rules
from qchime.core.table import SERVICES
from tests.server.wire import TIMEOUT, address, client, send, send_raw

QCHIME = [sys.executable, "-m", "qchime"]


def _has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


needs_ipv6 = pytest.mark.skipif(not _has_ipv6(), reason="this machine has no IPv6")
needs_signals = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM that a process can handle")


class Process:
    """`qchime serve` on a free port; `welcome` is what it prints, and `url` the address in it."""

    def __init__(self, *arguments: str, command: list[str] = QCHIME) -> None:
        # A pipe that nobody reads would fill up, and block the server.
        self._log = TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115
        self.popen = subprocess.Popen(
            [*command, "serve", "--port", "0", *arguments],
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        assert self.popen.stdout
        exports = 1 if "--moto" in arguments else len(SERVICES)
        exports += 2 if "--tls" in arguments else 0
        lines = [self.popen.stdout.readline() for _ in range(1 + exports)]
        self.welcome = "".join(lines)
        found = re.search(r"https?://\S+", self.welcome)
        assert found, self._ended()
        self.url = found[0]
        self.exports = dict(re.findall(r"export (\w+)=(\S+)", self.welcome))
        """The environment variables that it asks for."""

    def end(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """Send a signal; returns the exit code and the standard error."""
        self.popen.send_signal(number)
        return self._ended()

    def _ended(self) -> tuple[int, str]:
        self.popen.communicate(timeout=TIMEOUT)
        self._log.seek(0)
        return self.popen.returncode, self._log.read()


@contextmanager
def serving(*arguments: str, command: list[str] = QCHIME) -> Iterator[Process]:
    process = Process(*arguments, command=command)
    try:
        yield process
    finally:
        process.popen.kill()
        process.popen.communicate()


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*QCHIME, *arguments], capture_output=True, text=True, timeout=60, check=False)


class TestServe:
    def test_logs_every_request_to_standard_error(self) -> None:
        with serving() as process:
            send(process.url, "GET", "/app-instances?max-results=5")
            send(process.url, "POST", "/_qchime/reset")
            send(process.url, "GET", "/_qchime/health")
            send(process.url, "GET", "/_qchime/health", headers={"Host": "rebound.example"})
            send(process.url, "GET", "/nothing%1b")
            send_raw(process.url, b"GET /nothing\xff HTTP/1.1", b"Host: localhost")
            _, err = process.end()

        assert [line for line in err.splitlines() if line.startswith("'")] == [
            "'GET /app-instances?max-results=5 HTTP/1.1' 200",
            "'POST /_qchime/reset HTTP/1.1' 200",
            "'GET /_qchime/health HTTP/1.1' 403",
            "'GET /nothing%1b HTTP/1.1' 404",
            "'The request is not valid HTTP/1.1: Invalid char in url path' 400",
        ]

    def test_answers_at_the_printed_address(self) -> None:
        with serving() as process:
            assert re.fullmatch(r"http://127\.0\.0\.1:\d+", process.url)
            assert send(process.url, "GET", "/_qchime/health").json["version"] == __version__

    def test_prints_what_to_export_for_every_service(self) -> None:
        with serving() as process:
            assert f"export AWS_ENDPOINT_URL_QAPPS={process.url}\n" in process.welcome
            assert f"export AWS_ENDPOINT_URL_CHIME_SDK_IDENTITY={process.url}\n" in process.welcome

    def test_prints_the_address_of_the_page(self) -> None:
        with serving() as process:
            assert process.popen.stdout
            printed = process.popen.stdout.readline()
            assert printed == f"To look at what it holds, open {process.url}/_qchime/ in a browser.\n"
            assert b"<h1>Overview</h1>" in send(process.url, "GET", "/_qchime/").body

    @needs_signals
    def test_leaves_the_page_out(self) -> None:
        with serving("--no-page") as process:
            assert send(process.url, "GET", "/_qchime/").status == 404
            assert send(process.url, "GET", "/_qchime/health").status == 200
            process.popen.send_signal(signal.SIGTERM)
            assert process.popen.communicate(timeout=TIMEOUT)[0] == ""

    def test_printed_variables_are_all_that_boto3_needs(self, monkeypatch: pytest.MonkeyPatch) -> None:
        import boto3

        with serving() as process:
            monkeypatch.setenv("AWS_ENDPOINT_URL_CHIME_SDK_IDENTITY", process.url)
            keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "us-east-1"}
            chime = boto3.Session().client("chime-sdk-identity", **keys)
            chime.create_app_instance(Name="Chat")

            assert [instance["Name"] for instance in chime.list_app_instances()["AppInstances"]] == ["Chat"]

    def test_two_processes_share_nothing(self) -> None:
        with serving() as one, serving() as other:
            body = {"Name": "Chat", "ClientRequestToken": "token"}
            assert send(one.url, "POST", "/app-instances", body).status == 201

            assert send(other.url, "GET", "/app-instances").json == {"AppInstances": []}

    def test_allowed_hosts_are_answered(self) -> None:
        with serving("--allow-host", "mock.test", "--allow-host", "Chat.test:4590") as process:
            hosts = {"mock.test": 200, "chat.test:80": 200, "chat.test": 200, "evil.example": 403}
            for host, status in hosts.items():
                assert send(process.url, "GET", "/_qchime/health", headers={"Host": host}).status == status

    def test_allowed_origins_are_answered(self) -> None:
        origins = {"https://app.example.com": 200, "http://intern:3000": 200, "https://evil.example": 403}
        with serving(*(f"--allow-origin={origin}" for origin in list(origins)[:2])) as process:
            for origin, status in origins.items():
                headers = {"Origin": origin}
                assert send(process.url, "GET", "/_qchime/health", headers=headers).status == status

    def test_does_not_warn_about_loopback(self) -> None:
        with serving() as process:
            assert "Warning" not in process.end()[1]

    def test_warns_about_an_address_that_others_can_reach(self) -> None:
        with serving("--host", "0.0.0.0") as process:
            assert re.fullmatch(r"http://127\.0\.0\.1:\d+", process.url)
            assert send(process.url, "GET", "/_qchime/health").status == 200
            assert "Warning: 0.0.0.0 is every IPv4 address of this machine. Other m" in process.end()[1]

    @needs_ipv6
    def test_the_unspecified_ipv6_address_covers_ipv4_too(self) -> None:
        with serving("--host", "::") as process:
            assert re.fullmatch(r"http://127\.0\.0\.1:\d+", process.url)
            for url in (process.url, process.url.replace("127.0.0.1", "[::1]")):
                assert send(url, "GET", "/_qchime/health").status == 200
            warned = process.end()[1]
            assert "Warning: :: is every IPv4 and IPv6 address of this machine. Other machines" in warned

    @needs_ipv6
    def test_serves_on_ipv6(self) -> None:
        with serving("--host", "::1") as process:
            assert re.fullmatch(r"http://\[::1\]:\d+", process.url)
            assert send(process.url, "GET", "/_qchime/health").status == 200
            assert "Warning" not in process.end()[1]


class TestRefusingToStart:
    def test_the_error_for_a_busy_port_says_what_to_do(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            ended = run("serve", "--port", str(port))

        assert ended.returncode == 1
        assert f"qchime cannot serve on 127.0.0.1:{port}: " in ended.stderr
        assert "--port" in ended.stderr
        assert "Traceback" not in ended.stderr
        assert ended.stdout == ""

    def test_the_error_for_a_foreign_address_names_it(self) -> None:
        ended = run("serve", "--host", "192.0.2.1", "--port", "0")

        assert ended.returncode == 1
        assert "qchime cannot serve on 192.0.2.1:0: " in ended.stderr
        assert "Traceback" not in ended.stderr

    @needs_ipv6
    def test_an_ipv6_address_is_shown_in_brackets(self) -> None:
        ended = run("serve", "--host", "2001:db8::1", "--port", "0")

        assert ended.returncode == 1
        assert "qchime cannot serve on [2001:db8::1]:0: " in ended.stderr

    @pytest.mark.parametrize("port", ["70000", "-1", "http", "", "\u0664\u0665", "4_590"])
    def test_an_invalid_port_is_a_usage_error(self, port: str) -> None:
        ended = run("serve", f"--port={port}")

        assert ended.returncode == 2
        assert "--port" in ended.stderr
        assert "Traceback" not in ended.stderr

    def test_the_error_for_an_invalid_origin_names_it(self) -> None:
        ended = run("serve", "--port", "0", "--allow-origin", "*")

        assert ended.returncode == 1
        assert "'*' is not an origin" in ended.stderr
        assert "Traceback" not in ended.stderr

    @pytest.mark.parametrize("host", ["http://mock.test", "*.test", "mock.test:port", ""])
    def test_an_invalid_host_is_named(self, host: str) -> None:
        ended = run("serve", "--port", "0", "--allow-host", host)

        assert ended.returncode == 1
        assert f"{host!r} is not a host name. Use a name as clients send it" in ended.stderr
        assert "Traceback" not in ended.stderr

    def test_without_a_command_prints_the_commands(self) -> None:
        ended = run()

        assert ended.returncode == 2
        assert "serve,operations" in ended.stderr


@needs_signals
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
class TestStopping:
    def test_works_at_once_and_without_an_error(self, number: signal.Signals) -> None:
        with serving() as process:
            code, err = process.end(number)

            assert code == 0
            assert "Traceback" not in err

    def test_works_after_requests(self, number: signal.Signals) -> None:
        with serving() as process:
            assert send(process.url, "GET", "/app-instances").status == 200

            assert process.end(number)[0] == 0

    @pytest.mark.parametrize(
        "sent",
        [
            b"",
            b"POST /app-instances HTTP/1.1\r\nHost: local",
            b"POST /app-instances HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{",
            b"GET /app-instances HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n",
        ],
        ids=["idle", "in the headers", "in the body", "keep-alive"],
    )
    def test_works_while_a_connection_is_open(self, number: signal.Signals, sent: bytes) -> None:
        with serving() as process, socket.create_connection(address(process.url), timeout=TIMEOUT) as slow:
            slow.sendall(sent)
            assert send(process.url, "GET", "/_qchime/health").status == 200, (
                "others do not wait for the slow one"
            )

            assert process.end(number)[0] == 0

    def test_works_for_a_background_job_of_a_shell(self, number: signal.Signals) -> None:
        with serving(command=["sh", "-c", 'trap "" INT; exec "$0" "$@"', *QCHIME]) as process:
            assert process.end(number)[0] == 0

    def test_works_during_the_start(self, number: signal.Signals, tmp_path: Path) -> None:
        seed = tmp_path / "seed.json"
        os.mkfifo(seed)
        command = [*QCHIME, "serve", "--port", "0", "--seed", str(seed)]
        with (
            subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process,
            seed.open("w", encoding="utf-8"),  # opened once the server waits for what is in it
        ):
            process.send_signal(number)
            _, err = process.communicate(timeout=TIMEOUT)

        assert process.returncode == 0
        assert err.splitlines()[-1] == "qchime has stopped."
        assert "Traceback" not in err

    def test_works_for_the_caller_of_a_start_that_has_failed(self, number: signal.Signals) -> None:
        handler = signal.getsignal(number)
        assert main(["serve", "--port", "0", "--allow-origin", "*"]) == 1

        assert signal.getsignal(number) is handler

    def test_frees_the_port(self, number: signal.Signals) -> None:
        with serving() as process:
            process.end(number)

            socket.create_server(address(process.url)).close()


class TestOperations:
    def test_are_listed_with_their_support(self) -> None:
        ended = run("operations")
        lines = [line.strip() for line in ended.stdout.splitlines()]

        assert ended.returncode == 0
        for service in SERVICES:
            names = service.model.operation_names
            supported = sum(service.supports(name) for name in names)

            assert f"{service.name}: {supported} of {len(names)} operations" in lines
            for name in names:
                assert f"{'+' if service.supports(name) else '-'} {name}" in lines


class TestEvidence:
    def test_lists_every_rule(self) -> None:
        ended = run("operations", "--evidence")

        assert ended.returncode == 0
        for rule in all_rules():
            assert f"{rule.name} ({rule.mark}): {rule.text}\n" in ended.stdout
            for source in rule.sources:
                assert f"  {source}\n" in ended.stdout

    def test_needs_no_extra(self) -> None:
        program = (
            "import sys\n"
            "absent = ['a2wsgi', 'openapi_spec_validator', 'pytest', 'testcontainers']\n"
            "sys.modules.update(dict.fromkeys(absent))\n"
            "from qchime.cli import main\n"
            "main(['operations', '--evidence'])\n"
        )
        command = [sys.executable, "-c", program]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

        assert ended.returncode == 0, ended.stderr
        assert "\nServer\n" in ended.stdout
        listed = run("operations", "--evidence").stdout.splitlines()
        assert set(ended.stdout.splitlines()) <= set(listed)

    def test_shows_rules_below_their_operation(self) -> None:
        _, _, rest = run("operations", "--evidence").stdout.partition("+ CreateAppInstanceUser\n")

        rules, _, _ = rest.partition("+ DeleteAppInstance\n")
        assert "chime.replayed-users (inferred): " in rules
        assert "chime.bot-ids" not in rules

    def test_says_how_to_change_a_rule(self) -> None:
        ended = run("operations", "--evidence")

        assert '  Change it: rules["chime.other-locales"] = "accepted"\n' in ended.stdout

    def test_is_left_out_unless_wanted(self) -> None:
        assert "inferred" not in run("operations").stdout


def test_version_is_printed() -> None:
    ended = run("--version")

    assert (ended.returncode, ended.stdout.strip()) == (0, f"qchime {__version__}")


def test_help_is_printed() -> None:
    ended = run("serve", "--help")

    assert ended.returncode == 0
    assert "127.0.0.1" in ended.stdout
    assert "4590" in ended.stdout


def test_a_server_in_a_thread_frees_its_port_when_it_stops() -> None:
    from qchime.server import Server

    with Server() as server:
        assert client(server).list_app_instances()["AppInstances"] == []
    socket.create_server(address(server)).close()
