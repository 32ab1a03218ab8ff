"""Processes started by spawn or forkserver are not mocked, and say so instead of reaching AWS."""

import multiprocessing
import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import pytest
from moto import mock_aws

from qchime import Cloud, mock_chimesdkidentity, mock_qapps
from qchime.server import Server
from tests.processes import work

STARTED = [method for method in ("spawn", "forkserver") if method in multiprocessing.get_all_start_methods()]
REFUSED = "was mocked in the process that started this one"


@pytest.fixture(params=STARTED)
def context(request: pytest.FixtureRequest) -> Any:
    return multiprocessing.get_context(request.param)


@pytest.fixture(autouse=True)
def no_way_to_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests that leave a process end at a closed port; those to loopback do not."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "any")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "any")


def start_with(state: dict[str, Any]) -> None:
    """Mock this process, from a state on."""
    mock_chimesdkidentity().start().load(state)


def use(url: str) -> None:
    """Send this process's requests to a server. A fork server has the environment of its own start."""
    os.environ["AWS_ENDPOINT_URL_CHIME_SDK_IDENTITY"] = url


@mock_chimesdkidentity
def names_in_a_mock(name: str) -> list[str]:
    work.create(name)
    return work.names()


def names_under_moto(_: object) -> list[str]:
    with mock_aws():
        return work.names()


def pool(context: Any, **options: Any) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, mp_context=context, **options)


class TestAreRefused:
    def test_in_a_pool_executor(self, context: Any) -> None:
        with mock_chimesdkidentity(), pool(context) as workers, pytest.raises(RuntimeError, match=REFUSED):
            workers.submit(work.names).result()

    def test_in_a_pool_of_multiprocessing(self, context: Any) -> None:
        with mock_qapps(), context.Pool(1) as workers, pytest.raises(RuntimeError, match="mock_qapps"):
            workers.map(work.apps, [1])

    def test_in_a_process(self, context: Any) -> None:
        mine, its = context.Pipe()
        with mock_chimesdkidentity():
            process = context.Process(target=work.names_later, args=(its,))
            process.start()
            assert REFUSED in str(mine.recv())
            process.join()

    def test_in_a_process_of_a_started_process(self, context: Any) -> None:
        with mock_chimesdkidentity(), pool(context) as workers:
            assert REFUSED in workers.submit(_error_of_a_grandchild, context.get_start_method()).result()

    def test_under_mock_aws(self, context: Any) -> None:
        with mock_aws(), pool(context) as workers, pytest.raises(RuntimeError, match=REFUSED):
            workers.submit(work.names).result()

    def test_by_the_fixtures(self, context: Any, qchime: Any) -> None:
        with pool(context) as workers, pytest.raises(RuntimeError, match=REFUSED):
            workers.submit(work.names).result()


def _error_of_a_grandchild(method: str) -> str:
    with pool(multiprocessing.get_context(method)) as workers:
        return str(workers.submit(work.names).exception())


class TestAreLeftAlone:
    def test_without_a_mock(self, context: Any) -> None:
        with pool(context) as workers:
            error = workers.submit(work.names).exception()
        assert type(error).__name__ == "ProxyConnectionError"

    def test_with_a_mock_of_another_service(self, context: Any) -> None:
        with mock_qapps(), pool(context) as workers:
            error = workers.submit(work.names).exception()
        assert type(error).__name__ == "ProxyConnectionError"

    def test_with_mock_aws_of_their_own(self, context: Any) -> None:
        with mock_chimesdkidentity(), pool(context) as workers:
            assert workers.submit(names_under_moto, 1).result() == []


class TestCanBeMocked:
    def test_by_the_initializer_of_a_pool_executor(self, context: Any) -> None:
        with mock_chimesdkidentity():
            work.create("here")
            with pool(context, initializer=mock_chimesdkidentity().start) as workers:
                workers.submit(work.create, "there").result()
                assert workers.submit(work.names).result() == ["there"]
            assert work.names() == ["here"]

    def test_by_the_initializer_of_a_pool_of_multiprocessing(self, context: Any) -> None:
        with context.Pool(1, mock_qapps().start) as workers:
            assert workers.map(work.apps, [1]) == [[]]

    def test_with_the_state_of_this_process(self, context: Any) -> None:
        with mock_chimesdkidentity() as mock:
            work.create("here")
            with pool(context, initializer=start_with, initargs=(mock.dump(),)) as workers:
                assert workers.submit(work.names).result() == ["here"]

    def test_by_a_decorator(self, context: Any) -> None:
        with mock_chimesdkidentity(), pool(context) as workers:
            assert workers.submit(names_in_a_mock, "there").result() == ["there"]

    def test_by_a_server_that_they_share(self, context: Any) -> None:
        with Server(cloud=Cloud()) as server:
            options: Any = {"initializer": use, "initargs": (server.url,)}
            with pool(context, **options) as one, pool(context, **options) as another:
                one.submit(work.create, "shared").result()
                assert another.submit(work.names).result() == ["shared"]

    def test_by_a_server_with_the_state_of_this_process(self, context: Any) -> None:
        with mock_chimesdkidentity(), Server() as server:
            work.create("here")
            with pool(context, initializer=use, initargs=(server.url,)) as workers:
                assert workers.submit(work.names).result() == ["here"]


def test_a_process_without_botocore_does_not_import_it(context: Any) -> None:
    with mock_chimesdkidentity(), context.Pool(1) as workers:
        assert workers.apply(eval, ("'botocore' in __import__('sys').modules",)) is False


def test_a_program_reaches_a_server_by_its_environment() -> None:
    program = "from tests.processes import work; print(work.names())"
    with mock_chimesdkidentity(), Server() as server:
        work.create("here")
        environment = {**os.environ, "AWS_ENDPOINT_URL_CHIME_SDK_IDENTITY": server.url}
        ran = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, env=environment, timeout=60
        )
    assert (ran.stdout, ran.stderr) == ("['here']\n", "")
