"""Ways to break a request."""

from collections.abc import Callable
from random import Random

Mutation = Callable[[Random, bytes, bytes], bytes]
"""Takes the source of chance, the request and another one, and returns what to send."""

INTERESTING = (
    b"\r\n",
    b"\r\n\r\n",
    b"\n",
    b"\r",
    b"\x00",
    b"\xff",
    b" ",
    b"\t",
    b":",
    b"%",
    b"%00",
    b"%2f..%2f",
    b"Content-Length: 5\r\n",
    b"Content-Length: 18446744073709551616\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Transfer-Encoding: gzip, chunked\r\n",
    b"Connection: close\r\n",
    b"Connection: Upgrade\r\nUpgrade: websocket\r\n",
    b"Expect: 100-continue\r\n",
    b"Host: evil.example\r\n",
    b"Origin: https://evil.example\r\n",
    b"X-Amz-Date: never\r\n",
    b"0\r\n\r\n",
    b"ffffffffffffffff\r\n",
    b"null",
    b"-1",
    b"1e999",
    b"[" * 2000,
    b'{"a":' * 500,
    b"x" * 70_000,
    b"X: x\r\n" * 200,
    b'"\\ud800"',
    "\N{GRINNING FACE}".encode(),
)


def _at(random: Random, data: bytes) -> int:
    return random.randint(0, len(data))


def flip(random: Random, data: bytes, other: bytes) -> bytes:
    """Change some bytes."""
    changed = bytearray(data)
    for _ in range(random.randint(1, 8)):
        changed[random.randrange(len(changed))] = random.randrange(256)
    return bytes(changed)


def insert(random: Random, data: bytes, other: bytes) -> bytes:
    """Insert something that means something in HTTP or JSON."""
    place = _at(random, data)
    return data[:place] + random.choice(INTERESTING) + data[place:]


def insert_field(random: Random, data: bytes, other: bytes) -> bytes:
    """Insert it as a header."""
    first, end, rest = data.partition(b"\r\n")
    return first + end + random.choice(INTERESTING) + rest


def remove(random: Random, data: bytes, other: bytes) -> bytes:
    """Remove a part."""
    start = _at(random, data)
    return data[:start] + data[start + random.randint(1, 40) :]


def repeat(random: Random, data: bytes, other: bytes) -> bytes:
    """Repeat a part."""
    start = _at(random, data)
    part = data[start : start + random.randint(1, 40)]
    return data[:start] + part * random.randint(2, 500) + data[start:]


def splice(random: Random, data: bytes, other: bytes) -> bytes:
    """Begin like one request, and end like another."""
    return data[: _at(random, data)] + other[_at(random, other) :]


def pipeline(random: Random, data: bytes, other: bytes) -> bytes:
    """Send several requests at once."""
    return data + other * random.randint(1, 5)


def cut(random: Random, data: bytes, other: bytes) -> bytes:
    """Send a part only."""
    return data[: _at(random, data)]


def keep(random: Random, data: bytes, other: bytes) -> bytes:
    """Change nothing."""
    return data


MUTATIONS: tuple[Mutation, ...] = (flip, insert, insert_field, remove, repeat, splice, pipeline, cut, keep)


def mutated(random: Random, corpus: list[bytes]) -> bytes:
    """A request that up to three mutations have changed."""
    data = random.choice(corpus)
    for _ in range(random.randint(1, 3)):
        data = random.choice(MUTATIONS)(random, data or b"G", random.choice(corpus))
    return data
