"""The call log: each call with its caller, input and outcome."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import merge
from operator import itemgetter
from typing import Any, overload

from qchime.world.locks import Lock
from qchime.world.users import User

MOST_CALLS = 10_000
"""The number of calls that the log of an account keeps."""
MOST_BYTES = 16 * 1024 * 1024
"""The total size of the requests whose calls the log of an account keeps."""


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call of an operation, whether it succeeded or was refused."""

    service: str
    """botocore's name of the service."""
    operation: str
    """AWS's name of the operation, such as `CreateQApp`."""
    input: dict[str, Any]
    """The input with boto3's names; empty if the body could not be parsed."""
    user: User
    """The caller."""
    account_id: str
    region: str
    status: int | None
    """The HTTP status; None if the client got no response."""
    error: str | None
    """The name of the error in the response, or of an exception that propagated; None on success."""
    request_id: str | None
    duration: float
    """How long the mock took, in real seconds, without injected delays."""
    rule: str | None = field(default=None, metadata={"optional": True})
    """The name of the rule that the error follows from, if AWS does not document it; see `qchime.rules`."""

    def __str__(self) -> str:
        outcome = f"{self.status or 'no answer'} {self.error or ''}".rstrip()
        return f"{self.operation}({_shortened(self.input)}) by {self.user.email}: {outcome}"


class Calls(Sequence[CallRecord]):
    """Calls, oldest first. They equal a list of the same records, or of their operations' names."""

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
        """The lines of a diff from the expected calls to these, and then these calls in full."""
        import difflib  # only failing tests need it

        ours = [f"{record.operation}\n" for record in self]
        theirs = [f"{getattr(item, 'operation', item)}\n" for item in expected]
        lines = [line.rstrip() for line in difflib.ndiff(theirs, ours) if not line.startswith("?")]
        return [*lines, "", "The calls in full:", *(f"  {record}" for record in self)]


class CallLog:
    """The most recent calls: at most `MOST_CALLS`, with at most `MOST_BYTES` of input.

    Each account has its own log, so that a busy account does not displace the calls of another. The logs
    share `serials`, which number calls across all of them.
    """

    def __init__(self, serials: Iterator[int]) -> None:
        self._serials = serials
        self._lock = Lock()
        self._entries: deque[tuple[int, int, CallRecord]] = deque()
        self._bytes = 0

    def add(self, record: CallRecord, size: int = 0) -> None:
        """Append a call whose request had `size` bytes; drop the oldest calls if the log is full."""
        with self._lock:
            self._entries.append((next(self._serials), size, record))
            self._bytes += size
            while len(self._entries) > MOST_CALLS or (self._bytes > MOST_BYTES and len(self._entries) > 1):
                _, freed, _ = self._entries.popleft()
                self._bytes -= freed

    def restore(self, record: CallRecord) -> None:
        """Append a call from a state, which does not record the size of the request."""
        self.add(record, len(json.dumps(record.input)))

    def __len__(self) -> int:
        return len(self._entries)

    def numbered(self) -> list[tuple[int, CallRecord]]:
        """All calls with their serial numbers, oldest first."""
        with self._lock:
            return [(serial, record) for serial, _, record in self._entries]

    def __iter__(self) -> Iterator[CallRecord]:
        return (record for _, record in self.numbered())

    def reset(self) -> None:
        """Forget all calls."""
        with self._lock:
            self._entries.clear()
            self._bytes = 0


def in_order(logs: Iterable[CallLog]) -> list[CallRecord]:
    """The calls of several logs, oldest first."""
    return [record for _, record in merge(*(log.numbered() for log in logs), key=itemgetter(0))]


def _shortened(given: dict[str, Any]) -> str:
    shown = ", ".join(f"{name}={value!r}" for name, value in given.items())
    return shown if len(shown) <= 100 else f"{shown[:97]}..."
