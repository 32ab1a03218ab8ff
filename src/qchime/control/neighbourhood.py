"""Coordination with another mock in this process, the neighbour: `qchime.moto` registers moto as one.

Nothing here imports anything heavy.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from qchime.restjson import Request


class Owner(Enum):
    """Whose mock is the outermost one, and so decides when the state of the default cloud is cleared."""

    NOBODY = "nobody"
    """None of our mocks is running. A neighbour's resets clear the state."""
    QCHIME = "qchime"
    """One of our mocks is the outermost. A neighbour's resets do not clear the state."""
    NEIGHBOUR = "neighbour"
    """Our mocks run inside a neighbour's, whose resets clear the state."""


ASKED_BY_US = "before-send.qchime"
"""The name of the event with which we ask a neighbour for a response."""

SENT_HEADERS = "qchime.headers"
"""The key of a WSGI environ for the headers as the client sent them: pairs of bytes."""


class Application(Protocol):
    """A neighbour's server."""

    def has(self, head: Any) -> bool:
        """Whether it has the service that a request is for, judged by the head alone: the body is unread."""

    def answer(self, environ: Any, start_response: Any, allow: Callable[[Any], None]) -> Any:
        """Respond to a WSGI request; call `allow` on the headers of the response before they are sent.

        The environ may have the headers that the client sent, at `SENT_HEADERS`.
        """


class Neighbour(Protocol):
    """A mock of other services."""

    def is_running(self) -> bool:
        """Whether it intercepts requests in this process now."""

    def take_part(self) -> None:
        """Register us for its next reset."""

    def answer(self, request: Any) -> Any:
        """Its response to a botocore request that its own handlers have not seen, None if it has none."""

    def record(self, request: Request, url: str) -> None:
        """Record a request that we answer, if its recorder is on."""

    def application(self) -> Application:
        """Its server, for the services that we do not have."""


class Neighbourhood:
    """The neighbour, if there is one, and the owner of the state."""

    def __init__(self) -> None:
        self.owner = Owner.NOBODY
        self.neighbour: Neighbour | None = None
        self.after_reset: list[Callable[[], None]] = []
        """Called after every reset by the neighbour, such as the one at the end of `mock_aws`."""

    @property
    def is_running(self) -> bool:
        """Whether a neighbour intercepts requests in this process now."""
        return self.neighbour is not None and self.neighbour.is_running()

    def take_part(self) -> None:
        """Register us for the neighbour's next reset."""
        if self.neighbour is not None:
            self.neighbour.take_part()

    def record(self, request: Request, url: str) -> None:
        """Let the neighbour record a request to this URL that we answer."""
        if self.neighbour is not None:
            self.neighbour.record(request, url)

    def has_reset(self) -> None:
        """Handle a reset by the neighbour: clear the state if the neighbour owns it, and notify listeners."""
        if self.owner is not Owner.QCHIME:
            from qchime.core.cloud import cloud

            cloud.reset()
        for listener in self.after_reset:
            listener()


neighbourhood = Neighbourhood()
