"""The call log: what was called, by whom, with what, and how it was answered."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, overload

from qchime.world.catalogue import Catalogue
from qchime.world.locks import Lock
from qchime.world.users import User

MOST_CALLS = 10_000
MOST_BYTES = 16 * 1024 * 1024
"""Of the bodies of the calls that are remembered, whatever their number."""


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
    """Remembers the latest calls: at most `MOST_CALLS`, and no more than `MOST_BYTES` of input."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._lock = Lock()
        self._records: deque[tuple[CallRecord, int]] = deque()
        self._bytes = 0

    def add(self, record: CallRecord, size: int = 0) -> None:
        """Remember a call whose body had `size` bytes; the oldest make room."""
        with self._lock:
            self._records.append((record, size))
            self._bytes += size
            while len(self._records) > MOST_CALLS or (self._bytes > MOST_BYTES and len(self._records) > 1):
                _, freed = self._records.popleft()
                self._bytes -= freed

    def of(self, operation: str | None = None, account_id: str | None = None) -> Calls:
        """The calls of one operation, of one account, or all.

        Raises:
            ValueError: no service has an operation of this name.
        """
        if operation is not None:
            self._catalogue.services_with(operation)
        return Calls(
            record
            for record in self
            if operation in (None, record.operation) and account_id in (None, record.account_id)
        )

    def __iter__(self) -> Iterator[CallRecord]:
        with self._lock:
            return iter([record for record, _ in self._records])

    def state(self) -> list[CallRecord]:
        """All that are remembered, the oldest first."""
        return list(self)

    def restore(self, state: list[CallRecord]) -> None:
        """Remember these, and no others."""
        self.reset()
        for record in state:
            self.add(record, len(json.dumps(record.input)))

    def reset(self, account_id: str | None = None) -> None:
        """Forget them all, or those of one account."""
        with self._lock:
            kept = [] if account_id is None else self._records
            self._records = deque(entry for entry in kept if entry[0].account_id != account_id)
            self._bytes = sum(size for _, size in self._records)


def _shortened(given: dict[str, Any]) -> str:
    shown = ", ".join(f"{name}={value!r}" for name, value in given.items())
    return shown if len(shown) <= 100 else f"{shown[:97]}..."
