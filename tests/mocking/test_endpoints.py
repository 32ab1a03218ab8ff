"""Clients whose endpoint comes from the environment, the config file or an argument."""

from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError

from qchime import mock_chimesdkidentity, mock_qapps
from tests.mocking.clients import REGION

CONFIG = """
[default]
services = local

[profile whole]
endpoint_url = http://127.0.0.1:1

[services local]
chime_sdk_identity =
  endpoint_url = http://127.0.0.1:1/base/
"""


def names(client: Any) -> list[str]:
    return [instance["Name"] for instance in client.list_app_instances()["AppInstances"]]


@pytest.fixture(
    params=["http://127.0.0.1:1", "http://localhost.localstack.cloud:4566", "https://127.0.0.1:1/base/"]
)
def url(request: pytest.FixtureRequest) -> str:
    """A URL where nothing listens."""
    return str(request.param)


@pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_CHIME_SDK_IDENTITY"])
def test_clients_with_an_endpoint_from_the_environment_are_answered(
    monkeypatch: pytest.MonkeyPatch, name: str, url: str
) -> None:
    monkeypatch.setenv(name, url)
    with mock_chimesdkidentity():
        client = boto3.client("chime-sdk-identity", region_name=REGION)
        arn = client.create_app_instance(Name="chat")["AppInstanceArn"]

        assert client.describe_app_instance(AppInstanceArn=arn)["AppInstance"]["Name"] == "chat"
        assert names(client) == ["chat"]


async def test_aiobotocore_clients_are_answered(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    session = pytest.importorskip("aiobotocore.session").get_session()
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    with mock_qapps():
        async with session.create_client("qapps", region_name=REGION) as client:
            assert (await client.list_q_apps(instanceId="mine"))["apps"] == []


@pytest.mark.parametrize("profile", [None, "whole"])
def test_clients_with_an_endpoint_from_the_config_file_are_answered(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, profile: str | None
) -> None:
    config = tmp_path / "config"
    config.write_text(CONFIG)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    if profile is not None:
        monkeypatch.setenv("AWS_PROFILE", profile)
    with mock_chimesdkidentity():
        assert names(boto3.client("chime-sdk-identity", region_name=REGION)) == []


def test_clients_with_an_endpoint_argument_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with mock_chimesdkidentity():
        client = boto3.client("chime-sdk-identity", region_name=REGION, endpoint_url="http://127.0.0.1:2")
        with pytest.raises(EndpointConnectionError):
            client.list_app_instances()


def test_clients_of_other_services_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with mock_chimesdkidentity():
        client: Any = boto3.client("qapps", region_name=REGION)
        with pytest.raises(EndpointConnectionError):
            client.list_q_apps(instanceId="mine")
