"""Decorated objects keep their types. These tests also run, so the annotations are right at run time."""

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import Any

import pytest
from typing_extensions import assert_type

import qchime
from qchime import Mock, mock_chimesdkidentity, mock_chimesdkmessaging, mock_qapps


@mock_qapps
def bare(number: int, *, text: str = "") -> list[str]:
    return [text] * number


@mock_qapps()
def called(number: int, *, text: str = "") -> list[str]:
    return [text] * number


@mock_qapps
@mock_chimesdkidentity()
async def coroutine(number: int) -> str:
    return str(number)


@mock_qapps
class Decorated:
    def method(self, number: int) -> str:
        return str(number)


@pytest.fixture
@mock_qapps
def fixture() -> Iterator[int]:
    yield 1


@pytest.fixture
@mock_qapps
async def async_fixture() -> AsyncIterator[int]:
    yield 1


def test_a_function_keeps_its_parameters_and_its_result() -> None:
    assert_type(bare(1, text="a"), list[str])
    assert_type(called(1, text="a"), list[str])
    with pytest.raises(TypeError):
        bare("1", text="a")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    with pytest.raises(TypeError):
        bare(1, "a")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


async def test_an_async_function_stays_one() -> None:
    typed: Callable[[int], Coroutine[Any, Any, str]] = coroutine
    assert_type(await typed(1), str)
    assert_type(await coroutine(1), str)


def test_a_class_stays_one() -> None:
    assert_type(Decorated, type[Decorated])
    assert_type(Decorated().method(1), str)


def test_a_fixture_gives_what_it_yields(fixture: int, async_fixture: int) -> None:
    assert (fixture, async_fixture) == (1, 1)


def test_a_context_manager_gives_the_handle() -> None:
    assert_type(mock_qapps(), Mock)
    assert_type(mock_chimesdkmessaging(), Mock)
    with mock_qapps() as mock, mock_chimesdkidentity() as other:
        assert_type(mock, qchime.Handle)
        assert_type(other, qchime.Handle)


async def test_an_async_context_manager_gives_the_handle() -> None:
    async with mock_qapps() as mock:
        assert_type(mock, qchime.Handle)


def test_start_gives_the_handle() -> None:
    mock = mock_qapps()
    assert_type(mock.start(), qchime.Handle)
    mock.stop()
