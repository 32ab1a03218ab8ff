"""Forked children are mocked as their parent is, with a copy of its state, and never wait for its threads."""

import multiprocessing
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest

from qchime import mock_chimesdkidentity, mock_qapps
from qchime.core.cloud import cloud
from qchime.core.table import SERVICES
from qchime.server import Server
from tests.forking import FORKS, in_child
from tests.processes import work
from tests.server.wire import TIMEOUT

pytestmark = FORKS


def context() -> Any:
    return multiprocessing.get_context("fork")


def qapps() -> Any:
    return boto3.client("qapps", region_name="us-east-1")


def start_session(client: Any) -> str:
    """The id of a new session of an app with one query."""
    app = client.create_q_app(instanceId="docs", title="App", appDefinition=work.APP)
    started = client.start_q_app_session(instanceId="docs", appId=app["appId"], appVersion=1)
    return str(started["sessionId"])


def query_status(client: Any, session: str) -> dict[str, Any]:
    shown = client.get_q_app_session(instanceId="docs", sessionId=session)
    (card,) = shown["cardStatus"].values()
    return dict(card)


class Held:
    """A function that waits in the thread that calls it first, and returns at once in all others."""

    def __init__(self) -> None:
        self.began, self.may_end = threading.Event(), threading.Event()
        self._waiter: int | None = None

    def __call__(self, *_: object) -> str:
        if self._waiter is None:
            self._waiter = os.getpid()
            self.began.set()
            self.may_end.wait(TIMEOUT)
        return "An answer"


@contextmanager
def in_a_thread(act: Callable[[], object], held: Held) -> Iterator[None]:
    """Inside the block another thread is in the middle of `act`, where `held` waits."""
    thread = threading.Thread(target=act)
    thread.start()
    try:
        assert held.began.wait(TIMEOUT)
        yield
    finally:
        held.may_end.set()
        thread.join()


class TestChildren:
    @pytest.fixture(autouse=True)
    def unseeded(self) -> None:
        """A reset does not undo the seed of an earlier test."""
        cloud.ids.seed()

    def test_of_a_pool_make_ids_of_their_own(self) -> None:
        with mock_chimesdkidentity(), ProcessPoolExecutor(2, mp_context=context()) as workers:
            made = list(workers.map(work.create, "abcdefgh"))
        assert len(set(made)) == 8

    def test_of_two_forks_make_ids_of_their_own(self) -> None:
        with mock_chimesdkidentity():
            made = {in_child(lambda: work.create("chat")), in_child(lambda: work.create("chat"))}
            assert len(made | {work.create("chat")}) == 3

    def test_of_two_forks_make_keys_of_their_own(self) -> None:
        with mock_qapps() as mock:
            first, second = (in_child(lambda: mock.users.add("a@example.com").access_key_id) for _ in "12")
        assert first != second

    def test_repeat_the_ids_of_a_seed(self) -> None:
        with mock_chimesdkidentity() as mock:
            mock.seed(42)
            first, second = (in_child(lambda: work.create("chat")) for _ in "12")
        assert first == second

    def test_start_with_a_copy_of_the_state(self) -> None:
        with mock_chimesdkidentity():
            work.create("before")
            with ProcessPoolExecutor(1, mp_context=context()) as workers:
                workers.submit(work.create, "in the child").result()
                assert workers.submit(work.names).result() == ["before", "in the child"]
            assert work.names() == ["before"]

    def test_keep_the_state_if_their_initializer_starts_a_mock(self) -> None:
        with mock_chimesdkidentity():
            work.create("before")
            with context().Pool(1, mock_chimesdkidentity().start) as workers:
                assert workers.apply(work.names) == ["before"]

    def test_may_stop_the_mock(self) -> None:
        with mock_chimesdkidentity() as mock:
            assert in_child(lambda: (mock.reset(), work.names())[1]) == "[]"
            assert work.create("still mocked")


