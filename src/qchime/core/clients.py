"""Between botocore's clients and our own requests and responses."""

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
    """A client's headers. It sends a dozen, of which we want two or three: only those are decoded."""

    def __init__(self, headers: Any) -> None:
        self._headers = headers

    def __getitem__(self, name: str) -> str:
        value = self._headers[name]
        return value.decode("utf-8") if isinstance(value, bytes) else str(value)

    def __iter__(self) -> Iterator[str]:
        return (name.lower() for name in self._headers)

    def __len__(self) -> int:
        return len(self._headers)


def from_client(request: AWSPreparedRequest | PreparedRequest) -> Request:
    """A client's request as dispatch takes it."""
    url = urlsplit(request.url or "")
    headers = Headers(request.headers)
    return Request(
        request.method or "", url.netloc, url.path or "/", url.query, headers, _bytes(request.body)
    )


def _bytes(body: Any) -> bytes:
    content = body.read() if hasattr(body, "read") else body or b""
    return content.encode("utf-8") if isinstance(content, str) else bytes(content)


class Content(bytes):
    """A body for sync clients, which read it, and for aiobotocore, which awaits it first."""

    async def _itself(self) -> Self:
        return self

    def __await__(self) -> Generator[Any, None, Self]:
        return self._itself().__await__()


class Raw(io.BytesIO):
    """The connection that an answer would have come by; older versions of aiobotocore ask it for headers."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.body)
        self._headers = response.headers

    @property
    def raw_headers(self) -> list[tuple[bytes, bytes]]:
        """The headers as they would have come."""
        return [(name.encode(), value.encode()) for name, value in self._headers.items()]

    def stream(self) -> Iterator[bytes]:
        """The body, in one piece."""
        yield self.read()


class ClientResponse(AWSResponse):
    """What botocore takes for the response of its HTTP library."""

    def __init__(self, url: str, response: Response) -> None:
        super().__init__(url, response.status, response.headers, Raw(response))  # type: ignore[arg-type]
        self._body = Content(response.body)

    @classmethod
    def of(cls, answer: AWSResponse) -> Self:
        """An answer that somebody else has made, in a form that aiobotocore can await too."""
        headers = {name: str(value) for name, value in answer.headers.items()}
        return cls(answer.url, Response(answer.status_code, headers, answer.content))

    @property
    def content(self) -> Content:
        """The body."""
        return self._body


def deliver(url: str, response: Response) -> ClientResponse:
    """Hand over the answer to a request for `url`, when its time has come.

    Raises:
        ConnectionClosedError, ReadTimeoutError: botocore's, where the answer is lost on its way.
    """
    if response.delay:
        time.sleep(response.delay)
    return _arrived(url, response)


async def deliver_later(url: str, response: Response) -> ClientResponse:
    """The same for coroutines: others run while this one waits."""
    import asyncio  # there where coroutines run, and a third of our own time to import elsewhere

    await asyncio.sleep(response.delay)
    return _arrived(url, response)


def _arrived(url: str, response: Response) -> ClientResponse:
    if response.lost is not None:
        raise getattr(exceptions, response.lost)(endpoint_url=url)
    return ClientResponse(url, response)
