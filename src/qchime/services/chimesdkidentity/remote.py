"""The handle's `endpoints` in a client of a server."""

from collections.abc import Callable
from typing import Any

Send = Callable[..., dict[str, Any]]
"""Sends an HTTP method and an optional body to the route of `endpoints`; returns the JSON of the response."""


class RemoteEndpoints:
    """`Endpoints` on a server."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def deactivate(self, endpoint_id: str, reason: str = "INVALID_DEVICE_TOKEN") -> None:
        """As `Endpoints.deactivate`."""
        self._send("POST", {"endpoint_id": endpoint_id, "reason": reason})

    @property
    def deactivated(self) -> dict[str, str]:
        """As `Endpoints.deactivated`."""
        return dict(self._send("GET")["deactivated"])

    def reset(self) -> None:
        """As `Endpoints.reset`."""
        self._send("DELETE")
