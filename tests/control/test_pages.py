"""The page of a handle: a server to look at, or a file."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests

from qchime import Client, Cloud, Handle, Server, mock_chimesdkidentity
from qchime.control.pages import pages

KEYS = {"aws_access_key_id": "any", "aws_secret_access_key": "any", "region_name": "us-east-1"}


def create(name: str, **given: Any) -> None:
    boto3.client("chime-sdk-identity", **KEYS | given).create_app_instance(Name=name)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(cloud=Cloud()) as server:
        yield server


class TestInProcess:
    def test_it_shows_what_the_mock_holds(self, qchime: Handle) -> None:
        create("Chat")
        shown = requests.get(f"{qchime.page()}page/search?text=chat", timeout=30)
        assert ">Chat</bdi>" in shown.text

    def test_its_address_stays_across_mocks(self) -> None:
        with mock_chimesdkidentity() as mock:
            address = mock.page()
            create("of an earlier mock")
        with mock_chimesdkidentity() as mock:
            assert mock.page() == address
            assert "earlier" not in requests.get(f"{address}page/search?text=mock", timeout=30).text

    def test_an_account_has_its_own(self, qchime: Handle) -> None:
        create("theirs", aws_access_key_id="444455556666")
        address = qchime.account("111122223333").page()
        assert address.endswith("/_qchime/accounts/111122223333/")
        assert "There is nothing yet." in requests.get(address, timeout=30).text

    def test_clouds_do_not_share_one(self, qchime: Handle, server: Server) -> None:
        assert qchime.page() != server.page()

    def test_a_handle_without_the_package_says_what_to_do(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pages, "load", None)
        with pytest.raises(RuntimeError, match="Import qchime first"):
            pages()

    def test_nothing_of_it_is_imported_before(self) -> None:
        program = """
import sys
from qchime import mock_qapps
with mock_qapps():
    print([name for name in sys.modules if name in ("uvicorn", "jinja2.environment", "qchime.server")])
"""
        ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        assert ended.stdout == "[]\n"


class TestServer:
    def test_it_is_the_servers_own(self, server: Server) -> None:
        assert server.page() == f"{server.url}/_qchime/"

    def test_without_one_there_is_an_error(self) -> None:
        with Server(cloud=Cloud(), page=False) as server:
            with pytest.raises(RuntimeError, match="page=False"):
                server.page()
            assert requests.get(f"{server.url}/_qchime/", timeout=30).status_code == 404


class TestClient:
    def test_it_is_that_of_the_server(self, server: Server) -> None:
        assert Client(server.url).page() == server.page()
        assert Client(server.url, "111122223333").page() == f"{server.page()}accounts/111122223333/"

    def test_calls_have_their_time(self, server: Server) -> None:
        create("Chat", endpoint_url=server.url)
        assert Client(server.url).calls() == server.calls()


class TestFile:
    @pytest.fixture(params=["server", "client", "cloud"])
    def handle(self, server: Server, request: pytest.FixtureRequest) -> Handle:
        handles = {"server": server, "client": Client(server.url), "cloud": server.account("123456789012")}
        handle: Handle = handles[request.param]
        return handle

    def test_has_resources_and_calls_and_needs_no_server(
        self, server: Server, handle: Handle, tmp_path: Path
    ) -> None:
        create("<b>Chat</b>", endpoint_url=server.url)
        handle.save_page(tmp_path / "page.html")
        text = (tmp_path / "page.html").read_text("utf-8")
        assert "<bdi>&lt;b&gt;Chat&lt;/b&gt;</bdi>" in text
        assert "CreateAppInstance" in text
        assert server.url not in text.replace("http://www.w3.org", "")
        assert "<script" not in text

    def test_of_a_server_without_a_page_is_an_error(self, tmp_path: Path) -> None:
        with (
            Server(cloud=Cloud(), page=False) as server,
            pytest.raises(RuntimeError, match="without --no-page"),
        ):
            Client(server.url).save_page(tmp_path / "page.html")
