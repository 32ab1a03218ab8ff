"""The application under any other server of WSGI: it answers as it does under ours."""

import re

import pytest
from werkzeug.test import Client, TestResponse

from qchime import Handle
from qchime.server import Server
from qchime.server.application import Application
from tests.server.wire import limit_bodies, send, signed

CREATE = {"Name": "Chat", "ClientRequestToken": "token"}
OWN = {"x-amzn-requestid", "server", "date", "content-length"}
"""Headers that differ with each answer, or are those of the server."""


UUID = re.compile(rb"[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[\da-f]{4}-[\da-f]{12}")


def without_ids(body: bytes) -> bytes:
    return UUID.sub(b"", body)


@pytest.fixture
def client(qchime: Handle) -> Client:
    return Client(Application())


def headers(answer: TestResponse) -> dict[str, str]:
    return {name.lower(): text for name, text in answer.headers if name.lower() not in OWN}


@pytest.mark.parametrize(
    ("method", "target", "given"),
    [
        ("POST", "/app-instances", signed()),
        ("GET", "/app-instances?max-results=5", signed()),
        ("GET", "/app-instances?max-results=none", signed()),
        ("GET", "/app-instances/arn%3Aaws%3Achime", signed()),
        ("GET", "/app-instances", {"Origin": "http://localhost:3000"}),
        ("GET", "/app-instances", {"Origin": "https://evil.example"}),
        ("GET", "/app-instances", {"Host": "evil.example"}),
        ("OPTIONS", "/apps.list", {"Origin": "http://localhost", "Access-Control-Request-Method": "GET"}),
        ("GET", "/nothing", {}),
        ("GET", "/_qchime/limits", {}),
        ("POST", "/_qchime/limits", {}),
        ("GET", "/_qchime/files/none", {}),
    ],
)
def test_the_answers_are_the_same(
    client: Client, qchime_server: Server, method: str, target: str, given: dict[str, str]
) -> None:
    body = CREATE if method == "POST" else None
    path, _, query = target.partition("?")
    theirs = client.open(path, method=method, query_string=query, headers=given, json=body)
    qchime_server.reset()
    ours = send(qchime_server, method, target, body, {"Content-Type": "application/json", **given})

    assert theirs.status_code == ours.status
    assert {name: text for name, text in ours.headers.items() if name not in OWN} == headers(theirs)
    assert without_ids(theirs.data) == without_ids(ours.body)


def test_head_has_the_headers_of_get_and_no_body(client: Client) -> None:
    head, got = client.head("/_qchime/limits"), client.get("/_qchime/limits")

    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Length"] == str(len(got.data))
    assert head.headers["Content-Type"] == got.headers["Content-Type"]
    assert client.head("/nothing").data == b""


def test_a_body_that_is_too_large_is_refused(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    limit_bodies(monkeypatch, 1000)

    assert client.post("/app-instances", data=b" " * 1001, headers=signed()).status_code == 413
    assert client.post("/app-instances", data=b" " * 1000, headers=signed()).status_code == 400


def test_without_a_connection_no_answer_is_lost(client: Client, qchime: Handle) -> None:
    qchime.faults.add("ListAppInstances", "ConnectionClosedError")

    with pytest.raises(RuntimeError, match="does not expose its connections"):
        client.get("/app-instances", headers=signed())
