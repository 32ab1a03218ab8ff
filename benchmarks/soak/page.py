"""Writes the results of a soak test as docs/reliability.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import median

from benchmarks.soak.run import Run
from benchmarks.soak.workers import Worker

_PAGE = """\
# Reliability

`make soak` writes this page: {minutes:g} minutes of traffic on one `qchime serve --state FILE`, with
faults, resets and restarts. Five clients of five users create, change and delete app instance users and
Q Apps as fast as the server responds, and start sessions. Each keeps a ledger of the changes that the
server acknowledged, and of those whose response was lost. After every phase and every restart, the ledger
is compared with all pages of the server's lists: nothing acknowledged may be missing or different, nothing
may exist that no client created, every error and every lost connection must come from a fault, and the
server's log may not contain a traceback.

**Nothing was lost.**

| event | number |
|---|---:|
| phases | {phases} |
| restarts, with the state in a file | {restarts} |
| resets | {resets} |

| response to clients | calls |
|---|---:|
{outcomes}
| injected fault | calls |
|---|---:|
{struck}
{memory}
What this does not cover: several servers, more than a few hundred resources at a time, and a killed server,
which loses everything since its last save.
"""


def made(minutes: float, run: Run, workers: Sequence[Worker]) -> str:
    """The page in Markdown."""
    outcomes = sum((worker.ledger.outcomes for worker in workers), Counter[str]())
    return _PAGE.format(
        minutes=minutes,
        phases=run.phases,
        restarts=run.restarts,
        resets=run.resets,
        outcomes=_rows(outcomes),
        struck=_rows(run.struck),
        memory=_memory(run.resident),
    )


def _rows(figures: Mapping[str, int]) -> str:
    return "".join(f"| {name} | {count:,} |\n" for name, count in sorted(figures.items()))


def _memory(resident: Sequence[float]) -> str:
    third = len(resident) // 3
    if not third:
        return ""
    first, last = median(resident[:third]), median(resident[-third:])
    return (
        f"After resets, the server held {first:.0f} MiB in the first third of its last run, and\n"
        f"{last:.0f} MiB in the last third: {last / first:.2f} times as much.\n"
    )
