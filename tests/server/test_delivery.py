"""Answers that come late or never, as clients on the other end of a socket see them."""

import socket
import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

from qchime import Handle
from qchime.server import Server
from tests.server.wire import TIMEOUT, address, names, signed


@pytest.fixture(autouse=True)
def unharmed(qchime_server: Server, capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    """An answer that is lost is no failure of the server."""
    yield
    assert "Traceback" not in capfd.readouterr().err


def qapps(server: Server, **options: Any) -> Any:
    config = Config(**{"retries": {"total_max_attempts": 1}, **options})
    return boto3.client("qapps", region_name="us-east-1", endpoint_url=server.url, config=config)


def test_a_lost_connection_is_one_to_boto3(qchime: Handle, qchime_server: Server) -> None:
    qchime.faults.add("ListQApps", "ConnectionClosedError", times=1)
    client = qapps(qchime_server)

    with pytest.raises(ConnectionClosedError):
        client.list_q_apps(instanceId="one")
    assert client.list_q_apps(instanceId="one")["apps"] == []


def test_and_boto3_tries_again(qchime: Handle, qchime_server: Server) -> None:
    qchime.faults.add("ListQApps", "ConnectionClosedError", times=1)
    answer = qapps(qchime_server, retries={"total_max_attempts": 2}).list_q_apps(instanceId="one")

    assert answer["ResponseMetadata"]["RetryAttempts"] == 1
    assert [call.error for call in qchime.calls()] == ["ConnectionClosedError", None]


def test_a_timeout_is_one_to_boto3_after_the_time_that_it_waits(
    qchime: Handle, qchime_server: Server
) -> None:
    qchime.faults.add("ListQApps", "ReadTimeoutError", times=1)
    client = qapps(qchime_server, read_timeout=0.2)

    with pytest.raises(ReadTimeoutError):
        client.list_q_apps(instanceId="one")
    assert qapps(qchime_server).list_q_apps(instanceId="one")["apps"] == []


def test_a_silent_connection_delays_no_other(qchime: Handle, qchime_server: Server) -> None:
    qchime.faults.add("ListAppInstances", "ReadTimeoutError", times=1)
    with socket.create_connection(address(qchime_server), timeout=TIMEOUT) as silent:
        silent.sendall(b"GET /app-instances HTTP/1.1\r\nHost: localhost\r\n\r\n")
        while not qchime.calls("ListAppInstances"):
            time.sleep(0.01)

        assert names(qchime_server) == []
        silent.setblocking(False)
        with pytest.raises(BlockingIOError):
            silent.recv(1)


def test_a_client_that_waits_forever_is_disconnected(
    qchime: Handle, qchime_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("qchime.server.protocol", "qchime.core.delivery"):
        monkeypatch.setattr(f"{module}.LONGEST_SILENCE", 0.1)
    qchime.faults.add("ListAppInstances", "ReadTimeoutError", times=1)

    with pytest.raises(requests.ConnectionError):
        requests.get(f"{qchime_server.url}/app-instances", headers=signed(), timeout=30)


def test_a_late_answer_is_the_same_answer(qchime: Handle, qchime_server: Server) -> None:
    qchime.faults.add("ListQApps", delay=0.3, times=2)

    with pytest.raises(ReadTimeoutError):
        qapps(qchime_server, read_timeout=0.1).list_q_apps(instanceId="one")
    assert qapps(qchime_server).list_q_apps(instanceId="one")["apps"] == []
