"""What applies to all thirty-five operations: success, missing resources, rights, and bad input."""

import json
import re
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError

from qchime import Handle, Server
from qchime.services.qapps import SERVICE as QAPPS
from qchime.services.qapps import exceptions
from qchime.services.qapps.access import PLAIN_CREDENTIALS, TAGGING
from qchime.world import Clock
from tests.changes import assert_noticed
from tests.services.qapps.inputs import MODEL, OPERATIONS, Scene, everything, valid_inputs
from tests.services.qapps.samples import HERE, NOBODYS, call, definition, form, query, text

ON_PLAIN_CREDENTIALS = [
    "BatchCreateCategory",
    "BatchDeleteCategory",
    "BatchUpdateCategory",
    "ListCategories",
    "ListLibraryItems",
    "UpdateLibraryItemMetadata",
]
ON_TAGS = ["ListTagsForResource", "TagResource", "UntagResource"]


def declared(operation: Any) -> Any:
    return {shape.name for shape in MODEL.operation_model(operation).error_shapes}


@pytest.fixture
def inputs(scene: Scene) -> Any:
    """A valid input for every operation."""
    return valid_inputs(scene)


@pytest.fixture
def nobody(qchime: Handle, scene: Scene) -> Any:
    """A client with unregistered credentials, while users are required."""
    qchime.users.required = True
    return boto3.client(
        "qapps", region_name="us-east-1", aws_access_key_id="AKIANOBODY", aws_secret_access_key="secret"
    )


# Success


def test_all_operations_of_q_apps_are_present(inputs: Any) -> None:
    assert sorted(inputs) == sorted(OPERATIONS)
    assert [name for name in OPERATIONS if not QAPPS.supports(name)] == []
    assert len(OPERATIONS) == 35


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_valid_call_succeeds(alice: Any, inputs: Any, operation: str) -> None:
    answer = call(alice, operation, **inputs[operation])
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_call_that_changes_something_is_noticed(
    qchime: Handle, alice: Any, inputs: Any, operation: str
) -> None:
    is_read = operation.startswith(("Describe", "Get", "List"))
    assert_noticed(qchime, lambda: call(alice, operation, **inputs[operation]), changes=not is_read)


@pytest.mark.parametrize(
    "operation", [name for name in OPERATIONS if MODEL.operation_model(name).output_shape is None]
)
def test_an_operation_without_output_returns_an_empty_body(
    alice: Any, inputs: Any, wire: list[Any], operation: Any
) -> None:
    call(alice, operation, **inputs[operation])
    assert wire[-1].content == b""


def test_every_response_has_its_own_request_id(alice: Any, wire: list[Any]) -> None:
    alice.list_q_apps(**HERE)
    alice.list_q_apps(**HERE)
    first, second = (answer.headers["x-amzn-RequestId"] for answer in wire)
    assert first
    assert first != second


@pytest.mark.parametrize("region", ["us-west-2", "eu-central-1"])
def test_every_region_works_and_has_its_own_resources(qapps_client: Any, region: str) -> None:
    """The service exists in two regions only; we serve any."""
    elsewhere = boto3.client("qapps", region_name=region)
    qapps_client.create_q_app(**HERE, title="Here", appDefinition=definition())
    assert elsewhere.list_q_apps(**HERE)["apps"] == []


def test_every_account_has_its_own_resources(qapps_client: Any) -> None:
    account: Any = {"aws_access_key_id": "111122223333", "aws_secret_access_key": "secret"}
    other = boto3.client("qapps", region_name="us-east-1", **account)
    qapps_client.create_q_app(**HERE, title="Ours", appDefinition=definition())
    assert other.list_q_apps(**HERE)["apps"] == []


def test_reset_deletes_everything(qchime: Handle, qapps_client: Any) -> None:
    qapps_client.create_q_app(**HERE, title="App", appDefinition=definition())
    qapps_client.batch_create_category(**HERE, categories=[{"title": "Category"}])
    qchime.reset()
    assert qapps_client.list_q_apps(**HERE)["apps"] == []
    assert qapps_client.list_categories(**HERE)["categories"] == []


# Missing resources

