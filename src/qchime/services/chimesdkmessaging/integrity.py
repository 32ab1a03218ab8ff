"""Checks that calls could have produced a state, so that operations can rely on it."""

from collections.abc import Iterator

from qchime.services.chimesdkmessaging.chat import Chat, State
from qchime.services.chimesdkmessaging.resources import Channel

IntegrityError = tuple[str, str]
"""A place in the state, and what is wrong there."""


def integrity_errors(state: State, app_instance_arns: str) -> Iterator[IntegrityError]:
    """Check that every key matches its resource, and that every resource is in its app instance."""
    for key, chat in state.chats.items():
        yield from _arn(f"chats.{key}", key, chat.app_instance_arn, f"{app_instance_arns}/")
        for flow_key, flow in chat.flows.entries.items():
            arn = flow.resource.channel_flow_arn
            yield from _arn(f"chats.{key}.flows.entries.{flow_key}", flow_key, arn, f"{key}/channel-flow/")
        for channel_key, entry in chat.channels.entries.items():
            place = f"chats.{key}.channels.entries.{channel_key}"
            yield from _arn(place, channel_key, entry.resource.channel_arn, f"{key}/channel/")
            yield from _channel(f"{place}.resource", chat, entry.resource)


def _channel(place: str, chat: Chat, channel: Channel) -> Iterator[IntegrityError]:
    members = {key: entry.resource.member_arn for key, entry in channel.memberships.entries.items()}
    moderators = {key: entry.resource.arn for key, entry in channel.moderators.entries.items()}
    bans = {key: entry.resource.arn for key, entry in channel.bans.entries.items()}
    for kind, arns in (("memberships", members), ("moderators", moderators), ("bans", bans)):
        for key, arn in arns.items():
            where = f"{place}.{kind}.entries.{key}"
            if key != arn:
                yield where, f"its key is not its ARN {arn}"
            if not arn.startswith((f"{chat.app_instance_arn}/user/", f"{chat.app_instance_arn}/bot/")):
                yield where, "it is not a user or bot of this app instance"
    yield from _messages(place, channel)
    if channel.channel_flow_arn is not None and channel.channel_flow_arn not in chat.flows:
        yield f"{place}.channel_flow_arn", "there is no such channel flow"
    for arn in members.keys() & bans.keys():
        yield f"{place}.bans.entries.{arn}", "it is a member as well"


def _messages(place: str, channel: Channel) -> Iterator[IntegrityError]:
    ids = {
        "messages": [(key, message.resource.message_id) for key, message in channel.messages.entries.items()],
        "passed": [(key, message.resource.message_id) for key, message in channel.passed.entries.items()],
        "callbacks": [(key, call.resource.callback_id) for key, call in channel.callbacks.entries.items()],
    }
    for kind, pairs in ids.items():
        for key, own in pairs:
            if key != own:
                yield f"{place}.{kind}.entries.{key}", f"its key is not its id {own}"
    for callback in channel.callbacks:
        if callback.draft is not None and callback.draft.message_id != callback.message_id:
            where = f"{place}.callbacks.entries.{callback.callback_id}.resource.draft.message_id"
            yield where, f"it is not the message {callback.message_id}"


def _arn(place: str, key: str, arn: str, start: str) -> Iterator[IntegrityError]:
    if key != arn:
        yield place, f"its key is not its ARN {arn}"
    if not arn.startswith(start) or "/" in arn.removeprefix(start) or arn == start:
        yield place, f"its ARN is not {start} followed by an id"