class TestWhileAnotherThread:
    def test_waits_for_an_answer_a_child_gets_its_own(self) -> None:
        held = Held()
        with mock_qapps() as mock:
            mock.answers.add(text=held)
            with in_a_thread(lambda: start_session(qapps()), held):
                assert "COMPLETED" in in_child(lambda: query_status(qapps(), start_session(qapps())))

    def test_waits_for_an_answer_a_child_finishes_the_session(self) -> None:
        held = Held()
        with mock_qapps() as mock:
            mock.answers.add(text="First")
            mock.answers.in_progress(polls=1)
            session = start_session(qapps())
            mock.answers.reset()
            mock.answers.add(text=held)
            mock.answers.in_progress(polls=1)
            with in_a_thread(lambda: [query_status(qapps(), session) for _ in range(3)], held):
                assert query_status(qapps(), session)["currentState"] == "IN_PROGRESS"
                shown = in_child(lambda: [query_status(qapps(), session) for _ in range(3)][-1])
        assert "An answer" in shown

    def test_is_in_an_operation_a_child_calls_the_service(self, monkeypatch: pytest.MonkeyPatch) -> None:
        held = Held()
        backend = SERVICES.named("chime-sdk-identity").backend
        original = backend.list_app_instances  # type: ignore[attr-defined]
        monkeypatch.setattr(backend, "list_app_instances", lambda *a, **k: held() and original(*a, **k))
        with mock_chimesdkidentity(), in_a_thread(work.names, held):
            assert in_child(work.names) == "[]"

    def test_loads_a_model_a_child_loads_it_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        held = Held()
        service = SERVICES.named("qapps")
        monkeypatch.delitem(vars(service), "url_pattern", raising=False)
        monkeypatch.setattr("qchime.core.partitions.dns_suffixes", lambda: (held(), ["amazonaws.com"])[1])
        with in_a_thread(lambda: service.url_pattern, held):
            assert "amazonaws" in in_child(lambda: service.url_pattern.pattern)

    def test_saves_a_child_goes_on(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        held = Held()
        with mock_chimesdkidentity() as mock, Server(state_file=tmp_path / "state.json") as server:
            monkeypatch.setattr("qchime.control.saving.CAN_FORK", False)
            monkeypatch.setattr("qchime.control.saving._write", held)
            with in_a_thread(lambda: setattr(mock.limits, "file_bytes", 4321), held):
                assert in_child(work.names) == "[]"
                assert in_child(server.stop) == "None"


def test_an_answer_may_fork() -> None:
    def answer(prompt: str) -> str:
        return in_child(lambda: query_status_of_first(qapps()))

    def query_status_of_first(client: Any) -> object:
        return [app["title"] for app in client.list_q_apps(instanceId="docs")["apps"]]

    with mock_qapps() as mock:
        mock.answers.add(text=answer)
        client = qapps()
        assert query_status(client, start_session(client))["currentValue"] == "['App']"


def test_an_answer_may_fork_a_child_that_asks_for_it() -> None:
    """The child does not call the function again: it would fork in turn."""
    calls = []

    def answer(prompt: str) -> str:
        calls.append(prompt)
        assert len(calls) == 1
        return in_child(lambda: query_status(client, session)["currentState"])

    with mock_qapps() as mock:
        client = qapps()
        mock.answers.add(text=answer)
        mock.answers.in_progress(polls=1)
        session = start_session(client)
        assert [query_status(client, session) for _ in range(2)][-1]["currentValue"] == "IN_PROGRESS"


def output_of(program: str) -> str:
    """What a program that forks prints."""
    command = [sys.executable, "-W", "ignore", "-c", program]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, check=True)
    assert ran.stderr == ""
    return ran.stdout


def test_a_child_that_exits_leaves_the_servers_certificate() -> None:
    """Its exit runs the handlers that delete temporary files."""
    program = """
import os, sys
from qchime.server import Server
with Server(tls=True) as server:
    child = os.fork()
    if child == 0:
        sys.exit()
    os.waitpid(child, 0)
    print(os.path.exists(server.ca_file))
print(os.path.exists(server.ca_file))
"""
    assert output_of(program) == "True\nTrue\n"


def test_a_child_that_exits_does_not_wait_for_the_servers_threads() -> None:
    program = """
import os, sys, threading, time, boto3
from qchime import Cloud
from qchime.server import Server
from tests.processes.test_forked import start_session
began, over = threading.Event(), threading.Event()
with Server(cloud=Cloud()) as server:
    server.answers.add(text=lambda prompt: (began.set(), over.wait(30)) and "Text")
    keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
    client = boto3.client("qapps", region_name="us-east-1", endpoint_url=server.url, **keys)
    thread = threading.Thread(target=start_session, args=(client,))
    thread.start()
    began.wait()
    child = os.fork()
    if child == 0:
        sys.exit()
    print(os.waitpid(child, 0)[1])
    over.set()
    thread.join()
"""
    assert output_of(program) == "0\n"


def test_a_child_has_the_handle_of_its_copy() -> None:
    with Server() as server:
        in_child(lambda: server.clock.advance(days=1))
        assert not server.clock.offset
