"""Our decorators answer each call once, whatever moto's whitelist and passthrough say."""

import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from moto import mock_aws

from qchime import mock_chimesdkidentity
from qchime.services.chimesdkidentity.backend import ChimeSDKIdentityBackend
from tests.mocking.clients import REGION, chime

CONFIGS: list[Any] = [
    {},
    {"core": {"service_whitelist": ["s3"]}},
    {"core": {"passthrough": {"services": ["chimesdkidentity"]}}},
    {"core": {"passthrough": {"urls": [".*"]}}},
]


@pytest.fixture
def executions(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of app instances that a backend has created."""
    ran: list[str] = []
    create_app_instance = ChimeSDKIdentityBackend.create_app_instance

    def counted(*args: Any, **kwargs: Any) -> Any:
        ran.append(kwargs["name"])
        return create_app_instance(*args, **kwargs)

    monkeypatch.setattr(ChimeSDKIdentityBackend, "create_app_instance", counted)
    return ran


@pytest.fixture(params=CONFIGS, ids=str)
def config(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture(params=["ours-in-motos", "motos-in-ours"])
def _nested(request: pytest.FixtureRequest, config: Any) -> Iterator[None]:
    ours, motos = mock_chimesdkidentity(), mock_aws(config=config)
    first, second = (motos, ours) if request.param == "ours-in-motos" else (ours, motos)
    with first, second:
        yield


@pytest.mark.usefixtures("_nested")
class TestEachClient:
    def test_of_boto3_is_answered_once(self, executions: list[str]) -> None:
        chime().create_app_instance(Name="chat")

        assert executions == ["chat"]

    async def test_of_aiobotocore_is_answered_once(self, executions: list[str]) -> None:
        session = pytest.importorskip("aiobotocore.session")
        async with session.get_session().create_client("chime-sdk-identity", region_name=REGION) as client:
            await client.create_app_instance(Name="chat")

        assert executions == ["chat"]

    def test_of_requests_is_answered_once(self, executions: list[str]) -> None:
        requests = pytest.importorskip("requests")
        url = "https://identity-chime.us-east-1.amazonaws.com/app-instances"
        answer = requests.post(url, json={"Name": "chat", "ClientRequestToken": "token"})

        assert answer.status_code == 201
        assert executions == ["chat"]


def test_a_client_with_only_motos_handler_is_answered() -> None:
    program = """
        import boto3
        from moto import mock_aws
        client = boto3.client(
            "chime-sdk-identity", "us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
        )
        from qchime import mock_chimesdkidentity
        with mock_chimesdkidentity(), mock_aws(config={"core": {"service_whitelist": ["s3"]}}):
            client.create_app_instance(Name="caught")
            print([i["Name"] for i in client.list_app_instances()["AppInstances"]])
    """
    ended = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.stdout == "['caught']\n", ended.stderr


def test_a_handler_of_the_users_own_sees_the_unchanged_request() -> None:
    seen = []
    with ExitStack() as stack:
        for mock in (mock_chimesdkidentity, mock_aws):
            stack.enter_context(mock())
        client = chime()
        client.meta.events.register_last("before-send", lambda request, **kwargs: seen.append(request))
        client.list_app_instances()

    assert seen[0].url == "https://identity-chime.us-east-1.amazonaws.com/app-instances"
    assert not [name for name in seen[0].headers if "qchime" in name]
