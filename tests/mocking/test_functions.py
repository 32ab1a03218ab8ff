"""The body of a decorated function runs inside the mock, whatever wraps it and whenever it runs."""

import asyncio
import concurrent.futures
import functools
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ContextDecorator, asynccontextmanager, contextmanager
from typing import Any
from unittest.mock import AsyncMock, MagicMock

import pytest

from qchime import mock_chimesdkidentity, mock_qapps
from qchime.control.running import running
from tests.mocking.clients import create, names


@pytest.fixture(autouse=True)
def no_mock_is_left_running() -> Iterator[None]:
    yield
    assert not running


async def coroutine(name: str = "made") -> list[str]:
    create(name)
    await asyncio.sleep(0)
    return names()


def generator() -> Iterator[list[str]]:
    create("made")
    yield names()


async def async_generator() -> AsyncIterator[list[str]]:
    create("made")
    yield names()


async def listed(items: AsyncIterator[list[str]]) -> list[list[str]]:
    return [item async for item in items]


class ToAsync:
    """An object that is awaited when called, as asgiref's `sync_to_async` makes."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        functools.update_wrapper(self, function)

    async def __call__(self, *args: Any) -> Any:
        return await asyncio.to_thread(self.function, *args)


class Traced(ContextDecorator):
    """A decorator that calls the function in a `with` block."""

    def __enter__(self) -> None: ...

    def __exit__(self, *exc_info: object) -> None: ...


class Awaitable:
    """An object that is awaitable, and no coroutine."""

    def __await__(self) -> Any:
        return coroutine().__await__()


@pytest.mark.parametrize(
    "function",
    [
        coroutine,
        lambda: coroutine(),
        functools.partial(coroutine, "made"),
        ToAsync(lambda: asyncio.run(coroutine())),
        Traced()(coroutine),
        AsyncMock(side_effect=coroutine),
        lambda: Awaitable(),
        lambda: asyncio.ensure_future(coroutine()),
        lambda: asyncio.gather(coroutine()),
        lambda: asyncio.wait_for(coroutine(), 60),
    ],
    ids=[
        "coroutine function",
        "wrapper",
        "partial",
        "object with an async call",
        "with block",
        "mock object",
        "awaitable",
        "task",
        "gathered",
        "with a timeout",
    ],
)
async def test_what_is_awaited_runs_inside(function: Any) -> None:
    decorated = mock_chimesdkidentity(function)
    for _ in range(2):
        result = await decorated()
        assert result in (["made"], [["made"]])
        await asyncio.sleep(0)


async def test_a_task_runs_inside_even_if_nobody_awaits_it_yet() -> None:
    task = mock_chimesdkidentity(lambda: asyncio.create_task(coroutine()))()
    while not task.done():
        await asyncio.sleep(0)
    assert task.result() == ["made"]
    await asyncio.sleep(0)


def test_a_future_of_a_thread_runs_inside() -> None:
    go_on = threading.Event()

    def body() -> list[str]:
        go_on.wait(60)
        create("made")
        return names()

    with concurrent.futures.ThreadPoolExecutor() as pool:  # waits for its threads at the end
        future = mock_chimesdkidentity(lambda: pool.submit(body))()
        go_on.set()
    assert future.result() == ["made"]


@pytest.mark.parametrize("function", [generator, lambda: generator(), Traced()(generator)])
def test_what_is_iterated_runs_inside(function: Any) -> None:
    assert list(mock_chimesdkidentity(function)()) == [["made"]]


@pytest.mark.parametrize("function", [async_generator, lambda: async_generator()])
async def test_what_is_iterated_asynchronously_runs_inside(function: Any) -> None:
    assert await listed(mock_chimesdkidentity(function)()) == [["made"]]


class TestContextManagers:
    def test_run_inside_below_the_decorator(self) -> None:
        @mock_chimesdkidentity
        @contextmanager
        def prepared(name: str) -> Iterator[str]:
            create(name)
            yield name

        with prepared("chat") as name:
            assert names() == [name]

    async def test_run_inside_if_they_are_asynchronous(self) -> None:
        @mock_chimesdkidentity
        @asynccontextmanager
        async def prepared(name: str) -> AsyncIterator[str]:
            create(name)
            yield name

        async with prepared("chat") as name:
            assert names() == [name]

    def test_run_inside_behind_a_wrapper(self) -> None:
        @contextmanager
        def prepared(name: str) -> Iterator[str]:
            create(name)
            yield name
            assert names() == [name]

        @mock_chimesdkidentity
        def wrapper(name: str) -> Any:
            return prepared(name)

        with wrapper("chat") as name:
            assert names() == [name]
        with mock_chimesdkidentity(functools.partial(prepared, "again"))():
            assert names() == ["again"]

    async def test_run_inside_behind_a_wrapper_if_they_are_asynchronous(self) -> None:
        @asynccontextmanager
        async def prepared() -> AsyncIterator[list[str]]:
            create("chat")
            yield names()

        @mock_chimesdkidentity
        def wrapper() -> Any:
            create("first")
            return prepared()

        async with wrapper() as found:
            assert found == names() == ["first", "chat"]

    def test_pass_exceptions_to_the_body(self) -> None:
        @mock_chimesdkidentity
        @contextmanager
        def forgiving() -> Iterator[None]:
            try:
                yield
            except KeyError:
                create("forgiven")
                assert names() == ["forgiven"]

        with forgiving():
            raise KeyError


class TestAPlainFunctionThatReturnsACoroutine:
    async def test_may_prepare_what_the_coroutine_finds(self) -> None:
        @mock_chimesdkidentity
        def prepare() -> Any:
            create("prepared")
            return coroutine("made")

        assert await prepare() == ["prepared", "made"]
        with mock_chimesdkidentity():
            assert names() == []

    @pytest.mark.filterwarnings("ignore::RuntimeWarning")
    def test_stops_the_mock_if_nobody_awaits_it(self) -> None:
        mock_chimesdkidentity(lambda: coroutine())().close()
        with mock_chimesdkidentity():
            assert names() == []

    async def test_passes_cancellation_on(self) -> None:
        never: Any = mock_chimesdkidentity(lambda: asyncio.sleep(3600))
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(never(), 0.001)


async def test_asynchronous_generators_get_what_is_sent_and_thrown() -> None:
    @mock_chimesdkidentity
    async def collect() -> Any:
        got: list[Any] = []
        while True:
            try:
                got.append((yield [*got, *names()]))
            except KeyError as error:
                got.append(error.args[0])

    items = collect()
    assert await items.asend(None) == []
    assert await items.asend(1) == [1]
    assert await items.athrow(KeyError(2)) == [1, 2]
    with pytest.raises(ZeroDivisionError):
        await items.athrow(ZeroDivisionError())


class TestMethods:
    @mock_chimesdkidentity
    @staticmethod
    def static(name: str) -> list[str]:
        create(name)
        return names()

    @mock_chimesdkidentity
    @classmethod
    def of_class(cls) -> Any:
        return cls, names()

    @mock_chimesdkidentity
    def test_keep_their_kind(self) -> None:
        assert self.static("a") == ["a"]
        assert self.of_class() == (TestMethods, ["a"]), "one mock around both"
        assert TestMethods.of_class() == (TestMethods, ["a"])


@pytest.mark.parametrize("target", [property(lambda self: None), "text", 42])
def test_what_no_mock_can_decorate_is_refused(target: Any) -> None:
    with pytest.raises(TypeError, match="decorates functions and classes"):
        mock_qapps(target)


def test_results_that_are_mock_objects_are_returned_as_they_are() -> None:
    result = MagicMock()
    assert mock_qapps(lambda: result)() is result
