"""docs/performance.md, made of what was measured."""

import os
import platform
from importlib.metadata import version

from benchmarks.budgets import Budget
from benchmarks.growth import Curve
from benchmarks.measuring import Measure
from benchmarks.memory import MEGABYTE, Kept

HEADINGS = ("what", "ours", "beside", "theirs", "ratio", "budget", "")
MEMORY_HEADINGS = ("what", "number", "bytes each", "all", "budget", "")
PAGE = """\
# Performance

`make bench` makes this page. It measures everything anew, and fails where a budget is missed.

A budget is a ratio. Both sides run by turns, one right after the other, and the median of these rounds
counts, so it means the same on every machine; the times do not. They are the processor's; the servers'
rates are by the clock.

This run: {machine}.

## Budgets

{budgets}

Lines without a budget are for information. Listing is measured without boto3, which would hide what is
ours. The servers are processes of their own, asked over loopback by a third that only sends; both have
nothing to list.

## Memory

{memory}

By `tracemalloc`. Each account keeps its latest calls: 10 000 of them, and 16 MiB of what was sent.

## Growth

{curves}
"""
_PACKAGES = ("boto3", "botocore", "moto", "werkzeug")


def row(budget: Budget, measure: Measure) -> tuple[str, ...]:
    """A line of the table of budgets."""
    verdict = "ok" if budget.is_kept(measure.ratio) else "over"
    return (
        budget.what,
        budget.show(measure.ours),
        budget.beside,
        budget.show(measure.theirs),
        f"{measure.ratio:.3f}",
        budget.wanted,
        verdict if budget.limit is not None else "",
    )


def kept_row(kept: Kept) -> tuple[str, ...]:
    """A line of the table of memory."""
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
    """In Markdown."""
    lines = [headings, ("---",) * len(headings), *rows]
    return ["| " + " | ".join(line) + " |" for line in lines]


def chart(curve: Curve) -> list[str]:
    """A plot in Mermaid's language, which code hosts draw, and its figures for everybody else."""
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
