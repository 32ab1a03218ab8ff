"""Responses that go on: server-sent events, over ASGI and over WSGI.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass

from qchime.restjson import Response
from qchime.server.messages import Message, Receive, Send, encoded_headers, protocol_of

INTERVAL = 0.25
"""Seconds from one look at what there is to send to the next."""

HEARTBEAT = 15.0
"""Seconds after which a client that was sent nothing gets an empty comment, which finds out if it is gone."""

_COMMENT = b":\n\n"


@dataclass(slots=True)
class EventStream(Response):
    """A response whose body goes on until the client leaves or the server stops.

    `poll` returns what there is to send since it was last called, which may be nothing.
    """

    poll: Callable[[], bytes] = bytes


async def send_stream(
    stream: EventStream, scope: Message, receive: Receive, send: Send, threads: Executor
) -> None:
    """Send a stream over ASGI; `poll` runs in one of the threads."""
    protocol_of(scope).is_endless = True
    await send({"type": "http.response.start", "status": 200, "headers": encoded_headers(stream)})
    loop = asyncio.get_running_loop()
    gone = asyncio.ensure_future(_disconnected(receive))
    try:
        pace = Pace()
        while not gone.done():
            if body := pace.next(await loop.run_in_executor(threads, stream.poll)):
                await send({"type": "http.response.body", "body": body, "more_body": True})
            await asyncio.wait([gone], timeout=INTERVAL)
    finally:
        gone.cancel()


def pieces(stream: EventStream) -> Iterator[bytes]:
    """The pieces of a stream over WSGI, which ends when the server fails to send one."""
    pace = Pace()
    while True:
        if body := pace.next(stream.poll()):
            yield body
        time.sleep(INTERVAL)


class Pace:
    """Adds a comment now and then to a stream that has nothing to send."""

    def __init__(self) -> None:
        self._silent = 0

    def next(self, body: bytes) -> bytes:
        """What to send now, which may be nothing."""
        self._silent = 0 if body else self._silent + 1
        return body or (_COMMENT if self._silent % round(HEARTBEAT / INTERVAL) == 0 else b"")


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
