"""The chat room, tested with the pytest fixtures and what only a mock can do: flows, events, time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import censor
import pytest
from chat_room import ChatRoom

from qchime import Handle

if TYPE_CHECKING:
    from mypy_boto3_chime_sdk_identity import ChimeSDKIdentityClient
    from mypy_boto3_chime_sdk_messaging import ChimeSDKMessagingClient

Texts = Callable[[str], list[str | None]]

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:censor"


@pytest.fixture
def chime(
    chime_sdk_messaging_client: ChimeSDKMessagingClient, monkeypatch: pytest.MonkeyPatch
) -> ChimeSDKMessagingClient:
    monkeypatch.setenv("AWS_DEFAULT_REGION", chime_sdk_messaging_client.meta.region_name)
    return chime_sdk_messaging_client


@pytest.fixture
def room(chime_sdk_identity_client: ChimeSDKIdentityClient, chime: ChimeSDKMessagingClient) -> ChatRoom:
    return ChatRoom.create(chime_sdk_identity_client, chime, "Chat")


@pytest.fixture
def alice(room: ChatRoom) -> str:
    return room.sign_up("alice", "Alice")


@pytest.fixture
def bob(room: ChatRoom) -> str:
    return room.sign_up("bob", "Bob")


@pytest.fixture
def channel(room: ChatRoom, alice: str, bob: str) -> str:
    """A channel with both of them, whose messages are censored."""
    channel = room.open_channel("general", "General", moderators=[alice])
    room.join(channel, bob)
    room.censor(channel, FUNCTION)
    return channel


@pytest.fixture
def invoke(qchime: Handle) -> Callable[[], None]:
    """A function that does what AWS does: it invokes the Lambda function for waiting messages."""
    qchime.flows.hold()

    def invoke() -> None:
        for message in qchime.flows.pending():
            censor.handler(message.event, None)

    return invoke


@pytest.fixture
def texts(room: ChatRoom, channel: str) -> Texts:
    """A function that returns the messages that somebody reads."""
    return lambda reader: [line.text for line in room.history(channel, reader)]


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("Hello", ["Hello"]),
        ("Darn! What the HECK?", ["****! What the ****?"]),
        ("That was heckling", ["That was heckling"]),
        ("Cheap: https://example.com", []),
    ],
)
def test_others_read_what_the_censor_leaves(
    room: ChatRoom,
    channel: str,
    alice: str,
    bob: str,
    invoke: Callable[[], None],
    texts: Texts,
    said: str,
    read: list[str],
) -> None:
    room.say(channel, bob, said)
    assert texts(alice) == texts(bob) == []

    invoke()
    assert texts(alice) == texts(bob) == read


def test_nobody_hears_of_a_message_before_the_censor_has_seen_it(
    qchime: Handle, room: ChatRoom, channel: str, alice: str, bob: str, invoke: Callable[[], None]
) -> None:
    room.say(channel, bob, "Heck!")
    assert qchime.events("CREATE_CHANNEL_MESSAGE") == []

    invoke()
    (event,) = qchime.events("CREATE_CHANNEL_MESSAGE", to=alice)
    assert event.payload["Content"] == "****!"


def test_the_speaker_alone_hears_that_a_message_was_denied(
    qchime: Handle, room: ChatRoom, channel: str, alice: str, bob: str, invoke: Callable[[], None]
) -> None:
    room.say(channel, bob, "https://example.com")
    invoke()
    (denied,) = qchime.events("DENIED_CREATE_CHANNEL_MESSAGE")
    assert denied.recipients == (bob,)


def test_messages_are_lost_while_the_censor_is_down(
    qchime: Handle, room: ChatRoom, channel: str, alice: str, bob: str, texts: Texts
) -> None:
    qchime.flows.fail()
    room.say(channel, bob, "Hello")

    assert texts(alice) == []
    assert qchime.events("FAILED_CREATE_CHANNEL_MESSAGE", to=bob) != []


def test_a_channel_is_censored_once(chime: ChimeSDKMessagingClient, room: ChatRoom, channel: str) -> None:
    room.censor(channel, FUNCTION)
    assert len(chime.list_channel_flows(AppInstanceArn=room.arn)["ChannelFlows"]) == 1


def test_the_history_has_all_pages_and_may_begin_later(
    qchime: Handle, room: ChatRoom, channel: str, alice: str, bob: str
) -> None:
    for number in range(60):
        room.say(channel, bob, str(number))
    yesterday = [line.text for line in room.history(channel, alice)]
    assert yesterday == [str(number) for number in range(60)]

    qchime.clock.advance(days=1)
    this_morning = qchime.clock.now()
    qchime.clock.advance(hours=1)
    room.say(channel, bob, "Good morning")
    assert [line.text for line in room.history(channel, alice, since=this_morning)] == ["Good morning"]


def test_everybody_who_is_there_hears_of_a_ban(
    qchime: Handle, room: ChatRoom, channel: str, alice: str, bob: str
) -> None:
    room.ban(channel, bob, moderator=alice)
    for user in (alice, bob):
        (event,) = qchime.events("DELETE_CHANNEL_MEMBERSHIP", to=user)
        assert event.payload["Member"]["Name"] == "Bob"


def test_a_busy_service_is_called_again(
    qchime: Handle, chime: ChimeSDKMessagingClient, room: ChatRoom, channel: str, bob: str, texts: Texts
) -> None:
    qchime.faults.add("SendChannelMessage", "ServiceUnavailableException", times=1)
    room.say(channel, bob, "Hello")
    assert texts(bob) == ["Hello"]
    assert qchime.calls("SendChannelMessage") == ["SendChannelMessage"] * 2
