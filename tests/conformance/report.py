"""Reports what the suite tried, by operation: in the terminal, and as docs/conformance.md."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import botocore

PROPERTY = "conformance"
"""The name of the property in which a test reports what it tried."""

Figures = dict[tuple[str, str], Counter[str]]

_HEAD = """\
# Conformance

Tests send variants of every operation's input over HTTP, for each constraint of botocore's model on each
member, at any depth. `make conformance` runs them and writes this page. They check that:

- Input that violates the model is refused with the service's validation error, which names the member and
  the constraint, and changes nothing.
- Input at the minimum or maximum that a constraint allows is not refused for it.
- Every response, here and in all other tests, fits the model: it has only declared members, all required
  ones, each of its type, and the declared status.

With botocore {version}:
**{total:,} variants** of the input of {operations} operations had the expected result.

| variant | number |
|---|---:|
"""


def figures(reports: Iterable[Any]) -> Figures:
    """What the passed tests have reported."""
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
    return f"| service | operation | refused | accepted |\n|---|---|---:|---:|\n{rows}"


def _refused(kinds: Counter[str]) -> int:
    accepted = ("at the ", "in the enum", "a member of a union", "complete")
    return sum(count for kind, count in kinds.items() if not kind.startswith(accepted))
