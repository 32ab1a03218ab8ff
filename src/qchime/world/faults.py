"""Fault injection: which calls fail, and how."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from qchime.world.catalogue import Catalogue
from qchime.world.changes import Changes
from qchime.world.locks import Lock

Loss = Literal["ConnectionClosedError", "ReadTimeoutError"]
LOSSES: tuple[Loss, ...] = ("ConnectionClosedError", "ReadTimeoutError")
"""The names for lost responses, which clients see as their own transport errors."""

_LONGEST_DELAY = 24 * 60 * 60


@dataclass(eq=False, slots=True)
class Fault:
    """One injected fault, with the numbers of calls that it has let pass and that it has struck.

    Raises:
        ValueError: a value is invalid; the message says which values are valid.
    """

    operation: str
    """AWS's name of the operation."""
    error: str | None
    """The name of the error; None to delay calls only."""
    times: int | None
    """How many calls it strikes; None for all, until a reset."""
    after: int
    """How many matching calls it lets pass first."""
    where: dict[str, Any]
    """Input members that a call must have to match."""
    delay: float
    """Seconds by which the response is delayed."""
    service: str | None
    """botocore's name of the service; None for every service that has the operation and the error."""
    passed: int = 0
    """How many matching calls it has let pass."""
    struck: int = 0
    """How many calls it has struck."""

    def __post_init__(self) -> None:
        _check_whole("times", 1 if self.times is None else self.times, least=1)
        _check_whole("after", self.after, least=0)
        _check_delay(self.delay, self.error)
        self.delay = float(self.delay)
        if not isinstance(self.where, dict):
            raise ValueError(f"where takes a dict of input members, not {self.where!r}")

    @property
    def is_used(self) -> bool:
        """Whether it has struck `times` calls or, without `times`, at least one."""
        return self.struck >= (1 if self.times is None else self.times)

    def count(self) -> bool:
        """Count a matching call, and return whether it strikes it."""
        if self.passed < self.after:
            self.passed += 1
            return False
        self.struck += 1
        return True

    def __str__(self) -> str:
        where = f" where {self.where}" if self.where else ""
        wanted = "" if self.times is None else f" of {self.times}"
        return f"{self.operation}: {self.error or 'delay'}{where}, struck {self.struck}{wanted} times"


