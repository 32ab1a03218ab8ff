"""Decorated classes in test files of a user: under pytest the whole of each test runs inside the mock."""

import pytest

from tests.pytest_plugin.user_tests import run

pytest_plugins = ["pytester"]

USE = """
import os
import unittest
from qchime import mock_chimesdkidentity

def client():
    return boto3.client("chime-sdk-identity", region_name="us-east-1")

def create(name):
    client().create_app_instance(Name=name)

def existing():
    return names(client())

def is_mocked():
    return "AWS_ACCESS_KEY_ID" in os.environ
"""


@pytest.fixture
def user_tests(user_tests: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    return user_tests


def test_fixtures_and_set_up_methods_of_a_test_run_inside(user_tests: pytest.Pytester) -> None:
    result = run(
        user_tests,
        USE
        + """
@pytest.fixture
def of_the_module():
    yield create("of the module")
    assert "of the module" in existing()

@mock_chimesdkidentity
class TestDecorated:
    def setup_method(self):
        create("setup_method")

    def teardown_method(self):
        assert "setup_method" in existing()

    @pytest.fixture(autouse=True)
    def used_by_all(self):
        create("used by all")

    @pytest.mark.parametrize("number", [1, 2])
    def test_clean(self, of_the_module, request, number):
        request.addfinalizer(lambda: self.check())
        self.check()

    def check(self):
        assert existing() == ["setup_method", "used by all", "of the module"]

def test_and_nothing_is_left():
    assert not is_mocked()
""",
    )
    result.assert_outcomes(passed=3)


def test_inherited_static_and_class_methods_run_inside(user_tests: pytest.Pytester) -> None:
    result = run(
        user_tests,
        USE
        + """
class Base:
    def test_inherited(self):
        create("inherited")
        assert existing() == ["inherited"]

    class TestNested:
        def test_inherited(self):
            assert existing() == []

@mock_chimesdkidentity
class TestDecorated(Base):
    @staticmethod
    def test_static():
        assert existing() == []

    @classmethod
    def test_class(cls):
        assert existing() == []

class TestSubclass(TestDecorated):
    def setup_method(self):
        create("setup_method")

    def test_inherited(self):
        assert existing() == ["setup_method"]

    test_static = test_class = None
    class TestNested:
        pass

class TestUndecorated:
    def test_outside(self):
        assert not is_mocked()
""",
    )
    result.assert_outcomes(passed=6)


def test_async_tests_and_fixtures_run_inside(user_tests: pytest.Pytester) -> None:
    result = run(
        user_tests,
        USE
        + """
import pytest_asyncio

@mock_chimesdkidentity
class TestDecorated:
    @pytest_asyncio.fixture
    async def instance(self):
        create("fixture")
        yield
        assert existing() == ["fixture", "test"]

    async def test_async(self, instance):
        create("test")
        assert existing() == ["fixture", "test"]
""",
        "-o",
        "asyncio_mode=auto",
    )
    result.assert_outcomes(passed=1)


def test_wider_fixtures_run_outside(user_tests: pytest.Pytester) -> None:
    result = run(
        user_tests,
        USE
        + """
@pytest.fixture(scope="class")
def of_the_class():
    assert not is_mocked()

@mock_chimesdkidentity
class TestDecorated:
    @classmethod
    def setup_class(cls):
        assert not is_mocked()

    def test_inside(self, of_the_class):
        assert is_mocked()
""",
    )
    result.assert_outcomes(passed=1)


def test_unittest_classes_work_too(user_tests: pytest.Pytester) -> None:
    result = run(
        user_tests,
        USE
        + """
class Base(unittest.TestCase):
    def setUp(self):
        create("setUp")
        self.addCleanup(existing)

    def tearDown(self):
        assert "setUp" in existing()

    def test_inherited(self):
        assert existing() == ["fixture", "setUp"]

@mock_chimesdkidentity
class TestDecorated(Base):
    @pytest.fixture(autouse=True)
    def used_by_all(self):
        create("fixture")

del Base  # which pytest would collect too
""",
    )
    result.assert_outcomes(passed=1)


def test_with_a_debugger_tear_down_finds_the_data_of_set_up(user_tests: pytest.Pytester) -> None:
    result = run(
        user_tests,
        USE
        + """
@mock_chimesdkidentity
class TestDecorated(unittest.TestCase):
    def setUp(self):
        create("setUp")

    def test_nothing(self):
        pass

    def tearDown(self):
        assert existing() == ["setUp"]
""",
        "--pdb",
    )
    result.assert_outcomes(passed=1)


@pytest.mark.parametrize("plugin", [[], ["-p", "no:qchime"]], ids=["with the plugin", "without"])
def test_an_inherited_set_up_method_starts_clean(user_tests: pytest.Pytester, plugin: list[str]) -> None:
    result = run(
        user_tests,
        USE
        + """
class Base:
    def setup_method(self, method):
        create(method.__name__)

@mock_chimesdkidentity
class TestDecorated(Base):
    def test_one(self):
        assert existing() == ["test_one"]

    def test_two(self):
        assert existing() == ["test_two"]
""",
        *plugin,
    )
    result.assert_outcomes(passed=2)
