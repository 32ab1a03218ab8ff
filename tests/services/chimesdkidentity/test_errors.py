"""Missing resources and bad input of all operations, and the form of errors."""

import json
import re
from typing import Any

import pytest

from qchime.restjson import ServiceException
from qchime.services.chimesdkidentity import SERVICE as CHIME_SDK_IDENTITY
from qchime.services.chimesdkidentity import exceptions
from tests.services.chimesdkidentity.inputs import MODEL, OPERATIONS, RESOURCES, required
from tests.services.chimesdkidentity.samples import call, days, device, everything, tags

ERRORS = {
    "BadRequestException": (400, "BadRequest"),
    "ResourceLimitExceededException": (400, "ResourceLimitExceeded"),
    "UnauthorizedClientException": (401, "Unauthorized"),
    "ForbiddenException": (403, "Forbidden"),
    "NotFoundException": (404, "NotFound"),
    "ConflictException": (409, "Conflict"),
    "ThrottledClientException": (429, "Throttled"),
    "ServiceFailureException": (500, "ServiceFailure"),
    "ServiceUnavailableException": (503, "ServiceUnavailable"),
}
CAN_BE_MISSING = [(name, member) for name in OPERATIONS for member in required(name) if member in RESOURCES]


def check(error: Any, name: Any) -> None:
    status, code = ERRORS[name]
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert error.response["Error"]["Code"] == name
    assert error.response["Code"] == code
    assert error.response["Message"]
    assert error.response["Message"] == error.response["Error"]["Message"]


@pytest.mark.rule("chime.missing-resource")
@pytest.mark.rule("chime.missing-user")
@pytest.mark.rule("chime.missing-message")
@pytest.mark.parametrize(("operation", "member"), CAN_BE_MISSING)
def test_a_missing_resource_is_forbidden(
    client: Any, inputs: dict[str, dict[str, Any]], unknown: dict[str, str], operation: Any, member: Any
) -> None:
    name = "NotFoundException" if operation == "DescribeAppInstanceBot" else "ForbiddenException"
    before = everything(client)
    with pytest.raises(getattr(client.exceptions, name)) as raised:
        call(client, operation, **{**inputs[operation], member: unknown[member]})
    check(raised.value, name)
    assert everything(client) == before


def test_only_two_operations_need_no_existing_resource() -> None:
    without = set(OPERATIONS) - {operation for operation, _ in CAN_BE_MISSING}
    assert without == {"CreateAppInstance", "ListAppInstances"}


@pytest.mark.rule("protocol.wrong-types")
@pytest.mark.parametrize(
    ("wrong", "violation"),
    [
        ({"Name": 5}, "Value at 'name' failed to satisfy constraint: Member must be a string"),
        ({"ClientRequestToken": True}, "Value 'true' at 'clientRequestToken' failed to satisfy constraint"),
        (
            {"ExpirationSettings": days("7")},
            "Value '7' at 'expirationSettings.expirationDays' failed to satisfy",
        ),
        ({"ExpirationSettings": days(7.5)}, "Value '7.5' at 'expirationSettings.expirationDays' failed to"),
        ({"Tags": [{"Key": "k", "Value": 1}]}, "Value at 'tags.1.member.value' failed to satisfy constraint"),
        ({"Tags": []}, "Value at 'tags' failed to satisfy constraint: Member must have length greater"),
    ],
    ids=["number for text", "boolean for text", "text for number", "fraction", "in a list", "empty list"],
)
def test_a_value_of_the_wrong_type_is_a_bad_request(
    unchecked_client: Any, instance_arn: str, wrong: Any, violation: str, qchime: Any
) -> None:
    alice = {"AppInstanceArn": instance_arn, "AppInstanceUserId": "alice", "Name": "Alice"}
    with pytest.raises(unchecked_client.exceptions.BadRequestException) as raised:
        unchecked_client.create_app_instance_user(**{**alice, **wrong})
    assert violation in raised.value.response["Message"]
    rule = "chime.invalid-input" if wrong == {"Tags": []} else "protocol.wrong-types"
    assert qchime.calls("CreateAppInstanceUser")[0].rule == rule
    assert unchecked_client.list_app_instance_users(AppInstanceArn=instance_arn)["AppInstanceUsers"] == []


def test_the_message_has_the_wording_of_aws(client: Any) -> None:
    with pytest.raises(client.exceptions.BadRequestException) as raised:
        client.list_app_instances(MaxResults=51)
    assert raised.value.response["Message"] == (
        "1 validation error detected: Value '51' at 'maxResults' failed to satisfy constraint: "
        "Member must have value less than or equal to 50"
    )


@pytest.mark.rule("chime.invalid-input")
@pytest.mark.rule("protocol.violation-paths")
def test_the_message_names_every_violation(client: Any, instance_arn: str) -> None:
    with pytest.raises(client.exceptions.BadRequestException) as raised:
        client.create_app_instance_user(
            AppInstanceArn=instance_arn,
            AppInstanceUserId="-",
            Name="x" * 101,
            Metadata="x" * 1025,
            ClientRequestToken="& &",
            Tags=tags(**{"k" * 129: "v" * 257}),
            ExpirationSettings={"ExpirationDays": 5476, "ExpirationCriterion": "BIRTHDAY"},
        )
    message = raised.value.response["Message"]
    assert message.startswith("8 validation errors detected: ")
    assert re.findall(r"at '([^']*)'", message) == [
        "appInstanceUserId",
        "name",
        "metadata",
        "clientRequestToken",
        "tags.1.member.key",
        "tags.1.member.value",
        "expirationSettings.expirationDays",
        "expirationSettings.expirationCriterion",
    ]


@pytest.mark.rule("protocol.sensitive-values")
def test_the_message_omits_sensitive_values(client: Any, user_arn: str) -> None:
    secret = "s3cret-" * 300
    with pytest.raises(client.exceptions.BadRequestException) as raised:
        client.register_app_instance_user_endpoint(AppInstanceUserArn=user_arn, **device(secret))
    assert "Value at 'endpointAttributes.deviceToken' failed to satisfy constraint" in str(raised.value)
    assert "s3cret" not in str(raised.value)


def test_an_error_response_has_its_type_in_a_header_and_two_members(
    client: Any, wire: list[Any], admin_arn: str, instance_arn: str
) -> None:
    with pytest.raises(client.exceptions.ConflictException):
        client.create_app_instance_admin(AppInstanceArn=instance_arn, AppInstanceAdminArn=admin_arn)
    assert wire[-1].status_code == 409
    assert wire[-1].headers["x-amzn-ErrorType"] == "ConflictException"
    assert wire[-1].headers["x-amzn-RequestId"]
    body = json.loads(wire[-1].content)
    assert set(body) == {"Code", "Message"}
    assert body["Code"] == "Conflict"


def test_every_error_of_the_model_is_listed_here() -> None:
    assert {shape.name for shape in MODEL.error_shapes} == set(ERRORS)


def declared(operation: Any) -> Any:
    return {shape.name for shape in MODEL.operation_model(operation).error_shapes}


@pytest.mark.rule("chime.error-codes")
@pytest.mark.parametrize("name", ERRORS)
def test_every_error_of_the_model_has_the_right_status_and_code(name: Any) -> None:
    declaring = (operation for operation in OPERATIONS if name in declared(operation))
    operation = CHIME_SDK_IDENTITY.operation(next(declaring))
    error = getattr(exceptions, name)("Because.")
    assert isinstance(error, ServiceException)
    response = operation.serialize_error(error)
    status, code = ERRORS[name]
    assert response.status == status
    assert json.loads(response.body) == {"Code": code, "Message": "Because."}
