"""Which sub-channel of a channel a call is about."""

from __future__ import annotations

from qchime.rules import inferred
from qchime.services.chimesdkmessaging.exceptions import BadRequestException, missing
from qchime.services.chimesdkmessaging.resources import Channel, SubChannel

SUB_CHANNEL_ID = inferred(
    "messaging.sub-channel-id",
    "In an elastic channel, operations on messages, and CreateChannelMembership of a moderator, require a "
    "SubChannelId; without one they raise a BadRequestException. CreateChannelMembership and "
    "DeleteChannelMembership of other members with a SubChannelId raise a BadRequestException, and so does "
    "any operation with one in a channel that is not elastic. A missing sub-channel raises a "
    "ForbiddenException. Without a SubChannelId, ListChannelMemberships lists the whole channel, and "
    "DescribeChannelMembership describes a moderator's membership in the oldest sub-channel.",
    sources=[
        "https://docs.aws.amazon.com/chime-sdk/latest/dg/manage-elastic-members.html",
        "https://docs.aws.amazon.com/chime-sdk/latest/dg/send-messages-elastic.html",
    ],
)


@SUB_CHANNEL_ID
def parts_of(channel: Channel, sub_channel_id: str | None) -> tuple[SubChannel, ...]:
    """The sub-channel with this id or, without one, all of the channel.

    Raises:
        BadRequestException: the channel is not elastic, so that it has no ids.
        ForbiddenException: there is no such sub-channel.
    """
    if sub_channel_id is None:
        return channel.parts
    if not channel.is_elastic:
        message = "The channel is not elastic. Call it without a SubChannelId."
        raise BadRequestException(message).because(SUB_CHANNEL_ID)
    part = channel.sub_channels.get(sub_channel_id)
    if part is None:
        raise missing("sub-channel", sub_channel_id).because(SUB_CHANNEL_ID)
    return (part,)


def places_of(channel: Channel, sub_channel_id: str | None) -> tuple[SubChannel, ...]:
    """As `parts_of`, but before all parts of an elastic channel the channel, which is empty.

    What begins with it is a list of the channel, whose page tokens do not depend on single sub-channels.
    """
    if sub_channel_id is None:
        return (channel, *channel.sub_channels)
    return parts_of(channel, sub_channel_id)


@SUB_CHANNEL_ID
def part_of(channel: Channel, sub_channel_id: str | None) -> SubChannel:
    """The sub-channel of a message.

    Raises:
        BadRequestException: the channel is elastic and there is no id, or the other way round.
        ForbiddenException: there is no such sub-channel.
    """
    if channel.is_elastic and sub_channel_id is None:
        message = "The channel is elastic. Call it with a SubChannelId."
        raise BadRequestException(message).because(SUB_CHANNEL_ID)
    [part] = parts_of(channel, sub_channel_id)
    return part


@SUB_CHANNEL_ID
def check_deleted(channel: Channel, arn: str, sub_channel_id: str | None) -> None:
    """Check that whoever is to be removed from one sub-channel is a moderator.

    Raises:
        BadRequestException: it is another member of an elastic channel, which is in one only.
    """
    if channel.is_elastic and sub_channel_id is not None and arn not in channel.moderators:
        message = f"{arn} is not a moderator of the channel. Call it without a SubChannelId."
        raise BadRequestException(message).because(SUB_CHANNEL_ID)


@SUB_CHANNEL_ID
def check_added(channel: Channel, arn: str, sub_channel_id: str | None) -> None:
    """Check that a new member of an elastic channel comes with a SubChannelId if it is a moderator.

    Raises:
        BadRequestException: a moderator comes without one, or another member, which the system places, with.
    """
    check_deleted(channel, arn, sub_channel_id)
    if channel.is_elastic and sub_channel_id is None and arn in channel.moderators:
        message = f"{arn} is a moderator of the channel. Call it with a SubChannelId."
        raise BadRequestException(message).because(SUB_CHANNEL_ID)
