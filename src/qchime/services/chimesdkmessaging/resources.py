"""The resources of Amazon Chime SDK Messaging: channels, and what they contain.

Attributes that operations return have the names of the members. Where one is annotated with a shape of the
model, a loaded state must fit that shape. All resources are plain records in a tree: each has one parent,
and refers to others by ARN. App instances, users and bots belong to Amazon Chime SDK Identity.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from itertools import chain
from typing import Annotated, Any, Literal

from qchime.core.collection import Collection
from qchime.core.words import OPTIONAL
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
class Message:
    """A message, as its sender wrote it."""

    message_id: Annotated[str, "MessageId"]
    sender_arn: Arn
    sender_name: Annotated[str, "ResourceName"] | None
    """The name at the time of sending."""
    type: Annotated[str, "ChannelMessageType"]
    persistence: Annotated[str, "ChannelMessagePersistenceType"]
    content: Annotated[str, "Content"] | None
    metadata: Metadata | None
    content_type: Annotated[str, "ContentType"] | None
    message_attributes: Annotated[dict[str, Any], "MessageAttributeMap"] | None
    target_arn: Arn | None
    """The only other member that sees it; None if all do."""
    created_timestamp: datetime
    last_updated_timestamp: datetime
    last_edited_timestamp: datetime | None = None
    redacted: bool = False
    status: Annotated[str, "ChannelMessageStatus"] = "SENT"
    status_detail: Annotated[str, "StatusDetail"] | None = None
    update_status: Annotated[str, "ChannelMessageStatus"] | None = None
    """The status of the latest update, if a channel flow has processed it."""


@dataclass(eq=False, slots=True)
class PassedMessage:
    """A message that is not persistent, of which only its id is kept."""

    message_id: Annotated[str, "MessageId"]
    status: Annotated[str, "ChannelMessageStatus"]


@dataclass(eq=False, slots=True)
class ChannelFlow:
    """A channel flow: what processes the messages of channels."""

    channel_flow_arn: Arn
    name: Name
    processors: Annotated[list[dict[str, Any]], "ProcessorList"]
    created_timestamp: datetime
    last_updated_timestamp: datetime
    tags: Tags


@dataclass(eq=False, slots=True)
class Callback:
    """A message on its way through a channel flow, which the flow's processor answers by a callback."""

    callback_id: Annotated[str, "CallbackIdType"]
    channel_flow_arn: Arn
    processors: Annotated[list[dict[str, Any]], "ProcessorList"]
    """The processor that has the message, and those that come after it."""
    change: Literal["CREATE", "UPDATE"]
    message_id: Annotated[str, "MessageId"]
    draft: Message | None
    """The message as it is to be; None after the callback."""
    created_timestamp: datetime


@dataclass(eq=False, slots=True, kw_only=True)
class SubChannel:
    """Where members meet: what one of them sends reaches the others here, and nobody else.

    An elastic channel spreads its members over several. Every other channel is its own only one, which has
    no id.
    """

    channel_arn: Arn
    sub_channel_id: Annotated[str, "SubChannelId"] | None = field(default=None, metadata=OPTIONAL)
    memberships: Collection[Membership] = field(default_factory=Collection)
    messages: Collection[Message] = field(default_factory=Collection)
    """The persistent messages."""
    passed: Collection[PassedMessage] = field(default_factory=Collection)
    """The latest messages that are not persistent."""
    callbacks: Collection[Callback] = field(default_factory=Collection)

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            if isinstance(value, Collection):
                value.rename(f"{self.key}/{one.name}")

    @property
    def key(self) -> str:
        """What distinguishes it from all others, of other channels too."""
        if self.sub_channel_id is None:
            return self.channel_arn
        return f"{self.channel_arn}/{self.sub_channel_id}"

    @property
    def app_instance_arn(self) -> str:
        """The ARN of its app instance."""
        return self.channel_arn.partition("/channel/")[0]

    @property
    def member_arns(self) -> tuple[str, ...]:
        """The ARNs of all members."""
        return tuple(self.memberships.entries)

    def membership_of(self, arn: str) -> Membership | None:
        """The membership of a user or bot, None if it is not a member."""
        return self.memberships.get(arn)


@dataclass(eq=False, slots=True, kw_only=True)
class Channel(SubChannel):
    """A channel, and everything in it.

    Members and messages of an elastic channel are in its sub-channels, and it has none itself.
    """

    name: Name
    mode: Annotated[str, "ChannelMode"]
    privacy: Annotated[str, "ChannelPrivacy"]
    metadata: Metadata | None
    created_by_arn: Arn
    created_timestamp: datetime
    last_updated_timestamp: datetime
    tags: Tags
    elastic_channel_configuration: Annotated[dict[str, int], "ElasticChannelConfiguration"] | None = field(
        default=None, metadata=OPTIONAL
    )
    expiration_settings: Annotated[dict[str, Any], "ExpirationSettings"] | None = None
    last_message_timestamp: datetime | None = None
    """When the last persistent message was sent, to whomever."""
    channel_flow_arn: Arn | None = None
    moderators: Collection[Appointment] = field(default_factory=Collection)
    bans: Collection[Appointment] = field(default_factory=Collection)
    sub_channels: Collection[SubChannel] = field(default_factory=Collection, metadata=OPTIONAL)
    """Those of an elastic channel, oldest first."""

    @property
    def is_elastic(self) -> bool:
        """Whether it spreads its members over sub-channels."""
        return self.elastic_channel_configuration is not None

    @property
    def parts(self) -> tuple[SubChannel, ...]:
        """Its sub-channels, oldest first; itself if it is not elastic."""
        return tuple(self.sub_channels) if self.is_elastic else (self,)

    def parts_with(self, arn: str) -> list[SubChannel]:
        """The sub-channels in which a user or bot is a member: at most one, unless it is a moderator."""
        return [part for part in self.parts if arn in part.memberships]

    @property
    def member_arns(self) -> tuple[str, ...]:
        """The ARNs of the members of all sub-channels."""
        return tuple(dict.fromkeys(chain.from_iterable(part.memberships.entries for part in self.parts)))

    def membership_of(self, arn: str) -> Membership | None:
        """The membership of a user or bot in the first sub-channel that has one."""
        found = (part.memberships.get(arn) for part in self.parts)
        return next((membership for membership in found if membership is not None), None)

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
