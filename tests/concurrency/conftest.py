"""Ten clients for ten threads, created before the threads start: in-process, or connected to the server."""

import sys
import threading
from collections.abc import Iterator
from functools import cache
from typing import Any

import boto3
import pytest
from botocore.config import Config
from moto.moto_api._internal import mock_random

from qchime.control.handle import Handle
from qchime.services.chimesdkidentity import SERVICE as CHIME_SDK_IDENTITY
from qchime.services.qapps import SERVICE as QAPPS
from tests.concurrency.together import THREADS, switch_threads

# Fixtures of the Q Apps tests.
from tests.services.qapps.conftest import alice, client_of, create_app, publish  # noqa: F401


@pytest.fixture(autouse=True)
def threads_switch_often() -> Iterator[None]:
    """Switch threads very often, to make races likely."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(interval)


@pytest.fixture
def threads_switch_anywhere() -> Iterator[None]:
    """Switch threads between any two instructions of qchime, as if there were no global interpreter lock."""
    traced = threading.gettrace()
    threading.settrace(switch_threads)
    yield
    threading.settrace(traced)


@cache
def session() -> boto3.Session:
    return boto3.Session()


@cache
def client(service: str, url: str | None, access_key_id: str, secret: str, number: int) -> Any:
    """A cached client, because creating one takes longer than hundreds of calls."""
    making: Any = session()
    made = making.client(
        service,
        region_name="us-east-1",
        endpoint_url=url,
        aws_access_key_id=access_key_id,
        aws_secret_access_key=secret,
        config=Config(retries={"total_max_attempts": 1}),
    )
    return ready_for_threads(made)


def ready_for_threads(client: Any) -> Any:
    """Let a client create its exceptions, and return it.

    botocore creates them on first use, and twice if two threads race: then errors are not instances of the
    classes in `client.exceptions`.
    """
    assert client.exceptions
    return client


@pytest.fixture(params=["in the process", "over the server"])
def url(request: pytest.FixtureRequest, qchime: Handle) -> str | None:
    """The endpoint URL of the clients; None in-process."""
    if request.param == "in the process":
        return None
    return str(request.getfixturevalue("qchime_server").url)


@pytest.fixture
def chimes(url: str | None) -> list[Any]:
    """Ten clients for Amazon Chime SDK Identity."""
    return [client(CHIME_SDK_IDENTITY.name, url, "AKIAIOSFODNN7EXAMPLE", "x", n) for n in range(THREADS)]


@pytest.fixture
def people(url: str | None, qchime: Handle) -> list[Any]:
    """A client of Q Apps for each of ten users, whose credentials are the same in every test."""
    state = mock_random.getstate()
    mock_random.seed(0)
    users = [qchime.users.add(f"user-{number}@example.com") for number in range(THREADS)]
    mock_random.setstate(state)
    return [client(QAPPS.name, url, user.access_key_id, user.secret_access_key, 0) for user in users]
