"""How large the body of a request may be: 1 MiB, or 100 MiB where an operation takes a file."""

import base64
import gc
import hashlib
import json
import socket
import tracemalloc
from http.client import HTTPResponse
from typing import Any
from urllib.parse import urlsplit

import pytest

from qchime.server import Server
from qchime.server.trust.bodies import LARGEST_BODY, LARGEST_FILE
from tests.server.wire import TIMEOUT, Reply, address, client, names, send, send_raw, signed

HOST = b"Host: localhost"
CARD = "4cf94d96-8819-45c2-98cc-58c56b35c72f"
INSTANCE = {"instance-id": "instance"}
MEGABYTE = 1024 * 1024


def announced(server: Server, target: str, size: int, headers: dict[str, str]) -> Reply:
    """The reply to a head that announces a body of this size, of which nothing is sent."""
    fields = [f"{name}: {value}".encode() for name, value in headers.items()]
    return send_raw(server, f"POST {target} HTTP/1.1".encode(), HOST, *fields, b"Content-Length: %d" % size)


@pytest.fixture
def document(qchime_server: Server) -> dict[str, Any]:
    """The input of ImportDocument without the file."""
    card = {"fileUpload": {"id": CARD, "title": "File", "type": "file-upload"}}
    app = client(qchime_server, "qapps").create_q_app(
        instanceId="instance", title="App", appDefinition={"cards": [card]}
    )
    return {"appId": app["appId"], "cardId": CARD, "fileName": "a.txt", "scope": "APPLICATION"}


class TestOperations:
    @pytest.mark.parametrize("target", ["/app-instances", "/apps.list", "/nothing", "/tags"])
    def test_take_a_mebibyte(self, qchime_server: Server, target: str) -> None:
        reply = send(qchime_server, "POST", target, b" " * LARGEST_BODY, INSTANCE)
        assert reply.status != 413

        reply = announced(qchime_server, target, LARGEST_BODY + 1, INSTANCE)
        assert reply.status == 413

    def test_that_take_a_file_take_more(self, qchime_server: Server, document: dict[str, Any]) -> None:
        content = base64.b64encode(b"x" * 2 * MEGABYTE).decode()
        reply = send(
            qchime_server,
            "POST",
            "/apps.importDocument",
            {**document, "fileContentsBase64": content},
            {**INSTANCE, **signed("qapps")},
        )

        assert reply.status == 200

    def test_refuse_more_with_the_error_that_they_declare(
        self, qchime_server: Server, document: dict[str, Any]
    ) -> None:
        for target, size in [("/apps.importDocument", LARGEST_FILE), ("/apps.create", LARGEST_BODY)]:
            reply = announced(qchime_server, target, size + 1, {**INSTANCE, **signed("qapps")})

            assert (reply.status, reply.error) == (413, "ContentTooLargeException")
            assert reply.message == f"The body of this request may have at most {size} bytes."
            assert set(reply.json) == {"message", "resourceId", "resourceType"}

    def test_refuse_more_with_an_error_that_boto3_raises(
        self, qchime_server: Server, document: dict[str, Any]
    ) -> None:
        qapps = client(qchime_server, "qapps")
        cards = [{"textInput": {"id": CARD, "title": "x" * 2 * MEGABYTE, "type": "text-input"}}]

        with pytest.raises(qapps.exceptions.ContentTooLargeException):
            qapps.create_q_app(instanceId="instance", title="App", appDefinition={"cards": cards})


class TestControlRoutes:
    def test_take_large_states(self, qchime_server: Server) -> None:
        state = json.dumps(qchime_server.dump()).encode()

        assert send(qchime_server, "PUT", "/_qchime/state", state.ljust(2 * MEGABYTE)).status == 200

    def test_refuse_larger_ones(self, qchime_server: Server) -> None:
        assert announced(qchime_server, "/_qchime/state", LARGEST_FILE + 1, {}).status == 413


class TestMemory:
    @pytest.mark.parametrize("is_chunked", [True, False])
    def test_is_not_taken_for_a_refused_body(self, qchime_server: Server, is_chunked: bool) -> None:
        size = 50 * MEGABYTE
        piece = b" " * MEGABYTE
        framing = b"Transfer-Encoding: chunked" if is_chunked else b"Content-Length: %d" % size
        with socket.create_connection(address(qchime_server), timeout=TIMEOUT) as connection:
            gc.collect()
            tracemalloc.start()
            try:
                head = [b"POST /app-instances HTTP/1.1", HOST, framing, b"", b""]
                connection.sendall(b"\r\n".join(head))
                for _ in range(size // len(piece)):
                    connection.sendall(b"%x\r\n%s\r\n" % (len(piece), piece) if is_chunked else piece)
                response = HTTPResponse(connection)
                response.begin()
                peak = tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()

        assert response.status == 413
        assert peak < 10 * MEGABYTE

    def test_of_a_document_is_bounded(self, qchime_server: Server, document: dict[str, Any]) -> None:
        """The body and the file are in memory at once, but no text."""
        start = json.dumps({**document, "fileContentsBase64": ""}).encode().removesuffix(b'"}')
        piece = base64.b64encode(b"x" * 3 * 256 * 1024)
        headers = {**INSTANCE, **signed("qapps")}
        status, ratio = post_in_pieces(
            qchime_server, "/apps.importDocument", headers, [start, *[piece] * 20, b'"}']
        )

        assert status == 200
        assert ratio < 2

    def test_of_an_upload_is_bounded(self, qchime_server: Server, document: dict[str, Any]) -> None:
        """The body is released before the file is read from where it was parsed to."""
        piece, digest = b"x" * MEGABYTE, hashlib.sha256()
        for _ in range(20):
            digest.update(piece)
        announced = client(qchime_server, "qapps").create_presigned_url(
            **{**document, "instanceId": "instance"},
            fileContentsSha256=base64.b64encode(digest.digest()).decode(),
        )
        fields = "".join(
            f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in announced["presignedUrlFields"].items()
        )
        file = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
        status, ratio = post_in_pieces(
            qchime_server,
            urlsplit(announced["presignedUrl"]).path,
            {"Content-Type": "multipart/form-data; boundary=b"},
            [(fields + file).encode(), *[piece] * 20, b"\r\n--b--\r\n"],
        )

        assert status == 204
        assert ratio < 2


def post_in_pieces(
    server: Server, target: str, headers: dict[str, str], pieces: list[bytes]
) -> tuple[int, float]:
    """The status of the response, and how often the body fits into the most memory that it took."""
    size = sum(map(len, pieces))
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    with socket.create_connection(address(server), timeout=TIMEOUT) as connection:
        gc.collect()
        tracemalloc.start()
        try:
            first_line = f"POST {target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {size}\r\n"
            connection.sendall(f"{first_line}{head}\r\n".encode())
            for piece in pieces:
                connection.sendall(piece)
            response = HTTPResponse(connection)
            response.begin()
            return response.status, tracemalloc.get_traced_memory()[1] / size
        finally:
            tracemalloc.stop()


def test_a_body_that_breaks_off_changes_nothing(qchime_server: Server) -> None:
    with socket.create_connection(address(qchime_server), timeout=TIMEOUT) as connection:
        connection.sendall(b"POST /app-instances HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")

    assert names(qchime_server) == []
