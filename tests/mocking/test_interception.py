"""Which clients are intercepted, whenever and however they were created, and which are left alone."""

import os
import subprocess
import sys
import textwrap
from typing import Any

import boto3
import botocore.endpoint
import pytest
from botocore.config import Config
from moto import mock_aws

from qchime import mock_chimesdkidentity
from qchime.control.handle import Handle
from qchime.mocking.interception import service_of
from qchime.server import Server
from tests.mocking.clients import REGION, chime, create, names


def run(program: str) -> str:
    """Run a program in a new interpreter."""
    process = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        timeout=120,
        env={"AWS_DEFAULT_REGION": "us-east-1", "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert process.returncode == 0, process.stderr
    return process.stdout.strip()


def test_a_client_created_before_the_import_is_intercepted() -> None:
    assert (
        run(
            """
            import boto3
            client = boto3.client("chime-sdk-identity", aws_access_key_id="a", aws_secret_access_key="b")
            from qchime import mock_chimesdkidentity
            with mock_chimesdkidentity():
                client.create_app_instance(Name="caught")
                print([i["Name"] for i in client.list_app_instances()["AppInstances"]])
            """
        )
        == "['caught']"
    )


def test_an_aiobotocore_client_created_before_the_import_is_intercepted() -> None:
    pytest.importorskip("aiobotocore")
    assert (
        run(
            """
            import asyncio
            from aiobotocore.session import get_session

            async def main():
                session = get_session()
                made = session.create_client(
                    "chime-sdk-identity", aws_access_key_id="a", aws_secret_access_key="b"
                )
                async with made as client:
                    from qchime import mock_chimesdkidentity
                    with mock_chimesdkidentity():
                        await client.create_app_instance(Name="caught")
                        print([i["Name"] for i in (await client.list_app_instances())["AppInstances"]])

            asyncio.run(main())
            """
        )
        == "['caught']"
    )


def test_mock_aws_covers_our_services_in_either_import_order() -> None:
    for imports in (
        "import qchime\nfrom moto import mock_aws",
        "from moto import mock_aws\nimport qchime",
        "import moto\nimport qchime.pytest_plugin\nfrom moto import mock_aws",
    ):
        program = (
            imports
            + """
import boto3
with mock_aws():
    print(boto3.client("chime-sdk-identity").list_app_instances()["AppInstances"])
"""
        )
        assert run(program) == "[]"


def test_a_client_created_before_the_mock_is_intercepted() -> None:
    with mock_chimesdkidentity():
        early = chime()
        early.create_app_instance(Name="first")
    with mock_chimesdkidentity():
        assert early.list_app_instances()["AppInstances"] == []
        early.create_app_instance(Name="second")
        assert names() == ["second"]


def test_the_gate_is_installed_once() -> None:
    for _ in range(3):
        with mock_chimesdkidentity():
            pass
    gate: Any = botocore.endpoint.Endpoint._send  # type: ignore[attr-defined]

    assert not hasattr(gate.__wrapped__, "__wrapped__")


def test_the_gate_passes_everything_through_while_no_mock_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    with mock_chimesdkidentity():
        pass
    sent = []
    monkeypatch.setattr(botocore.httpsession.URLLib3Session, "send", lambda _, request: sent.append(request))
    keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
    with pytest.raises(AttributeError):  # the fake network returns None
        boto3.client("chime-sdk-identity", region_name="us-east-1", **keys).list_app_instances()

    assert [request.url for request in sent] == [
        "https://identity-chime.us-east-1.amazonaws.com/app-instances"
    ]


def test_a_patch_by_another_library_is_left_in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    mock = mock_chimesdkidentity()
    mock.start()
    theirs = lambda endpoint, request: None  # noqa: E731
    monkeypatch.setattr(botocore.endpoint.Endpoint, "_send", theirs)
    mock.stop()
    assert botocore.endpoint.Endpoint._send is theirs  # type: ignore[attr-defined]


def test_clients_with_an_endpoint_of_their_own_are_left_alone(qchime_server: Server) -> None:
    import boto3

    local = boto3.client("chime-sdk-identity", region_name=REGION, endpoint_url=qchime_server.url)
    answer = local.create_app_instance(Name="over HTTP")
    assert "server" in answer["ResponseMetadata"]["HTTPHeaders"], "it came from the server"


@pytest.mark.rule("core.regions")
@pytest.mark.parametrize(
    ("region", "config"),
    [
        ("us-east-1", Config(use_fips_endpoint=True)),
        ("us-east-1", Config(use_dualstack_endpoint=True)),
        ("us-east-1", Config(use_fips_endpoint=True, use_dualstack_endpoint=True)),
        ("eu-central-1", Config()),
        ("cn-north-1", Config()),
        ("us-gov-west-1", Config()),
        ("eusc-de-east-1", Config()),
        ("mx-central-1", Config()),
    ],
)
def test_every_aws_host_is_answered(qchime: Handle, region: str, config: Config) -> None:
    """AWS has the service in two regions."""
    import boto3

    client = boto3.client("chime-sdk-identity", region_name=region, config=config)
    arn = client.create_app_instance(Name="chat")["AppInstanceArn"]
    assert f":chime:{region}:123456789012:" in arn
    assert arn.split(":")[1] == client.meta.partition


@pytest.mark.rule("core.vpc-endpoints")
@pytest.mark.parametrize("mock", [mock_chimesdkidentity, mock_aws])
@pytest.mark.parametrize(
    "url",
    [
        "https://IDENTITY-CHIME.us-east-1.amazonaws.com",
        "HTTPS://identity-chime.US-EAST-1.amazonaws.com:443",
        "https://identity-chime.us-east-1.amazonaws.com.",
        "https://vpce-0fe5b17a0707d6abc-29p5708s.identity-chime.us-east-1.vpce.amazonaws.com",
        "https://VPCE-0fe5b17a0707d6abc-29p5708s-us-east-1a.identity-chime.us-east-1.vpce.amazonaws.com",
        "https://vpce-0fe5b17a0707d6abc-29p5708s.identity-chime.cn-north-1.vpce.amazonaws.com.cn",
        "https://vpce-0fe5b17a0707d6abc-29p5708s.chime-sdk-identity.us-east-1.vpce.amazonaws.com",
    ],
)
def test_every_spelling_of_a_host_is_answered(mock: Any, url: str) -> None:
    with mock():
        client = boto3.client("chime-sdk-identity", region_name=REGION, endpoint_url=url)
        assert ":us-east-1:" in client.create_app_instance(Name="chat")["AppInstanceArn"]


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/identity-chime.us-east-1.amazonaws.com",
        "https://identity-chime.us-east-1.amazonaws.com.example.com",
        "https://identity-chime.us-east-1.amazonaws.com@example.com/",
        "https://my-identity-chime.us-east-1.amazonaws.com",
        "https://vpce-0fe5.s3.us-east-1.vpce.amazonaws.com",
        "https://identity-chime.us-east-1.vpce.amazonaws.com.example.com",
    ],
)
def test_hosts_that_look_alike_are_not_the_services(url: str) -> None:
    assert service_of(url) is None


