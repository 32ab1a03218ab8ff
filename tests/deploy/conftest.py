"""One deployment for all tests of a module; each starts with empty accounts."""

from collections.abc import Iterator

import pytest

from tests.deploy.balancing import ACCOUNTS, DEFAULT, Deployment, deployed


@pytest.fixture(scope="module")
def running() -> Iterator[Deployment]:
    with deployed() as deployment:
        yield deployment


@pytest.fixture
def deployment(running: Deployment) -> Deployment:
    for account in (DEFAULT, *ACCOUNTS):
        running.client(account).reset()
    return running
