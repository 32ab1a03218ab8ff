"""Measures how costs grow with the number of resources, cards and connections."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks import door, serving, sessions
from benchmarks.measuring import seconds_of
from qchime import mock_chimesdkidentity, mock_qapps

MICRO = 1e6


@dataclass(frozen=True)
class Curve:
    """A measurement at several sizes."""

    title: str
    along: str
    up: str
    sizes: tuple[int, ...]
    figures: tuple[float, ...]


def users() -> Curve:
    """Listing users, by their number."""
    sizes = (1_000, 5_000, 20_000, 100_000)
    with mock_chimesdkidentity():
        arns = [door.create_instance(str(size)) for size in sizes]
        for arn, size in zip(arns, sizes, strict=True):
            door.create_users(arn, size)
        figures = tuple(
            _best(lambda arn=arn: door.list_users(arn), size)  # type: ignore[misc]
            for arn, size in zip(arns, sizes, strict=True)
        )
    return Curve("Listing app instance users", "users", "µs per user", sizes, figures)


def apps() -> Curve:
    """Listing apps, by their number."""
    sizes = (100, 300, 1_000, 3_000, 10_000)
    figures = []
    with mock_qapps() as mock:
        mock.limits.update(apps_per_instance=sizes[-1], apps_per_user=sizes[-1])
        made = 0
        for size in sizes:
            door.create_apps(size - made)
            made = size
            figures.append(_best(door.list_apps, size))
    return Curve("Listing Q Apps", "apps", "µs per app", sizes, tuple(figures))


def cards() -> Curve:
    """Running an app, by the number of its cards, each of which depends on the one before."""
    sizes = (1, 2, 5, 10, 15, 20)
    with mock_qapps():
        made = [door.create_apps(1, cards=size)[0] for size in sizes]
        figures = tuple(
            MICRO * min(seconds_of(lambda app=app: door.start_session(app), 50) for _ in range(3))  # type: ignore[misc]
            for app in made
        )
    return Curve("Running a Q App", "cards in a chain", "µs per session", sizes, figures)


def connections() -> Curve:
    """Requests per second, by the number of connections."""
    sizes = (1, 2, 4, 8, 16, 32, 64)
    with serving.ours() as server:
        server.answers_per_second(connections=1, seconds=0.5)
        figures = tuple(server.answers_per_second(connections=size, seconds=1.5) for size in sizes)
    return Curve("`qchime serve`", "connections", "requests per second", sizes, figures)


def listeners() -> Curve:
    """Sending a message, by the number of sessions that receive it."""
    sizes = (10, 25, 50, 75, 100)
    with sessions.room() as room:
        asyncio.run(room.deliver(sizes[0]))
        figures = tuple(MICRO * size * asyncio.run(room.deliver(size, 300)) for size in sizes)
    return Curve("A message to sessions", "sessions", "µs per message", sizes, figures)


CURVES = (users, apps, cards, connections, listeners)


def _best(work: Callable[[], object], items: int) -> float:
    """Microseconds per item, the best of three; short lists are read several times."""
    times = max(1, 10_000 // items)
    return MICRO * min(seconds_of(work, times) for _ in range(3)) / items
