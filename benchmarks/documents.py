"""Imports a document of 50 MB over HTTP, and compares it with sending the same bytes to no avail."""

import base64
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from time import perf_counter

from benchmarks.door import query_card
from benchmarks.measuring import Measure, alternate
from benchmarks.serving import LOOPBACK, qchime

SIZE = 50 * 1024 * 1024 - 1024
CARD = "6f1c2f0e-4c1f-4a0e-9f0b-0a6f6f0d3a11"
NOWHERE = "/_qchime/nowhere"
"""The server reads the whole body for a control route, and has none of this name."""


def measure() -> Measure:
    """The seconds of the import, and those of reading a body of the same size that is not parsed."""
    with _server() as (connection, body):
        return alternate(
            lambda: _seconds_of(connection, "/apps.importDocument", body, 200),
            lambda: _seconds_of(connection, NOWHERE, body, 404),
            7,
        )


@contextmanager
def _server() -> Iterator[tuple[HTTPConnection, bytes]]:
    with qchime() as server:
        connection = HTTPConnection(LOOPBACK, server.port, timeout=60)
        file_card = {"id": CARD, "title": "File", "type": "file-upload"}
        cards = [{"fileUpload": file_card}, query_card(0)]
        app = {"title": "App", "appDefinition": {"cards": cards}}
        _, made = _post(connection, "/apps.create", json.dumps(app).encode())
        document = {
            "appId": json.loads(made)["appId"],
            "cardId": CARD,
            "fileName": "a.txt",
            "scope": "APPLICATION",
            "fileContentsBase64": base64.b64encode(os.urandom(SIZE)).decode(),
        }
        yield connection, json.dumps(document).encode()
        connection.close()


def _seconds_of(connection: HTTPConnection, target: str, body: bytes, status: int) -> float:
    started = perf_counter()
    got, content = _post(connection, target, body)
    assert got == status, content[:500]
    return perf_counter() - started


def _post(connection: HTTPConnection, target: str, body: bytes) -> tuple[int, bytes]:
    headers = {"instance-id": "instance", "Content-Type": "application/json"}
    connection.request("POST", target, body, headers)
    response = connection.getresponse()
    return response.status, response.read()
