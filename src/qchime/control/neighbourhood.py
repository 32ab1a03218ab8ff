"""Another mock beside us in this process: whose resets clear the state, and what it has that we do not.

moto joins here by itself when it is imported. Nothing here imports anything heavy.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any, Protocol


class Owner(Enum):
    """Who decides when the state of the default cloud is cleared: whose mock is the outermost one."""

    NOBODY = "nobody"
    """No mock of ours runs. A neighbour's resets clear the state."""
    QCHIME = "qchime"
    """A mock of ours is the outermost. A neighbour's resets leave the state alone."""
    NEIGHBOUR = "neighbour"
    """Ours runs inside a neighbour's, whose resets clear the state."""


class Application(Protocol):
    """The server of a neighbour."""

    def has(self, head: Any) -> bool:
        """Whether it has the service that a request is for; its body may not have been read."""

    def answer(self, environ: Any, start_response: Any, allow: Callable[[Any], None]) -> Any:
        """Its answer by WSGI; what `allow` does to the headers comes last."""

    def request_handler(self, ours: Any) -> Any:
        """Our handler of connections with what its own has beside."""


class Neighbour(Protocol):
    """A mock of other services."""

    def is_running(self) -> bool:
        """Whether it answers in this process now."""

    def take_part(self) -> None:
        """See that its next reset reaches us."""

    def answer(self, request: Any) -> Any:
        """Its answer to a request of botocore's that no handler of its own has seen, None if it has none."""

    def application(self) -> Application:
        """Its server, for all services that we do not have."""


class Neighbourhood:
    """Who is there, and who owns the state."""

    def __init__(self) -> None:
        self.owner = Owner.NOBODY
        self.neighbour: Neighbour | None = None
        self.after_reset: list[Callable[[], None]] = []
        """Called after every reset of the neighbour's, such as the one at the end of `mock_aws`."""

    @property
    def is_running(self) -> bool:
        """Whether a neighbour answers in this process now."""
        return self.neighbour is not None and self.neighbour.is_running()

    def take_part(self) -> None:
        """See that the neighbour's next reset reaches us."""
        if self.neighbour is not None:
            self.neighbour.take_part()

    def has_reset(self) -> None:
        """The neighbour clears everything, at its start, at its end, or because somebody asks."""
        if self.owner is not Owner.QCHIME:
            from qchime.core.cloud import cloud

            cloud.reset()
        for listener in self.after_reset:
            listener()


neighbourhood = Neighbourhood()
