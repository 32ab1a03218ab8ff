"""Times as ratios within one run: both sides by turns, so that a noisy machine is noisy for both."""

import os
import statistics
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from time import process_time

Work = Callable[[], object]


@dataclass(frozen=True)
class Measure:
    """The medians of two sides, in seconds, or in whatever unit was measured."""

    ours: float
    theirs: float

    @property
    def ratio(self) -> float:
        """Ours in units of theirs."""
        return self.ours / self.theirs


def by_turns(ours: Work, theirs: Work, rounds: int, times: int = 1) -> Measure:
    """The seconds that one of `times` takes on either side, as medians over some rounds."""
    medians = medians_by_turns([ours, theirs], rounds, times)
    return Measure(*medians)


def medians_by_turns(works: list[Work], rounds: int, times: int = 1) -> list[float]:
    """The same for any number of sides; a first round, in which everything is made ready, is not counted."""
    seconds: list[list[float]] = [[] for _ in works]
    for number in range(rounds + 1):
        for work, taken in zip(works, seconds, strict=True):
            one = seconds_of(work, times)
            if number:
                taken.append(one)
    return [statistics.median(taken) for taken in seconds]


def seconds_of(work: Work, times: int = 1) -> float:
    """The seconds of the processor that one of `times` takes: what else runs on the machine counts less."""
    started = process_time()
    for _ in range(times):
        work()
    return (process_time() - started) / times


def programs_by_turns(ours: str, theirs: str, rounds: int) -> Measure:
    """The seconds that Python takes to run two programs, beyond what it takes to start."""
    start, *both = medians_of_programs(["pass", ours, theirs], rounds)
    return Measure(*(seconds - start for seconds in both))


def medians_of_programs(programs: list[str], rounds: int) -> list[float]:
    """The seconds of the processor from start to end, as medians over some rounds by turns."""
    seconds: list[list[float]] = [[] for _ in programs]
    for number in range(rounds + 1):
        for program, taken in zip(programs, seconds, strict=True):
            started = _seconds_of_children()
            subprocess.run([sys.executable, "-c", program], check=True)
            if number:
                taken.append(_seconds_of_children() - started)
    return [statistics.median(taken) for taken in seconds]


def _seconds_of_children() -> float:
    times = os.times()
    return times.children_user + times.children_system
