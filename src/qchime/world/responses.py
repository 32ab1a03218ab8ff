"""The latest responses, for those who look at a call later."""

from collections import deque

MOST_BYTES = 4 * 1024 * 1024
"""The total size of the bodies that the log of an account keeps."""

ENTRY = 128
"""In bytes: what a body counts for in addition, so that empty ones do not accumulate."""


class Responses:
    """The bodies of the latest responses with their request ids, at most `MOST_BYTES` of them.

    A body is kept as it was sent, so that nothing is copied or parsed until somebody looks. Only one thread
    at a time may use it.
    """

    def __init__(self) -> None:
        self._kept: deque[tuple[str, bytes]] = deque()
        self._bytes = 0

    def add(self, request_id: str, body: bytes) -> None:
        """Keep the body of a response, and drop the oldest ones if there are too many bytes."""
        self._kept.append((request_id, body))
        self._bytes += len(body) + ENTRY
        while self._bytes > MOST_BYTES:
            self._bytes -= len(self._kept.popleft()[1]) + ENTRY

    def by_request_id(self) -> dict[str, bytes]:
        """The bodies; the latest one where a seed has repeated an id."""
        return dict(self._kept)

    def reset(self) -> None:
        """Drop all bodies."""
        self._kept.clear()
        self._bytes = 0
