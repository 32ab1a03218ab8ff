"""How the page shows a channel: as its messages with who sees each of them, and as the events of sessions."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from itertools import islice
from typing import Any

from qchime.core.showing import Entry, Look, Looks, Timeline, Views
from qchime.services.chimesdkmessaging.chat import Chat
from qchime.services.chimesdkmessaging.event import Event
from qchime.services.chimesdkmessaging.publishing import Publisher
from qchime.services.chimesdkmessaging.resources import Channel, Message
from qchime.services.chimesdkmessaging.visibility import is_visible, oldest_kept

LATEST = 200
"""The number of messages and of events that are shown of a channel."""


def messages_of(channel: Channel, backend: Publisher) -> Timeline:
    """The latest messages of a channel that the retention settings do not hide."""
    instance = backend.identities.app_instances[channel.app_instance_arn]
    oldest = oldest_kept(instance, backend.world.clock.now())
    latest = [
        message
        for message in islice(channel.messages.newest_first(), LATEST)
        if oldest is None or message.created_timestamp > oldest
    ]
    return Timeline([_entry(message, channel) for message in reversed(latest)])


def events_of(channel: Channel, chat: Chat, backend: Publisher) -> Timeline:
    """The latest events of a channel, with whose sessions and which streams receive them."""
    fitting = [event for event in backend.events.log if event.channel_arn == channel.channel_arn]
    streamed = {stream["data_type"] for stream in chat.streams or ()}
    return Timeline(
        [
            Entry(None, event.type, _summary(event.payload), _receivers(event, streamed))
            for event in fitting[-LATEST:]
        ]
    )


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
    return f"{', '.join(notes)}, only for {_names(seeing)}"


def _receivers(event: Event, streamed: set[str]) -> str:
    """Who receives an event: users and bots if they have a session, and streams that are configured."""
    receivers = [*event.recipients, *(["streams"] if event.data_type in streamed else [])]
    return f"to {_names(receivers)}" if receivers else "to nobody"


def _summary(payload: dict[str, Any]) -> str:
    """What an event is about: the content of a message, or the names of members or of the channel."""
    people = payload.get("Members") or [payload[role] for role in ("Member", "Moderator") if role in payload]
    names = ", ".join(person.get("Name") or _name(person["Arn"]) for person in people)
    return names or str(payload.get("Content", payload.get("Name", "")))


def _names(arns: Iterable[str]) -> str:
    return ", ".join(map(_name, arns))


def _name(arn: str) -> str:
    """The id of a user, bot or app instance."""
    return arn.rpartition("/")[2]


def _views(channel: Channel, chat: Chat, backend: Publisher) -> Views:
    return {
        "Messages": partial(messages_of, channel, backend),
        "Events": partial(events_of, channel, chat, backend),
    }


LOOKS: Looks = {
    Channel: Look(views=_views),
    Chat: Look(label=lambda chat: f"Chat of {_name(chat.app_instance_arn)}"),
    Message: Look(label=lambda message: message.content or message.message_id),
}