MISSING = {
    "AssociateLibraryItemReview": [("libraryItemId", "LibraryItem")],
    "AssociateQAppWithUser": [("appId", "QApp")],
    "BatchDeleteCategory": [("categories", "Category")],
    "BatchUpdateCategory": [("categories", "Category")],
    "CreateLibraryItem": [("appId", "QApp"), ("appVersion", "QApp"), ("categories", "Category")],
    "DeleteLibraryItem": [("libraryItemId", "LibraryItem")],
    "DeleteQApp": [("appId", "QApp")],
    "DescribeQAppPermissions": [("appId", "QApp")],
    "DisassociateLibraryItemReview": [("libraryItemId", "LibraryItem")],
    "DisassociateQAppFromUser": [("appId", "QApp")],
    "ExportQAppSessionData": [("sessionId", "QAppSession")],
    "GetLibraryItem": [("libraryItemId", "LibraryItem"), ("appId", "LibraryItem")],
    "GetQApp": [("appId", "QApp"), ("appVersion", "QApp")],
    "GetQAppSession": [("sessionId", "QAppSession")],
    "GetQAppSessionMetadata": [("sessionId", "QAppSession")],
    "ImportDocument": [("appId", "QApp"), ("cardId", "QApp")],
    "ListQAppSessionData": [("sessionId", "QAppSession")],
    "ListTagsForResource": [("resourceARN", "QApp")],
    "StartQAppSession": [("appId", "QApp"), ("appVersion", "QApp"), ("sessionId", "QAppSession")],
    "StopQAppSession": [("sessionId", "QAppSession")],
    "TagResource": [("resourceARN", "QApp")],
    "UntagResource": [("resourceARN", "QApp")],
    "UpdateLibraryItem": [("libraryItemId", "LibraryItem"), ("categories", "Category")],
    "UpdateLibraryItemMetadata": [("libraryItemId", "LibraryItem")],
    "UpdateQApp": [("appId", "QApp")],
    "UpdateQAppPermissions": [("appId", "QApp")],
    "UpdateQAppSession": [("sessionId", "QAppSession")],
    "UpdateQAppSessionMetadata": [("sessionId", "QAppSession")],
}
"""By operation: the members that can name a missing resource, and the resourceType in the error."""
CAN_BE_MISSING = [(name, *missing) for name, members in MISSING.items() for missing in members]
NOTHING_CAN_BE_MISSING = {"BatchCreateCategory", "ListCategories", "ListLibraryItems"}
"""These declare the error but never return it: any Q Business application exists."""


def unknown(operation: Any, member: Any) -> Any:
    """An unknown name, for this member."""
    if operation == "BatchUpdateCategory":
        return [{"id": NOBODYS, "title": "Renamed"}]
    nowhere = f"arn:aws:qapps:us-east-1:123456789012:application/nowhere/qapp/{NOBODYS}"
    return {"appVersion": 99, "categories": [NOBODYS], "resourceARN": nowhere}.get(member, NOBODYS)


def test_the_table_of_missing_resources_is_complete() -> None:
    declaring = {name for name in OPERATIONS if "ResourceNotFoundException" in declared(name)}
    assert set(MISSING) == declaring - NOTHING_CAN_BE_MISSING


@pytest.mark.parametrize(("operation", "member", "resource_type"), CAN_BE_MISSING)
def test_a_missing_resource_is_not_found(
    alice: Any, scene: Scene, inputs: Any, operation: Any, member: Any, resource_type: Any
) -> None:
    """The values of resourceType are inferred."""
    before = everything(alice, scene)
    with pytest.raises(alice.exceptions.ResourceNotFoundException) as raised:
        call(alice, operation, **{**inputs[operation], member: unknown(operation, member)})
    response = raised.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 404
    assert response["resourceType"] == resource_type
    assert response["resourceId"]
    assert response["message"]
    assert everything(alice, scene) == before


@pytest.mark.parametrize(("member", "name"), [("appId", "QApp"), ("cardId", "card")])
@pytest.mark.rule("qapps.presigned-url-of-nothing")
def test_a_presigned_url_for_a_missing_resource_is_invalid(
    alice: Any, inputs: Any, member: str, name: str
) -> None:
    """CreatePresignedUrl declares no ResourceNotFoundException."""
    with pytest.raises(alice.exceptions.ValidationException, match=name) as raised:
        alice.create_presigned_url(**{**inputs["CreatePresignedUrl"], member: NOBODYS})
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


