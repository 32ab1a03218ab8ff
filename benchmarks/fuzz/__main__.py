"""Sends mutated requests over many connections, and checks that the server survives them.

Every response must be well-formed and not a failure of the server, valid requests must be answered in
between, and the log must not contain a traceback. The seed makes the mutations repeatable.
"""

import argparse
import asyncio
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from random import Random

from benchmarks.fuzz.mutations import mutated
from benchmarks.fuzz.page import write
from benchmarks.fuzz.requests import corpus

CLIENTS = 8
PATIENCE = 5.0
"""Seconds for which a client waits for a response to a request that may be incomplete."""

HEALTH = b"GET /_qchime/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
RESET = b"POST /_qchime/reset HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
_STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) [A-Za-z -]+\r\n")
_ALLOWED = re.compile(rb"[1234]\d\d|501")


class Failure(Exception):
    """The server has done something that it must never do."""


class Fuzzer:
    """Sends mutated requests to a port, and counts the statuses of the responses."""

    def __init__(self, port: int, seed: int) -> None:
        self._port = port
        self._random = Random(seed)
        self._corpus = corpus()
        self.sent = 0
        self.statuses: Counter[str] = Counter()

    async def run(self, until: float) -> None:
        """Send requests until this time."""
        while time.monotonic() < until:
            data = mutated(self._random, self._corpus)
            received = await self._exchange(data, self._random)
            self.sent += 1
            self._check(data, received)
            if self.sent % 500 == 0:
                await self.check_health()

    async def check_health(self) -> None:
        """Check that a valid request is answered, and forget what the mutated ones have created."""
        for request in (RESET, HEALTH):
            if not (await self._exchange(request)).startswith(b"HTTP/1.1 200 "):
                raise Failure("The server does not answer a valid request.")

    async def _exchange(self, data: bytes, random: Random | None = None) -> bytes:
        """Send data, whole or in pieces, and return what arrives until the server or the client gives up."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        received = b""
        try:
            with suppress(OSError, asyncio.TimeoutError):
                for piece in _pieces(random, data):
                    writer.write(piece)
                    await asyncio.wait_for(writer.drain(), PATIENCE)
                if random is not None and random.random() < 0.1:
                    return b""  # hang up without reading
                if writer.can_write_eof():
                    writer.write_eof()
                received = await asyncio.wait_for(reader.read(), PATIENCE)
        finally:
            writer.close()
        return received

    def _check(self, data: bytes, received: bytes) -> None:
        if received and not received.startswith(b"HTTP/1.1 "):
            raise Failure(f"{data[:2000]!r} got {received[:500]!r}")
        for status in _STATUS.findall(received):
            if not _ALLOWED.fullmatch(status):
                raise Failure(f"{data[:2000]!r} got {received[:500]!r}")
            self.statuses[status.decode()] += 1


def _pieces(random: Random | None, data: bytes) -> list[bytes]:
    if random is None or random.random() < 0.7:
        return [data]
    places = sorted(random.randint(0, len(data)) for _ in range(random.randint(1, 5)))
    return [data[start:end] for start, end in zip([0, *places], [*places, len(data)], strict=True)]


async def fuzz(port: int, seed: int, minutes: float) -> Fuzzer:
    """Run all clients, and return their common count."""
    fuzzer = Fuzzer(port, seed)
    until = time.monotonic() + minutes * 60
    await asyncio.gather(*(fuzzer.run(until) for _ in range(CLIENTS)))
    await fuzzer.check_health()
    return fuzzer


def resident(pid: int) -> float:
    """The resident memory of a process in MiB."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def main() -> int:
    """Run the fuzzer against a server of its own; the exit code is 1 if the server has failed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--page", type=Path, help="a page whose section about hostile input is replaced")
    options = parser.parse_args()
    with tempfile.TemporaryFile() as log:
        command = [sys.executable, "-m", "qchime", "serve", "--port", "0"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log)
        try:
            assert process.stdout
            port = int(process.stdout.readline().split(b"127.0.0.1:")[1].split()[0])
            asyncio.run(fuzz(port, options.seed, min(options.minutes, 0.2)))
            before = resident(process.pid)
            fuzzer = asyncio.run(fuzz(port, options.seed + 1, options.minutes))
            after = resident(process.pid)
        except Failure as failure:
            print(f"seed {options.seed}: {failure}", file=sys.stderr)
            return 1
        finally:
            process.terminate()
            code = process.wait()
        log.seek(0)
        said = log.read()
    if b"Traceback" in said or code:
        shown = said[max(0, said.find(b"Traceback") - 500) :][:5000]
        print(f"The server ended with {code}:\n{shown.decode(errors='replace')}", file=sys.stderr)
        return 1
    print(f"{fuzzer.sent} requests, {dict(fuzzer.statuses)}, {before:.0f} MiB before, {after:.0f} MiB after")
    if options.page is not None:
        write(options.page, options.minutes, fuzzer.sent, fuzzer.statuses, before, after)
    return 0


if __name__ == "__main__":
    sys.exit(main())
