"""Events: what sessions of members receive over a WebSocket, and what streams carry.

https://docs.aws.amazon.com/chime-sdk/latest/dg/websockets.html
https://docs.aws.amazon.com/chime-sdk/latest/dg/streaming-export.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, NamedTuple

from qchime.world import Records

HEADER = "x-amz-chime-"
"""The start of the names of all headers."""

REASON = f"{HEADER}event-reason"
"""The header that says why an event was sent."""


BYTES_OF_RECIPIENT = 8
"""What a recipient takes: a reference to its ARN, which the channel has already."""


class Kind(NamedTuple):
    """What an event of a type consists of."""

    shape: str
    """The model's shape of its payload."""
    data_type: str | None = None
    """The data type of the streams that carry it; None if only sessions receive it."""


KINDS: Mapping[str, Kind] = {
    "CREATE_CHANNEL_MESSAGE": Kind("ChannelMessage", "ChannelMessage"),
    "UPDATE_CHANNEL_MESSAGE": Kind("ChannelMessage", "ChannelMessage"),
    "REDACT_CHANNEL_MESSAGE": Kind("ChannelMessage", "ChannelMessage"),
    "DELETE_CHANNEL_MESSAGE": Kind("ChannelMessage", "ChannelMessage"),
    "PENDING_CREATE_CHANNEL_MESSAGE": Kind("ChannelMessage"),
    "PENDING_UPDATE_CHANNEL_MESSAGE": Kind("ChannelMessage"),
    "FAILED_CREATE_CHANNEL_MESSAGE": Kind("ChannelMessage"),
    "FAILED_UPDATE_CHANNEL_MESSAGE": Kind("ChannelMessage"),
    "DENIED_CREATE_CHANNEL_MESSAGE": Kind("ChannelMessage"),
    "DENIED_UPDATE_CHANNEL_MESSAGE": Kind("ChannelMessage"),
    "CREATE_CHANNEL": Kind("Channel", "Channel"),
    "UPDATE_CHANNEL": Kind("Channel", "Channel"),
    "DELETE_CHANNEL": Kind("Channel", "Channel"),
    "UPDATE_CHANNEL_EXPIRATION_SETTINGS": Kind("Channel", "Channel"),
    "CREATE_CHANNEL_MEMBERSHIP": Kind("ChannelMembership", "Channel"),
    "DELETE_CHANNEL_MEMBERSHIP": Kind("ChannelMembership", "Channel"),
    "UPDATE_CHANNEL_MEMBERSHIP": Kind("ChannelMembership"),
    "BATCH_CREATE_CHANNEL_MEMBERSHIP": Kind("BatchChannelMemberships"),
    "CREATE_CHANNEL_MODERATOR": Kind("ChannelModerator", "Channel"),
    "DELETE_CHANNEL_MODERATOR": Kind("ChannelModerator", "Channel"),
    "CREATE_CHANNEL_BAN": Kind("ChannelBan", "Channel"),
    "DELETE_CHANNEL_BAN": Kind("ChannelBan", "Channel"),
    # The model has no shape for them. Their members are among those of a membership.
    "CREATE_SUB_CHANNEL": Kind("ChannelMembership", "Channel"),
    "DELETE_SUB_CHANNEL": Kind("ChannelMembership", "Channel"),
}
"""The types of events."""


def frame(
    type: str,
    payload_json: str | None = None,
    message_type: str = "SYSTEM",
    headers: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """The WebSocket frame of a session: headers with the type of the payload, which is itself JSON."""
    own = {f"{HEADER}event-type": type, f"{HEADER}message-type": message_type}
    payload = {} if payload_json is None else {"Payload": payload_json}
    return json.dumps({"Headers": {**own, **headers}, **payload})


@dataclass(frozen=True)
class Event:
    """One event."""

    type: str
    """Its type, such as `CREATE_CHANNEL_MESSAGE`."""
    channel_arn: str
    """The ARN of the channel."""
    payload_json: str
    """The payload as JSON, with timestamps in ISO 8601."""
    recipients: tuple[str, ...] = ()
    """The ARNs of the users and bots that receive it; empty if only streams carry it."""
    message_type: str = "SYSTEM"
    """STANDARD or CONTROL for a message, SYSTEM for everything else."""
    headers: dict[str, str] = field(default_factory=dict)
    """Further headers of the frame, with their full names."""

    @property
    def payload(self) -> dict[str, Any]:
        """The payload, with the model's names."""
        payload: dict[str, Any] = json.loads(self.payload_json)
        return payload

    @property
    def data_type(self) -> str | None:
        """The data type of the streams that carry it: Channel, ChannelMessage or None."""
        return KINDS[self.type].data_type

    @cached_property
    def frame(self) -> str:
        """The WebSocket frame that a session receives."""
        return frame(self.type, self.payload_json, self.message_type, self.headers)

    @property
    def record(self) -> dict[str, Any]:
        """The record that a stream carries."""
        return {"EventType": self.type, "Payload": self.payload}

    @property
    def size(self) -> int:
        """Its approximate size in bytes."""
        return len(self.payload_json) + BYTES_OF_RECIPIENT * len(self.recipients)

    def __str__(self) -> str:
        names = ", ".join(arn.rpartition("/")[2] for arn in self.recipients)
        return f"{self.type} to {names or 'streams'}: {self.payload_json}"


class EventRecords(Records[Event]):
    """Events, oldest first. They compare equal to a list of the same events, or of their types."""

    kind = "events"
    participle = "published"

    @staticmethod
    def name_of(record: Event) -> str:
        """The type of the event."""
        return record.type