@pytest.mark.parametrize(
    "operation", ["CreateQApp", "ListQApps", "PredictQApp", *sorted(NOTHING_CAN_BE_MISSING)]
)
@pytest.mark.rule("qapps.any-instance")
def test_any_instance_exists(alice: Any, inputs: Any, operation: Any) -> None:
    """AWS would know its Q Business applications."""
    answer = call(alice, operation, **{**inputs[operation], "instanceId": "never heard of"})
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200


# Rights

FOR_ANYBODY = {
    "AssociateLibraryItemReview",
    "CreateQApp",
    "DisassociateLibraryItemReview",
    "DisassociateQAppFromUser",
    "GetLibraryItem",
    "ListQApps",
    "PredictQApp",
    *ON_PLAIN_CREDENTIALS,
}
"""What a stranger may call too, because library items are for everybody."""
NOT_FOR_STRANGERS = sorted(set(OPERATIONS) - FOR_ANYBODY)


@pytest.mark.parametrize("operation", NOT_FOR_STRANGERS)
@pytest.mark.rule("qapps.access-denied")
def test_a_user_without_rights_is_denied_access(
    alice: Any, bob: Any, scene: Scene, inputs: Any, operation: Any
) -> None:
    """The grants are documented; the error is inferred."""
    before = everything(alice, scene)
    with pytest.raises(bob.exceptions.AccessDeniedException) as raised:
        call(bob, operation, **inputs[operation])
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert "bob@example.com" in raised.value.response["message"]
    assert everything(alice, scene) == before
    assert bob.list_q_apps(**HERE)["apps"] == []


@pytest.mark.parametrize("operation", sorted(FOR_ANYBODY - {"DisassociateLibraryItemReview"}))
def test_anybody_may_call_operations_for_everybody(bob: Any, inputs: Any, operation: Any) -> None:
    answer = call(bob, operation, **inputs[operation])
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_anybody_may_withdraw_their_own_like(bob: Any, scene: Scene) -> None:
    bob.associate_library_item_review(**HERE, libraryItemId=scene.praised_item)
    bob.disassociate_library_item_review(**HERE, libraryItemId=scene.praised_item)
    assert bob.get_library_item(**HERE, libraryItemId=scene.praised_item)["ratingCount"] == 1


# Unknown credentials


def test_the_exceptional_operations_are_those_of_the_policy() -> None:
    assert {xform_name(name) for name in ON_PLAIN_CREDENTIALS} == PLAIN_CREDENTIALS
    assert {xform_name(name) for name in ON_TAGS} == TAGGING
    assert set(ON_TAGS) == {name for name in OPERATIONS if "UnauthorizedException" not in declared(name)}


@pytest.mark.parametrize("operation", sorted(set(OPERATIONS) - set(ON_PLAIN_CREDENTIALS) - set(ON_TAGS)))
@pytest.mark.rule("qapps.unauthorized")
def test_unknown_credentials_are_unauthorized(
    nobody: Any, alice: Any, scene: Scene, inputs: Any, operation: str
) -> None:
    """Observed with plain IAM credentials, which have no identity in Q Apps."""
    before = everything(alice, scene)
    with pytest.raises(nobody.exceptions.UnauthorizedException) as raised:
        call(nobody, operation, **inputs[operation])
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 401
    assert raised.value.response["message"] == "Unauthorized"
    assert everything(alice, scene) == before


@pytest.mark.parametrize("operation", ON_TAGS)
@pytest.mark.rule("qapps.unauthorized-tags")
def test_unknown_credentials_are_denied_access_to_tags(
    nobody: Any, alice: Any, scene: Scene, inputs: Any, operation: Any
) -> None:
    """The operations on tags declare no UnauthorizedException."""
    before = everything(alice, scene)
    with pytest.raises(nobody.exceptions.AccessDeniedException) as raised:
        call(nobody, operation, **inputs[operation])
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert everything(alice, scene) == before


@pytest.mark.parametrize("operation", ON_PLAIN_CREDENTIALS)
@pytest.mark.rule("qapps.plain-credentials")
def test_unknown_credentials_may_read_the_library_and_do_administrators_work(
    nobody: Any, inputs: Any, operation: Any
) -> None:
    """Documented for administrators, who use the AWS CLI; observed for programs that read the library."""
    answer = call(nobody, operation, **inputs[operation])
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_registered_user_passes_where_users_are_required(
    qchime: Handle, alice: Any, inputs: Any, operation: str
) -> None:
    qchime.users.required = True
    answer = call(alice, operation, **inputs[operation])
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200


