"""Q Apps with boto3: under the mock in each of its forms, and with the server as its endpoint."""

import unittest
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import boto3
import pytest

from qchime import mock_qapps
from qchime.server import Server

INSTANCE = "8b4b9cc0-2f5a-4b7d-9e56-6f7d3f1c1a2b"
NAME = "4cf94d96-8819-45c2-98cc-58c56b35c72f"
GREETING = "7a11b3de-8c1c-4f7a-9c0e-2f3d0f6b1c22"
CARDS = [
    {"textInput": {"id": NAME, "title": "Name", "type": "text-input"}},
    {"qQuery": {"id": GREETING, "title": "Greeting", "type": "q-query", "prompt": f"Greet @{NAME}"}},
]


def run_an_app(**options: Any) -> str:
    """Check that there are no apps, create one, run it for Ada, and return its answer."""
    client = boto3.client("qapps", region_name="us-east-1", **options)
    assert client.list_q_apps(instanceId=INSTANCE)["apps"] == [], "the mock starts clean"
    app_id = client.create_q_app(instanceId=INSTANCE, title="Greeter", appDefinition={"cards": CARDS})[
        "appId"
    ]
    session_id = client.start_q_app_session(
        instanceId=INSTANCE,
        appId=app_id,
        appVersion=1,
        initialValues=[{"cardId": NAME, "value": "Ada"}],
    )["sessionId"]
    session = client.get_q_app_session(instanceId=INSTANCE, sessionId=session_id)
    return str(session["cardStatus"][GREETING]["currentValue"])


@mock_qapps
def decorator() -> str:
    return run_an_app()


@mock_qapps()
def decorator_with_parentheses() -> str:
    return run_an_app()


def with_statement() -> str:
    with mock_qapps():
        return run_an_app()


def start_and_stop() -> str:
    mock = mock_qapps()
    mock.start()
    try:
        return run_an_app()
    finally:
        mock.stop()


@mock_qapps
def generator() -> Iterator[str]:
    yield run_an_app()


def generator_function() -> str:
    return next(generator())


@mock_qapps
class Decorated:
    def test_it(self) -> str:
        return run_an_app()


def decorated_class() -> str:
    return Decorated().test_it()


@pytest.mark.parametrize(
    "form",
    [
        decorator,
        decorator_with_parentheses,
        with_statement,
        start_and_stop,
        generator_function,
        decorated_class,
    ],
    ids=lambda form: form.__name__,
)
def test_the_mock_works_as(form: Callable[[], str]) -> None:
    assert form() == form() == "Answer to: Greet Ada"


@mock_qapps
async def test_the_mock_works_as_a_decorator_of_coroutines() -> None:
    assert run_an_app() == "Answer to: Greet Ada"


async def test_the_mock_works_as_async_with() -> None:
    async with mock_qapps():
        assert run_an_app() == "Answer to: Greet Ada"


@pytest.fixture
@mock_qapps
def greeting() -> Iterator[str]:
    yield run_an_app()


@pytest.fixture
@mock_qapps
async def async_greeting() -> AsyncIterator[str]:
    yield run_an_app()


def test_the_mock_works_as_a_decorator_of_fixtures(greeting: str) -> None:
    assert greeting == "Answer to: Greet Ada"


async def test_the_mock_works_as_a_decorator_of_async_fixtures(async_greeting: str) -> None:
    assert async_greeting == "Answer to: Greet Ada"


@mock_qapps
class TestCaseUnderTheMock(unittest.TestCase):
    def setUp(self) -> None:
        self.greeting = run_an_app()

    def test_the_mock_runs_in_setup_and_test(self) -> None:
        client = boto3.client("qapps", region_name="us-east-1")
        self.assertEqual(self.greeting, "Answer to: Greet Ada")
        self.assertEqual(len(client.list_q_apps(instanceId=INSTANCE)["apps"]), 1)


def test_with_the_server(qchime_server: Server) -> None:
    assert run_an_app(endpoint_url=qchime_server.url) == "Answer to: Greet Ada"


def test_the_environment_can_name_the_server(qchime_server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_QAPPS", qchime_server.url)

    assert run_an_app() == "Answer to: Greet Ada"
