"""Decorated classes: under unittest the whole of each test runs inside the mock."""

import dataclasses
import enum
import functools
import os
import typing
import unittest
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, Protocol
from unittest.mock import Mock, create_autospec

import pytest
from moto import mock_aws

from qchime import mock_chimesdkidentity, mock_qapps
from tests.mocking.clients import create, names


def run(*cases: type[unittest.TestCase]) -> int:
    """Run the tests of these classes as `python -m unittest` does, and return their number."""
    result = unittest.TestResult()
    for case in cases:
        unittest.defaultTestLoader.loadTestsFromTestCase(case).run(result)
    assert result.wasSuccessful(), [*result.errors, *result.failures]
    return result.testsRun


def is_mocked() -> bool:
    return os.environ.get("AWS_ACCESS_KEY_ID") == "FOOBARKEY"


@pytest.fixture(autouse=True)
def no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)


class WithSetUp(unittest.TestCase):
    """Not decorated: the classes that inherit it are."""

    __test__ = False  # pytest leaves it alone

    def setUp(self) -> None:
        create("set up")
        self.addCleanup(lambda: self.assertIn("set up", names()))

    def test_one(self) -> None:
        create("one")
        self.assertEqual(names(), ["set up", "one"])

    def test_two(self) -> None:
        self.assertEqual(names(), ["set up"])

    def tearDown(self) -> None:
        self.assertIn("set up", names())


class Mixin:
    def test_of_mixin(self) -> None:
        create("mixin")
        assert names() == ["mixin"]


class TestTheWholeTestRunsInside:
    def test_from_set_up_to_the_last_cleanup(self) -> None:
        assert run(mock_chimesdkidentity(type("Decorated", (WithSetUp,), dict(vars(WithSetUp))))) == 2
        assert not is_mocked()

    def test_and_its_data_is_there_for_tear_down_without_a_set_up(self) -> None:
        @mock_chimesdkidentity
        class Decorated(unittest.TestCase):
            def test_one(self) -> None:
                create("one")

            def test_two(self) -> None:
                create("two")

            def tearDown(self) -> None:
                self.assertEqual(names(), [self._testMethodName.removeprefix("test_")])

        assert run(Decorated) == 2

    def test_with_its_subtests_which_share_the_state(self) -> None:
        @mock_chimesdkidentity
        class Decorated(unittest.TestCase):
            def test_numbers(self) -> None:
                for number in range(3):
                    with self.subTest(number=number):
                        create(str(number))
                        self.assertEqual(len(names()), number + 1)

        assert run(Decorated) == 1


class TestInheritedTestsRunInside:
    def test_of_a_base_class_and_of_a_mixin(self) -> None:
        @mock_chimesdkidentity
        class OfBase(WithSetUp):
            pass

        @mock_chimesdkidentity
        class OfMixin(Mixin, unittest.TestCase):
            def test_own(self) -> None:
                self.assertEqual(names(), [])

        assert run(OfBase, OfMixin) == 4

    def test_of_a_decorated_base_class_in_a_subclass_that_is_not(self) -> None:
        @mock_chimesdkidentity
        class Base(unittest.TestCase):
            def test_own(self) -> None:
                self.assertEqual(names(), ["set up"])

        class Subclass(Base):
            def setUp(self) -> None:
                create("set up")

            def test_of_subclass(self) -> None:
                self.assertEqual(names(), ["set up"])

        assert run(Subclass) == 2

    def test_and_leave_the_base_class_unmocked(self) -> None:
        class Base(unittest.TestCase):
            def test_own(self) -> None:
                self.mocked = is_mocked()
                if type(self) is Base:
                    self.assertFalse(self.mocked)

        @mock_chimesdkidentity
        class Subclass(Base):
            def tearDown(self) -> None:
                self.assertTrue(self.mocked)

        assert run(Subclass, Base) == 2

    def test_that_are_added_after_the_decoration(self) -> None:
        @mock_chimesdkidentity
        class Decorated(unittest.TestCase):
            pass

        for number in range(2):
            setattr(Decorated, f"test_{number}", lambda self: self.assertEqual(names(), []))
        assert run(Decorated) == 2

    def test_and_every_base_class_keeps_its_say(self) -> None:
        """The decorated class is one of two bases: its wrappers call what comes next in this subclass."""
        seen = []

        class Other(unittest.TestCase):
            def setUp(self) -> None:
                seen.append("setUp of another base")

            def __call__(self, *args: Any, **kwargs: Any) -> Any:
                seen.append("call of another base")
                return super().__call__(*args, **kwargs)

        @mock_chimesdkidentity
        class Decorated(unittest.TestCase):
            def test_own(self) -> None:
                self.assertEqual(names(), [])

        class Subclass(Decorated, Other):
            pass

        assert run(Subclass) == 1
        assert seen == ["call of another base", "setUp of another base"]