@pytest.mark.parametrize(
    ("operation", "bad"),
    [
        ("CreateQApp", {"title": "{}"}),
        ("GetQApp", {"appId": "no-uuid"}),
        ("ListQApps", {"limit": 101}),
        ("UpdateQAppPermissions", {"grantPermissions": [{"action": "own", "principal": "bob@example.com"}]}),
    ],
)
@pytest.mark.rule("qapps.unauthorized")
def test_unknown_credentials_are_refused_before_validation(
    nobody: Any, inputs: Any, operation: str, bad: Any
) -> None:
    """Observed: any input gets the 401."""
    with pytest.raises(nobody.exceptions.UnauthorizedException):
        call(nobody, operation, **{**inputs[operation], **bad})


def test_unknown_credentials_are_denied_access_to_tags_before_validation(nobody: Any, inputs: Any) -> None:
    with pytest.raises(nobody.exceptions.AccessDeniedException):
        nobody.tag_resource(**{**inputs["TagResource"], "tags": {"k" * 129: "v"}})


def test_a_reset_ends_the_requirement(qchime: Handle, nobody: Any) -> None:
    qchime.reset()
    assert nobody.list_q_apps(**HERE)["apps"] == []


def test_temporary_credentials_are_valid_until_their_expiry_exclusively(
    qchime: Handle, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob: Any = qchime.users.add("bob@example.com", expires_in=60)
    client: Any = boto3.Session().client("qapps", region_name="us-east-1", **bob.credentials)
    monkeypatch.setattr(Clock, "now", lambda clock: bob.expires_at - timedelta(microseconds=1))
    assert client.list_q_apps(**HERE)["apps"] == []
    monkeypatch.setattr(Clock, "now", lambda clock: bob.expires_at)
    with pytest.raises(ClientError, match="ExpiredTokenException"):
        client.list_q_apps(**HERE)


# Bad input


def test_the_message_is_in_the_wording_of_aws(alice: Any) -> None:
    with pytest.raises(alice.exceptions.ValidationException) as raised:
        alice.list_q_apps(**HERE, limit=101)
    assert raised.value.response["message"] == (
        "1 validation error detected: Value '101' at 'limit' failed to satisfy constraint: "
        "Member must have value less than or equal to 100"
    )


def test_the_message_names_every_violation(alice: Any, scene: Scene) -> None:
    before = everything(alice, scene)
    with pytest.raises(alice.exceptions.ValidationException) as raised:
        alice.create_q_app(
            **HERE,
            title="<b>App</b>",
            description="x" * 501,
            appDefinition=definition(
                text("no-uuid", placeholder="x" * 501), query(prompt="x" * 50001, outputSource="web")
            ),
        )
    message = raised.value.response["message"]
    assert message.startswith("6 validation errors detected: ")
    cards = "appDefinition.cards"
    assert re.findall(r"at '([^']*)'", message) == [
        "title",
        "description",
        f"{cards}.1.member.textInput.id",
        f"{cards}.1.member.textInput.placeholder",
        f"{cards}.2.member.qQuery.prompt",
        f"{cards}.2.member.qQuery.outputSource",
    ]
    assert everything(alice, scene) == before


@pytest.mark.parametrize(
    "cards", [[{**text(), **query()}], [{}]], ids=["two members of the union", "none of them"]
)
def test_a_card_has_exactly_one_kind(unchecked_alice: Any, cards: Any) -> None:
    with pytest.raises(unchecked_alice.exceptions.ValidationException, match="exactly one of its members"):
        unchecked_alice.create_q_app(**HERE, title="App", appDefinition={"cards": cards})


@pytest.mark.parametrize("number", [b"1e999", b"-1e999", b"NaN", b"Infinity"])
def test_a_number_that_json_does_not_have_is_invalid(alice: Any, number: bytes) -> None:
    """A schema may be any JSON, so only the parser can refuse it."""

    def send(params: dict[str, Any], **_: Any) -> None:
        params["body"] = params["body"].replace(b'"number"', number)

    alice.meta.events.register("before-call.qapps.CreateQApp", send)
    survey = definition(form(metadata={"schema": {"maximum": "number"}}))
    with pytest.raises(alice.exceptions.ValidationException, match="The request body is not JSON"):
        alice.create_q_app(**HERE, title="Survey", appDefinition=survey)
    assert alice.list_q_apps(**HERE)["apps"] == []


# The form of errors


def test_an_error_on_the_wire_has_its_type_in_a_header_and_a_lower_case_message(
    alice: Any, wire: list[Any], app_id: str
) -> None:
    with pytest.raises(alice.exceptions.ResourceNotFoundException):
        alice.get_q_app(**HERE, appId=NOBODYS)
    assert wire[-1].status_code == 404
    assert wire[-1].headers["x-amzn-ErrorType"] == "ResourceNotFoundException"
    assert wire[-1].headers["x-amzn-RequestId"]
    assert json.loads(wire[-1].content) == {
        "message": f"There is no QApp {NOBODYS}.",
        "resourceId": NOBODYS,
        "resourceType": "QApp",
    }


ERRORS = [
    (400, exceptions.ValidationException("Because."), {}),
    (401, exceptions.UnauthorizedException(), {}),
    (
        402,
        exceptions.ServiceQuotaExceededException("Because.", "QApp", "id", "apps_per_user"),
        {
            "resourceId": "id",
            "resourceType": "QApp",
            "serviceCode": "qapps",
            "quotaCode": "apps_per_user",
        },
    ),
    (403, exceptions.AccessDeniedException("Because."), {}),
    (
        404,
        exceptions.ResourceNotFoundException("QApp", "id", "Because."),
        {"resourceId": "id", "resourceType": "QApp"},
    ),
    (
        409,
        exceptions.ConflictException("Because.", "LibraryItem", "id"),
        {"resourceId": "id", "resourceType": "LibraryItem"},
    ),
    (
        413,
        exceptions.ContentTooLargeException("Because.", "Document", "id"),
        {"resourceId": "id", "resourceType": "Document"},
    ),
    (500, exceptions.InternalServerException("Because."), {}),
]


@pytest.mark.parametrize(("status", "error", "members"), ERRORS, ids=lambda value: type(value).__name__)
def test_every_error_has_its_status_and_its_members(status: Any, error: Any, members: Any) -> None:
    name = type(error).__name__
    declaring = next(operation for operation in OPERATIONS if name in declared(operation))
    response = QAPPS.operation(declaring).serialize_error(error)
    assert response.status == status
    assert response.headers["x-amzn-ErrorType"] == name
    assert json.loads(response.body) == {"message": error.message, **members}
    assert set(members) | {"message"} >= set(MODEL.shape_for(name).required_members)


@pytest.mark.rule("qapps.injected-members")
def test_an_injected_error_names_the_resource_that_the_input_names(
    alice: Any, qchime: Handle, app_id: str
) -> None:
    qchime.faults.add("GetQApp", "ResourceNotFoundException", times=1)
    with pytest.raises(alice.exceptions.ResourceNotFoundException) as raised:
        alice.get_q_app(**HERE, appId=app_id)
    assert (raised.value.response["resourceType"], raised.value.response["resourceId"]) == ("QApp", app_id)


@pytest.mark.rule("qapps.injected-members")
def test_injected_throttling_names_a_quota_and_when_to_retry(client_of: Any, qchime: Handle) -> None:
    alice = client_of("alice@example.com", config=Config(retries={"total_max_attempts": 1}))
    qchime.faults.add("ListQApps", "ThrottlingException", times=1)
    with pytest.raises(alice.exceptions.ThrottlingException) as raised:
        alice.list_q_apps(**HERE)
    response = raised.value.response
    assert (response["serviceCode"], response["quotaCode"]) == ("qapps", "requests_per_second")
    assert response["ResponseMetadata"]["HTTPHeaders"]["retry-after"] == "1"


@pytest.mark.rule("qapps.retry-after")
def test_an_internal_failure_asks_to_retry_after_one_second(qchime: Handle, qchime_server: Server) -> None:
    def broken(prompt: str) -> str:
        raise RuntimeError("a mistake in the test's own function")

    qchime.answers.add(text=broken)
    once = Config(retries={"total_max_attempts": 1})
    client = boto3.client("qapps", region_name="us-east-1", endpoint_url=qchime_server.url, config=once)
    app = client.create_q_app(**HERE, title="App", appDefinition=definition(query()))
    with pytest.raises(client.exceptions.InternalServerException) as raised:
        client.start_q_app_session(**HERE, appId=app["appId"], appVersion=1)
    assert raised.value.response["ResponseMetadata"]["HTTPHeaders"]["retry-after"] == "1"
