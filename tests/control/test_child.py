"""Work in a forked child: what it has, how its end is told, and what it leaves alone."""

import errno
import os
import select
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qchime.control.child import Child, ChildFailed
from qchime.world import Lock
from tests.server.wire import TIMEOUT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Saves fork on Linux only")


class Paper:
    """A file to write to in a child."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.descriptor = os.open(path, os.O_CREAT | os.O_WRONLY)

    def write(self, text: str) -> None:
        os.write(self.descriptor, text.encode())

    @property
    def text(self) -> str:
        return self.path.read_text()


@pytest.fixture
def paper(tmp_path: Path) -> Iterator[Paper]:
    paper = Paper(tmp_path / "paper")
    yield paper
    os.close(paper.descriptor)


def run(
    work: Callable[[], None],
    paper: Paper,
    seconds: float = TIMEOUT,
    is_wanted: Callable[[], bool] = lambda: True,
) -> None:
    Child(work, paper.descriptor).wait(seconds, is_wanted)


def forever() -> None:
    while True:
        time.sleep(60)


def fail_with(error: Exception) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


def children() -> set[int]:
    """The processes that this thread has forked and not waited for."""
    folder = Path(f"/proc/self/task/{threading.get_native_id()}/children")
    return set(map(int, folder.read_text().split()))


def test_it_has_the_state_of_the_moment_of_the_fork(paper: Paper) -> None:
    said = ["before"]

    def work() -> None:
        time.sleep(0.1)
        paper.write(said[0])

    child = Child(work, paper.descriptor)
    said[0] = "after"
    child.wait(TIMEOUT, lambda: True)

    assert paper.text == "before"


def test_when_it_has_been_waited_for_it_is_gone(paper: Paper) -> None:
    before = children()
    run(lambda: None, paper)
    assert children() == before


def test_an_error_of_the_system_keeps_its_number(paper: Paper) -> None:
    with pytest.raises(OSError, match="No space left on device") as raised:
        run(fail_with(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))), paper)
    assert raised.value.errno == errno.ENOSPC


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError("one: is missing\ntwo: is missing"), "one: is missing\ntwo: is missing"),
        (ValueError("\N{SNOWMAN} and \ud800"), "\N{SNOWMAN} and \ud800"),
        (OSError("out of order"), "out of order"),
        (RecursionError(), "RecursionError"),
    ],
)
def test_any_other_error_says_the_same_here(paper: Paper, error: Exception, said: str) -> None:
    with pytest.raises(ChildFailed) as raised:
        run(fail_with(error), paper)
    assert str(raised.value) == said


def test_work_that_takes_too_long_is_ended(paper: Paper) -> None:
    before = children()
    with pytest.raises(ChildFailed, match="took too long"):
        run(forever, paper, seconds=0)
    assert children() == before


def test_work_that_nobody_wants_any_more_is_ended(paper: Paper) -> None:
    before = children()
    with pytest.raises(ChildFailed, match="interrupted"):
        run(forever, paper, is_wanted=lambda: False)
    assert children() == before


def test_a_child_that_somebody_kills_has_failed(paper: Paper) -> None:
    with pytest.raises(ChildFailed, match="was killed"):
        run(lambda: os.kill(os.getpid(), signal.SIGKILL), paper)


def test_signals_are_for_the_parent(paper: Paper) -> None:
    def work() -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            os.kill(os.getpid(), number)
        paper.write("done")

    run(work, paper)
    assert paper.text == "done"
    assert signal.SIGTERM not in signal.pthread_sigmask(signal.SIG_BLOCK, ())


def test_it_holds_no_connection_open(paper: Paper) -> None:
    """A server that is killed while it saves leaves its port free, and its clients see the end."""
    reader, writer = os.pipe()
    child = Child(forever, paper.descriptor)
    os.close(writer)
    is_at_its_end, _, _ = select.select([reader], [], [], TIMEOUT)
    os.close(reader)
    assert is_at_its_end
    with pytest.raises(ChildFailed):
        child.wait(0, lambda: True)


def test_locks_that_other_threads_hold_are_free_in_it(paper: Paper) -> None:
    lock, is_held, may_end = Lock(), threading.Event(), threading.Event()

    def hold() -> None:
        with lock:
            is_held.set()
            may_end.wait(TIMEOUT)

    thread = threading.Thread(target=hold)
    thread.start()
    is_held.wait(TIMEOUT)

    def work() -> None:
        with lock:
            paper.write("held")

    run(work, paper)
    may_end.set()
    thread.join()
    assert paper.text == "held"


def test_python_does_not_warn_of_it(paper: Paper) -> None:
    """From Python 3.12 on it warns of forks beside threads, whatever filters the tests have."""
    may_end = threading.Event()
    thread = threading.Thread(target=may_end.wait, args=(TIMEOUT,))
    thread.start()
    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("always")
        run(lambda: None, paper)
    may_end.set()
    thread.join()
    assert shown == []
