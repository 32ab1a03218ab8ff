"""Looks up messages as bearers see them, and publishes what happens to them."""

from __future__ import annotations

from typing import Any

from qchime.core.backend import Call
from qchime.rules import inferred
from qchime.services.chimesdkidentity.face import RetentionChanges
from qchime.services.chimesdkmessaging.directory import ChannelDirectory, Visit
from qchime.services.chimesdkmessaging.exceptions import missing
from qchime.services.chimesdkmessaging.places import part_of
from qchime.services.chimesdkmessaging.resources import Message, SubChannel
from qchime.services.chimesdkmessaging.visibility import is_kept, is_visible, purge

MISSING = inferred(
    "messaging.missing-message",
    "A message that is missing, or that the bearer cannot see, raises a NotFoundException in "
    "GetChannelMessage, which declares it, and a ForbiddenException in the other operations. A message that "
    "is not persistent counts as missing.",
)

REDACTED = inferred(
    "messaging.redacted-message",
    "A redacted message has no Content, Metadata or MessageAttributes in responses. In events its Content "
    "is empty, because a client may require it.",
    sources=["https://docs.aws.amazon.com/chime-sdk/latest/dg/websockets.html"],
)

MESSAGE_EVENTS = inferred(
    "messaging.events-of-a-targeted-message",
    "Events of a targeted message go to its sender and its target, if they are still members, and have the "
    "Target.",
)


class MessageDirectory(ChannelDirectory):
    """The messages in the channels of one account and region."""

    def hear(self, news: object) -> None:
        """Delete what the retention settings demand before they change."""
        super().hear(news)
        if isinstance(news, RetentionChanges) and (chat := self.chats.get(news.app_instance_arn)):
            instance = self.identities.app_instances[news.app_instance_arn]
            for channel in chat.channels:
                for part in channel.parts:
                    purge(part, instance, self.world.clock.now())

    def enter_for_message(
        self, call: Call, bearer: str, channel_arn: str, sub_channel_id: str | None, message_id: str
    ) -> tuple[Visit, SubChannel, Message]:
        """As `enter`, for an operation on a message of the bearer's own or of others.

        Raises:
            ForbiddenException: also if the channel has no such message.
        """
        visit = self.visit(bearer)
        channel = self.channel(visit, channel_arn)
        part = part_of(channel, sub_channel_id)
        message = self.kept(visit, part, message_id)
        self.check_role(call, visit, channel, part, subject=message.sender_arn if message else None)
        if message is None:
            raise missing("message in the channel:", message_id).because(MISSING)
        return visit, part, message

    def kept(self, visit: Visit, part: SubChannel, message_id: str) -> Message | None:
        """The persistent message of this id, if the retention settings do not hide it."""
        self.purge(visit, part)
        message = part.messages.get(message_id)
        return message if message is not None and is_kept(message, visit.oldest) else None

    def sees(self, visit: Visit, message: Message) -> bool:
        """Whether the bearer sees a message."""
        return is_visible(message, visit.bearer, visit.oldest)

    def purge(self, visit: Visit, part: SubChannel) -> None:
        """Delete the messages that the retention settings do not keep."""
        if purge(part, visit.instance, visit.now):
            self.note_change()

    def publish_message(self, type: str, part: SubChannel, message: Message) -> None:
        """Publish what happened to a message: to all who see it or, while it is not sent, to its sender."""
        payload = self.message_in_full(part, message)
        if message.redacted:
            payload["content"] = ""
        self.publish(type, part, payload, self._recipients(part, message), message.type)

    @MESSAGE_EVENTS
    def _recipients(self, part: SubChannel, message: Message) -> tuple[str, ...]:
        if message.status != "SENT":
            return (message.sender_arn,)
        if message.target_arn is None:
            return part.member_arns
        those = dict.fromkeys([message.sender_arn, message.target_arn])
        return tuple(arn for arn in those if arn in part.memberships)

    @REDACTED
    def message_in_full(self, part: SubChannel, message: Message) -> dict[str, Any]:
        """A message with all its members."""
        return {
            "channel_arn": part.channel_arn,
            "sub_channel_id": part.sub_channel_id,
            "message_id": message.message_id,
            "content": message.content,
            "metadata": message.metadata,
            "type": message.type,
            "created_timestamp": message.created_timestamp,
            "last_edited_timestamp": message.last_edited_timestamp,
            "last_updated_timestamp": message.last_updated_timestamp,
            "sender": {"arn": message.sender_arn, "name": message.sender_name},
            "redacted": message.redacted,
            "persistence": message.persistence,
            "status": status_of(message),
            "message_attributes": message.message_attributes,
            "content_type": message.content_type,
            "target": [{"member_arn": message.target_arn}] if message.target_arn else None,
        }


def status_of(message: Message) -> dict[str, Any]:
    """The status of a message in a response."""
    return {"value": message.status, "detail": message.status_detail}
