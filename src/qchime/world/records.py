"""Records of what has happened: a sequence that tests compare, and a log that keeps the latest."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from heapq import merge
from operator import itemgetter
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, overload

from qchime.world.locks import Lock

if TYPE_CHECKING:
    from typing_extensions import Self

MOST_RECORDS = 10_000
"""The number of records that a log keeps."""
MOST_BYTES = 16 * 1024 * 1024
"""The total size of the records that a log keeps."""

Record = TypeVar("Record")


class Records(Sequence[Record], ABC):
    """Records, oldest first. They equal a list of the same records, or of their names."""

    kind: ClassVar[str]
    """What the records are, in the plural: `calls`."""
    participle: ClassVar[str]
    """What has happened to them: `called`."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._records = tuple(records)

    @staticmethod
    @abstractmethod
    def name_of(record: Any) -> str:
        """The name of a record, which may stand for it in a list."""

    @overload
    def __getitem__(self, index: int) -> Record: ...

    @overload
    def __getitem__(self, index: slice) -> Self: ...

    def __getitem__(self, index: int | slice) -> Record | Self:
        return type(self)(self._records[index]) if isinstance(index, slice) else self._records[index]

    def __len__(self) -> int:
        return len(self._records)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, str) or not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(
            theirs == (self.name_of(ours) if isinstance(theirs, str) else ours)
            for ours, theirs in zip(self, other, strict=True)
        )

    __hash__: ClassVar[None]  # type: ignore[assignment]

    def __repr__(self) -> str:
        return "[" + ", ".join(map(str, self)) + "]"

    def difference(self, expected: Sequence[Any]) -> list[str]:
        """The lines of a diff from the expected records to these, and then these in full."""
        import difflib  # only failing tests need it

        ours = [f"{self.name_of(record)}\n" for record in self]
        theirs = [f"{item if isinstance(item, str) else self.name_of(item)}\n" for item in expected]
        lines = [line.rstrip() for line in difflib.ndiff(theirs, ours) if not line.startswith("?")]
        return [*lines, "", f"The {self.kind} in full:", *(f"  {record}" for record in self)]


class Log(Generic[Record]):
    """The most recent records: at most `MOST_RECORDS`, with at most `MOST_BYTES`.

    Each account has logs of its own, so that a busy account does not displace the records of another. Logs
    share `serials`, which number the records across all of them.

    A record may be added as a `partial` that makes it, which is called once somebody looks: most tests never
    do.
    """

    def __init__(self, serials: Iterator[int]) -> None:
        self._serials = serials
        self._lock = Lock()
        self._entries: deque[tuple[int, int, Record | partial[Record]]] = deque()
        self._bytes = 0

    def add(self, record: Record | partial[Record], size: int = 0) -> None:
        """Append a record of `size` bytes; drop the oldest ones if the log is full."""
        with self._lock:
            self._append(record, size)

    def _append(self, record: Record | partial[Record], size: int) -> None:
        """As `add`, with the lock."""
        self._entries.append((next(self._serials), size, record))
        self._bytes += size
        while len(self._entries) > MOST_RECORDS or (self._bytes > MOST_BYTES and len(self._entries) > 1):
            _, freed, _ = self._entries.popleft()
            self._bytes -= freed

    def __len__(self) -> int:
        return len(self._entries)

    def numbered(self) -> list[tuple[int, Record]]:
        """All records with their serial numbers, oldest first."""
        with self._lock:
            if any(isinstance(record, partial) for _, _, record in self._entries):
                self._entries = deque((serial, size, _made(record)) for serial, size, record in self._entries)
            return [(serial, _made(record)) for serial, _, record in self._entries]

    @property
    def last_serial(self) -> int:
        """The serial number of the latest record, -1 if there is none."""
        try:
            return self._entries[-1][0]
        except IndexError:
            return -1

    def __iter__(self) -> Iterator[Record]:
        return (record for _, record in self.numbered())

    def reset(self) -> None:
        """Forget all records."""
        with self._lock:
            self._entries.clear()
            self._bytes = 0


def _made(record: Record | partial[Record]) -> Record:
    return record() if isinstance(record, partial) else record


def in_order(logs: Iterable[Log[Record]]) -> list[Record]:
    """The records of several logs, oldest first."""
    return [record for _, record in merge(*(log.numbered() for log in logs), key=itemgetter(0))]
