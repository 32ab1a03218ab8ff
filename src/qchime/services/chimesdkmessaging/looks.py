"""How the page shows a channel: as its messages with who sees each of them, and as the events of sessions.

An elastic channel shows its messages in its sub-channels.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from itertools import islice
from typing import Any

from qchime.core.showing import Entry, Look, Looks, Timeline, Views
from qchime.services.chimesdkmessaging.chat import Chat
from qchime.services.chimesdkmessaging.event import Event
from qchime.services.chimesdkmessaging.publishing import Publisher
from qchime.services.chimesdkmessaging.resources import Channel, Message, SubChannel
from qchime.services.chimesdkmessaging.visibility import is_kept, is_visible, oldest_kept

LATEST = 200
"""The number of messages and of events that are shown of a channel."""


def messages_of(part: SubChannel, backend: Publisher) -> Timeline:
    """The latest messages of a channel or sub-channel that the retention settings do not hide."""
    instance = backend.identities.app_instances[part.app_instance_arn]
    oldest = oldest_kept(instance, backend.world.clock.now())
    latest = [message for message in islice(part.messages.newest_first(), LATEST) if is_kept(message, oldest)]
    return Timeline([_entry(message, part) for message in reversed(latest)])


def events_of(place: SubChannel, chat: Chat, backend: Publisher) -> Timeline:
    """The latest events of a channel or sub-channel, with whose sessions and which streams receive them."""
    fitting = [event for event in backend.events.log if _is_of(event, place)]
    streamed = {stream["data_type"] for stream in chat.streams or ()}
    return Timeline(
        [
            Entry(None, event.type, _summary(event.payload), _receivers(event, streamed))
            for event in fitting[-LATEST:]
        ]
    )


def _is_of(event: Event, place: SubChannel) -> bool:
    if event.channel_arn != place.channel_arn or (place.sub_channel_id or "") not in event.payload_json:
        return False
    return place.sub_channel_id in (None, event.payload.get("SubChannelId"))


def _entry(message: Message, part: SubChannel) -> Entry:
    author = message.sender_name or _name(message.sender_arn)
    return Entry(message.created_timestamp, author, message.content or "", _note(message, part))


def _note(message: Message, part: SubChannel) -> str:
    """The status of a message, whether it was changed, and who sees it."""
    changes = {"edited": message.last_edited_timestamp is not None, "redacted": message.redacted}
    notes = [message.type.lower(), message.status, *(name for name, is_so in changes.items() if is_so)]
    if is_visible(message, None, None):
        return f"{', '.join(notes)}, for everybody"
    seeing = [
        arn
        for arn in {message.sender_arn: 0, **dict.fromkeys(part.member_arns)}
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


def _views_of_channel(channel: Channel, chat: Chat, backend: Publisher) -> Views:
    events = {"Events": partial(events_of, channel, chat, backend)}
    return events if channel.is_elastic else {"Messages": partial(messages_of, channel, backend), **events}


def _views_of_sub_channel(part: SubChannel, channel: Channel, backend: Publisher) -> Views:
    chat = backend.chats[part.app_instance_arn]
    return {
        "Messages": partial(messages_of, part, backend),
        "Events": partial(events_of, part, chat, backend),
    }


LOOKS: Looks = {
    Channel: Look(views=_views_of_channel),
    SubChannel: Look(views=_views_of_sub_channel),
    Chat: Look(label=lambda chat: f"Chat of {_name(chat.app_instance_arn)}"),
    Message: Look(label=lambda message: message.content or message.message_id),
}
