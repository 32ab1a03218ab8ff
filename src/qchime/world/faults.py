"""Errors on demand: which calls a test author lets fail, and how."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from qchime.world.catalogue import Catalogue
from qchime.world.locks import Lock

Loss = Literal["ConnectionClosedError", "ReadTimeoutError"]
LOSSES: tuple[Loss, ...] = ("ConnectionClosedError", "ReadTimeoutError")
"""A lost connection and a timeout, which clients see as their own transport errors."""

_LONGEST_DELAY = 24 * 60 * 60


@dataclass(eq=False, slots=True)
class Fault:
    """One order to fail, and how far it has been carried out.

    Raises:
        ValueError: a figure is out of its range; the message says what it takes.
    """

    operation: str
    error: str | None
    """None if calls are to be late only."""
    times: int | None
    """How many calls it strikes; None is all until a reset."""
    after: int
    """How many matching calls it lets pass first."""
    where: dict[str, Any]
    delay: float
    service: str | None
    """botocore's name of the one that is to fail; None is every service that has such an error there."""
    passed: int = 0
    struck: int = 0

    def __post_init__(self) -> None:
        _check_whole("times", 1 if self.times is None else self.times, least=1)
        _check_whole("after", self.after, least=0)
        _check_delay(self.delay, self.error)
        self.delay = float(self.delay)
        if not isinstance(self.where, dict):
            raise ValueError(f"where takes a dict of input members, not {self.where!r}")

    @property
    def is_used(self) -> bool:
        """Whether it has struck as often as it was to; one without `times`, whether it has at all."""
        return self.struck >= (1 if self.times is None else self.times)

    def __str__(self) -> str:
        where = f" where {self.where}" if self.where else ""
        wanted = "" if self.times is None else f" of {self.times}"
        return f"{self.operation}: {self.error or 'delay'}{where}, struck {self.struck}{wanted} times"


class Faults:
    """What is to fail. Of the faults that match a call the first that was added strikes.

    Those of the call's own account come before everybody's.
    """

    def __init__(self, catalogue: Catalogue, everybody: Faults | None = None) -> None:
        self._catalogue = catalogue
        self._everybody = everybody
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
        """Let calls of an operation fail, before they have done anything.

        Args:
            operation: AWS's name of it, such as `CreateQApp`.
            error: an exception that the operation declares, an error of AWS's front door, such as
                `ExpiredTokenException`, or `ConnectionClosedError` or `ReadTimeoutError`, which clients see
                as errors of their own transport. Left out, calls succeed, only later.
            times: how many calls fail, all of them until a reset where it is left out.
            after: how many matching calls succeed first.
            where: members of the input, in boto3's spelling, that a call must have; a dict in it
                matches one that contains it.
            delay: how many seconds a client waits for its answer.
            service: botocore's name of the one service to fail, for operations that several have.

        Raises:
            ValueError: there is no such operation, error or member; the message lists those that there are.
        """
        fault = Fault(operation, error, times, after, {} if where is None else where, delay, service)
        self._check(fault)
        with self._lock:
            self._faults.append(fault)
        return fault

    def strike(self, service: str, operation: str, given: dict[str, Any]) -> Fault | None:
        """The fault that this call meets, None if it may go on."""
        if self._faults and (fault := self._first_match(service, operation, given)) is not None:
            return fault
        return self._everybody.strike(service, operation, given) if self._everybody is not None else None

    def _first_match(self, service: str, operation: str, given: dict[str, Any]) -> Fault | None:
        with self._lock:
            for fault in self._faults:
                if self._matches(fault, service, operation, given):
                    if fault.passed < fault.after:
                        fault.passed += 1
                    else:
                        fault.struck += 1
                        return fault
        return None

    def _matches(self, fault: Fault, service: str, operation: str, given: dict[str, Any]) -> bool:
        """Whether a fault still waits for a call such as this one."""
        return (
            operation == fault.operation
            and (fault.times is None or fault.struck < fault.times)
            and service in self._services(fault)
            and _contains(given, fault.where)
        )

    @property
    def unused(self) -> list[Fault]:
        """Those that have not struck as often as they were to."""
        return unused(self)

    def assert_all_used(self) -> None:
        """Fail the test if a fault is unused, so that it does not pass for an error that never came."""
        assert_all_used(self)

    def __iter__(self) -> Iterator[Fault]:
        with self._lock:
            return iter(list(self._faults))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def state(self) -> list[Fault]:
        """Every fault, as far as it has been carried out."""
        return list(self)

    def restore(self, state: list[Fault]) -> None:
        """Let these fail, and nothing else."""
        with self._lock:
            self._faults = list(state)

    def integrity_errors(self, state: list[Fault]) -> Iterator[tuple[str, str]]:
        """What keeps a state from being restored: the number of each fault, and what is wrong with it."""
        for number, fault in enumerate(state):
            try:
                self._check(fault)
            except ValueError as error:
                yield f"[{number}]", str(error)

    def reset(self) -> None:
        """Let nothing fail any more."""
        with self._lock:
            self._faults.clear()

    def _check(self, fault: Fault) -> None:
        """See that the operation can fail like this, and that `where` names members of its input."""
        known = [
            member
            for service in self._services(fault)
            for member in self._catalogue.members_of(service, fault.operation)
        ]
        if unknown := ", ".join(repr(name) for name in fault.where if name not in known):
            takes = ", ".join(dict.fromkeys(known))
            raise ValueError(f"{fault.operation} takes no {unknown}. It takes: {takes}")

    def _services(self, fault: Fault) -> list[str]:
        """Those in which the operation can fail like this."""
        having = self._catalogue.services_with(fault.operation)
        found = [service for service in having if fault.service in (None, service)]
        if not found:
            others = ", ".join(having)
            raise ValueError(f"{fault.service} has no operation {fault.operation}; there is one in {others}")
        errors = {service: self._catalogue.errors_of(service, fault.operation) for service in found}
        possible = [service for service in found if fault.error is None or fault.error in errors[service]]
        if not possible:
            known = ", ".join(sorted({error for names in errors.values() for error in names}))
            raise ValueError(f"{fault.operation} does not fail with {fault.error!r}. It can with: {known}")
        return possible


def unused(faults: Iterable[Fault]) -> list[Fault]:
    """Those that have not struck as often as they were to."""
    return [fault for fault in faults if not fault.is_used]


def assert_all_used(faults: Iterable[Fault]) -> None:
    """Fail the test if a fault is unused; `python -O` takes no part in this.

    Raises:
        AssertionError: it names each.
    """
    if left := unused(faults):
        lines = "".join(f"\n  {fault}" for fault in left)
        raise AssertionError(f"Faults that have not struck as often as they were to:{lines}")


def _check_whole(name: str, value: Any, least: int) -> None:
    if type(value) is not int or value < least:
        raise ValueError(f"{name} takes a whole number of {least} or more, not {value!r}")


def _check_delay(delay: Any, error: str | None) -> None:
    if isinstance(delay, bool) or not isinstance(delay, int | float) or not 0 <= delay <= _LONGEST_DELAY:
        raise ValueError(f"delay takes seconds, from 0 to {_LONGEST_DELAY}, not {delay!r}")
    if error is None and not delay:
        raise ValueError("A fault takes an error, a delay, or both")


def _contains(given: Any, wanted: Any) -> bool:
    """Whether objects have what is wanted of them; everything else must be equal."""
    if isinstance(wanted, dict):
        return isinstance(given, dict) and all(
            name in given and _contains(given[name], value) for name, value in wanted.items()
        )
    return bool(given == wanted)
