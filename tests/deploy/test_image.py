"""The container image, as far as it can be tested without a container: its build, its command, its health."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deploy.balancing import DEPLOY
from tests.server.wire import TIMEOUT, address, send
from tests.test_cli import Process, serving

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
    for copied in values("COPY"):
        if not copied.startswith("--from"):
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


def test_its_health_check_tells_whether_it_serves(container: Process) -> None:
    check = [part.replace("4590", str(address(container.url)[1])) for part in last("HEALTHCHECK")]
    check[check.index("python")] = sys.executable

    assert subprocess.run(check, timeout=TIMEOUT, check=False).returncode == 0
    container.end()
    ended = subprocess.run(check, stderr=subprocess.PIPE, timeout=TIMEOUT, check=False)
    assert ended.returncode == 1
    assert b"ConnectionRefusedError" in ended.stderr
