"""Checks that calls could have produced a state, so that operations can rely on it."""

from collections.abc import Iterator

from qchime.services.chimesdkmessaging.chat import Chat, State
from qchime.services.chimesdkmessaging.resources import Channel, SubChannel

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
    moderators = {key: entry.resource.arn for key, entry in channel.moderators.entries.items()}
    bans = {key: entry.resource.arn for key, entry in channel.bans.entries.items()}
    for kind, arns in (("moderators", moderators), ("bans", bans)):
        yield from _identities(f"{place}.{kind}", chat, arns)
    if channel.channel_flow_arn is not None and channel.channel_flow_arn not in chat.flows:
        yield f"{place}.channel_flow_arn", "there is no such channel flow"
    for arn in set(channel.member_arns) & bans.keys():
        yield f"{place}.bans.entries.{arn}", "it is a member as well"
    yield from _part(place, chat, channel)
    yield from _sub_channels(place, chat, channel)


def _sub_channels(place: str, chat: Chat, channel: Channel) -> Iterator[IntegrityError]:
    if channel.sub_channel_id is not None:
        yield f"{place}.sub_channel_id", "a channel has none"
    if channel.is_elastic and not channel.sub_channels:
        yield f"{place}.elastic_channel_configuration", "there are no sub-channels"
    if channel.sub_channels and not channel.is_elastic:
        yield f"{place}.elastic_channel_configuration", "it is missing, although there are sub-channels"
    for key, entry in channel.sub_channels.entries.items():
        inner, part = f"{place}.sub_channels.entries.{key}", entry.resource
        if key != part.sub_channel_id:
            yield inner, f"its key is not its id {part.sub_channel_id}"
        if part.channel_arn != channel.channel_arn:
            yield f"{inner}.resource.channel_arn", "it is not the ARN of the channel"
        yield from _part(f"{inner}.resource", chat, part)
    if channel.is_elastic:
        yield from _elastic(place, channel)


def _elastic(place: str, channel: Channel) -> Iterator[IntegrityError]:
    if channel.mode != "RESTRICTED":
        yield f"{place}.mode", "an elastic channel is RESTRICTED"
    for kind in ("memberships", "messages", "passed", "callbacks"):
        if getattr(channel, kind):
            yield f"{place}.{kind}", "in an elastic channel they are in the sub-channels"
    found: dict[str, SubChannel] = {}
    for part in channel.sub_channels:
        members = f"{place}.sub_channels.entries.{part.sub_channel_id}.resource.memberships.entries"
        for arn in part.memberships.entries.keys() - channel.moderators.entries.keys():
            other = found.setdefault(arn, part)
            if other is not part:
                yield f"{members}.{arn}", f"it is a member of the sub-channel {other.sub_channel_id} as well"


def _part(place: str, chat: Chat, part: SubChannel) -> Iterator[IntegrityError]:
    members = {key: entry.resource.member_arn for key, entry in part.memberships.entries.items()}
    yield from _identities(f"{place}.memberships", chat, members)
    yield from _messages(place, part)


def _identities(place: str, chat: Chat, arns: dict[str, str]) -> Iterator[IntegrityError]:
    for key, arn in arns.items():
        where = f"{place}.entries.{key}"
        if key != arn:
            yield where, f"its key is not its ARN {arn}"
        if not arn.startswith((f"{chat.app_instance_arn}/user/", f"{chat.app_instance_arn}/bot/")):
            yield where, "it is not a user or bot of this app instance"


def _messages(place: str, part: SubChannel) -> Iterator[IntegrityError]:
    ids = {
        "messages": [(key, message.resource.message_id) for key, message in part.messages.entries.items()],
        "passed": [(key, message.resource.message_id) for key, message in part.passed.entries.items()],
        "callbacks": [(key, call.resource.callback_id) for key, call in part.callbacks.entries.items()],
    }
    for kind, pairs in ids.items():
        for key, own in pairs:
            if key != own:
                yield f"{place}.{kind}.entries.{key}", f"its key is not its id {own}"
    for callback in part.callbacks:
        if callback.draft is not None and callback.draft.message_id != callback.message_id:
            where = f"{place}.callbacks.entries.{callback.callback_id}.resource.draft.message_id"
            yield where, f"it is not the message {callback.message_id}"


def _arn(place: str, key: str, arn: str, start: str) -> Iterator[IntegrityError]:
    if key != arn:
        yield place, f"its key is not its ARN {arn}"
    if not arn.startswith(start) or "/" in arn.removeprefix(start) or arn == start:
        yield place, f"its ARN is not {start} followed by an id"
