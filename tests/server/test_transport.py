"""A transport that writes less often than it is told to."""

import asyncio
from collections.abc import Callable
from typing import Any

from qchime.server.transport import LARGEST_HELD, GatheringTransport


class Recorder(asyncio.Transport):
    """What a socket would be told to do."""

    def __init__(self) -> None:
        super().__init__({"peername": ("127.0.0.1", 4590)})
        self.done: list[Any] = []

    def write(self, data: Any) -> None:
        self.done.append(data)

    def write_eof(self) -> None:
        self.done.append("eof")

    def close(self) -> None:
        self.done.append("close")

    def abort(self) -> None:
        self.done.append("abort")

    def is_closing(self) -> bool:
        return "close" in self.done or "abort" in self.done


def recorded(use: Callable[[GatheringTransport], None]) -> tuple[list[Any], list[Any]]:
    """What the socket has been told when `use` returns, and once the loop has run what is ready."""
    recorder = Recorder()

    async def run() -> list[Any]:
        use(GatheringTransport(recorder))
        at_once = recorder.done.copy()
        await asyncio.sleep(0)
        return at_once

    return asyncio.run(run()), recorder.done


def test_a_head_and_its_body_are_one_write() -> None:
    def respond(transport: GatheringTransport) -> None:
        transport.write(b"head")
        transport.write(b"")
        transport.write(b"body")

    assert recorded(respond) == ([], [b"headbody"])


def test_a_head_alone_is_written_soon() -> None:
    assert recorded(lambda transport: transport.write(b"head")) == ([], [b"head"])


def test_a_large_body_is_not_copied() -> None:
    body = bytes(LARGEST_HELD + 1)

    def respond(transport: GatheringTransport) -> None:
        transport.write(b"head")
        transport.write(body)
        transport.write(b"next")

    at_once, in_the_end = recorded(respond)
    assert at_once == [b"head", body]
    assert at_once[1] is body
    assert in_the_end == [b"head", body, b"next"]


def test_what_is_held_goes_before_the_end() -> None:
    def half_close(transport: GatheringTransport) -> None:
        transport.write(b"refusal")
        transport.write_eof()

    def close(transport: GatheringTransport) -> None:
        transport.write(b"last")
        transport.close()

    def abort(transport: GatheringTransport) -> None:
        transport.write(b"last")
        transport.abort()

    assert recorded(half_close)[0] == [b"refusal", "eof"]
    assert recorded(close)[0] == [b"last", "close"]
    assert recorded(abort)[0] == [b"last", "abort"]


def test_nothing_is_written_to_a_connection_that_is_gone() -> None:
    """uvloop would raise an exception, which nobody could catch."""
    recorder = Recorder()

    async def run() -> None:
        GatheringTransport(recorder).write(b"late")
        recorder.abort()  # as the loop does when the client resets the connection
        await asyncio.sleep(0)

    asyncio.run(run())
    assert recorder.done == ["abort"]


def test_all_else_is_the_transports() -> None:
    def ask(transport: GatheringTransport) -> None:
        transport.write(b"held")
        assert transport.get_extra_info("peername") == ("127.0.0.1", 4590)
        assert not transport.is_closing()

    assert recorded(ask)[0] == []  # a forked child asks too, and must not send what its parent holds