class TestAnyKindOfMethodRunsInside:
    def test_as_a_test(self) -> None:
        @mock_chimesdkidentity
        class Decorated(unittest.TestCase):
            def _check(self, expected: list[str]) -> None:
                self.assertEqual(names(), expected)

            @staticmethod
            def test_static() -> None:
                assert names() == []

            @classmethod
            def test_class(cls) -> None:
                assert names() == []

            test_partial = functools.partialmethod(_check, [])

        assert run(Decorated) == 3

    def test_that_a_test_uses(self) -> None:
        @mock_chimesdkidentity
        class Decorated(unittest.TestCase):
            @property
            def current(self) -> list[str]:
                return names()

            @functools.cached_property
            def first(self) -> list[str]:
                return names()

            @contextmanager
            def instance(self, name: str) -> Iterator[None]:
                create(name)
                yield

            def numbered(self) -> Iterator[int]:
                yield len(names())
                yield len(names())

            def test_all(self) -> None:
                self.assertEqual(self.first, [])
                numbers = self.numbered()
                self.assertEqual(next(numbers), 0)
                with self.instance("chat"):
                    self.assertEqual(self.current, ["chat"])
                self.assertEqual(next(numbers), 1)

        assert run(Decorated) == 1


class TestAsyncTestsRunInside:
    def test_with_set_up_tear_down_and_cleanups(self) -> None:
        @mock_chimesdkidentity
        class Decorated(unittest.IsolatedAsyncioTestCase):
            def setUp(self) -> None:
                create("set up")

            async def asyncSetUp(self) -> None:
                create("async set up")
                self.addAsyncCleanup(self.check)

            async def check(self) -> None:
                self.assertEqual(names(), ["set up", "async set up"])

            async def asyncTearDown(self) -> None:
                await self.check()

            async def test_one(self) -> None:
                await self.check()

            async def test_two(self) -> None:
                await self.check()

        assert run(Decorated) == 2

    def test_that_are_inherited(self) -> None:
        class Base(unittest.IsolatedAsyncioTestCase):
            async def asyncSetUp(self) -> None:
                create("async set up")

            async def test_inherited(self) -> None:
                self.assertEqual(names(), ["async set up"])

        @mock_chimesdkidentity
        class Decorated(Base):
            async def test_own(self) -> None:
                self.assertEqual(names(), ["async set up"])

        assert run(Decorated) == 2


class TestSetUpClass:
    def test_runs_outside(self) -> None:
        @mock_chimesdkidentity
        class Decorated(unittest.TestCase):
            @classmethod
            def setUpClass(cls) -> None:
                assert not is_mocked()
                cls.addClassCleanup(lambda: cls.outside.append(not is_mocked()))

            @classmethod
            def tearDownClass(cls) -> None:
                assert not is_mocked()

            outside: typing.ClassVar[list[bool]] = []

            def test_mocked(self) -> None:
                self.assertTrue(is_mocked())

        assert run(Decorated) == 1
        assert Decorated.outside == [True]

    def test_may_start_a_mock_that_the_tests_of_the_class_share(self) -> None:
        class Shared(unittest.TestCase):
            @classmethod
            def setUpClass(cls) -> None:
                mock = mock_chimesdkidentity()
                mock.start()
                cls.addClassCleanup(mock.stop)
                create("of the class")

            def test_one(self) -> None:
                self.assertEqual(names(), ["of the class"])

            def test_two(self) -> None:
                self.assertEqual(names(), ["of the class"])

        @mock_chimesdkidentity
        class DecoratedToo(Shared):
            pass

        assert run(Shared, DecoratedToo) == 4
        assert not is_mocked()


