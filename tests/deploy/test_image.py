"""The container image, as far as it can be tested without a container: its build, its command, its health."""

import json
import os
import re
import runpy
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from qchime import cli
from tests.deploy.balancing import DEPLOY
from tests.server.wire import address, send
from tests.test_cli import Process, needs_ipv6, serving

ROOT = DEPLOY.parent
INSTRUCTIONS: list[tuple[str, str]] = re.findall(
    r"^([A-Z]+) ((?:.*\\\n)*.*)$", (DEPLOY / "Dockerfile").read_text("utf-8"), re.MULTILINE
)
COMPOSED: dict[str, list[str]] = {
    f"{file.name}, {name}": service["command"]
    for file in sorted(DEPLOY.glob("compose*.yaml"))
    for name, service in yaml.safe_load(file.read_text("utf-8"))["services"].items()
    if "command" in service
}


def values(instruction: str) -> list[str]:
    return [value for name, value in INSTRUCTIONS if name == instruction]


def last(instruction: str) -> Any:
    """The JSON list of the last instruction of this name."""
    value = values(instruction)[-1]
    return json.loads(value[value.index("[") :])


@pytest.fixture(params=list(COMPOSED.values()), ids=list(COMPOSED))
def container(request: pytest.FixtureRequest) -> Iterator[Process]:
    """The process of a container, on a free port of loopback."""
    program, command, *arguments = last("ENTRYPOINT")
    assert (program, command) == ("qchime", "serve")
    with serving(*arguments, *request.param, "--host", "127.0.0.1") as process:
        yield process


def test_it_builds_from_what_it_copies(tmp_path: Path) -> None:
    stages = [index for index, (name, _) in enumerate(INSTRUCTIONS) if name == "FROM"]
    for instruction, copied in INSTRUCTIONS[: stages[1]]:
        if instruction == "COPY":
            *names, target = copied.split()
            for name in names:
                copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
                copy(ROOT / name, tmp_path / ("" if target == "./" else target))
    wheels = tmp_path / "wheels"
    offline = ["--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--wheel-dir", str(wheels)]
    name, _, value = values("ENV")[0].partition("=")
    assert f"{value[1:]}=0.0.0" in values("ARG")
    version = {**os.environ, name: "1.2.3"}
    subprocess.run([sys.executable, "-m", "pip", "wheel", *offline, str(tmp_path)], check=True, env=version)

    assert [wheel.name.split("-")[:2] for wheel in wheels.iterdir()] == [["qchime", "1.2.3"]]


def test_everything_that_it_copies_is_in_the_build_context() -> None:
    allowed = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").split()
    copied = [name for line in values("COPY") if "--from" not in line for name in line.split()[:-1]]

    assert allowed[0] == "*"
    assert {f"!{name}" for name in copied} <= set(allowed)


def test_it_does_not_run_as_root() -> None:
    assert values("USER")[-1].isdecimal()
    assert values("USER")[-1] != "0"


def test_it_listens_on_every_address() -> None:
    assert last("ENTRYPOINT")[-2:] == ["--host", "0.0.0.0"]


def test_it_is_reached_from_other_containers_by_its_name(container: Process) -> None:
    assert send(container.url, "GET", "/_qchime/health", headers={"Host": "qchime:4590"}).status == 200
    assert send(container.url, "GET", "/_qchime/health", headers={"Host": "rebound.example"}).status == 403


def test_it_has_its_health_check() -> None:
    [copied] = [line for line in values("COPY") if "health.py" in line]
    name, folder = copied.split()
    assert last("HEALTHCHECK") == ["python", f"{folder}{Path(name).name}"]


@pytest.mark.parametrize(
    "options",
    [(), ("--tls",), pytest.param(("--host=::1",), marks=needs_ipv6)],
    ids=["http", "https", "host"],
)
@pytest.mark.parametrize("init", [(), ("/sbin/docker-init", "--")], ids=["first process", "init"])
def test_its_health_check_tells_whether_it_serves(options: Sequence[str], init: Sequence[str]) -> None:
    connection = runpy.run_path(str(DEPLOY / "health.py"))["connection"]
    with serving(*options) as process:
        command = [*init, *last("ENTRYPOINT"), *options, "--port", str(address(process.url)[1])]
        server = connection(command)
        server.request("GET", "/_qchime/health")
        with server.getresponse() as response:
            assert response.status == 200
        process.end()
        with pytest.raises(ConnectionRefusedError):
            connection(command).request("GET", "/_qchime/health")


def test_its_health_check_knows_the_default_port() -> None:
    connection = runpy.run_path(str(DEPLOY / "health.py"))["connection"]
    assert connection(last("ENTRYPOINT")).port == cli.DEFAULT_PORT
