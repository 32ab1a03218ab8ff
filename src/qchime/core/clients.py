"""Converts between botocore's requests and responses and our own."""

from __future__ import annotations

import io
import time
from collections.abc import Generator, Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from botocore import exceptions
from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from qchime.restjson import Request, Response

if TYPE_CHECKING:
    from requests import PreparedRequest
    from typing_extensions import Self


class Headers(Mapping[str, str]):
    """A client's headers, decoded on access: clients send a dozen, and we read two or three."""

    def __init__(self, headers: Any) -> None:
        self._headers = headers

    def __getitem__(self, name: str) -> str:
        value = self._headers[name]
        return value.decode("utf-8") if isinstance(value, bytes) else str(value)

    def __iter__(self) -> Iterator[str]:
        return (name.lower() for name in self._headers)

    def __len__(self) -> int:
        return len(self._headers)


def from_client(request: AWSPreparedRequest | PreparedRequest, url: str | None = None) -> Request:
    """Convert a client's request, to another URL if one is given, into the form that dispatch takes."""
    parts = urlsplit(url or request.url or "")
    headers = Headers(request.headers)
    return Request(
        request.method or "", parts.netloc, parts.path or "/", parts.query, headers, _bytes(request.body)
    )


def _bytes(body: Any) -> bytes:
    """The content of a body: text, bytes, a file, or an iterable of parts, such as a generator."""
    content = body.read() if hasattr(body, "read") else body
    if content is None:
        return b""
    if isinstance(content, bytes):
        return content
    if isinstance(content, str):
        return content.encode("utf-8")
    try:
        return bytes(memoryview(content))
    except TypeError:
        return b"".join(map(_bytes, content))


class Content(bytes):
    """A body that sync clients use directly, and aiobotocore after awaiting it."""

    async def _itself(self) -> Self:
        return self

    def __await__(self) -> Generator[Any, None, Self]:
        return self._itself().__await__()


class Raw(io.BytesIO):
    """A stand-in for the connection, from which older versions of aiobotocore read the headers."""

    headers: Mapping[str, str]

    @property
    def raw_headers(self) -> list[tuple[bytes, bytes]]:
        """The headers as encoded pairs of name and value."""
        return [(name.encode(), value.encode()) for name, value in self.headers.items()]

    def stream(self) -> Iterator[bytes]:
        """Yield the body in one piece."""
        yield self.read()


class ClientResponse(AWSResponse):
    """A response in the form that botocore expects from its HTTP library."""

    def __init__(self, url: str, response: Response) -> None:
        raw = Raw(response.body)
        raw.headers = response.headers
        super().__init__(url, response.status, response.headers, raw)  # type: ignore[arg-type]
        self._body = Content(response.body)

    @classmethod
    def of(cls, answer: AWSResponse) -> Self:
        """Convert a response from elsewhere, such as moto, so that aiobotocore can await its content."""
        headers = {name: str(value) for name, value in answer.headers.items()}
        return cls(answer.url, Response(answer.status_code, headers, answer.content))

    @property
    def content(self) -> Content:
        """The body."""
        return self._body


def deliver(url: str, response: Response) -> ClientResponse:
    """Return the response to a request for `url` after sleeping for its delay.

    Raises:
        ConnectionClosedError, ReadTimeoutError: botocore's errors, if a fault loses the response.
    """
    if response.delay:
        time.sleep(response.delay)
    return _arrived(url, response)


async def deliver_later(url: str, response: Response) -> ClientResponse:
    """As `deliver`, for coroutines: the delay does not block the event loop."""
    from qchime.core.pausing import pause  # imports asyncio, a third of our import time

    await pause(response.delay)
    return _arrived(url, response)


def _arrived(url: str, response: Response) -> ClientResponse:
    if response.lost is not None:
        raise getattr(exceptions, response.lost)(endpoint_url=url)
    return ClientResponse(url, response)
