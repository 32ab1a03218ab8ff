"""What arrives and what leaves, whichever client or server carried it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


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


@dataclass(slots=True)
class Response:
    """An HTTP response before it is handed to a client or a server."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
