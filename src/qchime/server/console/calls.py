"""The calls that the page shows: filtered, counted by the second, and one of them in full."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import cache
from heapq import merge
from operator import itemgetter
from typing import Any, NamedTuple

from qchime.core.cloud import Contents
from qchime.core.table import SERVICES
from qchime.rules import RULES, Rule
from qchime.world import CallLog, CallRecord
from qchime.world.tally import SECONDS


class LoggedCall(NamedTuple):
    """A call, its serial number, and what the bodies of its log are read with."""

    number: int
    record: CallRecord
    bodies: Callable[[], Mapping[str, bytes]]

    @property
    def body(self) -> bytes | None:
        """The body of its response, None if it is no longer kept."""
        return self.bodies().get(self.record.request_id or "")

    @property
    def is_error(self) -> bool:
        """Whether the caller did not get a result."""
        return self.record.error is not None

    @property
    def outcome(self) -> str:
        """The status and the error."""
        return f"{self.record.status or 'no response'} {self.record.error or ''}".rstrip()

    @property
    def answer(self) -> Any:
        """The response as JSON, None if it is not kept, has no body, or was lost."""
        return json.loads(self.body) if self.body else None

    @property
    def rule(self) -> Rule | None:
        """The rule that the error follows from, None if AWS documents it."""
        _ = SERVICES.named(self.record.service).backend  # defines its rules
        return RULES.get(self.record.rule or "")

    @property
    def violations(self) -> list[str]:
        """How the input violates the model, if that is why the call was refused."""
        service = SERVICES.named(self.record.service)
        if self.record.error != type(service.invalid("")).__name__:
            return []
        return service.operation(self.record.operation).validate(self.record.input)


@dataclass(frozen=True)
class Filter:
    """Which calls to show: those that fit every part that is not empty."""

    account: str = ""
    service: str = ""
    operation: str = ""
    user: str = ""
    """A part of the e-mail address."""
    status: str = ""
    """The status, its first digit, or `errors`."""
    text: str = ""
    """A part of the input or of the answer."""
    since: str = ""
    """The earliest time, as ISO 8601 in UTC."""
    until: str = ""
    """The latest time, likewise."""
    slower: str = ""
    """The shortest duration, in milliseconds."""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Filter:
        """The filter in a query. It ignores unknown parameters, and times and durations that are invalid."""
        given = {name: query.get(name, "").strip() for name in cls.__dataclass_fields__}
        valid = {name: text for name, text in given.items() if _is_valid(name, text)}
        return cls(**valid)

    def fits(self, call: LoggedCall) -> bool:
        """Whether to show this call."""
        record = call.record
        return (
            self.account in ("", record.account_id)
            and self.service in ("", record.service)
            and self.operation in ("", record.operation)
            and self.user.casefold() in record.user.email.casefold()
            and self._fits_status(call)
            and self._fits_time(record.time)
            and (not self.slower or record.duration * 1000 >= float(self.slower))
            and (not self.text or mentions(call, self.text))
        )

    def _fits_time(self, time: datetime | None) -> bool:
        if not (self.since or self.until):
            return True
        if time is None:
            return False
        since, until = (_moment(text) if text else time for text in (self.since, self.until))
        return since <= time and time.replace(microsecond=0) <= until  # a form has whole seconds

    def _fits_status(self, call: LoggedCall) -> bool:
        return call.is_error if self.status == "errors" else str(call.record.status).startswith(self.status)


def _moment(text: str) -> datetime:
    """A time in UTC, which a form gives without its time zone."""
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def _is_valid(name: str, text: str) -> bool:
    readers: dict[str, Callable[[str], object]] = {"since": _moment, "until": _moment, "slower": float}
    try:
        return not text or readers.get(name, str)(text) is not None
    except ValueError:
        return False


def newest_first(contents: Contents, account_id: str | None) -> Iterator[LoggedCall]:
    """The calls of one account or of all, newest first."""
    return merge(*map(_backwards, contents.call_logs(account_id)), key=itemgetter(0), reverse=True)


def mentions(call: LoggedCall, text: str) -> bool:
    """Whether the input, the answer or the request id of a call contains this text."""
    record = call.record
    if text == record.request_id or any(text in part for part in _strings(record.input)):
        return True
    return text.encode(errors="replace") in (call.body or b"")


def per_second(contents: Contents, account_id: str | None) -> list[tuple[int, int]]:
    """The numbers of calls and of errors in each of the last seconds, oldest first."""
    counts = [(0, 0)] * SECONDS
    for log in contents.call_logs(account_id):
        for age, calls, errors in log.recent():
            counts[-1 - age] = (counts[-1 - age][0] + calls, counts[-1 - age][1] + errors)
    return counts


def _backwards(log: CallLog) -> Iterator[LoggedCall]:
    bodies = cache(log.bodies)
    return (LoggedCall(number, record, bodies) for number, record in reversed(log.numbered()))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)
