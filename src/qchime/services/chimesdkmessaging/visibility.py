"""Which messages somebody sees, and which the retention settings of the app instance hide or delete."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import takewhile

from qchime.rules import inferred
from qchime.services.chimesdkidentity.face import AppInstance
from qchime.services.chimesdkmessaging.resources import Message, SubChannel

RETENTION = inferred(
    "messaging.retention",
    "Messages as old as the retention settings of the app instance allow, or older, are hidden at once. "
    "They are deleted if they are hidden at the InitiateDeletionTimestamp of the settings, or later.",
    sources=["https://docs.aws.amazon.com/chime-sdk/latest/dg/manage-retention.html"],
    turn="clock.advance",
)

ONLY_SENT = inferred(
    "messaging.unsent-messages",
    "Only its sender can see a message that is PENDING or FAILED. Only its sender and its target can see a "
    "targeted message; administrators cannot.",
    sources=["https://docs.aws.amazon.com/chime-sdk/latest/dg/using-channel-flows.html"],
)


@RETENTION
def oldest_kept(instance: AppInstance, now: datetime) -> datetime | None:
    """The time since which messages are kept; None if all are."""
    settings = instance.retention.get("channel_retention_settings") or {}
    days = settings.get("retention_days")
    return None if days is None else now - timedelta(days=days)


def is_kept(message: Message, oldest: datetime | None) -> bool:
    """Whether a message is younger than the retention settings; `oldest` is what `oldest_kept` returns."""
    return oldest is None or message.created_timestamp > oldest


def purge(part: SubChannel, instance: AppInstance, now: datetime) -> bool:
    """Delete the messages that are too old, once deletion has begun. Return whether there were any."""
    begin, oldest = instance.initiate_deletion_timestamp, oldest_kept(instance, now)
    if begin is None or now < begin:
        return False
    gone = list(takewhile(lambda message: not is_kept(message, oldest), part.messages))
    for message in gone:
        part.messages.remove(message.message_id)
    return bool(gone)


@ONLY_SENT
def is_visible(message: Message, bearer: str | None, oldest: datetime | None) -> bool:
    """Whether the bearer sees a message; without a bearer, whether everybody in the channel does."""
    if not is_kept(message, oldest):
        return False
    if message.sender_arn == bearer:
        return True
    return message.status == "SENT" and message.target_arn in (None, bearer)


def last_message_timestamp(
    parts: Iterable[SubChannel], bearer: str | None, oldest: datetime | None
) -> datetime | None:
    """When the last message in these sub-channels was sent that the bearer sees, or that everybody does."""
    last = (_last_message(part, bearer, oldest) for part in parts)
    return max((message.created_timestamp for message in last if message), default=None)


def _last_message(part: SubChannel, bearer: str | None, oldest: datetime | None) -> Message | None:
    return next(
        (
            message
            for message in part.messages.newest_first()
            if message.status == "SENT" and is_visible(message, bearer, oldest)
        ),
        None,
    )
