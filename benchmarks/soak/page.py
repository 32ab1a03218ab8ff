"""What a soak has shown, as a page of the documentation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import median

from benchmarks.soak.run import Run
from benchmarks.soak.workers import Worker

_PAGE = """\
# Reliability

`make soak` makes this page: {minutes:g} minutes of traffic on one `qchime serve --state FILE`, with
faults, resets and restarts in it. Five clients of five users create, change and delete app instance users
and Q Apps, as fast as the server answers, and start sessions. Each keeps a ledger of what it was told is
done, and of what it was told nothing of, because the answer got lost. After every phase, and after every
restart, the ledger is held against all pages of what the server lists: nothing that was acknowledged may
be missing or different, nothing may be there that nobody made, no error may come that nobody injected, no
connection may be lost that nobody cut, and the server's log may have no traceback.

**Nothing was lost.**

| what | how often |
|---|---:|
| phases | {phases} |
| restarts, with the state in a file | {restarts} |
| resets | {resets} |

| what clients were answered | calls |
|---|---:|
{outcomes}
| what was injected | calls |
|---|---:|
{struck}
{memory}
What this does not show: more than one process, more than some hundred resources at a time, or a server
that is killed: that loses what has come since it last saved.
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
        f"After its resets the server held {first:.0f} MiB in the first third of its last life, and\n"
        f"{last:.0f} MiB in the last third: {last / first:.2f} times as much.\n"
    )
