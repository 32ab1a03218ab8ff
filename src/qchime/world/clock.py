"""The clock that all services read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from qchime.world.changes import Changes
from qchime.world.locks import Lock

_EARLIEST = datetime(1971, 1, 1, tzinfo=timezone.utc)
_LATEST = datetime(9900, 12, 31, tzinfo=timezone.utc)


@dataclass
class ClockState:
    """The state of a clock.

    Raises:
        ValueError: the clock would leave the years 1971 to 9900.
    """

    offset_seconds: float

    def __post_init__(self) -> None:
        _check_year(timedelta(), {"seconds": self.offset_seconds})


class Clock:
    """The machine's time in UTC, plus the offset by which a test has advanced it.

    The offset of an account adds to the one for all accounts. freezegun and time-machine work, because the
    clock reads the machine's time on every call.
    """

    def __init__(self, everybody: Clock | None = None, changes: Changes | None = None) -> None:
        self._everybody = everybody
        self._changes = changes or Changes()
        self._lock = Lock()
        self._offset = timedelta()

    @property
    def offset(self) -> timedelta:
        """How far this clock is ahead of the machine's, limited to the years 1971 to 9900."""
        if self._everybody is None:
            return self._offset
        return self._everybody.offset + self._within_years(self._everybody.now())

    def now(self) -> datetime:
        """The current time, timezone-aware."""
        if self._everybody is None:
            return datetime.now(timezone.utc) + self._offset
        now = self._everybody.now()
        return now + self._within_years(now) if self._offset else now

    def _within_years(self, now: datetime) -> timedelta:
        """An account's offset, limited to the years 1971 to 9900: `everybody` may have advanced since."""
        return min(max(self._offset, _EARLIEST - now), _LATEST - now)

    def advance(self, **duration: float) -> None:
        """Advance by arguments of `timedelta`: `advance(days=7, hours=2)`. Negative numbers move it back.

        Raises:
            TypeError: `timedelta` does not accept a keyword or its value.
            ValueError: the clock would leave the years 1971 to 9900.
        """
        with self._lock:
            _check_year(self.offset, duration)
            self._offset += timedelta(**duration)
        self._changes.note()

    def state(self) -> ClockState:
        """The offset, without that of the clock for all accounts."""
        return ClockState(self._offset.total_seconds())

    def restore(self, state: ClockState) -> None:
        """Replace the offset with a saved one."""
        with self._lock:
            self._offset = timedelta(seconds=state.offset_seconds)

    def reset(self) -> None:
        """Return to the machine's time; an account's clock, to the one for all accounts."""
        with self._lock:
            self._offset = timedelta()
        self._changes.note()


def _check_year(offset: timedelta, duration: dict[str, float]) -> None:
    try:
        year = (datetime.now(timezone.utc) + offset + timedelta(**duration)).year
    except TypeError as error:
        known = "weeks, days, hours, minutes, seconds, milliseconds, microseconds"
        raise TypeError(f"clock.advance takes numbers of {known}, not {duration}") from error
    except OverflowError as error:
        raise ValueError(f"The clock cannot be advanced that far: {error}") from error
    if not _EARLIEST.year <= year <= _LATEST.year:
        years = f"the years {_EARLIEST.year} to {_LATEST.year}"
        raise ValueError(f"The clock cannot be advanced that far, to {year}: stay within {years}")
