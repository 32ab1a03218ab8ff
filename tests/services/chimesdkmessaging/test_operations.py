"""What applies to all operations."""

from typing import Any

import boto3
import pytest

from qchime import Handle
from tests.changes import assert_noticed
from tests.services.chimesdkidentity.samples import call
from tests.services.chimesdkmessaging.inputs import MODEL, OPERATIONS, set_scene, valid_inputs
from tests.services.chimesdkmessaging.samples import NO_ACCESS, NO_CHANNEL, NOBODY

NO_CONTENT = ("Delete", "Disassociate", "TagResource", "UntagResource")
READS = ("Describe", "Get", "List")


@pytest.fixture
def inputs(identity: Any, client: Any) -> dict[str, dict[str, Any]]:
    """A valid input for every operation, and what it refers to."""
    return valid_inputs(set_scene(identity, client))


def status(operation: str) -> int:
    if operation.startswith(NO_CONTENT):
        return 204
    return 201 if operation.startswith(("Create", "Send")) else 200


def members(operation: str) -> Any:
    shape: Any = MODEL.operation_model(operation).input_shape
    return shape.members


def required(operation: str) -> Any:
    shape: Any = MODEL.operation_model(operation).input_shape
    return shape.required_members


def test_there_is_an_input_for_every_operation(inputs: dict[str, dict[str, Any]]) -> None:
    assert sorted(inputs) == sorted(OPERATIONS)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_successful_response_has_the_status_of_the_operation(
    client: Any, inputs: dict[str, dict[str, Any]], operation: str
) -> None:
    answer = call(client, operation, **inputs[operation])
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == status(operation)


@pytest.mark.parametrize("operation", [name for name in OPERATIONS if name != "SearchChannels"])
def test_a_call_that_changes_something_is_noticed(
    qchime: Handle, client: Any, inputs: dict[str, dict[str, Any]], operation: str
) -> None:
    """SearchChannels is sent as a POST, so it counts as a change."""
    is_read = operation.startswith(READS)
    assert_noticed(qchime, lambda: call(client, operation, **inputs[operation]), changes=not is_read)


@pytest.mark.rule("messaging.missing-resource")
@pytest.mark.parametrize("operation", [name for name in OPERATIONS if "ChannelArn" in members(name)])
def test_a_missing_channel_is_forbidden(
    client: Any, inputs: dict[str, dict[str, Any]], operation: str
) -> None:
    for missing in (NO_CHANNEL, f"{inputs['DescribeChannel']['ChannelArn']}-2"):
        with pytest.raises(client.exceptions.ForbiddenException) as raised:
            call(client, operation, **{**inputs[operation], "ChannelArn": missing})
        assert raised.value.response["Code"] == "Forbidden"
        assert raised.value.response["Message"].startswith(NO_ACCESS)
        headers = raised.value.response["ResponseMetadata"]["HTTPHeaders"]
        assert headers["x-qchime-rule"] == "messaging.missing-resource"


@pytest.mark.rule("messaging.unknown-bearer")
@pytest.mark.rule("messaging.order-of-checks")
@pytest.mark.parametrize("operation", [name for name in OPERATIONS if "ChimeBearer" in members(name)])
def test_a_bearer_that_does_not_exist_is_forbidden(
    client: Any, inputs: dict[str, dict[str, Any]], operation: str
) -> None:
    """Before anything else is checked, such as the channel."""
    given = {**inputs[operation], "ChimeBearer": NOBODY}
    if "ChannelArn" in given:
        given["ChannelArn"] = NO_CHANNEL
    with pytest.raises(client.exceptions.ForbiddenException, match="for the x-amz-chime-bearer HTTP header"):
        call(client, operation, **given)


@pytest.mark.rule("messaging.invalid-input")
@pytest.mark.rule("messaging.order-of-checks")
@pytest.mark.parametrize("operation", [name for name in OPERATIONS if name != "GetMessagingSessionEndpoint"])
def test_input_that_violates_the_model_is_a_bad_request(
    client: Any, inputs: dict[str, dict[str, Any]], operation: str
) -> None:
    """Before the bearer is checked."""
    arns = [name for name in required(operation) if name.lower().endswith("arn")] or ["ChimeBearer"]
    given = {**inputs[operation], **dict.fromkeys(arns, "not an ARN")}
    with pytest.raises(client.exceptions.BadRequestException) as raised:
        call(client, operation, **given)
    assert raised.value.response["Code"] == "BadRequest"
    for name in arns:
        wire = members(operation)[name].serialization.get("name", name)
        said = raised.value.response["Message"].lower()
        assert f"at '{name.lower()}'" in said or f"at '{wire.lower()}'" in said


def test_every_account_has_its_own_channels(
    client: Any, qchime: Handle, inputs: dict[str, dict[str, Any]]
) -> None:
    account: Any = {"aws_access_key_id": "111122223333", "aws_secret_access_key": "secret"}
    other = boto3.client("chime-sdk-messaging", region_name=client.meta.region_name, **account)
    with pytest.raises(other.exceptions.ForbiddenException):
        other.describe_channel(**inputs["DescribeChannel"])


def test_reset_deletes_everything(client: Any, qchime: Handle, inputs: dict[str, dict[str, Any]]) -> None:
    qchime.reset()
    with pytest.raises(client.exceptions.ForbiddenException):
        client.describe_channel(**inputs["DescribeChannel"])
    assert qchime.dump()["services"]["chime-sdk-messaging"]["123456789012"]["us-east-1"] == {"chats": {}}
