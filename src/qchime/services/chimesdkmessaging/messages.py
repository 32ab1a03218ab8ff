"""Messages: send, get, list, update, redact, delete, and their status."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

from qchime.core.backend import Call
from qchime.rules import inferred
from qchime.services.chimesdkidentity.face import PAGE
from qchime.services.chimesdkmessaging.directory import Visit
from qchime.services.chimesdkmessaging.elastic import check_supported
from qchime.services.chimesdkmessaging.exceptions import (
    BadRequestException,
    ConflictException,
    invalid_identity,
    missing,
    not_found,
)
from qchime.services.chimesdkmessaging.message_directory import MISSING, status_of
from qchime.services.chimesdkmessaging.processing import Processing
from qchime.services.chimesdkmessaging.resources import Message, PassedMessage, SubChannel
from qchime.services.chimesdkmessaging.sizes import check_sizes

_EARLIEST = datetime.min.replace(tzinfo=timezone.utc)
_LATEST = datetime.max.replace(tzinfo=timezone.utc)

MOST_PASSED = 1_000
"""How many messages that are not persistent a channel remembers, to recognize repeated client tokens."""

SEND = inferred(
    "messaging.send-message",
    "A message keeps the name that its sender had at the time. Repeating SendChannelMessage with the same "
    "client request token sends nothing; for messages that are not persistent, each channel remembers the "
    "last 1,000.",
)

NOT_PERSISTENT = inferred(
    "messaging.non-persistent-message",
    "A NON_PERSISTENT message is only an event: no operation finds it. A CONTROL message can be PERSISTENT.",
    sources=["https://docs.aws.amazon.com/chime-sdk/latest/dg/msg-types.html"],
)

TARGET = inferred(
    "messaging.target",
    "A Target that is not a member of the channel raises a ForbiddenException, one without a MemberArn a "
    "BadRequestException.",
)

LIST = inferred(
    "messaging.list-messages",
    "NotBefore and NotAfter are inclusive. Messages of the same time are in the order of sending.",
)

UPDATE = inferred(
    "messaging.update-message",
    "UpdateChannelMessage replaces Metadata and ContentType, and removes them if they are omitted. "
    "Everything else stays, and the message keeps its place in lists. Updating a message that is redacted "
    "or not sent raises a ConflictException.",
)

REDACT = inferred(
    "messaging.redact-message", "Redacting a message a second time changes nothing, and publishes no event."
)

STATUS = inferred(
    "messaging.message-status",
    "While a channel flow processes an update, and after it has failed, GetChannelMessageStatus returns the "
    "status of that update. A denied message is missing.",
)


class MessageOperations(Processing):
    """https://docs.aws.amazon.com/chime-sdk/latest/APIReference/API_messaging-chime_SendChannelMessage.html"""

    @SEND
    def send_channel_message(
        self,
        call: Call,
        *,
        channel_arn: str,
        content: str,
        type: str,
        persistence: str,
        client_request_token: str,
        chime_bearer: str,
        metadata: str | None = None,
        push_notification: dict[str, Any] | None = None,
        message_attributes: dict[str, Any] | None = None,
        sub_channel_id: str | None = None,
        content_type: str | None = None,
        target: list[dict[str, str]] | None = None,
    ) -> dict[str, Any]:
        """Send a message. A push notification reaches no device, and no response shows it."""
        visit, part = self.enter_part(call, chime_bearer, channel_arn, sub_channel_id)
        token = f"{chime_bearer} {client_request_token}"
        earlier = self.replayed(part.messages, token, call) or self.replayed(part.passed, token, call)
        if earlier is not None:
            return _sent(part, earlier.message_id, earlier.status)
        now = _cut(self.world.clock.now())
        message = Message(
            message_id=f"{self.new_uuid()}{self.new_uuid()}".replace("-", ""),
            sender_arn=chime_bearer,
            sender_name=visit.shown(chime_bearer)["name"],
            type=type,
            persistence=persistence,
            content=content,
            metadata=metadata,
            content_type=content_type,
            message_attributes=message_attributes,
            target_arn=_target(visit, part, target),
            created_timestamp=now,
            last_updated_timestamp=now,
        )
        check_sizes(message)
        self._keep(part, message, token, call)
        status = self.submit(visit.chat, part, message, "CREATE")
        return _sent(part, message.message_id, status)

    @NOT_PERSISTENT
    def _keep(self, part: SubChannel, message: Message, token: str, call: Call) -> None:
        if message.persistence == "PERSISTENT":
            part.messages.add(message.message_id, message, client_token=token, parameters=call.parameters)
            return
        passed = PassedMessage(message.message_id, message.status)
        part.passed.add(message.message_id, passed, client_token=token, parameters=call.parameters)
        if len(part.passed) > MOST_PASSED:
            part.passed.remove(next(iter(part.passed.entries)))

    @MISSING
    def get_channel_message(
        self,
        call: Call,
        *,
        channel_arn: str,
        message_id: str,
        chime_bearer: str,
        sub_channel_id: str | None = None,
    ) -> dict[str, Any]:
        """One message in full."""
        visit, part = self.enter_part(call, chime_bearer, channel_arn, sub_channel_id)
        message = self.kept(visit, part, message_id)
        if message is None or not self.sees(visit, message):
            raise not_found(f"The channel has no message {message_id}.").because(MISSING)
        return {"channel_message": self.message_in_full(part, message)}

    @LIST
    def list_channel_messages(
        self,
        call: Call,
        *,
        channel_arn: str,
        chime_bearer: str,
        sort_order: str = "DESCENDING",
        not_before: datetime | None = None,
        not_after: datetime | None = None,
        max_results: int = PAGE,
        next_token: str | None = None,
        sub_channel_id: str | None = None,
    ) -> dict[str, Any]:
        """A page of the messages that the bearer sees, the newest first unless asked otherwise."""
        visit, part = self.enter_part(call, chime_bearer, channel_arn, sub_channel_id)
        self.purge(visit, part)

        newest_first = sort_order == "DESCENDING"
        earliest, latest = not_before or _EARLIEST, not_after or _LATEST

        def is_wanted(message: Message) -> bool:
            return earliest <= message.created_timestamp <= latest and self.sees(visit, message)

        page = self.page(part.messages, max_results, next_token, only=is_wanted, newest_first=newest_first)
        messages = [self.message_in_full(part, message) for message in page.items]
        return {
            "channel_arn": channel_arn,
            "channel_messages": messages,
            "next_token": page.next_token,
            "sub_channel_id": part.sub_channel_id,
        }

    @STATUS
    def get_channel_message_status(
        self,
        call: Call,
        *,
        channel_arn: str,
        message_id: str,
        chime_bearer: str,
        sub_channel_id: str | None = None,
    ) -> dict[str, Any]:
        """The status of a message of the bearer's."""
        *_, message = self.enter_for_message(call, chime_bearer, channel_arn, sub_channel_id, message_id)
        if message.update_status is not None:
            return {"status": {"value": message.update_status}}
        return {"status": status_of(message)}

    @UPDATE
    def update_channel_message(
        self,
        call: Call,
        *,
        channel_arn: str,
        message_id: str,
        content: str,
        chime_bearer: str,
        metadata: str | None = None,
        sub_channel_id: str | None = None,
        content_type: str | None = None,
    ) -> dict[str, Any]:
        """Replace what the bearer has written."""
        visit, part, message = self.enter_for_message(
            call, chime_bearer, channel_arn, sub_channel_id, message_id
        )
        if message.redacted or message.status != "SENT":
            problem = "redacted" if message.redacted else message.status
            raise ConflictException(f"The message {message_id} is {problem}.").because(UPDATE)
        now = _cut(self.world.clock.now())
        draft = replace(message, content=content, metadata=metadata, content_type=content_type)
        draft.last_edited_timestamp = draft.last_updated_timestamp = now
        check_sizes(draft)
        return _sent(part, message_id, self.submit(visit.chat, part, draft, "UPDATE"))

    @REDACT
    def redact_channel_message(
        self,
        call: Call,
        *,
        channel_arn: str,
        message_id: str,
        chime_bearer: str,
        sub_channel_id: str | None = None,
    ) -> dict[str, Any]:
        """Remove what a message says, for everybody and for good."""
        _, part, message = self._enter_for_sent(call, chime_bearer, channel_arn, sub_channel_id, message_id)
        if not message.redacted:
            message.redacted, message.last_updated_timestamp = True, _cut(self.world.clock.now())
            message.content = message.metadata = message.message_attributes = None
            self.publish_message("REDACT_CHANNEL_MESSAGE", part, message)
        return _named(part, message_id)

    def delete_channel_message(
        self,
        call: Call,
        *,
        channel_arn: str,
        message_id: str,
        chime_bearer: str,
        sub_channel_id: str | None = None,
    ) -> None:
        """Delete a message, also one that the administrator does not see."""
        _, part, message = self._enter_for_sent(call, chime_bearer, channel_arn, sub_channel_id, message_id)
        part.messages.remove(message_id)
        self.publish_message("DELETE_CHANNEL_MESSAGE", part, _without_text(message))

    def _enter_for_sent(
        self, call: Call, bearer: str, channel_arn: str, sub_channel_id: str | None, message_id: str
    ) -> tuple[Visit, SubChannel, Message]:
        visit, part, message = self.enter_for_message(call, bearer, channel_arn, sub_channel_id, message_id)
        if message.status != "SENT":
            raise missing("sent message in the channel:", message_id).because(MISSING)
        return visit, part, message


def _sent(part: SubChannel, message_id: str, status: str) -> dict[str, Any]:
    return _named(part, message_id) | {"status": {"value": status}}


def _named(part: SubChannel, message_id: str) -> dict[str, Any]:
    return {
        "channel_arn": part.channel_arn,
        "sub_channel_id": part.sub_channel_id,
        "message_id": message_id,
    }


def _cut(moment: datetime) -> datetime:
    """The time to milliseconds, as clients see it: NotBefore and NotAfter are compared with that."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


@TARGET
def _target(visit: Visit, part: SubChannel, target: list[dict[str, str]] | None) -> str | None:
    if target is None:
        return None
    check_supported(visit.chat.channel_of(part), "Targets are")
    arn = target[0].get("member_arn")
    if arn is None:
        raise BadRequestException("The Target has no MemberArn.").because(TARGET)
    if arn not in part.memberships:
        raise invalid_identity(arn).because(TARGET)
    return arn


def _without_text(message: Message) -> Message:
    """A deleted message in its event."""
    return replace(message, redacted=True, content=None, metadata=None, message_attributes=None)
