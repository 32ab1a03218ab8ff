"""Runs a function in several threads that start at the same moment."""

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from random import random
from threading import Barrier
from types import FrameType
from typing import Any

from botocore.exceptions import ClientError

import qchime

THREADS = 10
SOURCE = str(Path(qchime.__file__).parent)


def at_once(act: Callable[[int, Any], Any], people: Sequence[Any]) -> list[Any]:
    """The results of calling `act` with each number and person, in threads that start together."""
    ready = Barrier(len(people), timeout=60)

    def run(number: int) -> Any:
        ready.wait()
        return act(number, people[number])

    with ThreadPoolExecutor(len(people)) as threads:
        return list(threads.map(run, range(len(people))))


def switch_threads(frame: FrameType, event: str, _: Any) -> Any:
    """A trace function that lets other threads go on between instructions of qchime, at random."""
    if event == "call":
        if not frame.f_code.co_filename.startswith(SOURCE):
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
    elif event == "opcode" and random() < 0.1:
        time.sleep(1e-6)
    return switch_threads


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
