"""The flow of `examples/chat_sign_in` in every client, over the server."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from pathlib import Path
from typing import Any

import boto3
import pytest

from qchime.server import Server
from tests.clients import node
from tests.clients.aws_cli import AwsCli, needs_the_cli
from tests.clients.examples import SIGNED_IN, load

SERVICE = "chime-sdk-identity"
KEYS = {"region_name": "us-east-1", "aws_access_key_id": "a", "aws_secret_access_key": "b"}


@pytest.fixture
def server(qchime_server: Server) -> Server:
    """A server with a limit of two users per app instance."""
    qchime_server.limits.users_per_app_instance = 2
    return qchime_server


def test_boto3_with_the_program_itself(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_CHIME_SDK_IDENTITY", server.url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    hook = load("chat_sign_in", "sign_in")
    chime = boto3.client(SERVICE)
    assert chime.meta.endpoint_url == server.url
    instance = chime.create_app_instance(Name="chat")["AppInstanceArn"]

    def user(arn: str) -> dict[str, Any]:
        return chime.describe_app_instance_user(AppInstanceUserArn=arn)["AppInstanceUser"]

    seen: dict[str, Any] = {}
    arn = hook.sign_in(instance, hook.Person("alice", "Alice"))
    seen["first"] = user(arn)["Name"]
    chime.update_app_instance_user(AppInstanceUserArn=arn, Name="Alice", Metadata="colour: green")
    hook.sign_in(instance, hook.Person("alice", "Alice Smith"))
    seen["again"] = [user(arn)["Name"], user(arn)["Metadata"]]
    for _ in range(2):
        hook.sign_in(instance, hook.Person("bob", "Bob", is_moderator=True))
    admins = chime.list_app_instance_admins(AppInstanceArn=instance)["AppInstanceAdmins"]
    seen["admins"] = [entry["Admin"]["Name"] for entry in admins]
    with pytest.raises(chime.exceptions.ResourceLimitExceededException) as caught:
        hook.sign_in(instance, hook.Person("carol", "Carol"))
    seen["full"] = caught.value.response["Error"]["Code"]

    assert seen == SIGNED_IN


async def sign_in(chime: Any, instance: str, user_id: str, name: str, is_moderator: bool = False) -> str:
    """The hook, for asynchronous clients."""
    arn = f"{instance}/user/{user_id}"
    try:
        user = (await chime.describe_app_instance_user(AppInstanceUserArn=arn))["AppInstanceUser"]
    except chime.exceptions.ForbiddenException:
        await chime.create_app_instance_user(AppInstanceArn=instance, AppInstanceUserId=user_id, Name=name)
    else:
        if user["Name"] != name:
            metadata = user.get("Metadata", "")
            await chime.update_app_instance_user(AppInstanceUserArn=arn, Name=name, Metadata=metadata)
    if is_moderator:
        with suppress(chime.exceptions.ConflictException):
            await chime.create_app_instance_admin(AppInstanceArn=instance, AppInstanceAdminArn=arn)
    return arn


async def evening(chime: Any) -> dict[str, Any]:
    """Let all users sign in."""
    instance = (await chime.create_app_instance(Name="chat"))["AppInstanceArn"]

    async def user(arn: str) -> dict[str, Any]:
        return (await chime.describe_app_instance_user(AppInstanceUserArn=arn))["AppInstanceUser"]

    seen: dict[str, Any] = {}
    arn = await sign_in(chime, instance, "alice", "Alice")
    seen["first"] = (await user(arn))["Name"]
    await chime.update_app_instance_user(AppInstanceUserArn=arn, Name="Alice", Metadata="colour: green")
    await sign_in(chime, instance, "alice", "Alice Smith")
    alice = await user(arn)
    seen["again"] = [alice["Name"], alice["Metadata"]]
    for _ in range(2):
        await sign_in(chime, instance, "bob", "Bob", is_moderator=True)
    admins = (await chime.list_app_instance_admins(AppInstanceArn=instance))["AppInstanceAdmins"]
    seen["admins"] = [entry["Admin"]["Name"] for entry in admins]
    with pytest.raises(chime.exceptions.ResourceLimitExceededException) as caught:
        await sign_in(chime, instance, "carol", "Carol")
    seen["full"] = caught.value.response["Error"]["Code"]
    return seen


def aiobotocore(**options: Any) -> AbstractAsyncContextManager[Any]:
    return pytest.importorskip("aiobotocore.session").get_session().create_client(SERVICE, **options)


def aioboto3(**options: Any) -> AbstractAsyncContextManager[Any]:
    return pytest.importorskip("aioboto3").Session().client(SERVICE, **options)


@pytest.mark.parametrize("client", [aiobotocore, aioboto3], ids=lambda client: client.__name__)
@pytest.mark.parametrize("place", ["over the server", "in the process"])
async def test_asynchronous_clients(
    server: Server, client: Callable[..., AbstractAsyncContextManager[Any]], place: str
) -> None:
    endpoint = {"endpoint_url": server.url} if place == "over the server" else {}
    async with client(**KEYS, **endpoint) as chime:
        assert await evening(chime) == SIGNED_IN


@needs_the_cli
def test_aws_cli(server: Server, tmp_path: Path) -> None:
    aws = AwsCli(SERVICE, server, tmp_path)
    instance = aws("create-app-instance", "--name", "chat")["AppInstanceArn"]
    seen: dict[str, Any] = {}

    def user(user_id: str) -> tuple[str, str]:
        return "--app-instance-user-arn", f"{instance}/user/{user_id}"

    def create(user_id: str, name: str) -> list[str]:
        return ["create-app-instance-user", "--app-instance-arn", instance, *named(user_id, name)]

    def named(user_id: str, name: str) -> list[str]:
        return ["--app-instance-user-id", user_id, "--name", name]

    missing = aws.run("describe-app-instance-user", *user("alice"))
    assert "(ForbiddenException)" in missing.stderr
    aws(*create("alice", "Alice"))
    seen["first"] = aws("describe-app-instance-user", *user("alice"))["AppInstanceUser"]["Name"]
    renamed = ("--name", "Alice Smith", "--metadata", "colour: green")
    aws("update-app-instance-user", *user("alice"), *renamed)
    alice = aws("describe-app-instance-user", *user("alice"))["AppInstanceUser"]
    seen["again"] = [alice["Name"], alice["Metadata"]]
    aws(*create("bob", "Bob"))
    promotion = ("--app-instance-arn", instance, "--app-instance-admin-arn", f"{instance}/user/bob")
    aws("create-app-instance-admin", *promotion)
    assert "(ConflictException)" in aws.run("create-app-instance-admin", *promotion).stderr
    admins = aws("list-app-instance-admins", "--app-instance-arn", instance)["AppInstanceAdmins"]
    seen["admins"] = [entry["Admin"]["Name"] for entry in admins]
    seen["full"] = aws.error_of(*create("carol", "Carol"))

    assert seen == SIGNED_IN


class TestJavaScript3:
    pytestmark = node.needs("@aws-sdk/client-chime-sdk-identity")

    def test_chat_sign_in(self, server: Server) -> None:
        assert node.run("chat_sign_in.mjs", server) == SIGNED_IN
