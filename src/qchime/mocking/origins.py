"""Marks the endpoint of each new client with where it comes from: a configuration, or an argument.

A client may be created before the first mock starts.
"""

from collections.abc import Callable
from typing import Any

from qchime.mocking.gates import Gate


class Configured(str):
    """The URL of an endpoint that the environment or the config file names."""

    __slots__ = ()


class Given(str):
    """The URL of an endpoint that the author of a client has passed as an argument."""

    __slots__ = ()


def _with_origin(compute: Callable[..., str | None]) -> Callable[..., str | None]:
    """Wrap botocore's choice of a new client's endpoint, so that its URL tells where it comes from."""

    def _compute_configured_endpoint_url(
        creator: Any, client_config: Any, endpoint_url: str | None
    ) -> str | None:
        url = compute(creator, client_config=client_config, endpoint_url=endpoint_url)
        if url is None:
            return None
        return Configured(url) if endpoint_url is None else Given(url)

    return _compute_configured_endpoint_url


GATE = Gate("botocore.args", "ClientArgsCreator", "_compute_configured_endpoint_url", _with_origin)