def test_unsigned_requests_take_their_region_from_the_host(qchime: Handle) -> None:
    import boto3
    from botocore import UNSIGNED

    client = boto3.client(
        "chime-sdk-identity", region_name="eu-central-1", config=Config(signature_version=UNSIGNED)
    )
    assert ":eu-central-1:" in client.create_app_instance(Name="chat")["AppInstanceArn"]


def test_regions_and_accounts_are_separate(qchime: Handle, monkeypatch: pytest.MonkeyPatch) -> None:
    import boto3

    create("here")
    there = boto3.client("chime-sdk-identity", region_name="eu-central-1")
    assert there.list_app_instances()["AppInstances"] == []
    other = boto3.client(
        "chime-sdk-identity", region_name=REGION, aws_access_key_id="111122223333", aws_secret_access_key="x"
    )
    assert other.list_app_instances()["AppInstances"] == []
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "444455556666")
    assert ":444455556666:" in create("elsewhere")


def test_an_unexpected_exception_is_raised_unchanged(qchime: Handle, monkeypatch: pytest.MonkeyPatch) -> None:
    from qchime.services.chimesdkidentity.backend import ChimeSDKIdentityBackend

    def broken(self: Any, call: Any, **keywords: Any) -> None:
        raise ZeroDivisionError("ours")

    monkeypatch.setattr(ChimeSDKIdentityBackend, "list_app_instances", broken)
    with pytest.raises(ZeroDivisionError, match="ours"):
        chime().list_app_instances()


@pytest.mark.parametrize("moto_first", [True, False])
def test_links_are_answered_in_process_whatever_moto_does(moto_first: bool) -> None:
    """moto mocks `requests` too, and restores the original when it stops."""
    import boto3
    import requests

    from qchime import mock_qapps

    original = requests.Session.get_adapter, requests.adapters.HTTPAdapter.send
    ours, motos = mock_qapps(), mock_aws()
    first, second = (motos, ours) if moto_first else (ours, motos)
    first.start()
    second.start()
    motos.stop()
    client = boto3.client("qapps", region_name="us-east-1")
    url = client.generate_presigned_url("list_q_apps", Params={"instanceId": "i"})
    answer = requests.get(url, headers={"instance-id": "i"})
    ours.stop()
    assert answer.json() == {"apps": []}
    assert (requests.Session.get_adapter, requests.adapters.HTTPAdapter.send) == original
