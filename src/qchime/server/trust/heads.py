"""What the head of a request may hold. uvicorn itself takes heads of any size."""

from __future__ import annotations

from urllib.parse import urlsplit

LARGEST_HEAD = 65_536
"""In bytes: of the target, and of all header fields together."""

MOST_FIELDS = 100

Fields = list[tuple[bytes, bytes]]


class HeadRefused(Exception):
    """The head of a request is malformed or too large; `status` is that of the response."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def too_large(target: bytes) -> HeadRefused:
    """Why a head is refused that is too large, by its target or else by its fields."""
    if len(target) > LARGEST_HEAD:
        return HeadRefused(414, f"The target of a request may have at most {LARGEST_HEAD} bytes.")
    return HeadRefused(431, f"The headers of a request may have at most {LARGEST_HEAD} bytes.")


def check_head(target: bytes, fields: Fields) -> None:
    """Check the target and the header fields of a request.

    Raises:
        HeadRefused: they are too large, or what they announce is not supported.
    """
    if len(fields) > MOST_FIELDS:
        raise HeadRefused(431, f"A request may have at most {MOST_FIELDS} headers.")
    if len(target) > LARGEST_HEAD or sum([len(name) + len(text) for name, text in fields]) > LARGEST_HEAD:
        raise too_large(target)
    codings = [text.lower() for name, text in fields if name == b"transfer-encoding"]
    if codings and codings != [b"chunked"]:
        raise HeadRefused(400, "The only transfer coding that this server accepts is chunked.")


def split_target(target: bytes) -> tuple[bytes, bytes, bytes]:
    """The host, path and query of a target. The host is empty unless the target is a whole URL.

    Raises:
        HeadRefused: the target is not a URL.
    """
    path, _, query = target.partition(b"?")
    if target.startswith(b"/"):
        return b"", path, query
    try:
        parts = urlsplit(path)
    except ValueError as error:
        raise HeadRefused(400, f"The target of the request is not a URL: {error}") from error
    return parts.netloc, parts.path or b"/", query
