"""Clients that were created on a machine without credentials."""

import os
import subprocess
import sys
import textwrap

import pytest

SYNC = """
    import boto3
    client = boto3.client("chime-sdk-identity", region_name="us-east-1")
    from qchime import mock_chimesdkidentity
    with mock_chimesdkidentity():
        print(client.list_app_instances()["AppInstances"])
    {after}
"""
ASYNC = """
    import asyncio
    from aiobotocore.session import get_session

    async def main():
        async with get_session().create_client("chime-sdk-identity", region_name="us-east-1") as client:
            import qchime
            from moto import mock_aws
            with {mock}():
                print((await client.list_app_instances())["AppInstances"])
            try:
                await client.list_app_instances()
            except Exception as error:
                print(type(error).__name__)
    asyncio.run(main())
"""
PRESIGNED = """
    import boto3, requests
    client = boto3.client("qapps", region_name="us-east-1")
    import qchime
    from moto import mock_aws
    with {mock}():
        url = client.generate_presigned_url("list_q_apps", Params={{"instanceId": "one"}})
        print(requests.get(url, headers={{"instance-id": "one"}}).json()["apps"])
"""
UNDER_MOTO = """
    import boto3
    client = boto3.client("chime-sdk-identity", region_name="us-east-1")
    import qchime
    from moto import mock_aws
    with mock_aws():
        print(client.list_app_instances()["AppInstances"])
"""
AFTERWARDS = """
    from botocore.exceptions import NoCredentialsError
    try:
        client.list_app_instances()
    except NoCredentialsError:
        print("none")
"""


def run(program: str) -> str:
    """Run a program on a machine without credentials and without instance metadata."""
    environment = {
        "AWS_EC2_METADATA_DISABLED": "true",
        "HOME": "/nonexistent",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    ended = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        timeout=120,
        env=environment,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@pytest.mark.parametrize("program", [SYNC.format(after=""), UNDER_MOTO], ids=["our mock", "mock_aws"])
def test_boto3_clients_are_answered(program: str) -> None:
    assert run(program) == "[]\n"


@pytest.mark.parametrize("mock", ["qchime.mock_chimesdkidentity", "mock_aws"])
def test_aiobotocore_clients_are_answered_until_the_mock_stops(mock: str) -> None:
    pytest.importorskip("aiobotocore")
    assert run(ASYNC.format(mock=mock)) == "[]\nNoCredentialsError\n"


@pytest.mark.parametrize("mock", ["qchime.mock_qapps", "mock_aws"])
def test_they_can_presign_urls(mock: str) -> None:
    assert run(PRESIGNED.format(mock=mock)) == "[]\n"


def test_clients_have_no_credentials_after_the_mock() -> None:
    assert run(textwrap.dedent(SYNC.format(after="")) + textwrap.dedent(AFTERWARDS)) == "[]\nnone\n"
