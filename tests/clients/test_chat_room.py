"""The flow of `examples/chat_room` in every client, over the server."""

import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import boto3
import pytest

from qchime import Server
from tests.clients import node
from tests.clients.aws_cli import AwsCli, needs_the_cli
from tests.clients.examples import CENSOR, CHATTED, load

IDENTITY, MESSAGING = "chime-sdk-identity", "chime-sdk-messaging"
KEYS = {"region_name": "us-east-1", "aws_access_key_id": "a", "aws_secret_access_key": "b"}
PROCESSOR = {
    "Name": "Censor",
    "Configuration": {"Lambda": {"ResourceArn": CENSOR, "InvocationType": "ASYNC"}},
    "ExecutionOrder": 1,
    "FallbackAction": "ABORT",
}
STANDARD = {"Type": "STANDARD", "Persistence": "PERSISTENT"}

Lines = list[list[str | None]]


@pytest.fixture
def server(qchime_server: Server) -> Server:
    """A server that holds the messages of channel flows."""
    qchime_server.flows.hold()
    return qchime_server


def lines(listed: dict[str, Any]) -> Lines:
    """What a list of messages says, the oldest first."""
    return [[message["Sender"]["Name"], message.get("Content")] for message in listed["ChannelMessages"]]


def test_boto3_with_the_program_itself(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("AWS_ENDPOINT_URL_CHIME_SDK_IDENTITY", "AWS_ENDPOINT_URL_CHIME_SDK_MESSAGING"):
        monkeypatch.setenv(variable, server.url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    program, censor = load("chat_room", "chat_room"), load("chat_room", "censor")
    chime = boto3.client(MESSAGING)
    assert chime.meta.endpoint_url == server.url
    room = program.ChatRoom.create(boto3.client(IDENTITY), chime, "chat")
    alice, bob = (room.sign_up(name.lower(), name) for name in ("Alice", "Bob"))

    def say(user: str, text: str) -> str:
        message: str = room.say(channel, user, text)
        for pending in server.flows.pending():
            censor.handler(pending.event, None)
        return message

    for _ in range(2):
        channel = room.open_channel("general", "General", moderators=[alice])
        room.censor(channel, CENSOR)
    room.join(channel, bob)
    say(bob, "What the heck?")
    say(alice, "Mind your words")
    room.remove(channel, say(bob, "Why?"), moderator=alice)
    seen = [[line.speaker, line.text] for line in room.history(channel, bob)]
    with pytest.raises(chime.exceptions.ForbiddenException):
        room.ban(channel, alice, moderator=bob)
    room.ban(channel, bob, moderator=alice)
    with pytest.raises(program.Banned):
        room.join(channel, bob)

    assert seen == CHATTED["history"]


async def sign_up(identity: Any) -> tuple[str, str, str]:
    """The chat room, for asynchronous clients. Returns the app instance and its users."""
    instance = (await identity.create_app_instance(Name="chat"))["AppInstanceArn"]
    for name in ("Alice", "Bob"):
        user = {"AppInstanceUserId": name.lower(), "Name": name}
        await identity.create_app_instance_user(AppInstanceArn=instance, **user)
    return instance, f"{instance}/user/alice", f"{instance}/user/bob"


async def open_channel(chime: Any, instance: str, alice: str, bob: str) -> tuple[str, str]:
    """A channel with a flow, which Bob joins. Returns its ARN, and the error of creating it again."""
    created = {"AppInstanceArn": instance, "ChannelId": "general", "Name": "General", "ChimeBearer": alice}
    channel = (await chime.create_channel(**created))["ChannelArn"]
    with pytest.raises(chime.exceptions.ConflictException) as caught:
        await chime.create_channel(**created)
    flow = await chime.create_channel_flow(AppInstanceArn=instance, Name="Censor", Processors=[PROCESSOR])
    await chime.associate_channel_flow(
        ChannelArn=channel, ChannelFlowArn=flow["ChannelFlowArn"], ChimeBearer=alice
    )
    member = {"ChannelArn": channel, "MemberArn": bob, "Type": "DEFAULT"}
    await chime.create_channel_membership(**member, ChimeBearer=alice)
    return channel, caught.value.response["Error"]["Code"]


async def evening(identity: Any, chime: Any, flows: Any) -> dict[str, Any]:
    """Let Alice and Bob talk, until she bans him."""
    instance, alice, bob = await sign_up(identity)
    channel, again = await open_channel(chime, instance, alice, bob)
    here = {"ChannelArn": channel}

    async def say(user: str, text: str) -> dict[str, Any]:
        sent = await chime.send_channel_message(**here, **STANDARD, Content=text, ChimeBearer=user)
        (pending,) = flows.pending()
        message = {"MessageId": sent["MessageId"], "Content": text.replace("heck", "****")}
        await chime.channel_flow_callback(**here, CallbackId=pending.callback_id, ChannelMessage=message)
        return sent

    status = (await say(bob, "What the heck?"))["Status"]["Value"]
    await say(alice, "Mind your words")
    redacted = (await say(bob, "Why?"))["MessageId"]
    await chime.redact_channel_message(**here, MessageId=redacted, ChimeBearer=alice)
    history = lines(await chime.list_channel_messages(**here, SortOrder="ASCENDING", ChimeBearer=bob))
    with pytest.raises(chime.exceptions.ForbiddenException) as refused:
        await chime.create_channel_ban(**here, MemberArn=alice, ChimeBearer=bob)
    await chime.create_channel_ban(**here, MemberArn=bob, ChimeBearer=alice)
    with pytest.raises(chime.exceptions.ForbiddenException) as banned:
        await chime.create_channel_membership(**here, MemberArn=bob, Type="DEFAULT", ChimeBearer=bob)
    codes = [caught.value.response["Error"]["Code"] for caught in (refused, banned)]
    return {"again": again, "status": status, "history": history, "refused": codes[0], "banned": codes[1]}


def aiobotocore(service: str, **options: Any) -> AbstractAsyncContextManager[Any]:
    return pytest.importorskip("aiobotocore.session").get_session().create_client(service, **options)


def aioboto3(service: str, **options: Any) -> AbstractAsyncContextManager[Any]:
    return pytest.importorskip("aioboto3").Session().client(service, **options)


@pytest.mark.parametrize("client", [aiobotocore, aioboto3], ids=lambda client: client.__name__)
@pytest.mark.parametrize("place", ["over the server", "in the process"])
async def test_asynchronous_clients(
    server: Server, client: Callable[..., AbstractAsyncContextManager[Any]], place: str
) -> None:
    endpoint = {"endpoint_url": server.url} if place == "over the server" else {}
    async with (
        client(IDENTITY, **KEYS, **endpoint) as identity,
        client(MESSAGING, **KEYS, **endpoint) as chime,
    ):
        assert await evening(identity, chime, server.flows) == CHATTED


@needs_the_cli
def test_aws_cli(server: Server, tmp_path: Path) -> None:
    identity, aws = (AwsCli(service, server, tmp_path) for service in (IDENTITY, MESSAGING))
    instance = identity("create-app-instance", "--name", "chat")["AppInstanceArn"]
    of_instance = ("--app-instance-arn", instance)
    for name in ("Alice", "Bob"):
        identity(
            *("create-app-instance-user", *of_instance),
            *("--app-instance-user-id", name.lower(), "--name", name),
        )
    alice, bob = f"{instance}/user/alice", f"{instance}/user/bob"
    by_alice, by_bob = ("--chime-bearer", alice), ("--chime-bearer", bob)

    created = ("create-channel", *of_instance, "--channel-id", "general", "--name", "General", *by_alice)
    here = ("--channel-arn", aws(*created)["ChannelArn"])
    again = aws.error_of(*created)
    processors = ("--processors", json.dumps([PROCESSOR]))
    flow = aws("create-channel-flow", *of_instance, "--name", "Censor", *processors)["ChannelFlowArn"]
    aws("associate-channel-flow", *here, "--channel-flow-arn", flow, *by_alice)
    join = ("create-channel-membership", *here, "--member-arn", bob, "--type", "DEFAULT")
    aws(*join, *by_alice)

    def say(bearer: tuple[str, str], text: str) -> Any:
        kind = ("--type", "STANDARD", "--persistence", "PERSISTENT")
        sent = aws("send-channel-message", *here, "--content", text, *kind, *bearer)
        (pending,) = server.flows.pending()
        message = {"MessageId": sent["MessageId"], "Content": text.replace("heck", "****")}
        callback = ("--callback-id", pending.callback_id, "--channel-message", json.dumps(message))
        aws("channel-flow-callback", *here, *callback)
        return sent

    status = say(by_bob, "What the heck?")["Status"]["Value"]
    say(by_alice, "Mind your words")
    redacted = say(by_bob, "Why?")["MessageId"]
    aws("redact-channel-message", *here, "--message-id", redacted, *by_alice)
    history = lines(aws("list-channel-messages", *here, "--sort-order", "ASCENDING", *by_bob))
    refused = aws.error_of("create-channel-ban", *here, "--member-arn", alice, *by_bob)
    aws("create-channel-ban", *here, "--member-arn", bob, *by_alice)
    banned = aws.error_of(*join, *by_bob)

    assert {
        "again": again,
        "status": status,
        "history": history,
        "refused": refused,
        "banned": banned,
    } == CHATTED


class TestJavaScript3:
    pytestmark = node.needs("@aws-sdk/client-chime-sdk-messaging")

    def test_chat_room(self, server: Server) -> None:
        assert node.run("chat_room.mjs", server) == CHATTED
