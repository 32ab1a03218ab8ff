"""The clock that all services read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from qchime.world.locks import Lock

_EARLIEST = datetime(1971, 1, 1, tzinfo=timezone.utc)
_LATEST = datetime(9900, 12, 31, tzinfo=timezone.utc)


@dataclass
class ClockState:
    """What a state keeps of a clock.

    Raises:
        ValueError: it leads out of the years that a clock can show.
    """

    offset_seconds: float

    def __post_init__(self) -> None:
        _check_year(timedelta(), {"seconds": self.offset_seconds})


class Clock:
    """The machine's time, in UTC, plus what a test advanced it by; an account's stands on everybody's.

    freezegun and time-machine move it as well, since it reads the time anew on every call.
    """

    def __init__(self, everybody: Clock | None = None) -> None:
        self._everybody = everybody
        self._lock = Lock()
        self._offset = timedelta()

    @property
    def offset(self) -> timedelta:
        """How far this clock is ahead of the machine's."""
        if self._everybody is None:
            return self._offset
        return self._everybody.offset + self._within_years(self._everybody.now())

    def now(self) -> datetime:
        """The time that resources get and expiry is judged by, timezone-aware."""
        if self._everybody is None:
            return datetime.now(timezone.utc) + self._offset
        now = self._everybody.now()
        return now + self._within_years(now)

    def _within_years(self, now: datetime) -> timedelta:
        """What an account adds to everybody's time, which may have come close to the last year since."""
        return min(max(self._offset, _EARLIEST - now), _LATEST - now)

    def advance(self, **duration: float) -> None:
        """Move on by a timedelta's keywords: `advance(days=7, hours=2)`. Negative figures move back.

        Raises:
            TypeError: a keyword or figure that timedelta does not take.
            ValueError: it leads out of the years 1971 to 9900, which leave room for what services add.
        """
        with self._lock:
            _check_year(self.offset, duration)
            self._offset += timedelta(**duration)

    def state(self) -> ClockState:
        """How far it is ahead."""
        return ClockState(self._offset.total_seconds())

    def restore(self, state: ClockState) -> None:
        """Be as far ahead as that."""
        with self._lock:
            self._offset = timedelta(seconds=state.offset_seconds)

    def reset(self) -> None:
        """Back to the machine's time, or to everybody's."""
        with self._lock:
            self._offset = timedelta()


def _check_year(offset: timedelta, duration: dict[str, float]) -> None:
    try:
        year = (datetime.now(timezone.utc) + offset + timedelta(**duration)).year
    except TypeError as error:
        known = "weeks, days, hours, minutes, seconds, milliseconds, microseconds"
        raise TypeError(f"The clock advances by numbers of {known}, not by {duration}") from error
    except OverflowError as error:
        raise ValueError(f"The clock cannot be advanced that far: {error}") from error
    if not _EARLIEST.year <= year <= _LATEST.year:
        raise ValueError(f"The clock cannot be advanced that far: to the year {year}")
