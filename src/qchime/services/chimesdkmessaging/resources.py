"""The resources of Amazon Chime SDK Messaging: channels, and what they contain.

Attributes that operations return have the names of the members. Where one is annotated with a shape of the
model, a loaded state must fit that shape. All resources are plain records in a tree: each has one parent,
and refers to others by ARN. App instances, users and bots belong to Amazon Chime SDK Identity.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Any

from qchime.core.collection import Collection
from qchime.services.chimesdkidentity.face import DELETED_AFTER_EXPIRY, Arn, Metadata, Tags

Name = Annotated[str, "NonEmptyResourceName"]


@dataclass(eq=False, slots=True)
class Membership:
    """A user or bot in a channel."""

    member_arn: Arn
    type: Annotated[str, "ChannelMembershipType"]
    invited_by_arn: Arn
    created_timestamp: datetime
    last_updated_timestamp: datetime
    read_marker_timestamp: datetime | None = None
    preferences: Annotated[dict[str, Any], "ChannelMembershipPreferences"] = field(default_factory=dict)


@dataclass(eq=False, slots=True)
class Appointment:
    """What a user or bot was made in a channel, by whom and when: a moderator, or banned."""

    arn: Arn
    created_by_arn: Arn
    created_timestamp: datetime


@dataclass(eq=False, slots=True)
class Channel:
    """A channel, and everything in it."""

    channel_arn: Arn
    name: Name
    mode: Annotated[str, "ChannelMode"]
    privacy: Annotated[str, "ChannelPrivacy"]
    metadata: Metadata | None
    created_by_arn: Arn
    created_timestamp: datetime
    last_updated_timestamp: datetime
    tags: Tags
    expiration_settings: Annotated[dict[str, Any], "ExpirationSettings"] | None = None
    last_message_timestamp: datetime | None = None
    """When the last persistent message was sent."""
    memberships: Collection[Membership] = field(default_factory=Collection)
    moderators: Collection[Appointment] = field(default_factory=Collection)
    bans: Collection[Appointment] = field(default_factory=Collection)

    def __post_init__(self) -> None:
        for name in ("memberships", "moderators", "bans"):
            getattr(self, name).rename(f"{self.channel_arn}/{name}")

    @property
    def member_arns(self) -> tuple[str, ...]:
        """The ARNs of all members."""
        return tuple(self.memberships.entries)

    @property
    def gone_at(self) -> datetime | None:
        """When the background process deletes this channel; None if never."""
        if self.expiration_settings is None:
            return None
        since = self.created_timestamp
        if self.expiration_settings["expiration_criterion"] == "LAST_MESSAGE_TIMESTAMP":
            since = self.last_message_timestamp or since
        lifetime = timedelta(days=self.expiration_settings["expiration_days"])
        return since + lifetime + DELETED_AFTER_EXPIRY
