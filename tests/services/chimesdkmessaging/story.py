"""Calls that cause every event that a session can receive."""

from typing import Any

from qchime import Client, Handle
from tests.services.chimesdkmessaging.samples import Chat

PROCESSOR = {
    "Name": "Censor",
    "Configuration": {
        "Lambda": {
            "ResourceArn": "arn:aws:lambda:us-east-1:123456789012:function:censor",
            "InvocationType": "ASYNC",
        }
    },
    "ExecutionOrder": 1,
    "FallbackAction": "ABORT",
}

OF_CHANNEL = [
    "CREATE_CHANNEL_MEMBERSHIP",  # of Bob, whom Alice adds
    "UPDATE_CHANNEL",
    "CREATE_CHANNEL_MEMBERSHIP",
    "BATCH_CREATE_CHANNEL_MEMBERSHIP",
    "DELETE_CHANNEL_MEMBERSHIP",
    "DELETE_CHANNEL_MEMBERSHIP",  # by a ban
]
OF_MESSAGES = [
    "CREATE_CHANNEL_MESSAGE",
    "UPDATE_CHANNEL_MESSAGE",
    "CREATE_CHANNEL_MESSAGE",  # CONTROL
    "CREATE_CHANNEL_MESSAGE",  # for Bob alone
    "REDACT_CHANNEL_MESSAGE",
    "DELETE_CHANNEL_MESSAGE",
]
OF_FLOWS = [
    "CREATE_CHANNEL_MESSAGE",
    "UPDATE_CHANNEL",
    "PENDING_CREATE_CHANNEL_MESSAGE",
    "DENIED_CREATE_CHANNEL_MESSAGE",
    "PENDING_UPDATE_CHANNEL_MESSAGE",
    "DENIED_UPDATE_CHANNEL_MESSAGE",
    "PENDING_CREATE_CHANNEL_MESSAGE",
    "FAILED_CREATE_CHANNEL_MESSAGE",
    "PENDING_UPDATE_CHANNEL_MESSAGE",
    "FAILED_UPDATE_CHANNEL_MESSAGE",
]
STORY = [*OF_CHANNEL, *OF_MESSAGES, *OF_FLOWS, "DELETE_CHANNEL"]
"""The types of the events that Bob receives, in order."""


def tell_story(chat: Chat, handle: Handle | Client) -> None:
    """Make the calls."""
    channel = _change_channel(chat)
    _send_messages(chat, channel)
    _use_flow(chat, channel, handle)
    chat.client.delete_channel(ChannelArn=channel, ChimeBearer=chat.alice)


def _change_channel(chat: Chat) -> str:
    channel = chat.create("General", MemberArns=[chat.bob])
    given = {"ChannelArn": channel, "ChimeBearer": chat.alice}
    chat.client.update_channel(**given, Name="Renamed 😀", Metadata="{}")
    chat.client.create_channel_membership(**given, MemberArn=chat.carol, Type="DEFAULT")
    chat.client.batch_create_channel_membership(**given, MemberArns=[chat.dave, chat.eve])
    chat.client.delete_channel_membership(**given, MemberArn=chat.carol)
    chat.client.create_channel_ban(**given, MemberArn=chat.dave)
    return channel


def _send_messages(chat: Chat, channel: str) -> None:
    message = send(chat, channel, "Hello 😀 <&>\n")
    of_bob = {"ChannelArn": channel, "MessageId": message, "ChimeBearer": chat.bob}
    chat.client.update_channel_message(**of_bob, Content="Hello all", Metadata="{}")
    send(chat, channel, "typing", Type="CONTROL", Persistence="NON_PERSISTENT")
    send(chat, channel, "psst", chat.alice, Target=[{"MemberArn": chat.bob}])
    send(chat, channel, "psst", chat.alice, Target=[{"MemberArn": chat.eve}])
    chat.client.redact_channel_message(**of_bob)
    chat.client.delete_channel_message(**{**of_bob, "ChimeBearer": chat.admin})


def _use_flow(chat: Chat, channel: str, handle: Handle | Client) -> None:
    sent = send(chat, channel, "before")
    flow = chat.client.create_channel_flow(
        AppInstanceArn=chat.arn, Name="Censor", Processors=[PROCESSOR], ClientRequestToken="token"
    )["ChannelFlowArn"]
    chat.client.associate_channel_flow(ChannelArn=channel, ChannelFlowArn=flow, ChimeBearer=chat.alice)
    update = {"ChannelArn": channel, "MessageId": sent, "Content": "after", "ChimeBearer": chat.bob}
    handle.flows.hold()
    send(chat, channel, "denied")
    _deny(chat, handle)
    chat.client.update_channel_message(**update)
    _deny(chat, handle)
    handle.flows.fail()
    send(chat, channel, "failed")
    chat.client.update_channel_message(**update)


def _deny(chat: Chat, handle: Handle | Client) -> None:
    [pending] = handle.flows.pending()
    chat.client.channel_flow_callback(
        CallbackId=pending.callback_id,
        ChannelArn=pending.channel_arn,
        DeleteResource=True,
        ChannelMessage={"MessageId": pending.event["ChannelMessage"]["MessageId"]},
    )


def send(chat: Chat, channel: str, content: str, bearer: str = "", **more: Any) -> str:
    """Send a message as Bob, or as somebody else; returns its id."""
    given = {"ChannelArn": channel, "Content": content, "Type": "STANDARD", "Persistence": "PERSISTENT"}
    answer = chat.client.send_channel_message(**{**given, **more}, ChimeBearer=bearer or chat.bob)
    return str(answer["MessageId"])
