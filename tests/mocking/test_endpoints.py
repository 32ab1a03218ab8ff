"""Clients whose endpoint comes from the environment, the config file or an argument."""

from pathlib import Path
from typing import Any

import boto3
import botocore.session
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError
from moto import mock_aws

from qchime import mock_chimesdkidentity, mock_qapps
from qchime.control.endpoint import endpoint as required_endpoint
from tests.mocking.clients import REGION
from tests.mocking.test_credentials import run

ONCE = Config(retries={"total_max_attempts": 1})
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
    params=[
        "http://127.0.0.1:1",
        "HTTP://LOCALHOST:1/",
        "http://[::1]:1",
        "http://localhost.localstack.cloud:4566",
        "https://127.0.0.1:1/base/",
        "https://127.0.0.1:1/base%20path//",
    ]
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


@pytest.fixture
def config_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A config file that names endpoints."""
    file = tmp_path / "config"
    file.write_text(CONFIG)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(file))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return file


@pytest.mark.usefixtures("config_file")
@pytest.mark.parametrize("variable", ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"])
@pytest.mark.parametrize("profile", ["default", "whole"])
def test_clients_with_an_endpoint_from_the_config_file_are_answered(
    monkeypatch: pytest.MonkeyPatch, variable: str, profile: str
) -> None:
    monkeypatch.setenv(variable, profile)
    with mock_chimesdkidentity():
        assert names(boto3.client("chime-sdk-identity", region_name=REGION)) == []


@pytest.mark.usefixtures("config_file")
@pytest.mark.parametrize("mock", [mock_chimesdkidentity, mock_aws])
@pytest.mark.parametrize("profile", ["default", "whole"])
def test_sessions_with_a_profile_are_answered(mock: Any, profile: str) -> None:
    session = boto3.Session(profile_name=profile)
    with mock():
        assert names(session.client("chime-sdk-identity", region_name=REGION)) == []


def test_sessions_with_a_config_file_of_their_own_are_answered(
    config_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_CONFIG_FILE")
    session: Any = botocore.session.Session(profile="whole")
    session.set_config_variable("config_file", str(config_file))
    with mock_chimesdkidentity():
        assert names(session.create_client("chime-sdk-identity", region_name=REGION)) == []


class TestMockAws:
    @pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_CHIME_SDK_IDENTITY"])
    def test_answers_them_by_itself(self, monkeypatch: pytest.MonkeyPatch, name: str, url: str) -> None:
        monkeypatch.setenv(name, url)
        with mock_aws():
            client = boto3.client("chime-sdk-identity", region_name="eu-central-1")
            arn = client.create_app_instance(Name="chat")["AppInstanceArn"]
            assert ":eu-central-1:" in arn
            assert client.describe_app_instance(AppInstanceArn=arn)["AppInstance"]["Name"] == "chat"

    async def test_answers_those_of_aiobotocore(self, monkeypatch: pytest.MonkeyPatch) -> None:
        session = pytest.importorskip("aiobotocore.session").get_session()
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
        with mock_aws():
            async with session.create_client("chime-sdk-identity", region_name=REGION) as client:
                assert (await client.list_app_instances())["AppInstances"] == []

    def test_leaves_alone_what_tests_are_to_send_to_a_server(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """With `--qchime-url`."""
        monkeypatch.setenv("AWS_ENDPOINT_URL_CHIME_SDK_IDENTITY", "http://127.0.0.1:1")
        with mock_aws(), required_endpoint.required("http://127.0.0.1:1"):
            client = boto3.client("chime-sdk-identity", region_name=REGION, config=ONCE)
            with pytest.raises(EndpointConnectionError):
                client.list_app_instances()


@pytest.mark.parametrize("mock", [mock_chimesdkidentity, mock_aws])
class TestTheConfigurationOfAClientThatExists:
    def test_may_be_gone(self, monkeypatch: pytest.MonkeyPatch, mock: Any) -> None:
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
        with mock():
            client = boto3.client("chime-sdk-identity", region_name=REGION)
            monkeypatch.delenv("AWS_ENDPOINT_URL")
            assert names(client) == []

    def test_may_have_changed(self, monkeypatch: pytest.MonkeyPatch, mock: Any) -> None:
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
        with mock():
            client = boto3.client("chime-sdk-identity", region_name=REGION)
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:2")
        with mock():
            assert names(client) == []


BEFORE_THE_IMPORT = """
    import os, boto3
    {configured}
    client = boto3.client("chime-sdk-identity", region_name="us-east-1")
    from qchime import mock_chimesdkidentity
    with mock_chimesdkidentity():
        print(client.list_app_instances()["AppInstances"])
"""


@pytest.mark.parametrize(
    "configured",
    [
        'os.environ["AWS_ENDPOINT_URL"] = "http://127.0.0.1:1/base"',
        'os.environ["AWS_ENDPOINT_URL_CHIME_SDK_IDENTITY"] = "http://127.0.0.1:1"',
        'os.environ["AWS_CONFIG_FILE"] = "{path}"; boto3.setup_default_session(profile_name="whole")',
    ],
)
def test_clients_that_were_created_before_the_import_are_answered(config_file: Path, configured: str) -> None:
    assert run(BEFORE_THE_IMPORT.format(configured=configured.format(path=config_file))) == "[]\n"


def test_presigned_urls_are_answered(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    with mock_qapps():
        client: Any = boto3.client("qapps", region_name=REGION)
        link = client.generate_presigned_url("list_q_apps", Params={"instanceId": "one"})
        assert requests.get(link, headers={"instance-id": "one"}).json() == {"apps": []}


@pytest.mark.parametrize("mock", [mock_chimesdkidentity, mock_aws])
@pytest.mark.parametrize("given", ["http://127.0.0.1:2", "http://127.0.0.1:1"])
def test_clients_with_an_endpoint_argument_are_left_alone(
    monkeypatch: pytest.MonkeyPatch, given: str, mock: Any
) -> None:
    """Even if it is the configured one."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with mock():
        client = boto3.client("chime-sdk-identity", region_name=REGION, endpoint_url=given, config=ONCE)
        with pytest.raises(EndpointConnectionError):
            client.list_app_instances()


def test_clients_that_ignore_configured_endpoints_are_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with mock_chimesdkidentity():
        ignoring = Config(ignore_configured_endpoint_urls=True)  # type: ignore[call-arg]
        client = boto3.client("chime-sdk-identity", region_name=REGION, config=ignoring)
        assert names(client) == []
        assert client.meta.endpoint_url == "https://identity-chime.us-east-1.amazonaws.com"


def test_clients_of_other_services_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with mock_chimesdkidentity():
        client: Any = boto3.client("qapps", region_name=REGION, config=ONCE)
        with pytest.raises(EndpointConnectionError):
            client.list_q_apps(instanceId="mine")
