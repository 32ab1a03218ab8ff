"""The handle's `events`: what the sessions of members would have received, and what streams carry."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import count
from typing import Any

from qchime.services.chimesdkmessaging.event import KINDS, Event, EventRecords
from qchime.world import Changes, in_order

DATA_TYPES = ("Channel", "ChannelMessage")


@dataclass
class EventsState:
    """The state of `events`, which is empty: a state does not have the events of the past."""


class Events:
    """The events that members of channels receive and streams carry: `events(to=alice, channel=general)`.

    Each account and region keeps the latest 10 000 events, with at most 16 MiB.
    """

    def __init__(self, everybody: Events | None = None) -> None:
        self.changes: Changes = Changes()
        self.backends: Callable[[], list[Any]] = list
        self.serials: Iterator[int] = everybody.serials if everybody is not None else count()
        """Numbers the events of all accounts."""

    def __call__(
        self,
        type: str | None = None,
        *,
        channel: str | None = None,
        to: str | None = None,
        data_type: str | None = None,
    ) -> EventRecords:
        """The latest events, oldest first.

        Args:
            type: only those of this type, such as `CREATE_CHANNEL_MESSAGE`.
            channel: only those of the channel with this ARN.
            to: only those that the user or bot with this ARN receives.
            data_type: only those that streams of this data type carry: `Channel` or `ChannelMessage`.

        Raises:
            ValueError: there is no such type or data type.
        """
        _check("type of events", type, list(KINDS))
        _check("data type", data_type, DATA_TYPES)
        wanted = (type, channel, data_type)
        return EventRecords(
            event
            for event in in_order([backend.events.log for backend in self.backends()])
            if to is None or to in event.recipients
            if all(map(_fits, wanted, (event.type, event.channel_arn, event.data_type)))
        )

    def reset(self) -> None:
        """Remove all events so far."""
        for backend in self.backends():
            backend.events.log.reset()

    def show(self, **wanted: str) -> dict[str, Any]:
        """The events as JSON; the parameters are those of the call."""
        return {"events": [to_json(event) for event in self(**wanted)]}

    def state(self) -> EventsState:
        """Nothing."""
        return EventsState()

    def restore(self, state: EventsState) -> None:
        """Do nothing."""


def to_json(event: Event) -> dict[str, Any]:
    """An event as JSON, with its payload as an object."""
    shown = asdict(event) | {"payload": event.payload}
    del shown["payload_json"]
    return shown


def from_json(shown: dict[str, Any]) -> Event:
    """The event that was shown."""
    payload = json.dumps(shown.pop("payload"), ensure_ascii=False, separators=(",", ":"))
    return Event(**{**shown, "payload_json": payload, "recipients": tuple(shown["recipients"])})


def _fits(wanted: str | None, found: str | None) -> bool:
    return wanted in (None, found)


def _check(what: str, name: str | None, known: Sequence[str]) -> None:
    if name is not None and name not in known:
        alike = difflib.get_close_matches(str(name), known, n=3, cutoff=0) or known
        raise ValueError(f"There is no {what} {name!r}. Choose from: {', '.join(alike)}")
