"""Messages to sessions: a channel whose members listen over WebSockets.

`make sessions` sends messages to 100 sessions for ten minutes, checks that each session receives all of them
in order, and compares the memory of the server at the end with that when its logs were full.
"""

import argparse
import asyncio
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from time import monotonic
from typing import Any
from urllib.parse import quote

import boto3
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.measuring import Measure, alternate
from benchmarks.sections import write_section
from benchmarks.serving import LOOPBACK, Server, qchime
from benchmarks.spread import processor_seconds

MEMBERS = 100
MESSAGES = 1_000
ROUNDS = 2
FULL = 12 * MESSAGES
"""After so many messages, the logs of calls and events are full, which have room for 10 000 each."""
GROWTH = 1.1
"""The largest allowed ratio of the server's memory at the end to that after `FULL` messages."""
HEADING = "## Ten minutes of messages"
_SECTION = """\
`make sessions` sends messages of 500 characters to {members} sessions for {minutes:g} minutes, and writes
this section. Every session received every message, in order.

| messages | frames | per frame | memory with full logs | at the end | ratio | budget |
|---:|---:|---:|---:|---:|---:|---|
| {sent:,} | {frames:,} | {micro:.0f} µs | {full:.1f} MB | {end:.1f} MB | {ratio:.2f} | at most {most} |

A frame is one message to one session; its time is processor time of the server. The logs of calls and events
are full after {full_after:,} messages.
"""
_CREDENTIALS = {"region_name": "us-east-1", "aws_access_key_id": "any", "aws_secret_access_key": "any"}


@dataclass(frozen=True)
class Room:
    """A channel on a server, and its members, the first of whom sends."""

    server: Server
    client: Any
    channel: str
    members: list[str]

    def send(self, messages: int) -> None:
        """Send messages, numbered, one after the other."""
        for number in range(messages):
            self.client.send_channel_message(
                ChannelArn=self.channel,
                Content=f"{number} {'x' * 500}",
                Type="STANDARD",
                Persistence="NON_PERSISTENT",
                ChimeBearer=self.members[0],
            )

    async def deliver(self, sessions: int, messages: int = MESSAGES) -> float:
        """Send messages to sessions; returns the server's seconds of processor time for each frame."""
        async with AsyncExitStack() as stack:
            open_session = partial(self._open, stack)
            listeners = [await open_session(member) for member in self.members[:sessions]]
            before = processor_seconds(self.server.pid)
            receiving = [asyncio.create_task(_receive(listener, messages)) for listener in listeners]
            await asyncio.to_thread(self.send, messages)
            await asyncio.gather(*receiving)
            return (processor_seconds(self.server.pid) - before) / (messages * sessions)

    async def _open(self, stack: AsyncExitStack, member: str) -> ClientConnection:
        url = f"ws://{LOOPBACK}:{self.server.port}/connect?userArn={quote(member, safe='')}&sessionId=one"
        listener = await stack.enter_async_context(connect(url, compression=None, max_queue=None))
        assert "SESSION_ESTABLISHED" in str(await listener.recv())
        return listener


async def _receive(listener: ClientConnection, messages: int) -> None:
    """Receive messages, and check that they are complete and in order."""
    for number in range(messages):
        frame = await listener.recv(decode=False)
        if b'\\"Content\\":\\"%d ' % number not in frame:
            sys.exit(f"A session received this instead of message {number}: {frame!r}")


@contextmanager
def room(members: int = MEMBERS) -> Iterator[Room]:
    """A server with a channel of this many members."""
    with qchime() as server:
        options: Any = {**_CREDENTIALS, "endpoint_url": f"http://{LOOPBACK}:{server.port}"}
        identity, client = (
            boto3.client(f"chime-sdk-{name}", **options) for name in ("identity", "messaging")
        )
        arn = identity.create_app_instance(Name="chat")["AppInstanceArn"]
        users = [
            identity.create_app_instance_user(AppInstanceArn=arn, AppInstanceUserId=f"u{n}", Name=f"User {n}")
            for n in range(members)
        ]
        arns = [user["AppInstanceUserArn"] for user in users]
        channel = client.create_channel(AppInstanceArn=arn, Name="Room", ChimeBearer=arns[0])["ChannelArn"]
        for first in range(1, members, 100):
            given = {"ChannelArn": channel, "MemberArns": arns[first : first + 100], "ChimeBearer": arns[0]}
            client.batch_create_channel_membership(**given)
        yield Room(server, client, channel, arns)


def measure() -> Measure:
    """Seconds per frame of 1 000 messages to 100 sessions, and to 25."""
    with room() as chat:
        return alternate(
            lambda: asyncio.run(chat.deliver(MEMBERS)),
            lambda: asyncio.run(chat.deliver(MEMBERS // 4)),
            ROUNDS,
        )


def memory_of(pid: int) -> int:
    """The resident memory of a process in bytes; only Linux tells it in this file."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) * 1024


def measure_memory() -> Measure:
    """The memory of a server after many messages, and after half as many."""
    with room() as chat:
        asyncio.run(chat.deliver(MEMBERS // 10, FULL))
        before = memory_of(chat.server.pid)
        asyncio.run(chat.deliver(MEMBERS // 10, FULL))
        return Measure([(memory_of(chat.server.pid), before)])


def main() -> int:
    """Send messages for some minutes; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sessions", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--page", type=Path, help="writes the section of this page")
    options = parser.parse_args()
    times, memory = _send_for(options.minutes * 60)
    full, end = memory[FULL // MESSAGES - 1] / 1e6, memory[-1] / 1e6
    section = _SECTION.format(
        minutes=options.minutes,
        members=MEMBERS,
        sent=len(times) * MESSAGES,
        frames=len(times) * MESSAGES * MEMBERS,
        micro=median(times) * 1e6,
        full=full,
        end=end,
        ratio=end / full,
        most=GROWTH,
        full_after=FULL,
    )
    print(section)
    if options.page is not None:
        write_section(options.page, HEADING, section)
    return 0 if end / full <= GROWTH else 1


def _send_for(seconds: float) -> tuple[list[float], list[int]]:
    """The times per frame, and the memory of the server, after every `MESSAGES` messages."""
    times: list[float] = []
    memory: list[int] = []
    started = monotonic()
    with room() as chat:
        while monotonic() - started < seconds or len(times) * MESSAGES < 2 * FULL:
            times.append(asyncio.run(chat.deliver(MEMBERS)))
            memory.append(memory_of(chat.server.pid))
            print(f"{len(times) * MESSAGES:8} messages {memory[-1] / 1e6:6.1f} MB", flush=True)
    return times, memory


if __name__ == "__main__":
    sys.exit(main())
