"""The chat of an app instance: its channels, and who is in which of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from heapq import heappop, heappush
from operator import itemgetter
from typing import Annotated, Any

from qchime.core.collection import Collection
from qchime.services.chimesdkidentity.face import Arn
from qchime.services.chimesdkmessaging.resources import (
    Appointment,
    Channel,
    ChannelFlow,
    Membership,
    SubChannel,
)


class Participation:
    """The channels of one user or bot: an index of what the channels contain, with their serial numbers."""

    def __init__(self, arn: str, last_serial: int) -> None:
        self.memberships: Collection[SubChannel] = Collection(f"{arn}/memberships", last_serial)
        """Where it is a member: in channels, and in sub-channels of elastic ones."""
        self.moderated: Collection[Channel] = Collection(f"{arn}/moderated", last_serial)
        self.banned_in: dict[str, Channel] = {}

    @property
    def is_empty(self) -> bool:
        """Whether it is in no channel at all."""
        return not (self.memberships or self.moderated or self.banned_in)


@dataclass(eq=False, slots=True)
class Chat:
    """Everything of one app instance: its channels, channel flows and streams.

    All members and moderators of its channels share their serial numbers, so that the channels of a user
    have an order too.
    """

    app_instance_arn: Arn
    last_serial: int = 0
    channels: Collection[Channel] = field(default_factory=Collection)
    flows: Collection[ChannelFlow] = field(default_factory=Collection)
    streams: Annotated[list[dict[str, Any]], "StreamingConfigurationList"] | None = None
    """The streaming configurations; None before the first Put."""
    _participations: dict[str, Participation] = field(init=False)
    _expiries: list[tuple[datetime, str]] = field(init=False)
    """A heap of expiry times and channel ARNs. Entries go stale when a channel's settings change."""

    def __post_init__(self) -> None:
        self.channels.rename(f"{self.app_instance_arn}/channels")
        self.flows.rename(f"{self.app_instance_arn}/flows")
        self._expiries = []
        self._participations = {}
        self._index()
        for channel in self.channels:
            self.expire(channel)

    def _index(self) -> None:
        """Index the members and moderators of all channels in the order of their serial numbers."""
        found: list[tuple[int, str, str, SubChannel]] = []
        for channel in self.channels:
            for part in channel.parts:
                members = part.memberships.entries.items()
                found += [(entry.serial, arn, "memberships", part) for arn, entry in members]
            moderators = channel.moderators.entries.items()
            found += [(entry.serial, arn, "moderated", channel) for arn, entry in moderators]
        serials = {serial for serial, *_ in found}
        if len(serials) < len(found) or max(serials, default=0) > self.last_serial:
            raise ValueError("the serials of members and moderators must differ, and be last_serial at most")
        for serial, arn, kind, place in sorted(found, key=itemgetter(0)):
            getattr(self._of(arn), kind).add(place.key, place, serial=serial)
        for channel in self.channels:
            for arn in channel.bans.entries:
                self._of(arn).banned_in[channel.channel_arn] = channel

    def channel_of(self, part: SubChannel) -> Channel:
        """The channel of a sub-channel."""
        return self.channels[part.channel_arn]

    def participation(self, arn: str) -> Participation:
        """The channels of a user or bot."""
        return self._participations.get(arn) or Participation(arn, self.last_serial)

    def add_member(self, part: SubChannel, membership: Membership) -> None:
        """Add a membership that the sub-channel does not have yet."""
        serial = self._next_serial()
        part.memberships.add(membership.member_arn, membership, serial=serial)
        # Page tokens of the list of the whole channel refer to it, also after its sub-channel is gone.
        self.channel_of(part).memberships.last_serial = serial
        self._of(membership.member_arn).memberships.add(part.key, part, serial=serial)

    def remove_member(self, part: SubChannel, arn: str) -> Membership | None:
        """Remove a membership with its read marker and preferences. Return it, None if there was none."""
        self._of(arn).memberships.remove(part.key)
        self._forget_if_empty(arn)
        return part.memberships.remove(arn)

    def add_moderator(self, channel: Channel, moderator: Appointment) -> None:
        """Add a moderator that the channel does not have yet."""
        serial = self._next_serial()
        channel.moderators.add(moderator.arn, moderator, serial=serial)
        self._of(moderator.arn).moderated.add(channel.channel_arn, channel, serial=serial)

    def remove_moderator(self, channel: Channel, arn: str) -> Appointment | None:
        """Remove a moderator. Return it, None if there was none."""
        self._of(arn).moderated.remove(channel.channel_arn)
        self._forget_if_empty(arn)
        return channel.moderators.remove(arn)

    def add_ban(self, channel: Channel, ban: Appointment) -> None:
        """Add a ban that the channel does not have yet."""
        channel.bans.add(ban.arn, ban)
        self._of(ban.arn).banned_in[channel.channel_arn] = channel

    def remove_ban(self, channel: Channel, arn: str) -> Appointment | None:
        """Remove a ban. Return it, None if there was none."""
        self._of(arn).banned_in.pop(channel.channel_arn, None)
        self._forget_if_empty(arn)
        return channel.bans.remove(arn)

    def remove_channel(self, channel: Channel) -> None:
        """Remove a channel with everything in it."""
        for part in channel.parts:
            for arn in [*part.memberships.entries]:
                self.remove_member(part, arn)
        for arn in [*channel.moderators.entries]:
            self.remove_moderator(channel, arn)
        for arn in [*channel.bans.entries]:
            self.remove_ban(channel, arn)
        self.channels.remove(channel.channel_arn)

    def expire(self, channel: Channel) -> None:
        """Note when a channel is gone, after its expiration settings have changed."""
        if (gone_at := channel.gone_at) is not None:
            heappush(self._expiries, (gone_at, channel.channel_arn))

    def expired(self, now: datetime) -> list[Channel]:
        """The channels that are gone by now, each returned once; the caller removes them."""
        gone = []
        while self._expiries and self._expiries[0][0] <= now:
            channel = self.channels.get(heappop(self._expiries)[1])
            if channel is None or channel.gone_at is None:
                continue
            if channel.gone_at <= now and channel not in gone:
                gone.append(channel)
            elif channel.gone_at > now:
                self.expire(channel)
        return gone

    def _of(self, arn: str) -> Participation:
        return self._participations.setdefault(arn, Participation(arn, self.last_serial))

    def _forget_if_empty(self, arn: str) -> None:
        if self._of(arn).is_empty:
            del self._participations[arn]

    def _next_serial(self) -> int:
        self.last_serial += 1
        return self.last_serial


@dataclass(eq=False, slots=True)
class State:
    """Everything in one account and region: the chats by the ARN of their app instance."""

    chats: dict[str, Chat]
