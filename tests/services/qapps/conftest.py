"""Three people who use Q Apps: Alice, who owns the apps, Bob and Carol. Each has a client."""

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from moto.moto_api import state_manager

from qchime import Handle
from tests.services.qapps.evidence import rules_of_errors
from tests.services.qapps.inputs import Scene, set_scene
from tests.services.qapps.samples import INSTANCE, definition, text

RULES_OF_ERRORS = rules_of_errors()


@pytest.fixture(autouse=True)
def errors_name_their_rules(request: pytest.FixtureRequest) -> Iterator[None]:
    """In a test of a rule that errors follow from, one of the calls ends in an error that names it."""
    shown = {marker.args[0] for marker in request.node.iter_markers("rule")} & RULES_OF_ERRORS
    mock = request.getfixturevalue("qchime") if shown else None
    yield
    if mock is not None:
        assert shown <= {call.rule for call in mock.calls()}


@pytest.fixture
def client_of(qchime: Handle) -> Callable[[str], Any]:
    """Creates clients for e-mail addresses, which are registered on first use."""

    def client(email: str, **options: Any) -> Any:
        credentials: Any = qchime.users.add(email).credentials
        return boto3.client("qapps", region_name="us-east-1", **credentials, **options)

    return client


@pytest.fixture
def alice(client_of: Callable[[str], Any]) -> Any:
    return client_of("alice@example.com")


@pytest.fixture
def bob(client_of: Callable[[str], Any]) -> Any:
    return client_of("bob@example.com")


@pytest.fixture
def carol(client_of: Callable[[str], Any]) -> Any:
    return client_of("carol@example.com")


@pytest.fixture
def create_app(alice: Any) -> Callable[..., str]:
    """Creates an app of Alice's with these cards; returns its id."""

    def create(*cards: dict[str, Any], client: Any = alice, title: str = "App", **options: Any) -> str:
        app = client.create_q_app(
            instanceId=INSTANCE, title=title, appDefinition=definition(*(cards or (text(),))), **options
        )
        return str(app["appId"])

    return create


@pytest.fixture
def app_id(create_app: Callable[..., str]) -> str:
    """An app of Alice's that only she may use."""
    return create_app()


@pytest.fixture
def publish(alice: Any) -> Callable[..., str]:
    """Publishes an app of Alice's; returns the id of the library item."""

    def publish(app_id: str, version: int = 1, categories: tuple[str, ...] = ()) -> str:
        item = alice.create_library_item(
            instanceId=INSTANCE, appId=app_id, appVersion=version, categories=list(categories)
        )
        return str(item["libraryItemId"])

    return publish


@pytest.fixture
def unchecked_alice(client_of: Callable[..., Any]) -> Any:
    """A client of Alice's that does not validate its input, like clients in other languages."""
    return client_of("alice@example.com", config=Config(parameter_validation=False))


@pytest.fixture
def scene(alice: Any) -> Scene:
    """Resources of Alice's for every operation."""
    return set_scene(alice)


@pytest.fixture
def wire(alice: Any) -> list[Any]:
    """Alice's HTTP responses, oldest first: `.status_code`, `.headers`, `.content`."""
    answers: list[Any] = []
    alice.meta.events.register("after-call.qapps", lambda http_response, **_: answers.append(http_response))
    return answers


@pytest.fixture(params=["by our word", "by moto's state manager"])
def sessions_take(request: pytest.FixtureRequest, qchime: Handle) -> Iterator[Callable[..., None]]:
    """Makes sessions take time: `sessions_take(polls=2)` or `sessions_take(seconds=5)`."""
    if request.param == "by our word":
        yield qchime.answers.in_progress
        return

    def take(polls: int | None = None, seconds: int | None = None) -> None:
        by_polls = {"progression": "manual", "times": polls}
        by_time = {"progression": "time", "seconds": seconds}
        state_manager.set_transition("qapps::session", by_time if polls is None else by_polls)

    yield take
    state_manager.unset_transition("qapps::session")
