"""Engines that run containers: one that starts processes in their place, and Docker where it runs."""

from collections.abc import Iterator
from pathlib import Path

import docker
import pytest
from testcontainers.core.config import testcontainers_config

from qchime.testcontainers import IMAGE, QchimeContainer
from tests.testcontainers.engine import Engine, used


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with used(tmp_path) as engine:
        yield engine


@pytest.fixture(scope="session")
def real_engine() -> Iterator[docker.DockerClient]:
    """Docker, with the image that CI builds; without Ryuk, because the tests end what they start."""
    skip_without_image()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(testcontainers_config, "ryuk_disabled", True)
        yield docker.from_env()


@pytest.fixture(scope="module", params=["process", "docker"])
def running_container(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[QchimeContainer]:
    """One container for all tests of a module, in place of which a process runs, and a real one."""
    if request.param == "docker":
        request.getfixturevalue("real_engine")
        with QchimeContainer() as container:
            yield container
    else:
        with used(tmp_path_factory.mktemp("engine")), QchimeContainer() as container:
            yield container


@pytest.fixture
def reachable(request: pytest.FixtureRequest, reachable: tuple[str, ...]) -> tuple[str, ...]:
    """Where this machine is a container itself, others are reached through the gateway of their network."""
    if "running_container" not in request.fixturenames:
        return reachable
    running: QchimeContainer = request.getfixturevalue("running_container")
    return (*reachable, running.get_container_host_ip())


@pytest.fixture
def container(running_container: QchimeContainer) -> QchimeContainer:
    """The container, with a server that has nothing in it."""
    running_container.get_control().reset()
    return running_container


def skip_without_image() -> None:
    """Skip the test where there is no Docker with the image; CI builds it."""
    try:
        docker.from_env().images.get(IMAGE)
    except docker.errors.ImageNotFound:
        pytest.skip(f"Docker has no image {IMAGE}; the first lines of deploy/Dockerfile say how to build it")
    except docker.errors.DockerException as error:
        pytest.skip(f"no Docker engine answers here: {error}")
