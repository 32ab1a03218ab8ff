"""Errors on demand: which calls a test author lets fail, and how."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from threading import Lock
from typing import Any, get_args

from qchime.core.caller import AUTHENTICATION_ERRORS
from qchime.core.service import Service, services_with
from qchime.restjson import CommonError, Input, Loss, Operation, ServiceException, python_name
from qchime.world import world

LOSSES: tuple[Loss, ...] = get_args(Loss)
"""A lost connection and a timeout, which clients see as their own transport errors."""

_LONGEST_DELAY = 24 * 60 * 60
_FILLERS: dict[str, Any] = {"string": "injected", "integer": 1, "long": 1, "boolean": True}


@dataclass(eq=False, slots=True)
class Fault:
    """One order to fail, and how far it has been carried out.

    Raises:
        ValueError: what cannot be, and what could.
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
        _check_where(self.where, _services(self.operation, self.service, self.error), self.operation)

    @property
    def is_used(self) -> bool:
        """Whether it has struck as often as it was to; one without `times`, whether it has at all."""
        return self.struck >= (1 if self.times is None else self.times)

    def matches(self, service: Service, operation: str, given: Input) -> bool:
        """Whether it still waits for a call such as this one."""
        return (
            operation == self.operation
            and (self.times is None or self.struck < self.times)
            and service in _services(operation, self.service, self.error)
            and _contains(given, self.where)
        )

    def __str__(self) -> str:
        where = f" where {self.where}" if self.where else ""
        wanted = "" if self.times is None else f" of {self.times}"
        return f"{self.operation}: {self.error or 'delay'}{where}, struck {self.struck}{wanted} times"


class Faults:
    """The faults of a mock. Of those that match a call, the first that was added strikes."""

    def __init__(self) -> None:
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
            service: botocore's name of the one service to fail, for operations that both have.

        Raises:
            ValueError: what cannot be, and what could.
        """
        fault = Fault(operation, error, times, after, {} if where is None else where, delay, service)
        with self._lock:
            self._faults.append(fault)
        return fault

    def strike(self, service: Service, operation: str, given: Input) -> Fault | None:
        """The fault that this call meets, None if it may go on."""
        if not self._faults:
            return None
        with self._lock:
            for fault in self._faults:
                if fault.matches(service, operation, given):
                    if fault.passed < fault.after:
                        fault.passed += 1
                    else:
                        fault.struck += 1
                        return fault
        return None

    @property
    def unused(self) -> list[Fault]:
        """Those that have not struck as often as they were to."""
        return [fault for fault in self if not fault.is_used]

    def assert_all_used(self) -> None:
        """Fail the test if a fault is unused, so that it does not pass for an error that never came."""
        unused = "".join(f"\n  {fault}" for fault in self.unused)
        assert not unused, f"Faults that have not struck as often as they were to:{unused}"

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

    def reset(self) -> None:
        """Let nothing fail any more."""
        with self._lock:
            self._faults.clear()


def injected(
    service: Service, operation: Operation, name: str, given: Input
) -> ServiceException | CommonError:
    """An error with all its members, as this input could have met it."""
    message = f"{name}, injected by a fault."
    if name in AUTHENTICATION_ERRORS:
        return AUTHENTICATION_ERRORS[name](message)
    unknown = type(name, (ServiceException,), {})  # to us, though not to a newer botocore
    kind: type[ServiceException] = getattr(service.exceptions, name, unknown)
    members = {"message": message, **service.exceptions.injected_members(given)}
    shape: Any = next(shape for shape in operation.model.error_shapes if shape.name == name)
    for member, member_shape in shape.members.items():
        if not hasattr(kind, python_name(member)):
            members.setdefault(python_name(member), _FILLERS[member_shape.type_name])
    return kind.of_members(**members)


def _services(operation: str, name: str | None, error: str | None) -> list[Service]:
    """Those in which the operation can fail like this."""
    found = [service for service in services_with(operation) if name in (None, service.name)]
    if not found:
        others = ", ".join(service.name for service in services_with(operation))
        raise ValueError(f"{name} has no operation {operation}; there is one in {others}")
    possible = [service for service in found if error is None or error in _errors(service, operation)]
    if not possible:
        errors = sorted({error for service in found for error in _errors(service, operation)})
        raise ValueError(f"{operation} does not fail with {error!r}. It can with: {', '.join(errors)}")
    return possible


def _errors(service: Service, operation: str) -> tuple[str, ...]:
    return (*service.operation(operation).errors, *AUTHENTICATION_ERRORS, *LOSSES)


def _check_whole(name: str, value: Any, least: int) -> None:
    if type(value) is not int or value < least:
        raise ValueError(f"{name} takes a whole number of {least} or more, not {value!r}")


def _check_delay(delay: Any, error: str | None) -> None:
    if isinstance(delay, bool) or not isinstance(delay, int | float) or not 0 <= delay <= _LONGEST_DELAY:
        raise ValueError(f"delay takes seconds, from 0 to {_LONGEST_DELAY}, not {delay!r}")
    if error is None and not delay:
        raise ValueError("A fault takes an error, a delay, or both")


def _check_where(where: Any, services: list[Service], operation: str) -> None:
    """See that these are members of the input at all."""
    if not isinstance(where, dict):
        raise ValueError(f"where takes a dict of input members, not {where!r}")
    shapes = [service.model.operation_model(operation).input_shape for service in services]
    members = dict.fromkeys(name for shape in shapes if shape for name in shape.members)
    if unknown := ", ".join(repr(name) for name in where if name not in members):
        raise ValueError(f"{operation} takes no {unknown}. It takes: {', '.join(members)}")


def _contains(given: Any, wanted: Any) -> bool:
    """Whether objects have what is wanted of them; everything else must be equal."""
    if isinstance(wanted, dict):
        return isinstance(given, dict) and all(
            name in given and _contains(given[name], value) for name, value in wanted.items()
        )
    return bool(given == wanted)


faults = world.join(Faults())
