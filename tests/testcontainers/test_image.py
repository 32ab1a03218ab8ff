"""The image of `deploy/Dockerfile` in real containers. The tests are skipped where Docker lacks it."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import Any
from uuid import uuid4

import docker
import pytest

from qchime.testcontainers import IMAGE
from tests.server.wire import TIMEOUT

Run = Callable[..., Any]

CREATE = """
from boto3 import client
keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
chime = client("chime-sdk-identity", endpoint_url="http://127.0.0.1:4590", region_name="us-east-1", **keys)
"""


@pytest.fixture
def run(real_engine: docker.DockerClient) -> Iterator[Run]:
    """Starts a container; its command is further options of `qchime serve`."""
    with ExitStack() as stack:

        def run(*options: str, **kwargs: Any) -> Any:
            container = real_engine.containers.run(IMAGE, list(options), detach=True, **kwargs)
            stack.callback(container.remove, force=True)
            return container

        yield run


@pytest.fixture
def volume(real_engine: docker.DockerClient) -> Iterator[str]:
    """The name of a volume."""
    volume = real_engine.volumes.create(f"qchime-{uuid4().hex}")
    yield volume.name
    volume.remove(force=True)


def wait_until_healthy(container: Any) -> None:
    end = time.monotonic() + TIMEOUT
    while (health := container.attrs["State"].get("Health", {})).get("Status") != "healthy":
        assert container.status != "exited", container.logs().decode()
        assert time.monotonic() < end, health
        time.sleep(0.2)
        container.reload()


def python(container: Any, code: str) -> str:
    """What a program prints that runs in the container."""
    exit_code, output = container.exec_run(["python", "-c", code])
    assert exit_code == 0, output.decode()
    return str(output.decode().strip())


@pytest.mark.parametrize("init", [False, True], ids=["first process", "init"])
@pytest.mark.parametrize("options", [(), ("--tls", "--port", "5000")], ids=["", "options"])
def test_it_becomes_healthy(options: Sequence[str], init: bool, run: Run) -> None:
    wait_until_healthy(run(*options, init=init))


def test_its_health_checks_are_not_logged(run: Run) -> None:
    container = run()
    wait_until_healthy(container)
    assert "health" not in container.logs().decode()


def test_it_serves_without_rights(run: Run) -> None:
    container = run(user="12345", read_only=True, cap_drop=["ALL"])
    wait_until_healthy(container)
    assert python(container, "import os; print(os.getuid())") == "12345"


def test_it_does_not_run_as_root(run: Run) -> None:
    assert python(run(), "import os; print(os.getuid())") == "10001"


def test_it_stops_when_it_is_told_to(run: Run) -> None:
    container = run()
    wait_until_healthy(container)
    container.stop(timeout=TIMEOUT)  # then Docker kills it

    assert container.wait()["StatusCode"] == 0
    assert container.logs().decode().splitlines()[-1] == "qchime has stopped."


def test_its_state_is_kept_on_a_volume(volume: str, run: Run) -> None:
    mounted = {volume: {"bind": "/state", "mode": "rw"}}
    first = run("--state", "/state/state.json", volumes=mounted)
    wait_until_healthy(first)
    python(first, f"{CREATE}chime.create_app_instance(Name='chat')\nimport time; time.sleep(1.5)")
    first.kill()

    second = run("--state", "/state/state.json", volumes=mounted)
    wait_until_healthy(second)
    names = "[instance['Name'] for instance in chime.list_app_instances()['AppInstances']]"
    assert python(second, f"{CREATE}print({names})") == "['chat']"
