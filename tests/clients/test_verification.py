"""Every client with a server that verifies signatures: valid ones are accepted, invalid ones refused.

The SDKs for JavaScript have their own signers; boto3, aiobotocore and the AWS CLI use botocore's.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from qchime.control.handle import Handle
from qchime.server import Server
from qchime.world import User
from tests.clients import node
from tests.clients.aws_cli import AwsCli, needs_the_cli

INVALID = "InvalidSignatureException"
UNUSUAL = "arn: é ~*'()!+"
"""Characters that must be encoded in a query string, and others."""


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    with Server(verify_signatures=True) as server:
        yield server


@pytest.fixture
def server(qchime: Handle, running: Server) -> Server:
    return running


@pytest.fixture(params=["lasting", "temporary"])
def user(request: pytest.FixtureRequest, qchime: Handle) -> User:
    expires_in = 3600 if request.param == "temporary" else None
    return qchime.users.add("alice@example.com", expires_in)


@pytest.fixture
def stranger(user: User) -> User:
    """A user with the right access key and token, but the wrong secret."""
    return replace(user, secret_access_key="guess")


def test_boto3(server: Server, user: User, stranger: User) -> None:
    options = {"region_name": "us-east-1", "endpoint_url": server.url}
    chime = boto3.client("chime-sdk-identity", **options, **user.credentials)
    arn = chime.create_app_instance(Name="Chat 😀")["AppInstanceArn"]
    assert chime.describe_app_instance(AppInstanceArn=arn)["AppInstance"]["Name"] == "Chat 😀"
    with pytest.raises(chime.exceptions.ForbiddenException):
        chime.list_app_instance_users(AppInstanceArn=f"{arn} é")

    theirs = boto3.client("chime-sdk-identity", **options, **stranger.credentials)
    with pytest.raises(ClientError, match="The request signature we calculated") as caught:
        theirs.list_app_instances()
    assert caught.value.response["Error"]["Code"] == INVALID


def test_aiobotocore(server: Server, user: User, stranger: User) -> None:
    session = pytest.importorskip("aiobotocore.session").get_session()

    def client(user: User) -> Any:
        options = {"region_name": "us-east-1", "endpoint_url": server.url, **user.credentials}
        return session.create_client("chime-sdk-identity", **options)

    async def flow() -> None:
        async with client(user) as chime:
            arn = (await chime.create_app_instance(Name="Chat 😀"))["AppInstanceArn"]
            described = await chime.describe_app_instance(AppInstanceArn=arn)
            assert described["AppInstance"]["Name"] == "Chat 😀"
            with pytest.raises(chime.exceptions.ForbiddenException):
                await chime.list_app_instance_users(AppInstanceArn=f"{arn} é")
        async with client(stranger) as chime:
            with pytest.raises(ClientError, match=INVALID):
                await chime.list_app_instances()

    asyncio.run(flow())


@needs_the_cli
def test_aws_cli(server: Server, user: User, stranger: User, tmp_path: Path) -> None:
    aws = AwsCli("chime-sdk-identity", server, tmp_path, user)
    arn = aws("create-app-instance", "--name", "Chat é")["AppInstanceArn"]
    assert aws("describe-app-instance", "--app-instance-arn", arn)["AppInstance"]["Name"] == "Chat é"
    unusual = aws.run("list-app-instance-users", "--app-instance-arn", UNUSUAL)
    assert "(BadRequestException)" in unusual.stderr or "(ForbiddenException)" in unusual.stderr

    refused = AwsCli("chime-sdk-identity", server, tmp_path, stranger).run("list-app-instances")
    assert f"An error occurred ({INVALID}) when calling the ListAppInstances operation" in refused.stderr


def in_javascript(program: str, server: Server, user: User) -> Any:
    token = [] if user.session_token is None else [user.session_token]
    return node.run(program, server, user.access_key_id, user.secret_access_key, *token)


class TestJavaScript3:
    pytestmark = node.needs("@aws-sdk/client-chime-sdk-identity")

    def test_chime_sdk_identity(self, server: Server, user: User) -> None:
        assert in_javascript("verified.mjs", server, user) == {
            "created": "Chat 😀",
            "users": [],
            "unusual": "BadRequestException",
            "presigned": 200,
            "presignedBody": 201,
            "otherBody": 403,
            "wrongSecret": INVALID,
        }


class TestJavaScript2:
    pytestmark = node.needs("aws-sdk")

    def test_q_apps(self, server: Server, user: User) -> None:
        seen = in_javascript("verified_qapps.cjs", server, user)

        assert seen == {"tags": {"a": "1"}, "wrongSecret": INVALID}
