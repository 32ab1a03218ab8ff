"""Measures two sides alternately, so that a noisy machine affects both."""

import resource
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from time import process_time

Work = Callable[[], object]
Side = Callable[[], float]
"""Measures one side once, in any unit."""


@dataclass(frozen=True)
class Measure:
    """Two sides, measured in rounds, each of which measured one side right after the other."""

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
        """Ours relative to theirs: the median of the rounds' ratios, since the machine's speed may change."""
        return median(ours / theirs for ours, theirs in self.rounds)


def alternate(ours: Side, theirs: Side, rounds: int) -> Measure:
    """Measure both sides in each round, in alternating order.

    The first round is a warm-up and is not counted.
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


def alternate_work(ours: Work, theirs: Work, rounds: int, times: int = 1) -> Measure:
    """The seconds that one call takes on either side, averaged over `times` calls."""
    return alternate(lambda: seconds_of(ours, times), lambda: seconds_of(theirs, times), rounds)


def seconds_of(work: Work, times: int = 1) -> float:
    """The processor time of one call, averaged over `times` calls: less affected by other processes."""
    started = process_time()
    for _ in range(times):
        work()
    return (process_time() - started) / times


def alternate_programs(ours: str, theirs: str, rounds: int) -> Measure:
    """The processor time of two Python programs, without that of starting Python."""
    start = median(_seconds_of_program("pass") for _ in range(rounds))
    return alternate(
        lambda: _seconds_of_program(ours) - start, lambda: _seconds_of_program(theirs) - start, rounds
    )


def _seconds_of_program(program: str) -> float:
    started = _seconds_of_children()
    subprocess.run([sys.executable, "-c", program], check=True)
    return _seconds_of_children() - started


def _seconds_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
