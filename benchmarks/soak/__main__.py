"""Minutes of traffic with faults, resets, restarts and kills: nothing may be lost, and no memory may leak.

`python -m benchmarks.soak --minutes 10 --page docs/reliability.md`
"""

import argparse
import random
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from pathlib import Path
from statistics import median
from threading import Event
from time import monotonic, sleep

from benchmarks.fuzz.page import HEADING
from benchmarks.sections import write_rest
from benchmarks.soak import beside, page
from benchmarks.soak.process import Process
from benchmarks.soak.run import Run
from benchmarks.soak.workers import ChimeWorker, QAppsWorker, Worker

PHASE = 15.0
"""Seconds of traffic between two checks of the ledgers."""
KILLS = 2
"""How often the server is killed after a phase of the first half."""
LIFE = (0.5, 3.0)
"""The shortest and the longest traffic before a kill, in seconds, after a save on demand."""
LOSS = 1.0
"""The most seconds before a kill that a lost change was acknowledged, beyond the time of the longest save."""
GROWTH = 1.15
"""The largest allowed ratio of the memory after the last resets to that after the first ones."""
FAULTS = (
    ("CreateAppInstanceUser", "ThrottledClientException", 0.0),
    ("UpdateAppInstanceUser", "ConnectionClosedError", 0.0),
    ("DeleteAppInstanceUser", "ServiceUnavailableException", 0.0),
    ("UpdateAppInstanceUser", None, 0.05),
    ("CreateQApp", "ThrottlingException", 0.0),
    ("CreateQApp", "ReadTimeoutError", 0.0),
    ("UpdateQApp", "InternalServerException", 0.0),
    ("DeleteQApp", "ConnectionClosedError", 0.0),
    ("StartQAppSession", None, 0.05),
)


def main() -> int:
    """Run the soak test, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--page", type=Path)
    options = parser.parse_args()
    run = Run()
    with tempfile.TemporaryDirectory() as folder:
        process = Process(Path(folder) / "state.json")
        try:
            workers = _workers(process)
            run.beginning = process.handle.dump()
            _soak(process, workers, run, options.minutes * 60)
            mistakes = [mistake for worker in workers for mistake in worker.ledger.wrong]
            mistakes += _judged(process, run, workers)
        finally:
            process.kill()
    run.beside = [beside.measure(users) for users in beside.USERS]
    mistakes += [mistake for one in run.beside for mistake in one.mistakes]
    text = page.made(options.minutes, run, workers)
    print(text)
    if options.page is not None and not mistakes:
        write_rest(options.page, HEADING, text)
    print("\n".join(mistakes[:50]) or "Nothing was lost.", file=sys.stderr)
    return 1 if mistakes else 0


def _workers(process: Process) -> list[Worker]:
    workers: list[Worker] = []
    for number, kind in enumerate([ChimeWorker, ChimeWorker, ChimeWorker, QAppsWorker, QAppsWorker]):
        user = process.handle.users.add(f"user-{number}@example.com")
        workers.append(kind(process.handle.url, user.credentials, number))
    return workers


def _soak(process: Process, workers: list[Worker], run: Run, seconds: float) -> None:
    """Run the first half with restarts, the second half without, but with a reset after every phase."""
    started = monotonic()
    for worker in workers:
        worker.prepare()
    while (gone := monotonic() - started) < seconds:
        _phase(process, workers, run)
        if gone < seconds / 2:
            _restart(process, workers, run)
            for _ in range(KILLS):
                _kill(process, workers, run)
        if gone >= seconds / 2 or run.phases % 4 == 0:
            _reset(process, workers, run)
        if gone >= seconds / 2 and (held := process.resident()) is not None:
            run.resident.append(held)


def _phase(process: Process, workers: list[Worker], run: Run) -> None:
    """Send traffic while injecting faults, then compare the ledgers with the server's lists."""
    ends = monotonic() + PHASE
    with ThreadPoolExecutor(len(workers) + 1) as pool:
        working = [pool.submit(_work, worker, ends) for worker in workers]
        pool.submit(_disturb, process, run, ends).result()
        for future in working:
            future.result()
    _count(process, run)
    _compare(workers)
    run.phases += 1


def _work(worker: Worker, ends: float) -> None:
    while monotonic() < ends:
        worker.step()


def _disturb(process: Process, run: Run, ends: float) -> None:
    """Keep a few faults waiting for calls."""
    for operation, error, delay in cycle(FAULTS):
        if monotonic() >= ends:
            return
        if len(process.handle.faults.unused) < len(FAULTS):
            process.handle.faults.add(operation, error, times=3, after=2, delay=delay)
        else:
            sleep(0.05)


def _count(process: Process, run: Run) -> None:
    for fault in process.handle.faults:
        run.struck[fault.error or "delay"] += fault.struck
    process.handle.faults.reset()


def _compare(workers: list[Worker]) -> None:
    for worker in workers:
        worker.ledger.compare(worker.found())


def _restart(process: Process, workers: list[Worker], run: Run) -> None:
    """Restart the server, and check that its state is the same."""
    process.end()
    process.start()
    _compare(workers)
    run.restarts += 1


def _kill(process: Process, workers: list[Worker], run: Run) -> None:
    """Kill the server amid traffic, restart it, and check that only the last changes are lost."""
    is_over = Event()
    with ThreadPoolExecutor(len(workers)) as pool:
        working = [pool.submit(_work_until, worker, is_over) for worker in workers]
        sleep(LIFE[0])
        run.saves.append(process.save())
        sleep(random.uniform(*LIFE))
        killed = process.kill()
        is_over.set()
        for future in working:
            future.result()
    process.start()
    run.mistakes += [f"a killed server left {name} behind" for name in process.leftovers()]
    for worker in workers:
        run.lost += worker.ledger.compare_after_kill(worker.found(), killed)


def _work_until(worker: Worker, is_over: Event) -> None:
    while not is_over.is_set():
        worker.step()


def _reset(process: Process, workers: list[Worker], run: Run) -> None:
    """Reset the server, and load the users again."""
    process.handle.reset()
    process.handle.load(run.beginning)
    for worker in workers:
        worker.ledger.clear()
        worker.prepare()
    run.resets += 1


def _judged(process: Process, run: Run, workers: list[Worker]) -> list[str]:
    mistakes = [*run.mistakes]
    mistakes += ["the server's log has a traceback"] if "Traceback" in process.said() else []
    limit = LOSS + max(run.saves, default=0)
    mistakes += [f"a change {age:.2f} s before a kill is lost" for age in run.lost if age > limit]
    cut = sum(worker.ledger.outcomes["ConnectionClosedError"] for worker in workers)
    if cut != run.struck["ConnectionClosedError"]:
        mistakes.append(f"{cut} connections were lost, {run.struck['ConnectionClosedError']} were cut")
    third = len(run.resident) // 3
    if third and (growth := median(run.resident[-third:]) / median(run.resident[:third])) > GROWTH:
        mistakes.append(f"the last phases hold {growth:.2f} times the memory of the first")
    return mistakes


if __name__ == "__main__":
    sys.exit(main())
