"""The handle's `endpoints` in a client of a server."""

from collections.abc import Callable
from typing import Any

from qchime.core.words import with_arguments_of
from qchime.services.chimesdkidentity.deactivated import Endpoints

Send = Callable[..., dict[str, Any]]
"""Sends an HTTP method and an optional body to the route of `endpoints`; returns the JSON of the response."""


class RemoteEndpoints:
    """`Endpoints` on a server."""

    def __init__(self, send: Send) -> None:
        self._send = send

    @with_arguments_of(Endpoints.deactivate)
    def deactivate(self, given: dict[str, Any]) -> None:
        """As `Endpoints.deactivate`."""
        self._send("POST", given)

    @property
    def deactivated(self) -> dict[str, str]:
        """As `Endpoints.deactivated`."""
        return dict(self._send("GET")["deactivated"])

    def reset(self) -> None:
        """As `Endpoints.reset`."""
        self._send("DELETE")
