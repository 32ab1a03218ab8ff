"""How many calls there were in each of the last seconds."""

from __future__ import annotations

import time
from collections import deque
from functools import partial

SECONDS = 60
"""How far back a tally goes."""


steady_seconds = (
    partial(time.clock_gettime, time.CLOCK_MONOTONIC) if hasattr(time, "clock_gettime") else time.monotonic
)
"""Seconds since some moment, which go on while a test freezes or moves the time.

freezegun replaces `time.monotonic`, but not this clock; systems without it have no other.
"""


class Tally:
    """Counts calls and errors by the second. Only one thread at a time may use it."""

    def __init__(self) -> None:
        self._counts: deque[list[int]] = deque(maxlen=SECONDS)
        """The second, the calls and the errors in it; none for seconds without calls."""

    def add(self, is_error: bool) -> None:
        """Count a call."""
        second, counts = int(steady_seconds()), self._counts
        if not counts or counts[-1][0] != second:
            counts.append([second, 0, 0])
        count = counts[-1]
        count[1] += 1
        count[2] += is_error

    def recent(self) -> list[tuple[int, int, int]]:
        """How many seconds ago, how many calls and how many errors, for the last seconds that had calls."""
        now = int(steady_seconds())
        counts = [(now - second, calls, errors) for second, calls, errors in self._counts]
        return [count for count in counts if count[0] < SECONDS]

    def reset(self) -> None:
        """Forget all calls."""
        self._counts.clear()
