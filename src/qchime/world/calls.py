"""The call log: each call with its caller, input and outcome."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from qchime.world.records import Log, Records
from qchime.world.responses import Responses
from qchime.world.tally import Tally
from qchime.world.users import User


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call of an operation, whether it succeeded or was refused."""

    service: str
    """botocore's name of the service."""
    operation: str
    """AWS's name of the operation, such as `CreateQApp`."""
    input: dict[str, Any]
    """The input, with boto3's names; empty if the body could not be parsed."""
    user: User
    """The caller."""
    account_id: str
    """The account of the call."""
    region: str
    """The region of the call."""
    status: int | None
    """The HTTP status; None if the client got no response."""
    error: str | None
    """The name of the error in the response, or of the exception that the call raised; None on success."""
    request_id: str | None
    """The request id, as in `ResponseMetadata`."""
    duration: float
    """How long the mock took, in seconds of real time, without injected delays."""
    rule: str | None = field(default=None, metadata={"optional": True})
    """The name of the rule that the error follows from, None if AWS documents the error."""
    time: datetime | None = field(default=None, metadata={"optional": True})
    """When the mock responded, by the machine's clock; None in states of older versions."""

    def __str__(self) -> str:
        outcome = f"{self.status or 'no response'} {self.error or ''}".rstrip()
        return f"{self.operation}({_shortened(self.input)}) by {self.user.email}: {outcome}"


class Calls(Records[CallRecord]):
    """Calls, oldest first. They compare equal to a list of the same records, or of operation names."""

    kind = "calls"
    participle = "called"

    @staticmethod
    def name_of(record: CallRecord) -> str:
        """AWS's name of the operation."""
        return record.operation


class CallLog(Log[CallRecord]):
    """The most recent calls with the sizes of their requests, the latest responses, and a tally of calls."""

    def __init__(self, serials: Iterator[int]) -> None:
        super().__init__(serials)
        self._responses = Responses()
        self._tally = Tally()

    def add_call(
        self, record: partial[CallRecord], size: int, *, failed: bool, request_id: str | None, body: bytes
    ) -> None:
        """Append a call whose request had `size` bytes; drop the oldest calls if the log is full.

        `body` is that of the response with this id, if there was any; no state includes it.
        """
        with self._lock:
            self._append(record, size)
            self._tally.add(failed)
            if request_id is not None:
                self._responses.add(request_id, body)

    def bodies(self) -> dict[str, bytes]:
        """The bodies of the latest responses by request id, as far as they are kept."""
        with self._lock:
            return self._responses.by_request_id()

    def recent(self) -> list[tuple[int, int, int]]:
        """How many seconds ago, how many calls and how many errors, for the last seconds that had calls.

        These are real seconds, also while a test freezes or moves the time.
        """
        with self._lock:
            return self._tally.recent()

    def reset(self) -> None:
        """Forget all calls and responses."""
        with self._lock:
            super().reset()
            self._responses.reset()
            self._tally.reset()

    def restore(self, record: CallRecord) -> None:
        """Append a call from a state, which does not record the size of the request."""
        self.add(record, len(json.dumps(record.input)))


def _shortened(given: dict[str, Any]) -> str:
    shown = ", ".join(f"{name}={value!r}" for name, value in given.items())
    return shown if len(shown) <= 100 else f"{shown[:97]}..."
