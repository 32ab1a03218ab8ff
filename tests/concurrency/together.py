"""Runs a function in several threads that start at the same moment."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from threading import Barrier
from typing import Any

from botocore.exceptions import ClientError

THREADS = 10


def at_once(act: Callable[[int, Any], Any], people: Sequence[Any]) -> list[Any]:
    """The results of calling `act` with each number and person, in threads that start together."""
    ready = Barrier(len(people), timeout=60)

    def run(number: int) -> Any:
        ready.wait()
        return act(number, people[number])

    with ThreadPoolExecutor(len(people)) as threads:
        return list(threads.map(run, range(len(people))))


def flat(lists: Iterable[Iterable[Any]]) -> list[Any]:
    """Several lists as one."""
    return list(chain.from_iterable(lists))


def outcome(act: Callable[..., Any], **given: Any) -> str:
    """`ok`, or the name of the error."""
    try:
        act(**given)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "ok"
