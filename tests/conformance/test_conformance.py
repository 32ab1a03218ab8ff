"""Every constraint of every operation's model, over raw signed HTTP, on a server that verifies signatures.

Input that violates the model is refused with the service's validation error, which names the member, and
changes nothing. Input at a bound is accepted. tests/conftest.py checks every response against its shape.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import botocore
import pytest
from botocore.model import OperationModel

from qchime import Handle
from qchime.core.service import Service
from qchime.core.table import SERVICES
from qchime.restjson import Response
from qchime.server import Server
from qchime.services.chimesdkidentity import SERVICE as CHIME_SDK_IDENTITY
from qchime.services.chimesdkmessaging import SERVICE as CHIME_SDK_MESSAGING
from qchime.services.qapps import SERVICE as QAPPS
from qchime.world import User
from tests import answers
from tests.conformance.report import PROPERTY, page
from tests.conformance.variants import Variant, variants
from tests.conformance.wire import Wire
from tests.services.chimesdkidentity.inputs import valid_inputs as chime_inputs
from tests.services.chimesdkidentity.samples import device, lex, tags
from tests.services.chimesdkmessaging.inputs import set_scene as set_messaging_scene
from tests.services.chimesdkmessaging.inputs import valid_inputs as messaging_inputs
from tests.services.qapps.inputs import set_scene
from tests.services.qapps.inputs import valid_inputs as qapps_inputs
from tests.services.qapps.samples import HERE, definition, text

OPERATIONS = [
    (service, name)
    for service in SERVICES
    for name in service.model.operation_names
    if service.supports(name)
]
TOKENS = ("ClientRequestToken",)
PAGE = Path(__file__).parents[2] / "docs" / "conformance.md"
READS = ("Describe", "Get", "List", "Predict", "Search")
INVALID = {
    QAPPS: "ValidationException",
    CHIME_SDK_IDENTITY: "BadRequestException",
    CHIME_SDK_MESSAGING: "BadRequestException",
}


@pytest.fixture(scope="module")
def verifying_server() -> Iterator[Server]:
    with Server(verify_signatures=True) as server:
        yield server


@pytest.fixture
def valid(qchime: Handle) -> Callable[[Service], dict[str, dict[str, Any]]]:
    """Create resources for every operation, and return a valid input for each."""

    def valid(service: Service) -> dict[str, dict[str, Any]]:
        if service is CHIME_SDK_MESSAGING:
            user = qchime.users.add("alice@example.com")
            identity, messaging = client_of(CHIME_SDK_IDENTITY, user), client_of(service, user)
            return messaging_inputs(set_messaging_scene(identity, messaging))
        alice, bob = (
            client_of(service, qchime.users.add(f"{name}@example.com")) for name in ("alice", "bob")
        )
        if service is CHIME_SDK_IDENTITY:
            return chime_inputs(*set_chime_scene(alice))
        new, listed = published_app(bob), published_app(bob)
        alice.associate_q_app_with_user(**listed)
        of_others = {"AssociateQAppWithUser": new, "DisassociateQAppFromUser": listed}
        return qapps_inputs(set_scene(alice)) | of_others

    return valid


def client_of(service: Service, user: User) -> Any:
    session: Any = boto3.Session()
    return session.client(service.name, region_name="us-east-1", **user.credentials)


def published_app(owner: Any) -> dict[str, str]:
    """An app in the library, which others can add to their list."""
    made = owner.create_q_app(**HERE, title="App", appDefinition=definition(text()))
    app = {**HERE, "appId": made["appId"]}
    owner.create_library_item(**app, appVersion=1, categories=[])
    return app


def set_chime_scene(client: Any) -> tuple[str, str, str, str]:
    """An app instance with a user, who is its administrator, a bot and an endpoint."""
    instance = client.create_app_instance(Name="chat")["AppInstanceArn"]
    user = {"AppInstanceUserId": "alice", "Name": "Alice", "Tags": tags(colour="blue")}
    admin = client.create_app_instance_user(AppInstanceArn=instance, **user)["AppInstanceUserArn"]
    client.create_app_instance_admin(AppInstanceArn=instance, AppInstanceAdminArn=admin)
    bot = client.create_app_instance_bot(AppInstanceArn=instance, Configuration=lex())["AppInstanceBotArn"]
    endpoint = client.register_app_instance_user_endpoint(AppInstanceUserArn=admin, **device())
    return instance, admin, bot, endpoint["EndpointId"]


@pytest.mark.parametrize(("service", "name"), OPERATIONS, ids=[f"{s.name}-{n}" for s, n in OPERATIONS])
def test_operation(
    service: Service,
    name: str,
    qchime: Handle,
    valid: Callable[[Service], dict[str, dict[str, Any]]],
    verifying_server: Server,
    record_property: Callable[[str, object], None],
) -> None:
    operation: Any = service.model.operation_model(name)
    # boto3 generates these if they are omitted.
    tokens = {member: "a-new-token" for member in operation.input_shape.members if member in TOKENS}
    base = valid(service)[name] | tokens
    wire = Wire(verifying_server.url, service, qchime.users.add("alice@example.com"))
    tried = list(variants(operation, base))
    bad = [variant for variant in tried if variant.violation is not None]
    before = kept(qchime)
    assert before[service.name], "there must be something to change"
    for variant in bad:
        check_refused(operation, variant, wire.call(operation, variant.input), INVALID[service])
    assert kept(qchime) == before, "refused input has changed the state"
    assert wire.call(operation, base).status < 300
    assert kept(qchime) != before or name.startswith(READS), "otherwise the comparison above proves nothing"
    good = [variant for variant in tried if variant.violation is None]
    for variant in good:
        check_accepted(operation, variant, wire.call(operation, variant.input))
    wire.close()
    record_property(PROPERTY, (service.name, name, dict(Counter(variant.kind for variant in tried))))


def check_refused(operation: OperationModel, variant: Variant, answer: Response, error: str) -> None:
    """Check that it is the service's validation error, and that it names the member and the constraint."""
    if error in {shape.name for shape in operation.error_shapes}:
        answers.check_answer(operation, answer)
    else:
        error = "ValidationError"
    assert (answer.status, answer.error) == (400, error), variant
    said = f"at '{variant.member}' failed to satisfy constraint: Member must {variant.violation}"
    assert said in message(answer), variant


def check_accepted(operation: OperationModel, variant: Variant, answer: Response) -> None:
    """Check that it is a result, or an error that does not concern the model."""
    answers.check_answer(operation, answer)
    assert answer.status < 500, variant
    assert "failed to satisfy constraint" not in message(answer), variant


def message(answer: Response) -> str:
    """The message of an error; empty for a result."""
    body = json.loads(answer.body) if answer.body else {}
    return str(body.get("message") or body.get("Message")) if answer.error else ""


def kept(handle: Handle) -> dict[str, Any]:
    """The state of the services, which calls can change."""
    services: dict[str, Any] = handle.dump()["services"]
    return services


def test_the_page_shows_what_was_tried() -> None:
    shown = PAGE.read_text(encoding="utf-8")
    if f"botocore {botocore.__version__}:" not in shown:
        pytest.skip("the page was made with another botocore; `make conformance` writes it again")
    tried = {
        (service.name, name): Counter(
            variant.kind for variant in variants(service.model.operation_model(name), {})
        )
        for service, name in OPERATIONS
    }
    assert shown == page(dict(sorted(tried.items())))
