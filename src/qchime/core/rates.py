"""The request rates of a service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from qchime.rules import Rule

ALL_OPERATIONS = "all operations together"


@dataclass(frozen=True)
class Rates:
    """Requests per second, by account, region and perhaps a resource, while `mock.throttling` is true."""

    by_operation: Mapping[str, int] = field(default_factory=dict)
    """Of single operations as AWS documents them, by their names in the model."""
    others: int | None = None
    """Of each operation that neither of them names; None if those are unlimited."""
    total: int | None = None
    """Of all operations together; None if that is unlimited."""
    undocumented: Mapping[str, int] = field(default_factory=dict)
    """Of single operations for which AWS documents none."""
    per: Mapping[str, str] = field(default_factory=dict)
    """The member of the input for each value of which an operation has its rate, such as a channel's ARN."""
    rule: Rule | None = None
    """The rule that `undocumented` and `others` follow from; None if AWS documents them."""

    def of(self, operation: str) -> Mapping[str, int]:
        """The rates that a request for an operation counts against, by what they are for."""
        own = {**self.by_operation, **self.undocumented}.get(operation, self.others)
        rates = {operation: own, ALL_OPERATIONS: self.total}
        return {subject: rate for subject, rate in rates.items() if rate is not None}

    def rule_of(self, subject: str) -> Rule | None:
        """The rule that a rate follows from; None if AWS documents it."""
        return None if subject in self.by_operation or subject == ALL_OPERATIONS else self.rule
