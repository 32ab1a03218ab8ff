"""What real test suites have around a mock: proxies, threads, event loops, modules that are loaded again."""

import asyncio
import importlib
import sys
import threading
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config

from qchime import mock_chimesdkidentity, mock_qapps
from qchime.control.running import running
from tests.mocking.clients import REGION, create, names
from tests.mocking.test_requests_door import presigned

PROXY = "http://127.0.0.1:1"


class TestProxies:
    def test_of_the_environment_are_not_asked(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, PROXY)
        with mock_chimesdkidentity(), mock_qapps():
            assert names() == []
            assert requests.get(presigned(), headers={"instance-id": "one"}).json() == {"apps": []}

    def test_of_a_client_are_not_asked(self) -> None:
        with mock_chimesdkidentity():
            proxied = Config(proxies={"https": PROXY})
            client = boto3.client("chime-sdk-identity", region_name=REGION, config=proxied)
            assert client.list_app_instances()["AppInstances"] == []


class TestThreads:
    def test_may_start_and_stop_mocks_at_the_same_time(self) -> None:
        failed: list[BaseException] = []

        def work() -> None:
            try:
                for _ in range(20):
                    with mock_chimesdkidentity():
                        names()
            except BaseException as error:
                failed.append(error)

        in_threads(work, 4)
        assert failed == []
        assert not running

    def test_may_each_have_an_event_loop(self) -> None:
        seen: list[int] = []

        @mock_chimesdkidentity
        async def work() -> None:
            create("chat")
            await asyncio.sleep(0)
            seen.append(len(names()))

        in_threads(lambda: asyncio.run(work()), 4)
        assert len(seen) == 4
        assert min(seen) >= 1
        assert not running


def in_threads(work: Any, count: int) -> None:
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class TestAiobotocore:
    def test_may_use_a_client_in_another_event_loop(self) -> None:
        session = pytest.importorskip("aiobotocore.session").get_session()
        context = session.create_client("chime-sdk-identity", region_name=REGION)

        async def listed(client: Any) -> Any:
            return (await client.list_app_instances())["AppInstances"]

        with mock_chimesdkidentity():
            client = asyncio.run(context.__aenter__())
            assert asyncio.run(listed(client)) == asyncio.run(listed(client)) == []
            asyncio.run(context.__aexit__(None, None, None))

    async def test_has_a_stubber_that_comes_first(self) -> None:
        stub: Any = pytest.importorskip("aiobotocore.stub")
        session = pytest.importorskip("aiobotocore.session").get_session()
        with mock_chimesdkidentity() as mock:
            async with session.create_client("chime-sdk-identity", region_name=REGION) as client:
                with stub.AioStubber(client) as stubber:
                    stubber.add_client_error("list_app_instances", "ForbiddenException")
                    with pytest.raises(client.exceptions.ForbiddenException):
                        await client.list_app_instances()
                assert (await client.list_app_instances())["AppInstances"] == []
            assert mock.calls() == ["ListAppInstances"]


def test_code_under_test_may_be_loaded_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its clients are created before, in and after a mock."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "any")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "any")
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "qchime_under_test.py").write_text(
        "import boto3\nclient = boto3.client('chime-sdk-identity', region_name='us-east-1')\n", "utf-8"
    )
    module = importlib.import_module("qchime_under_test")
    try:
        with mock_chimesdkidentity():
            assert module.client.list_app_instances()["AppInstances"] == []
            importlib.reload(module)
            assert module.client.list_app_instances()["AppInstances"] == []
        with mock_chimesdkidentity():
            assert module.client.list_app_instances()["AppInstances"] == []
    finally:
        del sys.modules["qchime_under_test"]


def test_the_url_of_a_configured_endpoint_is_an_ordinary_string(monkeypatch: pytest.MonkeyPatch) -> None:
    import copy
    import json
    import pickle

    monkeypatch.setenv("AWS_ENDPOINT_URL", PROXY)
    with mock_chimesdkidentity():
        url = boto3.client("chime-sdk-identity", region_name=REGION).meta.endpoint_url
    assert url == copy.deepcopy(url) == pickle.loads(pickle.dumps(url)) == PROXY  # noqa: S301
    assert (json.dumps(url), repr(url)) == (f'"{PROXY}"', f"'{PROXY}'")
