"""The one clock that both services read."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from threading import Lock


@dataclass
class ClockState:
    """What a state keeps of a clock.

    Raises:
        ValueError: it leads out of the years that a clock can show.
    """

    offset_seconds: float

    def __post_init__(self) -> None:
        _offset(timedelta(), seconds=self.offset_seconds)


class Clock:
    """The machine's time, in UTC, plus what a test advanced it by.

    freezegun and time-machine move it as well, since it reads the time anew on every call.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._offset = timedelta()

    @property
    def offset(self) -> timedelta:
        """How far this clock is ahead of the machine's."""
        return self._offset

    def now(self) -> datetime:
        """The time that resources get and expiry is judged by, timezone-aware."""
        return datetime.now(timezone.utc) + self.offset

    def advance(self, **duration: float) -> None:
        """Move on by a timedelta's keywords: `advance(days=7, hours=2)`. Negative figures move back.

        Raises:
            TypeError: a keyword or figure that timedelta does not take.
            ValueError: it leads out of the years 1971 to 9900, which leave room for what services add.
        """
        with self._lock:
            self._offset = _offset(self._offset, **duration)

    def state(self) -> ClockState:
        """How far it is ahead."""
        return ClockState(self._offset.total_seconds())

    def restore(self, state: ClockState) -> None:
        """Be as far ahead as that."""
        self._offset = timedelta(seconds=state.offset_seconds)

    def reset(self) -> None:
        """Back to the machine's time."""
        self._offset = timedelta()


def _offset(before: timedelta, **duration: float) -> timedelta:
    try:
        offset = before + timedelta(**duration)
        year = (datetime.now(timezone.utc) + offset).year
    except TypeError as error:
        known = "weeks, days, hours, minutes, seconds, milliseconds, microseconds"
        raise TypeError(f"The clock advances by numbers of {known}, not by {duration}") from error
    except OverflowError as error:
        raise ValueError(f"The clock cannot be advanced that far: {error}") from error
    if not 1971 <= year <= 9900:
        raise ValueError(f"The clock cannot be advanced that far: to the year {year}")
    return offset
