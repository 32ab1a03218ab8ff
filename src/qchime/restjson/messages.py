"""What arrives and what leaves, whichever client or server carried it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(slots=True)
class Request:
    """An HTTP request as it came off the wire.

    `path` and `query` are raw, still percent-encoded: an ARN is one segment only as long as its
    slashes are encoded. The names of `headers` are in lower case. `base_url` is the address of the
    server that received it, None in the process.
    """

    method: str
    host: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    base_url: str | None = None


ERROR_TYPE = "x-amzn-ErrorType"
Loss = Literal["ConnectionClosedError", "ReadTimeoutError"]
"""How an answer never arrives, by the names of botocore's exceptions for it."""


@dataclass(slots=True)
class Response:
    """An HTTP response before it is handed to a client or a server.

    Whoever carries it waits for `delay` seconds first; with a `lost` the client gets nothing at all.
    """

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    delay: float = 0.0
    lost: Loss | None = None

    @property
    def error(self) -> str | None:
        """The name of the exception that this answer carries."""
        return self.headers.get(ERROR_TYPE)
