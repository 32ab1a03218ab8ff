"""From our response to what a botocore client gets: an answer, perhaps later, or a failing transport."""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

from botocore import exceptions
from botocore.awsrequest import AWSResponse

from qchime.restjson import Response

if TYPE_CHECKING:
    from typing_extensions import Self


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


class Answer(AWSResponse):
    """What botocore takes for the response of its HTTP library."""

    def __init__(self, url: str, response: Response) -> None:
        super().__init__(url, response.status, response.headers, Raw(response))  # type: ignore[arg-type]
        self._body = Content(response.body)

    @property
    def content(self) -> Content:
        """The body."""
        return self._body


def deliver(url: str, response: Response) -> Answer:
    """Hand over the answer to a request for `url`, when its time has come.

    Raises:
        ConnectionClosedError, ReadTimeoutError: botocore's, where the answer is lost on its way.
    """
    if response.delay:
        time.sleep(response.delay)
    return _arrived(url, response)


async def deliver_later(url: str, response: Response) -> Answer:
    """The same for coroutines: others run while this one waits."""
    await asyncio.sleep(response.delay)
    return _arrived(url, response)


def _arrived(url: str, response: Response) -> Answer:
    if response.lost is not None:
        raise getattr(exceptions, response.lost)(endpoint_url=url)
    return Answer(url, response)
