"""Which services are answered in this process now."""

from collections import Counter

from qchime.core.service import Service


class Running:
    """Counts the mocks of each service; true while there is any."""

    def __init__(self) -> None:
        self._counts: Counter[Service] = Counter()

    def has(self, service: Service) -> bool:
        """Whether a mock of this service runs."""
        return self._counts[service] > 0

    def __bool__(self) -> bool:
        return any(self._counts.values())

    def add(self, service: Service, count: int) -> None:
        """One more, or one less."""
        self._counts[service] += count


running = Running()
