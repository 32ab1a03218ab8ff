"""One request on its way, and what the steps have found out about it so far."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from qchime.core.caller import Caller, Scope
from qchime.restjson import Input, Labels, Operation, Request, Response

if TYPE_CHECKING:
    from qchime.core.backend import Backend
    from qchime.core.cloud import Account, Cloud, Contents
    from qchime.core.service import Service


class Exchange:
    """A request, and where it came to.

    A step finds out what the later ones stand on; what has not been found out yet is an AttributeError.
    """

    service: Service
    """Whose operation it is."""
    operation: Operation
    labels: Labels
    """The values in the path, by name."""
    account: Account
    """Whose request it is."""
    caller: Caller
    backend: Backend
    """The state that it is about."""

    def __init__(
        self,
        cloud: Cloud,
        request: Request,
        service: Service | None = None,
        contents: Contents | None = None,
    ) -> None:
        self.cloud = cloud
        self.request = request
        self.scope = Scope.of(request)
        """What the request is signed for."""
        self.contents = cloud.contents if contents is None else contents
        """What the cloud holds at the beginning; a load in the meantime changes nothing for this request."""
        self.input: Input = {}
        """In the model's names; empty where the body cannot be read."""
        self.input_error: str | None = None
        """Why the input is refused, if it is."""
        self.delay = 0.0
        """How many seconds the answer is to be late."""
        if service is not None:
            self.service = service

    def knows(self, name: str) -> bool:
        """Whether a step has found this out."""
        return name in self.__dict__


Step = Callable[[Exchange], Response | None]
"""One step of the way: an answer ends it, None means that it goes on."""
