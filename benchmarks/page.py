"""Writes the measurements as docs/performance.md."""

import os
import platform
from importlib.metadata import version

from benchmarks.budgets import Budget
from benchmarks.growth import Curve
from benchmarks.measuring import Measure
from benchmarks.memory import MEGABYTE, Kept

HEADINGS = ("what", "ours", "compared with", "theirs", "ratio", "budget", "")
MEMORY_HEADINGS = ("what", "number", "bytes each", "total", "budget", "")
PAGE = """\
# Performance

How fast qchime is, compared with botocore and moto, and how much memory it uses. `make bench` measures
everything, writes this page, and fails if a budget is missed.

A budget is a limit for a ratio. Each round measures both sides, one right after the other, and the page
shows the median of the rounds. The ratios are therefore comparable between machines; the times are not.
Times are processor time. Rates of servers are by the clock, unless the row says otherwise.

This run: {machine}.

## Budgets

{budgets}

- Rows without a budget are for information.
- Listing is measured without boto3, which would hide qchime's share.
- The servers are separate processes, called over loopback by a third process that only sends requests.
  Their lists are empty.
- "Two servers by account" are two members behind HAProxy, called from 64 accounts: see [scale](scale.md).
  By processor time, the rate is that of the busier server, as on a machine with a core for each process. By
  the clock, the servers, HAProxy and the client share the cores of this machine.
- A message has 500 characters and goes to the members of a channel, who listen over WebSockets. A frame is
  one message to one session. Every session checks that it receives all messages in order.
- The page is open in a visible tab of Chromium, and shows what the calls change.

## Memory

{memory}

The memory is measured with `tracemalloc`. Each account keeps the latest 10 000 calls, with at most 16 MiB of
request bodies.

## Growth

{curves}
"""
_PACKAGES = ("boto3", "botocore", "moto", "werkzeug")


def row(budget: Budget, measure: Measure) -> tuple[str, ...]:
    """A row of the table of budgets."""
    verdict = "ok" if budget.is_kept(measure.ratio) else "over"
    return (
        budget.what,
        budget.show(measure.ours),
        budget.compared_with,
        budget.show(measure.theirs),
        f"{measure.ratio:.3f}",
        budget.wanted,
        verdict if budget.limit is not None else "",
    )


def kept_row(kept: Kept) -> tuple[str, ...]:
    """A row of the table of memory."""
    verdict = "" if kept.limit is None else "ok" if kept.is_kept else "over"
    limit = "" if kept.limit is None else f"at most {kept.limit / MEGABYTE:.0f} MB"
    return (
        kept.what,
        f"{kept.count:,}".replace(",", " "),
        f"{kept.each:,.0f}".replace(",", " "),
        f"{kept.total / MEGABYTE:.1f} MB",
        limit,
        verdict,
    )


def page(rows: list[tuple[str, ...]], memory: list[Kept], curves: list[Curve]) -> str:
    """The whole page."""
    return PAGE.format(
        machine=_machine(),
        budgets="\n".join(table(HEADINGS, rows)),
        memory="\n".join(table(MEMORY_HEADINGS, [kept_row(kept) for kept in memory])),
        curves="\n\n".join("\n".join(chart(curve)) for curve in curves),
    )


def _machine() -> str:
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return ", ".join([python, *(f"{name} {version(name)}" for name in _PACKAGES), f"{os.cpu_count()} cores"])


def table(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    """The lines of a table in Markdown."""
    lines = [headings, ("---",) * len(headings), *rows]
    return ["| " + " | ".join(line) + " |" for line in lines]


def chart(curve: Curve) -> list[str]:
    """The lines of a Mermaid chart, which code hosts draw, and of a table of its figures."""
    figures = [f"{figure:.1f}" if figure < 100 else f"{figure:.0f}" for figure in curve.figures]
    sizes = [f"{size:,}".replace(",", " ") for size in curve.sizes]
    title = curve.title.replace("`", "")
    return [
        f"### {curve.title}",
        "",
        "```mermaid",
        "xychart-beta",
        f'    title "{title}: {curve.up}"',
        f'    x-axis "{curve.along}" [{", ".join(f"{size!r}" for size in sizes)}]'.replace("'", '"'),
        f'    y-axis "{curve.up}" 0 --> {max(curve.figures) * 1.1:.0f}',
        f"    line [{', '.join(figures)}]",
        "```",
        "",
        *table((curve.along, *sizes), [(curve.up, *figures)]),
    ]
