"""Publishes the events of channels: what happened, as the model's shapes, and whom it concerns."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from qchime import compat
from qchime.core.cloud import Account
from qchime.restjson import json_writer
from qchime.rules import inferred
from qchime.services.chimesdkidentity.face import Directory, TagOperations, app_instances
from qchime.services.chimesdkmessaging import SERVICE
from qchime.services.chimesdkmessaging.chat import Chat
from qchime.services.chimesdkmessaging.event import KINDS, Event
from qchime.services.chimesdkmessaging.event_log import EventLog
from qchime.services.chimesdkmessaging.events import Events
from qchime.services.chimesdkmessaging.resources import Appointment, Channel, Membership, SubChannel
from qchime.services.chimesdkmessaging.visibility import last_message_timestamp, oldest_kept

FIRST_EVENTS = inferred(
    "messaging.events-of-a-new-channel",
    "The first members of a channel, including the bearer, get CREATE_CHANNEL_MEMBERSHIP one after the "
    "other. No session gets CREATE_CHANNEL, which AWS lists for streams only.",
    sources=["https://docs.aws.amazon.com/chime-sdk/latest/dg/websockets.html"],
)

BATCH_EVENTS = inferred(
    "messaging.events-of-a-batch",
    "A batch is one BATCH_CREATE_CHANNEL_MEMBERSHIP, with the added members, for the sessions of members, "
    "and one CREATE_CHANNEL_MEMBERSHIP for each added member in streams. A batch that adds nobody sends no "
    "event.",
)

SUB_CHANNEL_EVENTS = inferred(
    "messaging.events-of-sub-channels",
    "The payload of CREATE_SUB_CHANNEL and DELETE_SUB_CHANNEL has ChannelArn and SubChannelId. Creating an "
    "elastic channel also sends CREATE_SUB_CHANNEL for its first sub-channel; deleting it sends "
    "DELETE_CHANNEL only.",
    sources=["https://docs.aws.amazon.com/chime-sdk/latest/dg/streaming-export.html"],
)

STREAMS = inferred(
    "messaging.stream-records",
    "Events are kept for the handle's `events`. They are also put into moto's Kinesis streams, if these "
    "exist, with the ARN of the channel as the partition key.",
    sources=["https://docs.aws.amazon.com/chime-sdk/latest/dg/streaming-export.html"],
)

WRITERS = {
    shape: json_writer(SERVICE.model.shape_for(shape)) for shape in {kind.shape for kind in KINDS.values()}
}
"""The functions that write the payloads of events as JSON, by shape."""


class Publisher(TagOperations):
    """The events of one account and region."""

    def __init__(self, region_name: str, account: Account) -> None:
        super().__init__(region_name, account)
        events: Events = account.world.words["events"]
        self.events = EventLog(self.lock, events.serials)
        """The events so far, and who listens to them."""
        self.chats: dict[str, Chat] = {}

    @property
    def identities(self) -> Directory:
        """The app instances, users and bots of this account and region."""
        return app_instances(self._account, self.region_name)

    def publish(
        self,
        type: str,
        place: SubChannel,
        payload: Any,
        to: Iterable[str] = (),
        message_type: str = "SYSTEM",
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Publish an event to the sessions of these users and bots, and to the streams that carry it.

        `payload` has the members of the shape in `KINDS`, with Python's names.
        """
        content = WRITERS[KINDS[type].shape](payload)
        event = Event(type, place.channel_arn, content, tuple(to), message_type, dict(headers))
        self.events.publish(event)
        self._stream(place, event)

    @STREAMS
    def _stream(self, place: SubChannel, event: Event) -> None:
        """Put an event into the stream for its data type, if moto has it."""
        chat = self.chats.get(place.app_instance_arn)
        for stream in (chat and chat.streams) or ():
            if stream["data_type"] == event.data_type:
                content = json.dumps(event.record)
                put = partial(compat.put_in_moto_stream, stream["resource_arn"], place.channel_arn, content)
                self.lock.after_release(put)

    def publish_channel(self, type: str, channel: Channel, to: Iterable[str] = ()) -> None:
        """Publish what happened to a channel."""
        self.publish(type, channel, self.channel_in_full(channel), to)

    def publish_membership(
        self, type: str, part: SubChannel, membership: Membership, to: Iterable[str] = (), **how: Any
    ) -> None:
        """Publish what happened to a member; `how` is passed to `publish`."""
        self.publish(type, part, self.membership_in_full(part, membership), to, **how)

    @SUB_CHANNEL_EVENTS
    def publish_sub_channel(self, type: str, part: SubChannel) -> None:
        """Publish, to streams, that a sub-channel was created or deleted."""
        self.publish(type, part, {"channel_arn": part.channel_arn, "sub_channel_id": part.sub_channel_id})

    def publish_appointment(self, type: str, channel: Channel, appointment: Appointment) -> None:
        """Publish, to streams, that a moderator or a ban was created or deleted."""
        role = "moderator" if type.endswith("MODERATOR") else "member"
        self.publish(type, channel, self.appointment_in_full(channel, appointment, role))

    def shown(self, arn: str) -> dict[str, Any]:
        """A user or bot in a payload, with its current name, if it has one and still exists."""
        instance = self.identities.app_instances.get(arn.rpartition("/")[0].rpartition("/")[0])
        identity = instance and (instance.users.get(arn) or instance.bots.get(arn))
        return {"arn": arn, "name": identity.name if identity else None}

    def channel_in_full(
        self, channel: Channel, bearer: str | None = None, seen: Iterable[SubChannel] | None = None
    ) -> dict[str, Any]:
        """A channel with all its members; `bearer` and `seen` are those of `channel_summary`."""
        return self.channel_summary(channel, bearer, seen) | {
            "created_by": self.shown(channel.created_by_arn),
            "created_timestamp": channel.created_timestamp,
            "last_updated_timestamp": channel.last_updated_timestamp,
            "channel_flow_arn": channel.channel_flow_arn,
            "elastic_channel_configuration": channel.elastic_channel_configuration,
            "expiration_settings": channel.expiration_settings,
        }

    def channel_summary(
        self, channel: Channel, bearer: str | None = None, seen: Iterable[SubChannel] | None = None
    ) -> dict[str, Any]:
        """A channel as lists show it to a bearer that sees these sub-channels, or as everybody sees it."""
        instance = self.identities.app_instances.get(channel.app_instance_arn)
        oldest = oldest_kept(instance, self.world.clock.now()) if instance else None
        return {
            "name": channel.name,
            "channel_arn": channel.channel_arn,
            "mode": channel.mode,
            "privacy": channel.privacy,
            "metadata": channel.metadata,
            "last_message_timestamp": last_message_timestamp(
                channel.parts if seen is None else seen, bearer, oldest
            ),
        }

    def membership_in_full(self, part: SubChannel, membership: Membership) -> dict[str, Any]:
        """A membership with all its members."""
        return {
            "invited_by": self.shown(membership.invited_by_arn),
            "type": membership.type,
            "member": self.shown(membership.member_arn),
            "channel_arn": part.channel_arn,
            "sub_channel_id": part.sub_channel_id,
            "created_timestamp": membership.created_timestamp,
            "last_updated_timestamp": membership.last_updated_timestamp,
        }

    def appointment_in_full(self, channel: Channel, appointment: Appointment, role: str) -> dict[str, Any]:
        """A moderator or a ban with all its members; `role` names the one who is meant."""
        return {
            role: self.shown(appointment.arn),
            "channel_arn": channel.channel_arn,
            "created_timestamp": appointment.created_timestamp,
            "created_by": self.shown(appointment.created_by_arn),
        }
