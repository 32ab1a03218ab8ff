"""The attributes of the handle in a client of a server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from qchime.services.chimesdkmessaging.event import EventRecords
from qchime.services.chimesdkmessaging.events import from_json
from qchime.services.chimesdkmessaging.flow_actions import PendingMessage

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


class RemoteFlows:
    """`Flows` on a server, where messages cannot be scripted by functions."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def hold(self, flow: str | None = None) -> None:
        """As `Flows.hold`."""
        self._set("hold", flow)

    def script(self, function: object, flow: str | None = None) -> NoReturn:
        """Refuse a function, which only `Flows.script` takes.

        Raises:
            TypeError: always.
        """
        raise TypeError(
            f"{function!r} cannot be sent to a server. Hold the messages with flows.hold(), and call "
            "ChannelFlowCallback for those in flows.pending()."
        )

    def invoke(self, flow: str | None = None) -> None:
        """As `Flows.invoke`."""
        self._set("invoke", flow)

    def fail(self, flow: str | None = None) -> None:
        """As `Flows.fail`."""
        self._set("fail", flow)

    def pass_through(self, flow: str | None = None) -> None:
        """As `Flows.pass_through`."""
        self._set("pass", flow)

    def pending(self) -> list[PendingMessage]:
        """As `Flows.pending`."""
        return [PendingMessage(**message) for message in self._send("GET")["pending"]]

    def reset(self) -> None:
        """As `Flows.reset`."""
        self._send("DELETE")

    def _set(self, action: str, flow: str | None) -> None:
        self._send("POST", {"action": action, "flow": flow})
