"""moto as a neighbour: what the decorators and the server ask it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qchime import compat

if TYPE_CHECKING:
    from qchime.moto.server import MotoServer


class Moto:
    """Every other AWS service. Nothing of moto is imported until it is asked for."""

    def is_running(self) -> bool:
        """Whether `mock_aws` runs."""
        return compat.mock_aws_is_running()

    def take_part(self) -> None:
        """Be reset with moto's own backends from now on."""
        from qchime.moto.state import register_for_moto_reset

        register_for_moto_reset()

    def answer(self, request: Any) -> Any:
        """What moto's handler of botocore's requests answers."""
        from moto.core.models import botocore_stubber

        return botocore_stubber("before-send", request)

    def application(self) -> MotoServer:
        """moto's server."""
        from qchime.moto.server import MotoServer

        return MotoServer()
