"""The call log: what was called, by whom, with what, and how it was answered."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from operator import itemgetter
from typing import Any, overload

from qchime.world.locks import Lock
from qchime.world.users import User

MOST_CALLS = 10_000
"""Of one account."""
MOST_BYTES = 16 * 1024 * 1024
"""Of the bodies of the calls of one account that are remembered, whatever their number."""


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call of an operation, refused ones too."""

    service: str
    """botocore's name of it."""
    operation: str
    """AWS's name, such as `CreateQApp`."""
    input: dict[str, Any]
    """What came, in boto3's spelling; empty where the body could not be read."""
    user: User
    """Who called."""
    account_id: str
    region: str
    status: int | None
    """The HTTP status; None where the client got no answer."""
    error: str | None
    """The name of the exception that was answered, or of the one that came out of the mock."""
    request_id: str | None
    duration: float
    """How long the mock took, in seconds of the machine, injected delays excluded."""

    def __str__(self) -> str:
        outcome = f"{self.status or 'no answer'} {self.error or ''}".rstrip()
        return f"{self.operation}({_shortened(self.input)}) by {self.user.email}: {outcome}"


class Calls(Sequence[CallRecord]):
    """Some calls, the oldest first. Equal to a list of the same records, or of operations' names."""

    def __init__(self, records: Iterable[CallRecord]) -> None:
        self._records = tuple(records)

    @overload
    def __getitem__(self, index: int) -> CallRecord: ...

    @overload
    def __getitem__(self, index: slice) -> Calls: ...

    def __getitem__(self, index: int | slice) -> CallRecord | Calls:
        return Calls(self._records[index]) if isinstance(index, slice) else self._records[index]

    def __len__(self) -> int:
        return len(self._records)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, str) or not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(
            theirs == (ours.operation if isinstance(theirs, str) else ours)
            for ours, theirs in zip(self, other, strict=True)
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return "[" + ", ".join(map(str, self)) + "]"

    def difference(self, expected: Sequence[Any]) -> list[str]:
        """What sets these calls apart from the expected ones, as lines of a diff."""
        import difflib  # for failing tests alone

        ours = [f"{record.operation}\n" for record in self]
        theirs = [f"{getattr(item, 'operation', item)}\n" for item in expected]
        lines = [line.rstrip() for line in difflib.ndiff(theirs, ours) if not line.startswith("?")]
        return [*lines, "", "The calls in full:", *(f"  {record}" for record in self)]


class CallLog:
    """Remembers the latest calls: at most `MOST_CALLS`, and no more than `MOST_BYTES` of input.

    Each account has one of its own, so that a busy account does not push out the calls of another. They
    share `serials`, which say in which order the calls of different logs came.
    """

    def __init__(self, serials: Iterator[int]) -> None:
        self._serials = serials
        self._lock = Lock()
        self._entries: deque[tuple[int, int, CallRecord]] = deque()
        self._bytes = 0

    def add(self, record: CallRecord, size: int = 0) -> None:
        """Remember a call whose body had `size` bytes; the oldest make room."""
        with self._lock:
            self._entries.append((next(self._serials), size, record))
            self._bytes += size
            while len(self._entries) > MOST_CALLS or (self._bytes > MOST_BYTES and len(self._entries) > 1):
                _, freed, _ = self._entries.popleft()
                self._bytes -= freed

    def restore(self, record: CallRecord) -> None:
        """Remember a call of a state, which does not say how large it was."""
        self.add(record, len(json.dumps(record.input)))

    def numbered(self) -> list[tuple[int, CallRecord]]:
        """All that are remembered with their serial numbers, the oldest first."""
        with self._lock:
            return [(serial, record) for serial, _, record in self._entries]

    def __iter__(self) -> Iterator[CallRecord]:
        return (record for _, record in self.numbered())

    def reset(self) -> None:
        """Forget them all."""
        with self._lock:
            self._entries.clear()
            self._bytes = 0


def in_order(logs: Iterable[CallLog]) -> list[CallRecord]:
    """The calls of several logs, the oldest first."""
    return [record for _, record in merge(*(log.numbered() for log in logs), key=itemgetter(0))]


def _shortened(given: dict[str, Any]) -> str:
    shown = ", ".join(f"{name}={value!r}" for name, value in given.items())
    return shown if len(shown) <= 100 else f"{shown[:97]}..."
