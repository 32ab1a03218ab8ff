"""Prefetch: what a session receives at first about the channels of its user.

https://docs.aws.amazon.com/chime-sdk/latest/dg/websockets.html#prefetch
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from itertools import islice
from typing import Any

from qchime.restjson import json_writer
from qchime.rules import inferred
from qchime.services.chimesdkidentity.face import AppInstance
from qchime.services.chimesdkmessaging import SERVICE
from qchime.services.chimesdkmessaging.directory import Visit
from qchime.services.chimesdkmessaging.event import frame
from qchime.services.chimesdkmessaging.message_directory import MessageDirectory
from qchime.services.chimesdkmessaging.resources import Message, SubChannel

MOST_CHANNELS = 50
MOST_MESSAGES = 20
MOST_MEMBERS = 30

ORDER = inferred(
    "messaging.order-of-prefetch",
    "The CHANNEL_DETAILS of a session arrive in the order by which AWS chooses the 50 channels: channels "
    "with unread messages first, and within these groups the one with the latest message first. With "
    "`prefetch-sort-by=last-message-timestamp`, only the latest message counts. A channel has unread "
    "messages if the latest one that the user can see is newer than the read marker. Channels with a HIDDEN "
    "membership are included.",
    sources=["https://docs.aws.amazon.com/chime-sdk/latest/dg/websockets.html"],
)

OF_SUB_CHANNELS = inferred(
    "messaging.prefetch-of-elastic-channels",
    "The CHANNEL_DETAILS of an elastic channel have the messages and members of the user's sub-channel. A "
    "moderator receives them for each sub-channel in which it is a member.",
    sources=["https://docs.aws.amazon.com/chime-sdk/latest/dg/elastic-channels.html"],
)

BY_TIMESTAMP = "last-message-timestamp"

_SHAPES = {
    "Channel": "ChannelSummary",
    "ChannelMessages": "ChannelMessageSummaryList",
    "ChannelMemberships": "ChannelMembershipSummaryList",
    "ReadMarkerTimestamp": "Timestamp",
    "ChannelMessagesHasMore": "NonNullableBoolean",
}
_WRITERS = {name: json_writer(SERVICE.model.shape_for(shape)) for name, shape in _SHAPES.items()}
_LONG_AGO = datetime.min.replace(tzinfo=timezone.utc)


class Prefetch(MessageDirectory):
    """Writes the CHANNEL_DETAILS of a user."""

    @ORDER
    def prefetched(self, arn: str, instance: AppInstance, sort_by: str) -> list[str]:
        """The frames about the channels of a user."""
        visit = self.visit_of(arn, instance)
        parts = sorted(
            visit.chat.participation(arn).memberships,
            key=lambda part: self._rank(visit, part, sort_by),
            reverse=True,
        )
        return [frame("CHANNEL_DETAILS", self._details(visit, part)) for part in parts[:MOST_CHANNELS]]

    def _rank(self, visit: Visit, part: SubChannel, sort_by: str) -> tuple[bool, datetime]:
        last = self.summary(visit, visit.chat.channel_of(part))["last_message_timestamp"] or _LONG_AGO
        marker = part.memberships[visit.bearer].read_marker_timestamp or _LONG_AGO
        return sort_by != BY_TIMESTAMP and last > marker, last

    @OF_SUB_CHANNELS
    def _details(self, visit: Visit, part: SubChannel) -> str:
        def is_seen(message: Message) -> bool:
            return self.sees(visit, message)

        page = self.page(part.messages, MOST_MESSAGES, None, only=is_seen, newest_first=True)
        values: dict[str, Any] = {
            "Channel": self.summary(visit, visit.chat.channel_of(part)),
            "ChannelMessages": [self.message_in_full(part, message) for message in page.items],
            "ChannelMemberships": list(islice(self._members(visit, part), MOST_MEMBERS)),
            "ReadMarkerTimestamp": part.memberships[visit.bearer].read_marker_timestamp,
            "ChannelMessagesHasMore": page.next_token is not None,
        }
        members = [f'"{name}":{_WRITERS[name](value)}' for name, value in values.items() if value is not None]
        return f"{{{','.join(members)}}}"

    def _members(self, visit: Visit, part: SubChannel) -> Iterator[dict[str, Any]]:
        for membership in part.memberships:
            if membership.type == "DEFAULT":
                yield {"member": visit.shown(membership.member_arn)}
