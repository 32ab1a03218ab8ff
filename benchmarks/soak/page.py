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

How well a server keeps its state under load. `make soak` runs {minutes:g} minutes of traffic on one
`qchime serve --state FILE`, with faults, resets, restarts and kills, and writes this page.

Five clients with a user each create, change and delete app instance users and Q Apps as fast as the server
responds, and start sessions. Each records the changes that the server acknowledged, and those whose
response was lost. After every phase and every restart, these records are compared with all pages of the
server's lists:

- No acknowledged change is missing or different.
- Nothing exists that no client created.
- Every error and every lost connection comes from a fault.
- The server's log has no traceback.

SIGKILL ends the server under load. After the restart, only the latest changes may be missing: those
acknowledged within the last second, plus the time of the longest save under such load.

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
## Calls during saves

One client alternately reads and updates an app instance user for {seconds:g} seconds, on a server with a
large state. Each pair of figures is without a state file, and with one. On Linux, a forked child process
writes the file: see [state](state.md#the-server).

| users | file | a save takes | saves | half of the calls took less than | 99% of them | the longest |
|---:|---:|---:|---:|---:|---:|---:|
{beside}
This page does not cover several servers, machines that lose power, and saves on systems other than Linux.
"""

_LOST = """\
{kills} kills lost {lost:,} changes. The oldest of these had been acknowledged {oldest:.2f} seconds before.
Under this load, which keeps all cores busy, a save took {usual:.2f} seconds, and at most {longest:.2f}.
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
