"""The request rates of a service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from qchime.rules import Rule


@dataclass(frozen=True)
class Rates:
    """Requests per second, by account, region and perhaps a resource, while `mock.throttling` is true."""

    by_operation: Mapping[str, int] = field(default_factory=dict)
    """Of single operations, by their names in the model."""
    others: int | None = None
    """Of each operation that `by_operation` does not name; None if those are unlimited."""
    total: int | None = None
    """Of all operations together; None if that is unlimited."""
    per: Mapping[str, str] = field(default_factory=dict)
    """The member of the input for each value of which an operation has its rate, such as a channel's ARN."""
    rule: Rule | None = None
    """The rule that they follow from; None if AWS documents them."""

    def of(self, operation: str) -> Mapping[str, int]:
        """The rates that a request for an operation counts against, by what they are for."""
        own, total = self.by_operation.get(operation, self.others), self.total
        rates = {operation: own, "all operations together": total}
        return {subject: rate for subject, rate in rates.items() if rate is not None}
