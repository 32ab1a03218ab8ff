"""The call log: each call with its caller, input and outcome."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from qchime.world.records import Log, Records
from qchime.world.users import User


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
    """The account of the call."""
    region: str
    """The region of the call."""
    status: int | None
    """The HTTP status; None if the client got no response."""
    error: str | None
    """The name of the error in the response, or of an exception that propagated; None on success."""
    request_id: str | None
    """The request id, as in `ResponseMetadata`."""
    duration: float
    """How long the mock took, in real seconds, without injected delays."""
    rule: str | None = field(default=None, metadata={"optional": True})
    """The name of the rule that the error follows from, if AWS does not document it; see `qchime.rules`."""

    def __str__(self) -> str:
        outcome = f"{self.status or 'no answer'} {self.error or ''}".rstrip()
        return f"{self.operation}({_shortened(self.input)}) by {self.user.email}: {outcome}"


class Calls(Records[CallRecord]):
    """Calls, oldest first. They equal a list of the same records, or of their operations' names."""

    kind = "calls"
    participle = "called"

    @staticmethod
    def name_of(record: CallRecord) -> str:
        """AWS's name of the operation."""
        return record.operation


class CallLog(Log[CallRecord]):
    """The most recent calls, with the sizes of their requests."""

    def restore(self, record: CallRecord) -> None:
        """Append a call from a state, which does not record the size of the request."""
        self.add(record, len(json.dumps(record.input)))


def _shortened(given: dict[str, Any]) -> str:
    shown = ", ".join(f"{name}={value!r}" for name, value in given.items())
    return shown if len(shown) <= 100 else f"{shown[:97]}..."
