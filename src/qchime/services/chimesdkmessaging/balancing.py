"""The sub-channels of an elastic channel: they are created as they fill, and merged as they empty.

https://docs.aws.amazon.com/chime-sdk/latest/dg/elastic-channels.html
"""

from __future__ import annotations

from functools import partial
from itertools import islice

from qchime.rules import disputed, inferred
from qchime.services.chimesdkmessaging.chat import Chat
from qchime.services.chimesdkmessaging.event import REASON
from qchime.services.chimesdkmessaging.exceptions import ResourceLimitExceededException
from qchime.services.chimesdkmessaging.places import part_of
from qchime.services.chimesdkmessaging.publishing import Publisher
from qchime.services.chimesdkmessaging.resources import Channel, Membership, SubChannel

GUIDE = "https://docs.aws.amazon.com/chime-sdk/latest/dg/elastic-channels.html"

PLACES = inferred(
    "messaging.places-of-members",
    "An elastic channel starts with one sub-channel. A new member is placed in the sub-channel with the "
    "fewest members, and in the oldest of these; with `oldest`, in the oldest one that is not full. If "
    "every sub-channel has TargetMembershipsPerSubChannel members, another one is created, up to "
    "MaximumSubChannels. Beyond that, a new member raises a ResourceLimitExceededException.",
    sources=[GUIDE],
    choices=["fewest", "oldest"],
)

SCALE_OUT = disputed(
    "messaging.scale-out",
    "A new sub-channel takes over the latest members of each full one, so that all have about as many. "
    "AWS's page about elastic channels says so of SCALE_OUT, but says in its example that only new members "
    "are placed there. The LastUpdatedTimestamp of a membership is that of its latest transfer.",
    sources=[GUIDE],
    choices=["transfer", "new-members"],
)

SCALE_IN = inferred(
    "messaging.scale-in",
    "When a member has left, the sub-channel with the fewest members is merged into the one with the next "
    "fewest, if it has less than MinimumMembershipPercentage of TargetMembershipsPerSubChannel and all "
    "members fit. Among equals, the oldest counts. Moderators who were members there each get a "
    "DELETE_CHANNEL_MEMBERSHIP of their own.",
    sources=[GUIDE, "https://docs.aws.amazon.com/chime-sdk/latest/dg/websockets.html"],
)

MODERATORS_APART = inferred(
    "messaging.memberships-of-moderators",
    "The memberships of moderators in sub-channels do not count towards TargetMembershipsPerSubChannel and "
    "MinimumMembershipPercentage, just as they do not count towards the million memberships of an elastic "
    "channel. MembershipCount includes them.",
    sources=[
        "https://docs.aws.amazon.com/chime-sdk/latest/APIReference/API_messaging-chime_CreateChannel.html"
    ],
)

SUB_CHANNEL_DELETED = {REASON: "subchannel_DELETED"}


@MODERATORS_APART
def _size(channel: Channel, part: SubChannel) -> int:
    """The number of members in a sub-channel who are not moderators."""
    return len(part.memberships) - sum(arn in part.memberships for arn in channel.moderators.entries)


def _with_places(channel: Channel) -> list[SubChannel]:
    """The sub-channels that are not full, oldest first."""
    target = _setting(channel, "target_memberships_per_sub_channel")
    return [part for part in channel.parts if _size(channel, part) < target]


class Balancing(Publisher):
    """The sub-channels of the elastic channels of one account and region."""

    def create_sub_channel(self, channel: Channel) -> SubChannel:
        """Add an empty sub-channel."""
        part = SubChannel(channel_arn=channel.channel_arn, sub_channel_id=self.new_uuid())
        channel.sub_channels.add(str(part.sub_channel_id), part)
        self.publish_sub_channel("CREATE_SUB_CHANNEL", part)
        return part

    @PLACES
    def place_for_new_member(self, chat: Chat, channel: Channel, sub_channel_id: str | None) -> SubChannel:
        """The sub-channel for a new member, after scaling out if all are full. Moderators name it.

        Raises:
            ResourceLimitExceededException: all are full, and there are as many as the channel can have.
        """
        if sub_channel_id is not None or not channel.is_elastic:
            return part_of(channel, sub_channel_id)
        if not _with_places(channel):
            self._scale_out(chat, channel)
        parts = _with_places(channel)
        if self.world.rules[PLACES.name] == "oldest":
            return parts[0]
        return min(parts, key=partial(_size, channel))

    @SCALE_OUT
    def _scale_out(self, chat: Chat, channel: Channel) -> None:
        """Create a sub-channel beside those that are all full, if there may be another one."""
        full, most = channel.parts, _setting(channel, "maximum_sub_channels")
        if len(full) >= most:
            raise ResourceLimitExceededException(f"All {most} sub-channels are full.").because(PLACES)
        new = self.create_sub_channel(channel)
        if self.world.rules[SCALE_OUT.name] != "transfer":
            return
        share = sum(_size(channel, part) for part in full) // len(channel.parts)
        each, more = divmod(share, len(full))
        for number, part in enumerate(full):
            members = (one for one in part.memberships.newest_first() if _is_moved(channel, one))
            for membership in [*islice(members, each + (number < more))][::-1]:
                self._move(chat, membership, part, new)

    @SCALE_IN
    def scale_in(self, chat: Chat, channel: Channel) -> None:
        """Merge sub-channels that have too few members, after members have left."""
        size = partial(_size, channel)
        while len(channel.parts) > 1:
            emptiest, next_emptiest, *_ = sorted(channel.parts, key=size)
            target = _setting(channel, "target_memberships_per_sub_channel")
            percentage = _setting(channel, "minimum_membership_percentage")
            is_large_enough = size(emptiest) * 100 >= percentage * target
            if is_large_enough or size(emptiest) + size(next_emptiest) > target:
                return
            self._merge(chat, channel, emptiest, next_emptiest)

    def _merge(self, chat: Chat, channel: Channel, part: SubChannel, into: SubChannel) -> None:
        """Delete a sub-channel with its messages, and move its members into another one."""
        for membership in [*part.memberships]:
            if _is_moved(channel, membership):
                self._move(chat, membership, part, into)
        for membership in [*part.memberships]:
            arn = membership.member_arn
            chat.remove_member(part, arn)
            self.publish_membership(
                "DELETE_CHANNEL_MEMBERSHIP", part, membership, (arn,), headers=SUB_CHANNEL_DELETED
            )
        channel.sub_channels.remove(str(part.sub_channel_id))
        self.publish_sub_channel("DELETE_SUB_CHANNEL", part)

    def _move(self, chat: Chat, membership: Membership, part: SubChannel, into: SubChannel) -> None:
        """Move a member into another sub-channel, and tell it alone."""
        chat.remove_member(part, membership.member_arn)
        membership.last_updated_timestamp = self.world.clock.now()
        chat.add_member(into, membership)
        self.publish_membership("UPDATE_CHANNEL_MEMBERSHIP", into, membership, (membership.member_arn,))


def _is_moved(channel: Channel, membership: Membership) -> bool:
    """Whether balancing concerns a membership, unlike those of moderators."""
    return membership.member_arn not in channel.moderators


def _setting(channel: Channel, name: str) -> int:
    return (channel.elastic_channel_configuration or {})[name]
