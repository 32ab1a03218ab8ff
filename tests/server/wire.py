"""A plain HTTP client that hides nothing and mends nothing."""

import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config

from qchime.server import Server
from qchime.server.trust import bodies

ARN = "arn:aws:chime:us-east-1:123456789012:app-instance/6f1c2f0e-4c1f-4a0e-9f0b-0a6f6f0d3a11"
TIMEOUT = 30


@dataclass
class Reply:
    """An answer; the names of `headers` are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @classmethod
    def of(cls, response: HTTPResponse) -> "Reply":
        headers = {name.lower(): value for name, value in response.getheaders()}
        return cls(response.status, headers, response.read())

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> str | None:
        return self.headers.get("x-amzn-errortype")

    @property
    def message(self) -> str:
        return self.json.get("message") or self.json["Message"]


def address(server: Server | str) -> tuple[str, int]:
    url = urlsplit(server if isinstance(server, str) else server.url)
    assert url.hostname
    assert url.port
    return url.hostname, url.port


def send(
    server: Server | str,
    method: str,
    target: str,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """Send one request; a body that is not bytes goes out as JSON."""
    content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    connection = HTTPConnection(*address(server), timeout=TIMEOUT)
    try:
        connection.request(method, target, content, dict(headers or {}))
        return Reply.of(connection.getresponse())
    finally:
        connection.close()


def send_raw(server: Server | str, *lines: bytes, body: bytes = b"") -> Reply:
    """Send just these lines, and a body just as it is."""
    with socket.create_connection(address(server), timeout=TIMEOUT) as connection:
        connection.sendall(b"\r\n".join([*lines, b"", body]))
        response = HTTPResponse(connection, method=lines[0].partition(b" ")[0].decode("latin-1"))
        response.begin()
        return Reply.of(response)


def signed(
    service: str = "chime", region: str = "us-east-1", access_key_id: str = "AKIAIOSFODNN7EXAMPLE"
) -> dict[str, str]:
    """The header of a SigV4 signature, as far as anybody here reads it."""
    scope = f"Credential={access_key_id}/20240521/{region}/{service}/aws4_request"
    return {"Authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0"}


def client(server: Server, service: str = "chime-sdk-identity", **more: Any) -> Any:
    """A boto3 client that sends what it is given, once."""
    given: dict[str, Any] = {
        "region_name": "us-east-1",
        "aws_access_key_id": "AKIAIOSFODNN7EXAMPLE",
        "aws_secret_access_key": "secret",
    }
    config = Config(parameter_validation=False, retries={"total_max_attempts": 1})
    return _session().client(service, endpoint_url=server.url, config=config, **given | more)


@cache
def _session() -> boto3.Session:
    """One session for all tests, for reading botocore's models takes longer than most of them."""
    return boto3.Session()


def create(server: Server | str, name: str = "Chat") -> str:
    """An app instance, by plain HTTP; returns the ARN."""
    made = send(
        server, "POST", "/app-instances", {"Name": name, "ClientRequestToken": f"token-{name}"}, signed()
    )
    assert made.status == 201, made
    return made.json["AppInstanceArn"]


def names(server: Server | str) -> list[str]:
    """The names of all app instances."""
    listed = send(server, "GET", "/app-instances", headers=signed())
    return [instance["Name"] for instance in listed.json["AppInstances"]]


def limit_bodies(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """Let the server take bodies of this many bytes, whether the operation takes a file or not."""
    for name in ("LARGEST_BODY", "LARGEST_FILE"):
        monkeypatch.setattr(bodies, name, size)
