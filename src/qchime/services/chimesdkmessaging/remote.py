"""The attributes of the handle in a client of a server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qchime.services.chimesdkmessaging.event import EventRecords
from qchime.services.chimesdkmessaging.events import from_json

Send = Callable[..., dict[str, Any]]
"""Sends an HTTP method and optional members to a route of the server; returns the JSON of the response."""


class RemoteEvents:
    """`Events` on a server."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def __call__(
        self,
        type: str | None = None,
        *,
        channel: str | None = None,
        to: str | None = None,
        data_type: str | None = None,
    ) -> EventRecords:
        """As `Events.__call__`."""
        wanted = {"type": type, "channel": channel, "to": to, "data_type": data_type}
        given = {name: value for name, value in wanted.items() if value is not None}
        return EventRecords(map(from_json, self._send("GET", given)["events"]))

    def reset(self) -> None:
        """As `Events.reset`."""
        self._send("DELETE")
