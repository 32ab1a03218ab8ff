"""How the page shows a channel: as its messages, with who sees each of them."""

from __future__ import annotations

from itertools import islice

from qchime.core.showing import Entry, Look, Looks, Timeline
from qchime.services.chimesdkmessaging.resources import Channel, Message
from qchime.services.chimesdkmessaging.visibility import is_visible

LATEST = 200
"""The number of messages that are shown of a channel."""


def messages_of(channel: Channel) -> Timeline:
    """The latest messages of a channel."""
    latest = list(islice(channel.messages.newest_first(), LATEST))
    return Timeline([_entry(message, channel) for message in reversed(latest)])


def _entry(message: Message, channel: Channel) -> Entry:
    author = message.sender_name or _name(message.sender_arn)
    return Entry(message.created_timestamp, author, message.content or "", _note(message, channel))


def _note(message: Message, channel: Channel) -> str:
    """The status of a message, whether it was changed, and who sees it."""
    changes = {"edited": message.last_edited_timestamp is not None, "redacted": message.redacted}
    notes = [message.type.lower(), message.status, *(name for name, is_so in changes.items() if is_so)]
    if is_visible(message, None, None):
        return f"{', '.join(notes)}, for everybody"
    seeing = [
        arn
        for arn in {message.sender_arn: 0, **dict.fromkeys(channel.member_arns)}
        if is_visible(message, arn, None)
    ]
    return f"{', '.join(notes)}, only for {', '.join(map(_name, seeing))}"


def _name(arn: str) -> str:
    """The id of a user or bot."""
    return arn.rpartition("/")[2]


LOOKS: Looks = {
    Channel: Look(views=lambda channel, chat: {"Messages": lambda: messages_of(channel)}),
    Message: Look(label=lambda message: message.content or message.message_id),
}
