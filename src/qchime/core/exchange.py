"""One request during dispatch, with what the steps have found out about it so far."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from qchime.core.caller import Caller, Scope
from qchime.restjson import Input, Labels, Operation, Request, Response, ServiceException

if TYPE_CHECKING:
    from qchime.core.backend import Backend
    from qchime.core.cloud import Account, Cloud
    from qchime.core.service import Service


class Exchange:
    """A request during dispatch. Each step sets attributes that later steps read.

    Reading an attribute that no step has set yet raises AttributeError, so `hasattr` tells whether one has.
    """

    service: Service
    """The service that the request is for."""
    operation: Operation
    labels: Labels
    """The values of the labels in the path, by name."""
    account: Account
    """The account that the request is for."""
    caller: Caller
    backend: Backend
    """The backend that the operation is called on."""

    def __init__(self, cloud: Cloud, request: Request, service: Service | None = None) -> None:
        self.cloud = cloud
        self.request = request
        self.scope = Scope.of(request)
        """The credential scope of the signature."""
        self.contents = cloud.contents
        """What the cloud held when the request arrived; a later load does not affect the request."""
        self.input: Input = {}
        """The input with the model's names; empty if the body cannot be parsed."""
        self.input_error: ServiceException | None = None
        """The error for invalid input, None if the input is valid."""
        self.delay = 0.0
        """Seconds by which a fault delays the response."""
        if service is not None:
            self.service = service


Step = Callable[[Exchange], Response | None]
"""One step of dispatch: returning a response ends the dispatch, returning None continues it."""
