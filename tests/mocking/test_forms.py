"""Every form of a mock."""

import asyncio
import functools
import inspect
import unittest
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from qchime import mock_chimesdkidentity, mock_qapps
from qchime.control.handle import Handle
from qchime.services.qapps.apps import AppOperations
from tests.mocking.clients import chime, create, names


@mock_chimesdkidentity
def test_decorator_without_parentheses() -> None:
    create("chat")
    assert names() == ["chat"]


@mock_chimesdkidentity()
def test_decorator_with_parentheses() -> None:
    create("chat")
    assert names() == ["chat"]


@mock_chimesdkidentity
async def test_async_function_runs_inside_the_mock() -> None:
    create("chat")
    await asyncio.sleep(0)
    assert names() == ["chat"]


@mock_chimesdkidentity
@pytest.mark.parametrize("name", ["a", "b"])
def test_decorated_function_keeps_its_signature(name: str) -> None:
    create(name)
    assert names() == [name], "each run starts clean"


def test_with() -> None:
    with mock_chimesdkidentity() as mock:
        create("chat")
        assert isinstance(mock, Handle)
        assert names() == ["chat"]


async def test_async_with() -> None:
    async with mock_chimesdkidentity() as mock:
        create("chat")
        assert isinstance(mock, Handle)
        assert names() == ["chat"]


def test_start_and_stop() -> None:
    mock = mock_chimesdkidentity()
    handle = mock.start()
    create("chat")
    handle.reset()
    assert names() == []
    mock.stop()


def test_stop_without_start_is_an_error() -> None:
    with pytest.raises(RuntimeError, match=r"before start\(\)"):
        mock_chimesdkidentity().stop()


def test_stop_without_start_does_not_stop_another_mock() -> None:
    with mock_chimesdkidentity():
        with pytest.raises(RuntimeError):
            mock_chimesdkidentity().stop()
        create("still answered")


def test_decorated_functions_return_values_and_raise_exceptions() -> None:
    @mock_chimesdkidentity
    def value() -> int:
        return 42

    @mock_chimesdkidentity
    def failure() -> None:
        raise KeyError("mine")

    assert value() == 42
    with pytest.raises(KeyError, match="mine"):
        failure()


@pytest.fixture
@mock_chimesdkidentity
def existing_instance() -> Iterator[str]:
    yield create("from the fixture")


def test_generator_fixture_keeps_the_mock_running_during_the_test(existing_instance: str) -> None:
    assert names() == ["from the fixture"]


@pytest.fixture
@mock_chimesdkidentity
async def instance_of_async_fixture() -> AsyncIterator[str]:
    yield create("from the async fixture")


async def test_async_generator_fixture_keeps_the_mock_running_during_the_test(
    instance_of_async_fixture: str,
) -> None:
    assert names() == ["from the async fixture"]


def test_decorated_generators_and_coroutines_keep_their_kind() -> None:
    def generator() -> Iterator[None]:
        yield

    async def coroutine() -> None: ...

    async def async_generator() -> AsyncIterator[None]:
        yield

    assert inspect.isgeneratorfunction(mock_qapps(generator))
    assert inspect.iscoroutinefunction(mock_qapps(coroutine))
    assert inspect.isasyncgenfunction(mock_qapps(async_generator))


def test_the_error_for_the_wrong_order_of_decorators_names_the_right_one() -> None:
    @pytest.fixture
    def fixture() -> None: ...

    with pytest.raises(TypeError, match=r"below @pytest\.fixture"):
        mock_chimesdkidentity(fixture)


@mock_chimesdkidentity
class TestClassWithoutSetUp:
    def test_first_starts_clean(self) -> None:
        create("first")
        assert names() == ["first"]

    def test_second_starts_clean_too(self) -> None:
        assert names() == []

    @staticmethod
    def test_static_method_runs_inside_too() -> None:
        assert names() == []


@mock_chimesdkidentity
class TestClassWithSetupMethod:
    def setup_method(self) -> None:
        create("from setup_method")

    def test_finds_what_was_set_up(self) -> None:
        create("more")
        assert names() == ["from setup_method", "more"]

    def test_finds_only_what_was_set_up(self) -> None:
        assert names() == ["from setup_method"]

    def helper(self) -> list[str]:
        return names()

    def test_helpers_run_inside_too(self) -> None:
        assert self.helper() == ["from setup_method"]


@mock_chimesdkidentity
class TestClassWhoseSetupMethodTakesTheTest:
    def setup_method(self, method: Callable[..., Any]) -> None:
        create(method.__name__)

    def teardown_method(self, method: Callable[..., Any]) -> None:
        assert names() == [method.__name__]

    def test_gets_its_name(self) -> None:
        assert names() == ["test_gets_its_name"]


@mock_chimesdkidentity
class UnitTest(unittest.TestCase):
    def setUp(self) -> None:
        create("from setUp")

    def test_finds_what_was_set_up(self) -> None:
        create("more")
        self.assertEqual(names(), ["from setUp", "more"])

    def test_finds_only_what_was_set_up(self) -> None:
        self.assertEqual(names(), ["from setUp"])

    def tearDown(self) -> None:
        self.assertIn("from setUp", names())


