"""The request rates of a service."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from qchime.rules import Rule

ALL_OPERATIONS = "all operations together"


def _no_resource(given: Mapping[str, Any]) -> str:
    return ""


@dataclass(frozen=True)
class Rate:
    """Requests per second of several operations together, by account, region and perhaps a resource."""

    subject: str
    """What it is for, as in "15 requests per second for changes of channels"."""
    per_second: int
    operations: Collection[str] | None = None
    """The names of the operations; None for all."""
    resource: Callable[[Mapping[str, Any]], str | None] = _no_resource
    """What a request counts for besides account and region, from its input, which may be invalid.

    Empty if it counts for nothing else, None if the request does not count.
    """
    rule: Rule | None = None
    """The rule that it follows from; None if AWS documents it."""

    def concerns(self, operation: str) -> bool:
        """Whether requests for this operation may count."""
        return self.operations is None or operation in self.operations


@dataclass(frozen=True)
class Rates:
    """Requests per second, by account and region, while `mock.throttling` is true."""

    by_operation: Mapping[str, int] = field(default_factory=dict)
    """The documented rates of single operations, by their names in the model."""
    others: int | None = None
    """The rate of each operation that no other rate but `total` concerns; None if these are unlimited."""
    total: int | None = None
    """The rate of all operations together; None if they are unlimited."""
    undocumented: Mapping[str, int] = field(default_factory=dict)
    """The rates of single operations for which AWS documents none."""
    shared: Sequence[Rate] = ()
    """The rates of several operations together, or for each channel or the like."""
    rule: Rule | None = None
    """The rule that `undocumented` and `others` follow from; None if AWS documents them."""

    def of(self, operation: str) -> list[Rate]:
        """The rates that a request for an operation counts against."""
        found = [rate for rate in self.shared if rate.concerns(operation)]
        if operation in self.by_operation:
            found.append(Rate(operation, self.by_operation[operation]))
        elif operation in self.undocumented:
            found.append(Rate(operation, self.undocumented[operation], rule=self.rule))
        elif self.others is not None and not found:
            found.append(Rate(operation, self.others, rule=self.rule))
        return found if self.total is None else [*found, Rate(ALL_OPERATIONS, self.total)]