class Faults:
    """The injected faults. Of the faults that match a call, the one that was added first strikes.

    An account's faults come before those for all accounts.
    """

    def __init__(
        self, catalogue: Catalogue, everybody: Faults | None = None, changes: Changes | None = None
    ) -> None:
        self._catalogue = catalogue
        self._everybody = everybody
        self._changes = changes or Changes()
        self._lock = Lock()
        self._faults: list[Fault] = []

    def add(
        self,
        operation: str,
        error: str | None = None,
        times: int | None = None,
        after: int = 0,
        where: dict[str, Any] | None = None,
        delay: float = 0,
        *,
        service: str | None = None,
    ) -> Fault:
        """Make calls of an operation fail before they take effect.

        Args:
            operation: AWS's name of the operation, such as `CreateQApp`.
            error: an error that the operation declares, one of AWS's common errors such as
                `ExpiredTokenException`, or `ConnectionClosedError` or `ReadTimeoutError`, which clients see
                as their own transport errors. If omitted, calls succeed after `delay`.
            times: how many calls fail; if omitted, all calls until a reset.
            after: how many matching calls succeed first.
            where: input members, by boto3's names, that a call must have to match; a dict matches every
                dict that contains its items.
            delay: seconds by which the response is delayed.
            service: botocore's name of the service, for operations that several services have.

        Raises:
            ValueError: the operation, error or member does not exist, or another argument is invalid; the
                message lists what is valid.
        """
        fault = Fault(operation, error, times, after, {} if where is None else where, delay, service)
        self._check(fault)
        with self._lock:
            self._faults.append(fault)
        self._changes.note()
        return fault

    def strike(self, service: str, operation: str, given: dict[str, Any]) -> Fault | None:
        """The fault that strikes this call, None if no fault does. Counts the call."""
        if self._faults and (fault := self._first_match(service, operation, given)) is not None:
            return fault
        return self._everybody.strike(service, operation, given) if self._everybody is not None else None

    def _first_match(self, service: str, operation: str, given: dict[str, Any]) -> Fault | None:
        with self._lock:
            for fault in self._faults:
                if self._matches(fault, service, operation, given):
                    strikes = fault.count()
                    self._changes.note()
                    if strikes:
                        return fault
        return None

    def _matches(self, fault: Fault, service: str, operation: str, given: dict[str, Any]) -> bool:
        """Whether a fault that has not yet struck `times` calls matches this one."""
        return (
            operation == fault.operation
            and (fault.times is None or fault.struck < fault.times)
            and service in self._services(fault)
            and _contains(given, fault.where)
        )

    @property
    def unused(self) -> list[Fault]:
        """The faults that have not struck as often as requested."""
        return unused(self)

    def assert_all_used(self) -> None:
        """Fail the test if a fault is unused, so that it cannot pass without the error that it is about.

        Raises:
            AssertionError: a fault has not struck as often as requested; the message lists all such faults.
        """
        assert_all_used(self)

    def __iter__(self) -> Iterator[Fault]:
        with self._lock:
            return iter(list(self._faults))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def state(self) -> list[Fault]:
        """All faults, with the calls that each has struck so far."""
        return list(self)

    def restore(self, state: list[Fault]) -> None:
        """Replace all faults with saved ones."""
        with self._lock:
            self._faults = list(state)

    def integrity_errors(self, state: list[Fault]) -> Iterator[tuple[str, str]]:
        """The invalid faults in a state, as pairs of a place and a problem."""
        for number, fault in enumerate(state):
            try:
                self._check(fault)
            except ValueError as error:
                yield f"[{number}]", str(error)

    def reset(self) -> None:
        """Remove all faults."""
        with self._lock:
            self._faults.clear()
        self._changes.note()

    def _check(self, fault: Fault) -> None:
        """Check that the operation can fail like this, and that `where` names members of its input."""
        known = [
            member
            for service in self._services(fault)
            for member in self._catalogue.members_of(service, fault.operation)
        ]
        if unknown := ", ".join(repr(name) for name in fault.where if name not in known):
            takes = ", ".join(dict.fromkeys(known))
            raise ValueError(f"{fault.operation} has no input member {unknown}. Choose from: {takes}")

    def _services(self, fault: Fault) -> list[str]:
        """The names of the services whose operation can fail like this."""
        having = self._catalogue.services_with(fault.operation)
        found = [service for service in having if fault.service in (None, service)]
        if not found:
            others = ", ".join(having)
            raise ValueError(f"{fault.service} has no operation {fault.operation}. Choose from: {others}")
        errors = {service: self._catalogue.errors_of(service, fault.operation) for service in found}
        possible = [service for service in found if fault.error is None or fault.error in errors[service]]
        if not possible:
            known = ", ".join(sorted({error for names in errors.values() for error in names}))
            raise ValueError(f"{fault.operation} cannot fail with {fault.error!r}. Choose from: {known}")
        return possible


def unused(faults: Iterable[Fault]) -> list[Fault]:
    """The faults that have not struck as often as requested."""
    return [fault for fault in faults if not fault.is_used]


def assert_all_used(faults: Iterable[Fault]) -> None:
    """Fail the test if a fault is unused, even under `python -O`.

    Raises:
        AssertionError: a fault is unused; the message lists all of these.
    """
    if left := unused(faults):
        lines = "".join(f"\n  {fault}" for fault in left)
        raise AssertionError(
            f"Faults have not struck as often as requested. Make these calls, or remove them:{lines}"
        )


def _check_whole(name: str, value: Any, least: int) -> None:
    if type(value) is not int or value < least:
        raise ValueError(f"{name} takes a whole number of {least} or more, not {value!r}")


def _check_delay(delay: Any, error: str | None) -> None:
    if isinstance(delay, bool) or not isinstance(delay, int | float) or not 0 <= delay <= _LONGEST_DELAY:
        raise ValueError(f"delay takes a number of seconds from 0 to {_LONGEST_DELAY}, not {delay!r}")
    if error is None and not delay:
        raise ValueError("A fault has an error, a delay, or both. Pass error=… or delay=…")


def _contains(given: Any, wanted: Any) -> bool:
    """Whether `given` equals `wanted`, where a dict may have more items than the wanted one."""
    if isinstance(wanted, dict):
        return isinstance(given, dict) and all(
            name in given and _contains(given[name], value) for name, value in wanted.items()
        )
    return bool(given == wanted)
