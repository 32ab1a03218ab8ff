"""A client that only sends requests: `python -m benchmarks.load HOST PORT CONNECTIONS SECONDS RATE`.

It reads the bytes of the requests from standard input, with a zero byte between them, and gives each
connection one of them in turn. A connection sends its request again as soon as the response has arrived, but
not earlier than at this rate of all requests per second, unless it is 0. It reconnects when the server closes
it. Prints the responses per second, and the number of all responses.
"""

import asyncio
import re
import sys
from itertools import cycle, islice
from time import perf_counter

SEPARATOR = b"\0"
_LENGTH = re.compile(rb"^content-length: *(\d+)", re.IGNORECASE | re.MULTILINE)
_LAST = re.compile(rb"^connection: *close", re.IGNORECASE | re.MULTILINE)


class Tally:
    """Counts the responses of all connections."""

    def __init__(self) -> None:
        self.answers = 0
        self.is_over = False


class Connection(asyncio.Protocol):
    """Sends one request again and again."""

    def __init__(self, request: bytes, tally: Tally, interval: float) -> None:
        self._request = request
        self._interval = interval
        self._tally = tally
        self._received = b""
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._due = asyncio.get_running_loop().time()
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, body = self._received.partition(b"\r\n\r\n")
        if not end:
            return
        length = _LENGTH.search(head)
        if length is None or len(body) < int(length[1]):
            return
        if not head.startswith(b"HTTP/1.1 200"):
            sys.exit(f"Unexpected response: {head.decode()}")
        self._tally.answers += 1
        self._received = b""
        if _LAST.search(head):
            self._transport.close()
        elif self._interval:
            self._due += self._interval
            asyncio.get_running_loop().call_at(self._due, self._send)
        else:
            self._send()

    def _send(self) -> None:
        if self._tally.is_over:
            self._transport.close()
        else:
            self._transport.write(self._request)

    def connection_lost(self, error: Exception | None) -> None:
        self.over.set_result(None)


async def _keep_sending(host: str, port: int, request: bytes, tally: Tally, interval: float) -> None:
    loop = asyncio.get_running_loop()
    while not tally.is_over:
        _, connection = await loop.create_connection(lambda: Connection(request, tally, interval), host, port)
        await connection.over


async def load(
    host: str, port: int, requests: list[bytes], connections: int, seconds: float, rate: float
) -> tuple[float, int]:
    """The responses per second to these requests over several connections at once, and all responses."""
    tally = Tally()
    turns = islice(cycle(requests), connections)
    interval = connections / rate if rate else 0
    senders = [asyncio.create_task(_keep_sending(host, port, request, tally, interval)) for request in turns]
    await asyncio.sleep(seconds / 4)  # until all are connected
    before, started = tally.answers, perf_counter()
    await asyncio.sleep(seconds)
    achieved = (tally.answers - before) / (perf_counter() - started)
    tally.is_over = True
    await asyncio.gather(*senders)
    return achieved, tally.answers


if __name__ == "__main__":
    _, host, port, connections, seconds, rate = sys.argv
    sent = sys.stdin.buffer.read().split(SEPARATOR)
    print(*asyncio.run(load(host, int(port), sent, int(connections), float(seconds), float(rate))))
