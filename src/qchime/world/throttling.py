"""Throttling: the services' request rates, which are enforced if a test author asks for it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from qchime.rules import inferred
from qchime.world.changes import Changes
from qchime.world.clock import Clock
from qchime.world.locks import Lock

MOST_BUCKETS = 10_000
"""Clients name resources as they like; the bucket that has not been used for longest is forgotten."""

_MICROSECOND = timedelta(microseconds=1)
_REQUEST = 1_000_000
"""What a request takes from a bucket: a bucket for one request per second gains 1 in each microsecond."""


@dataclass
class ThrottlingState:
    """Whether requests are throttled; None for an account that inherits the setting for all accounts."""

    enabled: bool | None


@dataclass
class _Bucket:
    """What is left of a rate, in millionths of a request, at a time by the mock's clock."""

    level: int
    at: datetime

    def refill(self, rate: int, now: datetime) -> None:
        """Add what the rate has allowed since; a clock that was moved back adds nothing."""
        elapsed = max(0, (now - self.at) // _MICROSECOND)
        self.level, self.at = min(rate * _REQUEST, self.level + elapsed * rate), now


@inferred(
    "core.rate-bursts",
    "If rates are enforced, each is a token bucket: it holds the requests of one second, starts full and "
    "refills evenly. A request that exceeds one rate counts against none. AWS documents no bursts.",
    turn="throttling",
)
class Throttling:
    """Whether requests are throttled, and what is left of each rate; an account inherits from `everybody`.

    Each rate is a token bucket that holds the requests of one second, is full at first, and refills evenly
    by the mock's clock.
    """

    def __init__(
        self, clock: Clock, everybody: Throttling | None = None, changes: Changes | None = None
    ) -> None:
        self._clock = clock
        self._everybody = everybody
        self._changes = changes or Changes()
        self._lock = Lock()
        self._enabled: bool | None = None
        self._buckets: dict[Hashable, _Bucket] = {}

    @property
    def enabled(self) -> bool:
        """Whether requests over the rates are refused."""
        if self._enabled is None:
            return self._everybody is not None and self._everybody.enabled
        return self._enabled

    @enabled.setter
    def enabled(self, enabled: Any) -> None:
        if not isinstance(enabled, bool):
            raise ValueError(f"throttling takes True or False, not {enabled!r}")
        self._enabled = enabled
        self._changes.note()

    def exceeded(self, rates: Mapping[Hashable, int]) -> Hashable | None:
        """Count a request against rates per second; the first that is exceeded, None if there is none.

        A request that exceeds a rate counts against none of them.
        """
        with self._lock:
            now = self._clock.now()
            buckets = [self._bucket(key, rate, now) for key, rate in rates.items()]
            for key, bucket in zip(rates, buckets, strict=True):
                if bucket.level < _REQUEST:
                    return key
            for bucket in buckets:
                bucket.level -= _REQUEST
            return None

    def _bucket(self, key: Hashable, rate: int, now: datetime) -> _Bucket:
        bucket = self._buckets.pop(key, None) or _Bucket(rate * _REQUEST, now)
        self._buckets[key] = bucket  # the last one used is the last one
        if len(self._buckets) > MOST_BUCKETS:
            del self._buckets[next(iter(self._buckets))]
        bucket.refill(rate, now)
        return bucket

    def state(self) -> ThrottlingState:
        """The setting, without what is left of the rates: all rates are unused after a load."""
        return ThrottlingState(self.enabled if self._everybody is None else self._enabled)

    def restore(self, state: ThrottlingState) -> None:
        """Replace the setting with a saved one."""
        with self._lock:
            self._enabled, self._buckets = state.enabled, {}

    def reset(self) -> None:
        """Stop throttling; in an account, return to the setting for all accounts."""
        self.restore(ThrottlingState(None))
        self._changes.note()
