"""Requests and responses, independent of client and server."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(slots=True)
class Request:
    """An HTTP request as it came off the wire.

    `path` and `query` are raw, still percent-encoded: an ARN is one segment only as long as its
    slashes are encoded. The names of `headers` are in lower case. `base_url` is the address of the
    server that received the request, or None for a call in this process.
    """

    method: str
    host: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    base_url: str | None = None


ERROR_TYPE = "x-amzn-ErrorType"
RULE = "x-qchime-rule"
"""The header for the name of the rule that an error follows from."""
Loss = Literal["ConnectionClosedError", "ReadTimeoutError"]
"""How a response can be lost: the exceptions that botocore raises."""


@dataclass(slots=True)
class Response:
    """An HTTP response before it is handed to a client or a server.

    It is sent after `delay` seconds; if `lost` is set, the client gets no response.
    """

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    delay: float = 0.0
    lost: Loss | None = None

    @property
    def error(self) -> str | None:
        """The name of the error in this response, or None if it is a result."""
        return self.headers.get(ERROR_TYPE)

    @property
    def rule(self) -> str | None:
        """The name of the rule that this error follows from, None if AWS documents it."""
        return self.headers.get(RULE)