@pytest.mark.parametrize(
    "decorators",
    [
        (mock_chimesdkidentity, mock_qapps),
        (mock_chimesdkidentity, mock_aws),
        (mock_aws, mock_chimesdkidentity),
    ],
    ids=["both of ours", "moto's inside", "moto's outside"],
)
def test_stacked_decorators_share_the_state_of_one_test(decorators: tuple[Any, Any]) -> None:
    outer, inner = decorators

    class Decorated(unittest.TestCase):
        def setUp(self) -> None:
            create("set up")

        def test_one(self) -> None:
            create("one")
            self.assertEqual(names(), ["set up", "one"])

        def test_two(self) -> None:
            self.assertEqual(names(), ["set up"])

        def tearDown(self) -> None:
            self.assertIn("set up", names())

    assert run(outer(inner(Decorated))) == 2
    assert not is_mocked()


class Protected(type):
    """A metaclass whose classes do not change."""

    def __setattr__(cls, name: str, value: object) -> None:
        raise TypeError("protected")


class Lazy:
    """A proxy that is not ready yet: it knows neither its class nor anything else."""

    def __getattribute__(self, name: str) -> Any:
        raise RuntimeError("not ready")


class Speaks(Protocol):
    def speak(self) -> str: ...


def function() -> list[str]:
    return ["production"]


class TestNestedClassesKeepTheirKind:
    @mock_chimesdkidentity
    class Decorated(unittest.TestCase):
        class Colour(enum.Enum):
            RED = "red"

            def shout(self) -> str:
                return self.value.upper()

        @dataclasses.dataclass(frozen=True)
        class Point:
            x: int = 1

            def moved(self) -> int:
                return self.x + 1

        class Pair(NamedTuple):
            left: int = 1

            def first(self) -> int:
                return self.left

        class Slotted:
            __slots__ = ("value",)

            def speak(self) -> str:
                return "slotted"

        class Problem(Exception):
            def reason(self) -> str:
                return str(self)

        class Unchanging(metaclass=Protected):
            def speak(self) -> str:
                return "unchanging"

        @typing.runtime_checkable
        class Speaking(Speaks, Protocol):
            pass

        def test_all(self) -> None:
            self.assertEqual([colour.shout() for colour in self.Colour], ["RED"])
            self.assertEqual((self.Point().moved(), self.Pair().first()), (2, 1))
            self.assertEqual(self.Problem("why").reason(), "why")
            self.assertEqual((self.Slotted().speak(), self.Unchanging().speak()), ("slotted", "unchanging"))
            self.assertIsInstance(self.Slotted(), self.Speaking)

    def test_and_work_as_before(self) -> None:
        assert run(self.Decorated) == 1


class TestAttributesThatLookLikeFunctionsOrClasses:
    def test_are_left_as_they_are(self) -> None:
        fake_function, fake_class = Mock(spec=function, return_value=["fake"]), create_autospec(WithSetUp)
        proxy = Lazy()

        @mock_chimesdkidentity
        class Decorated(unittest.TestCase):
            list_names = fake_function
            case_class = fake_class
            proxied = proxy

            def test_calls_the_fake(self) -> None:
                self.assertEqual(self.list_names(), ["fake"])

        assert run(Decorated) == 1
        assert vars(Decorated)["list_names"] is fake_function
        assert vars(Decorated)["case_class"] is fake_class
        assert vars(Decorated)["proxied"] is proxy
