"""Writes the results of a soak test as docs/reliability.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import median

from benchmarks.soak.beside import SECONDS, Beside
from benchmarks.soak.run import Run
from benchmarks.soak.workers import Worker

_PAGE = """\
# Reliability

`make soak` writes this page: {minutes:g} minutes of traffic on one `qchime serve --state FILE`, with
faults, resets, restarts and kills. Five clients of five users create, change and delete app instance users
and Q Apps as fast as the server responds, and start sessions. Each keeps a ledger of the changes that the
server acknowledged, and of those whose response was lost. After every phase and every restart, the ledger
is compared with all pages of the server's lists: nothing acknowledged may be missing or different, nothing
may exist that no client created, every error and every lost connection must come from a fault, and the
server's log may not contain a traceback.

SIGKILL hits the server amid traffic. After the restart, only the last changes may be missing: those that
were acknowledged less than a second before, plus the time of the longest save amid such traffic.

**Nothing older was lost.**

| event | number |
|---|---:|
| phases | {phases} |
| restarts by SIGTERM, with the state in a file | {restarts} |
| restarts after SIGKILL | {kills} |
| resets | {resets} |

| response to clients | calls |
|---|---:|
{outcomes}
| injected fault | calls |
|---|---:|
{struck}
{lost}
{memory}
## Calls beside saves

One client reads and updates an app instance user in turn, for {seconds:g} seconds, on a server with a large
state; first without a state file, then with one. Each figure without is followed by the one with saves. On
Linux, a forked child writes the file; see [state](state.md#the-server).

| users | file | a save takes | saves | half of the calls took less than | 99% of them | the longest |
|---:|---:|---:|---:|---:|---:|---:|
{beside}
What this page does not cover: several servers, a machine that loses power, and saves on other systems than
Linux.
"""

_LOST = """\
{kills} kills lost {lost:,} changes. The oldest of these had been acknowledged {oldest:.2f} seconds before.
Amid the traffic, which keeps all cores busy, a save took {usual:.2f} seconds, and {longest:.2f} at most.
"""


def made(minutes: float, run: Run, workers: Sequence[Worker]) -> str:
    """The page in Markdown."""
    outcomes = sum((worker.ledger.outcomes for worker in workers), Counter[str]())
    return _PAGE.format(
        minutes=minutes,
        phases=run.phases,
        restarts=run.restarts,
        kills=len(run.saves),
        lost=_lost(run),
        seconds=SECONDS,
        beside="".join(map(_beside, run.beside)),
        resets=run.resets,
        outcomes=_rows(outcomes),
        struck=_rows(run.struck),
        memory=_memory(run.resident),
    )


def _rows(figures: Mapping[str, int]) -> str:
    return "".join(f"| {name} | {count:,} |\n" for name, count in sorted(figures.items()))


def _lost(run: Run) -> str:
    if not run.saves:
        return ""
    return _LOST.format(
        kills=len(run.saves),
        lost=len(run.lost),
        oldest=max(run.lost, default=0),
        usual=median(run.saves),
        longest=max(run.saves),
    )


def _beside(one: Beside) -> str:
    pairs = [
        (one.without.median, one.beside.median),
        (one.without.p99, one.beside.p99),
        (one.without.longest, one.beside.longest),
    ]
    cells = [f"{without * 1000:.1f} / {beside * 1000:.1f} ms" for without, beside in pairs]
    file = f"{one.megabytes:.0f} MB | {one.duration:.2f} s | {one.saves}"
    return f"| {one.users:,} | {file} | {' | '.join(cells)} |\n"


def _memory(resident: Sequence[float]) -> str:
    third = len(resident) // 3
    if not third:
        return ""
    first, last = median(resident[:third]), median(resident[-third:])
    return (
        f"After resets, the server held {first:.0f} MiB in the first third of its last run, and\n"
        f"{last:.0f} MiB in the last third: {last / first:.2f} times as much.\n"
    )
