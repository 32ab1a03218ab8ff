"""The table in `docs/decorators.md`: what runs inside a mock, ours and moto's."""

import asyncio
import os
import unittest
from collections.abc import AsyncIterator, Callable, Iterator
from importlib.metadata import version
from typing import Any

import pytest
from moto import mock_aws

from qchime import mock_chimesdkidentity

IN_CLASSES = {
    # place: (our decorator, moto's)
    "test": (True, True),
    "setUp": (True, True),
    "tearDown": (True, True),
    "cleanup that is a method": (True, True),
    "cleanup that is a function": (True, False),
    "test of a base class": (True, False),
    "set-up of a base class": (True, False),
    "test of a mixin": (True, False),
    "static test": (True, False),
    "class test": (True, False),
    "test added later": (True, False),
    "test of a subclass": (True, False),
    "setUpClass": (False, False),
    "class cleanup": (False, False),
}
IN_FUNCTIONS = {
    "function": (True, True),
    "async function": (True, False),
    "generator": (True, False),
    "async generator": (True, False),
}
MOCKS = [
    pytest.param(0, mock_chimesdkidentity, id="ours"),
    pytest.param(
        1,
        mock_aws,
        id="moto's",
        marks=pytest.mark.skipif(
            not version("moto").startswith("5.2."), reason="the table is about moto 5.2"
        ),
    ),
]


def is_inside() -> bool:
    return os.environ.get("AWS_ACCESS_KEY_ID") == "FOOBARKEY"


def places_in_classes(decorate: Callable[[type], type]) -> dict[str, bool]:
    """Run decorated classes as unittest does; whether each place was inside the mock."""
    seen: dict[str, bool] = {}

    def visit(place: str) -> None:
        seen[place] = is_inside()

    class Base(unittest.TestCase):
        def test_inherited(self) -> None:
            visit("test of a base class")

    class BaseWithSetUp(unittest.TestCase):
        def setUp(self) -> None:
            visit("set-up of a base class")

    class Mixin:
        def test_mixed_in(self) -> None:
            visit("test of a mixin")

    class Decorated(Mixin, Base):
        @classmethod
        def setUpClass(cls) -> None:
            visit("setUpClass")
            cls.addClassCleanup(visit, "class cleanup")

        def setUp(self) -> None:
            visit("setUp")

        def tearDown(self) -> None:
            visit("tearDown")

        def clean(self) -> None:
            visit("cleanup that is a method")

        def test_own(self) -> None:
            self.addCleanup(visit, "cleanup that is a function")
            self.addCleanup(self.clean)
            visit("test")

        @staticmethod
        def test_static() -> None:
            visit("static test")

        @classmethod
        def test_class(cls) -> None:
            visit("class test")

    class DecoratedWithInheritedSetUp(BaseWithSetUp):
        def test_nothing(self) -> None:
            pass

    cases: list[Any] = [decorate(Decorated), decorate(DecoratedWithInheritedSetUp)]
    cases[0].test_later = lambda self: visit("test added later")
    cases.append(type("Subclass", (cases[1],), {"test_of_it": lambda self: visit("test of a subclass")}))
    for case in cases:
        unittest.defaultTestLoader.loadTestsFromTestCase(case).run(unittest.TestResult())
    return seen


def places_in_functions(decorate: Callable[[Any], Any]) -> dict[str, bool]:
    """Run decorated functions of every kind; whether each was inside the mock."""

    def function() -> bool:
        return is_inside()

    async def coroutine() -> bool:
        return is_inside()

    def generator() -> Iterator[bool]:
        yield is_inside()

    async def async_generator() -> AsyncIterator[bool]:
        yield is_inside()

    return {
        "function": decorate(function)(),
        "async function": asyncio.run(decorate(coroutine)()),
        "generator": next(decorate(generator)()),
        "async generator": asyncio.run(anext(decorate(async_generator)())),
    }


@pytest.mark.parametrize(("column", "mock"), MOCKS)
def test_in_a_decorated_class(monkeypatch: pytest.MonkeyPatch, column: int, mock: Any) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    assert places_in_classes(mock) == {place: inside[column] for place, inside in IN_CLASSES.items()}


@pytest.mark.parametrize(("column", "mock"), MOCKS)
def test_in_a_decorated_function(monkeypatch: pytest.MonkeyPatch, column: int, mock: Any) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    assert places_in_functions(mock) == {place: inside[column] for place, inside in IN_FUNCTIONS.items()}
