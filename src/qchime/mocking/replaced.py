"""The functions of other libraries that are replaced, from the first decorator on.

What responds instead is imported once a mock runs: a decorator may never be used, because test runs select
tests.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from qchime.control.endpoint import endpoint as required_endpoint
from qchime.control.heritage import heritage
from qchime.control.neighbourhood import neighbourhood
from qchime.control.running import running
from qchime.mocking import origins
from qchime.mocking.gates import Function, Gate, Wrap, install_when_imported


def install() -> None:
    """Replace the functions again, in case somebody has restored an original."""
    for gate in GATES:
        gate.install()


def _by(module: str, name: str) -> Wrap:
    """Wrap with what a module of ours has under this name, which is imported once there is a need for it."""

    def wrap(original: Function) -> Function:
        made: list[Function] = []

        def gate(*args: Any, **kwargs: Any) -> Any:
            if not made:
                if not _is_needed():
                    return original(*args, **kwargs)
                made.append(getattr(import_module(f"qchime.mocking.{module}"), name)(original))
            return made[0](*args, **kwargs)

        return gate

    return wrap


def _is_needed() -> bool:
    """Whether a mock runs in this process, or requests must not leave it for AWS."""
    return bool(running or neighbourhood.is_running or heritage.names or required_endpoint.is_required)


GATES = (
    Gate("botocore.endpoint", "Endpoint", "_send", _by("interception", "gate")),
    Gate("aiobotocore.endpoint", "AioEndpoint", "_send", _by("interception", "async_gate")),
    origins.GATE,
    Gate("botocore.signers", "RequestSigner", "sign", _by("interception", "signer_gate")),
    Gate("aiobotocore.signers", "AioRequestSigner", "sign", _by("interception", "aio_signer_gate")),
    Gate("botocore.loaders", "Loader", "__init__", _by("loading", "share")),
    Gate("requests.adapters", "HTTPAdapter", "send", _by("interception", "adapter_gate")),
    Gate("responses", "RequestsMock", "_find_match", _by("interception", "registry_gate")),
    Gate("moto.core.botocore_stubber", "BotocoreStubber", "__call__", _by("interception", "stubber_gate")),
)
install_when_imported(GATES)
