"""What the suite has tried, by operation: for the terminal, and as a page of the documentation."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import botocore

PROPERTY = "conformance"
"""The name under which a test reports what it has tried."""

Figures = dict[tuple[str, str], Counter[str]]

_HEAD = """\
# Conformance

Made by `make conformance` from botocore {version}: every operation, and for every member of its input, as
deep as it lies, each constraint that the model puts on it. Sent as raw signed HTTP to a server that verifies.

- What breaks the model must be refused with the service's validation error, naming the member and the
  constraint, and must change nothing.
- What keeps to it only just, at the least or the most that is allowed, must not be refused for that.
- Every answer, here and in all other tests, must fit the model: only declared members, all required ones, of
  their types, under the declared status.

**{total:,} variants** of the input of {operations} operations, all as they must be.

| what was tried | variants |
|---|---:|
"""


def figures(reports: Iterable[Any]) -> Figures:
    """What the tests have reported that passed."""
    found: Figures = {}
    for report in reports:
        for name, value in report.user_properties:
            if name == PROPERTY:
                service, operation, kinds = value
                found[service, operation] = Counter(kinds)
    return dict(sorted(found.items()))


def lines(found: Figures) -> list[str]:
    """One line for each operation."""
    return [
        f"{service:20} {operation:40} {sum(kinds.values()):5}"
        for (service, operation), kinds in found.items()
    ]


def page(found: Figures) -> str:
    """The page in Markdown."""
    by_kind: Counter[str] = sum(found.values(), Counter())
    head = _HEAD.format(version=botocore.__version__, total=by_kind.total(), operations=len(found))
    kinds = "".join(f"| {kind} | {count:,} |\n" for kind, count in sorted(by_kind.items()))
    return f"{head}{kinds}\n{_operations(found)}"


def _operations(found: Mapping[tuple[str, str], Counter[str]]) -> str:
    rows = "".join(
        f"| {service} | {operation} | {_refused(kinds):,} | {kinds.total() - _refused(kinds):,} |\n"
        for (service, operation), kinds in found.items()
    )
    return f"| service | operation | to be refused | to be let through |\n|---|---|---:|---:|\n{rows}"


def _refused(kinds: Counter[str]) -> int:
    let_through = ("at the ", "in the enum", "a member of a union", "complete")
    return sum(count for kind, count in kinds.items() if not kind.startswith(let_through))
