"""Most tests of the server run twice: with the server itself, and with its application under werkzeug's."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest
from werkzeug.serving import make_server

from qchime.control.handle import CloudHandle, Handle
from qchime.server import Application, Server

ONLY_ASGI = {"test_bodies", "test_functions", "test_hostile", "test_http", "test_keep_alive", "test_wsgi"}
"""Modules about HTTP itself, which is werkzeug's business under werkzeug, and about threads and memory."""


class WsgiServer(CloudHandle):
    """The application under werkzeug's server, and the handle of its cloud."""

    def __init__(self) -> None:
        super().__init__()
        self._server = make_server("127.0.0.1", 0, Application(), threaded=True)
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture(scope="session")
def wsgi_server() -> Iterator[WsgiServer]:
    server = WsgiServer()
    yield server
    server.stop()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run tests that use `qchime_server` with both faces."""
    name = metafunc.module.__name__.rpartition(".")[2]
    if "qchime_server" in metafunc.fixturenames and name not in ONLY_ASGI:
        metafunc.parametrize("qchime_server", ["asgi", "wsgi"], indirect=True)


@pytest.fixture
def qchime_server(request: pytest.FixtureRequest, qchime: Handle, _qchime_running_server: Server) -> Any:
    """The server, or what answers like it."""
    if getattr(request, "param", "asgi") == "wsgi":
        return request.getfixturevalue("wsgi_server")
    return _qchime_running_server