class Base(unittest.TestCase):
    def setUp(self) -> None:
        create("from the base class")


@mock_chimesdkidentity
class InheritedSetUp(Base):
    def test_runs_inside_the_mock_and_starts_clean(self) -> None:
        create("more")
        self.assertEqual(names(), ["from the base class", "more"])

    def test_starts_clean_every_time(self) -> None:
        self.assertEqual(names(), ["from the base class"])


@mock_chimesdkidentity
class AsyncUnitTest(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        create("from asyncSetUp")

    async def test_finds_what_was_set_up(self) -> None:
        create("more")
        self.assertEqual(names(), ["from asyncSetUp", "more"])

    async def test_finds_only_what_was_set_up(self) -> None:
        self.assertEqual(names(), ["from asyncSetUp"])


@mock_chimesdkidentity
class TestClassWithNestedClass:
    class TestNested:
        def test_is_inside_the_mock(self) -> None:
            assert names() == []


def test_each_decorator_answers_its_own_service_only() -> None:
    with mock_qapps():
        assert reaches_the_network()
        with mock_chimesdkidentity():
            assert names() == []
        assert reaches_the_network()


def test_the_error_for_an_unsupported_operation_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """botocore's models grow; an operation that is not yet supported is a 501."""
    monkeypatch.delattr(AppOperations, "list_q_apps")
    with mock_qapps():
        client = boto3.client("qapps", region_name="us-east-1")
        with pytest.raises(
            ClientError, match=r"qchime \S+ does not implement ListQApps of qapps yet"
        ) as caught:
            client.list_q_apps(instanceId="i")
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501


def reaches_the_network() -> bool:
    """Whether a call goes to the network, where the tests block it."""
    from botocore.config import Config
    from botocore.session import get_session

    client = get_session().create_client(
        "chime-sdk-identity",
        region_name="us-east-1",
        aws_access_key_id="a",
        aws_secret_access_key="b",
        config=Config(retries={"max_attempts": 0}, connect_timeout=1),
    )
    try:
        client.list_app_instances()  # type: ignore[attr-defined]
    except Exception as error:
        return "a test tried to reach" in str(error) or "Could not connect" in str(error)
    return False


def test_the_handle_changes_and_resets_clock_and_limits() -> None:
    with mock_chimesdkidentity() as mock:
        mock.limits.app_instances_per_account = 1
        mock.clock.advance(days=7)
        create()
        with pytest.raises(chime().exceptions.ResourceLimitExceededException):
            create()
        mock.reset()
        assert names() == []
        assert mock.limits.app_instances_per_account == 100
        assert mock.clock.offset.total_seconds() == 0


async def test_an_exception_reaches_a_decorated_async_generator() -> None:
    from contextlib import asynccontextmanager

    seen = []

    @asynccontextmanager
    @mock_chimesdkidentity
    async def guarded() -> AsyncIterator[None]:
        try:
            yield
        except ValueError as error:
            seen.append(error)

    async with guarded():
        raise ValueError("mine")
    assert [str(error) for error in seen] == ["mine"]


class Repository:
    """Production code, which a test class has as an attribute."""

    other: type

    def names(self) -> list[str]:
        return names()


class OtherRepository:
    other = Repository


Repository.other = OtherRepository


class TestClassesThatAreAttributes:
    def test_are_left_as_they_are(self) -> None:
        method = Repository.names

        @mock_chimesdkidentity
        class Decorated:
            repository_class = Repository
            other_class = OtherRepository

            class Nested:
                def test(self) -> list[str]:
                    return Repository().names()

        assert Repository.names is method
        assert Decorated.Nested().test() == []

    def test_may_name_each_other(self) -> None:
        @mock_chimesdkidentity
        class Decorated:
            class First:
                def test(self) -> list[str]:
                    return names()

            class Second:
                pass

        Decorated.First.second = Decorated.Second  # type: ignore[attr-defined]
        Decorated.Second.first = Decorated.First  # type: ignore[attr-defined]
        assert mock_chimesdkidentity(Decorated).First().test() == []


class Called:
    async def __call__(self) -> list[str]:
        return names()


async def coroutine(number: int = 1) -> list[str]:
    return names()


def plain() -> Any:
    return coroutine()


async def finished() -> list[str]:
    return ["finished"]


class TestFunctionsThatReturnAwaitables:
    @pytest.mark.parametrize(
        "hidden",
        [plain, Called(), functools.partial(coroutine, 2), lambda: coroutine(), functools.partial(Called())],
        ids=["plain", "object", "partial", "lambda", "partial of an object"],
    )
    async def test_run_inside_the_mock(self, hidden: Any) -> None:
        assert await mock_chimesdkidentity(hidden)() == []

    async def test_may_return_a_future(self) -> None:
        hidden: Any = lambda: asyncio.ensure_future(finished())  # noqa: E731
        decorated = mock_chimesdkidentity(hidden)

        assert await decorated() == ["finished"]
