"""`https`, with a certificate that clients can verify."""

import os
import socket
import ssl
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
import requests

from qchime.core.cloud import Cloud
from qchime.server import Server
from tests.server.wire import TIMEOUT, address


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server(hosts=["qchime.example", "mock.example:4590", "fd00::1"], cloud=Cloud(), tls=True) as server:
        yield server


def test_the_url_is_https(server: Server) -> None:
    assert server.url.startswith("https://127.0.0.1:")


def test_boto3_verifies_the_certificate(server: Server) -> None:
    options: Any = {"region_name": "us-east-1", "aws_access_key_id": "any", "aws_secret_access_key": "any"}
    chime = boto3.client("chime-sdk-identity", endpoint_url=server.url, verify=server.ca_file, **options)

    chime.create_app_instance(Name="Chat")
    assert server.calls() == ["CreateAppInstance"]


def test_clients_that_do_not_know_the_authority_refuse_it(server: Server) -> None:
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(f"{server.url}/_qchime/health", timeout=TIMEOUT)


@pytest.mark.parametrize(
    "name", ["localhost", "127.0.0.1", "::1", "qchime.example", "mock.example", "fd00::1"]
)
def test_the_certificate_is_for_all_names_of_the_server(server: Server, name: str) -> None:
    context = ssl.create_default_context(cafile=server.ca_file)
    with (
        socket.create_connection(address(server), timeout=TIMEOUT) as plain,
        context.wrap_socket(plain, server_hostname=name) as secure,
    ):
        secure.sendall(b"GET /_qchime/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        received = b"".join(iter(lambda: secure.recv(65536), b""))

    assert received.startswith(b"HTTP/1.1 200 ")


def test_links_to_files_are_https(server: Server) -> None:
    head = {"Host": "localhost", "instance-id": "one", "Content-Type": "application/json"}
    card = {"fileUpload": {"id": "4cf94d96-8819-45c2-98cc-58c56b35c72f", "title": "F", "type": "file-upload"}}
    app = {"title": "App", "appDefinition": {"cards": [card]}}

    def post(target: str, body: Any) -> Any:
        url = f"{server.url}{target}"
        return requests.post(url, json=body, headers=head, verify=server.ca_file, timeout=TIMEOUT).json()

    made = post("/apps.create", app)
    given = {
        "appId": made["appId"],
        "cardId": card["fileUpload"]["id"],
        "fileName": "a.txt",
        "fileContentsSha256": "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=",
        "scope": "APPLICATION",
    }
    link = post("/apps.createPresignedUrl", given)["presignedUrl"]

    assert link.startswith("https://localhost")


def test_what_is_not_tls_is_no_failure(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    with socket.create_connection(address(server), timeout=TIMEOUT) as plain:
        plain.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        while plain.recv(100):
            pass

    assert requests.get(f"{server.url}/_qchime/health", verify=server.ca_file, timeout=TIMEOUT).ok
    assert "Traceback" not in caplog.text


def test_the_file_of_the_authority_is_deleted_with_the_server() -> None:
    server = Server(cloud=Cloud(), tls=True)
    file = server.ca_file
    assert file
    assert os.path.exists(file)

    server.stop()
    del server
    assert not os.path.exists(file)


def test_without_it_there_is_no_authority() -> None:
    server = Server(cloud=Cloud())
    server.stop()

    assert server.ca_file is None
