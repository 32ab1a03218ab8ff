"""Locks, and what they run after their release."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event, Thread, current_thread

import pytest

from qchime.world import Lock
from tests.forking import forks


def test_tasks_run_in_order_after_the_outermost_release() -> None:
    lock, done = Lock(), []
    with lock:
        with lock:
            lock.after_release(lambda: done.append("first"))
            lock.after_release(lambda: done.append("second"))
        assert done == []
    assert done == ["first", "second"]


def test_tasks_run_without_the_lock() -> None:
    lock, free = Lock(), []

    def ask_another_thread() -> None:
        with ThreadPoolExecutor() as threads:
            free.append(threads.submit(lock.acquire, 1).result())

    with lock:
        lock.after_release(ask_another_thread)
    assert free == [True]


def test_tasks_run_when_the_lock_is_released_for_a_while() -> None:
    lock, done = Lock(), []
    with lock:
        lock.after_release(lambda: done.append("task"))
        with lock.released():
            assert done == ["task"]


def test_a_task_that_leaves_another_comes_before_it() -> None:
    lock, done = Lock(), []

    def leave(name: str) -> None:
        with lock:
            lock.after_release(lambda: done.append(name))
        done.append("the end of a task")

    with lock:
        lock.after_release(lambda: leave("a later task"))
        lock.after_release(lambda: done.append("the second task"))
    assert done == ["the end of a task", "the second task", "a later task"]


def test_a_threads_own_tasks_run_in_it_and_beside_those_of_others() -> None:
    lock, done = Lock(), []
    is_running, may_end = Event(), Event()

    def take_long() -> None:
        is_running.set()
        assert may_end.wait(30)
        done.append(current_thread().name)

    def leave() -> None:
        with lock:
            lock.after_own_release(take_long)

    thread = Thread(target=leave, name="patient")
    thread.start()
    try:
        assert is_running.wait(30)
        with lock:
            lock.after_own_release(lambda: done.append("own"))
            lock.after_release(lambda: done.append("in order"))
            assert done == []
        assert done == ["in order", "own"]
    finally:
        may_end.set()
        thread.join()
    assert done == ["in order", "own", "patient"]


@pytest.mark.parametrize("leave", [Lock.after_release, Lock.after_own_release])
def test_what_a_task_raises_reaches_the_one_who_releases_and_the_others_run_later(
    leave: Callable[[Lock, Callable[[], object]], None],
) -> None:
    lock, done = Lock(), []
    lock.acquire(1)
    leave(lock, lambda: done.append(1 // 0))
    leave(lock, lambda: done.append(1))
    with pytest.raises(ZeroDivisionError):
        lock.release()
    with lock:
        leave(lock, lambda: done.append(2))
    assert done == [1, 2]


def test_no_task_is_lost_or_doubled_or_overtaken_among_threads() -> None:
    lock, left, done = Lock(), [], []

    def leave(number: int) -> None:
        for step in range(200):
            with suppress(RuntimeError), lock:
                task = (number, step)
                left.append(task)
                lock.after_release(lambda task=task: done.append(task))  # type: ignore[misc]

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(leave, range(8)))
    with lock:
        lock.after_release(lambda: None)
    assert len(left) == 1600
    assert done == left


@forks
def test_a_child_that_a_task_forks_leaves_the_other_tasks_to_its_parent() -> None:
    lock, reader_writer = Lock(), os.pipe()
    reader, writer = reader_writer

    def fork() -> None:
        if os.fork() == 0:
            try:
                with lock:
                    lock.after_release(lambda: os.write(writer, b"c"))
            finally:
                os.write(writer, b"C")
                os._exit(0)
        os.wait()

    with lock:
        lock.after_release(fork)
        lock.after_release(lambda: os.write(writer, b"p"))
    assert os.read(reader, 10) == b"Cp"
