"""Times as ratios within one run: both sides by turns, so that a noisy machine is noisy for both."""

import resource
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from time import process_time

Work = Callable[[], object]
Side = Callable[[], float]
"""Measures one side once, in whatever unit."""


@dataclass(frozen=True)
class Measure:
    """Two sides, measured in some rounds; the two figures of a round were measured one after the other."""

    rounds: Sequence[tuple[float, float]]

    @property
    def ours(self) -> float:
        """The median of our side."""
        return median(ours for ours, _ in self.rounds)

    @property
    def theirs(self) -> float:
        """The median of the other side."""
        return median(theirs for _, theirs in self.rounds)

    @property
    def ratio(self) -> float:
        """Ours in units of theirs: the median of what the rounds say, for the machine's pace may change."""
        return median(ours / theirs for ours, theirs in self.rounds)


def by_turns(ours: Side, theirs: Side, rounds: int) -> Measure:
    """Both sides in each round, and every other time the other one first.

    A first round, in which everything is made ready, is not counted.
    """
    measured = []
    for number in range(rounds + 1):
        if number % 2:
            one = ours()
            measured.append((one, theirs()))
        else:
            other = theirs()
            measured.append((ours(), other))
    return Measure(measured[1:])


def work_by_turns(ours: Work, theirs: Work, rounds: int, times: int = 1) -> Measure:
    """The seconds that one of `times` takes on either side."""
    return by_turns(lambda: seconds_of(ours, times), lambda: seconds_of(theirs, times), rounds)


def seconds_of(work: Work, times: int = 1) -> float:
    """The seconds of the processor that one of `times` takes: what else runs on the machine counts less."""
    started = process_time()
    for _ in range(times):
        work()
    return (process_time() - started) / times


def programs_by_turns(ours: str, theirs: str, rounds: int) -> Measure:
    """The seconds that Python takes to run two programs, beyond what it takes to start."""
    start = median(_seconds_of_program("pass") for _ in range(rounds))
    return by_turns(
        lambda: _seconds_of_program(ours) - start, lambda: _seconds_of_program(theirs) - start, rounds
    )


def _seconds_of_program(program: str) -> float:
    started = _seconds_of_children()
    subprocess.run([sys.executable, "-c", program], check=True)
    return _seconds_of_children() - started


def _seconds_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
