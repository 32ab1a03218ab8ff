"""moto as our neighbour, for the decorators and the server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qchime import compat
from qchime.control.neighbourhood import ASKED_BY_US

if TYPE_CHECKING:
    from qchime.moto.server import MotoServer
    from qchime.restjson import Request


class Moto:
    """moto, with every other AWS service. It is imported only when needed."""

    def is_running(self) -> bool:
        """Whether `mock_aws` is running."""
        return compat.mock_aws_is_running()

    def take_part(self) -> None:
        """Register our state to be cleared by moto's next reset."""
        from qchime.moto.state import register_for_moto_reset

        register_for_moto_reset()

    def answer(self, request: Any) -> Any:
        """The response of moto's handler for botocore requests, None if moto does not have the service."""
        from moto.core.models import botocore_stubber

        return botocore_stubber(ASKED_BY_US, request)

    def record(self, request: Request, url: str) -> None:
        """Record a request that we answer, if moto's recorder is on."""
        if compat.moto_is_recording():
            from qchime.moto.recording import record

            record(request, url)

    def application(self) -> MotoServer:
        """moto's server.

        Raises:
            ExtraMissing: the extra `server` is not installed.
        """
        from qchime.moto.server import MotoServer

        return MotoServer()
