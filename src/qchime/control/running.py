"""Which services are mocked in this process now."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qchime.core.service import Service


class Running:
    """The number of running mocks of each service; true if there is any."""

    def __init__(self) -> None:
        self._counts: Counter[Service] = Counter()

    def has(self, service: Service) -> bool:
        """Whether a mock of this service is running."""
        return self._counts[service] > 0

    def __bool__(self) -> bool:
        return any(self._counts.values())

    def add(self, service: Service, count: int) -> None:
        """Add `count`, 1 or -1, to the number of mocks of a service. Only one thread at a time may do so."""
        counts = self._counts.copy()  # other threads may be iterating over it
        counts[service] += count
        self._counts = counts


running = Running()
