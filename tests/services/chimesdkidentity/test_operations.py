"""What applies to all thirty operations."""

from typing import Any

import boto3
import pytest

from qchime.control.handle import Handle
from tests.changes import assert_noticed
from tests.services.chimesdkidentity.inputs import OPERATIONS
from tests.services.chimesdkidentity.samples import call

NO_CONTENT = ("Delete", "Deregister", "TagResource", "UntagResource")


def status(operation: str) -> int:
    if operation.startswith(NO_CONTENT):
        return 204
    return 201 if operation.startswith(("Create", "Register")) else 200


def test_there_is_an_input_for_every_operation_of_the_model(inputs: dict[str, dict[str, Any]]) -> None:
    assert sorted(inputs) == sorted(OPERATIONS)
    assert len(inputs) == 30


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_successful_response_has_the_status_of_the_operation(
    client: Any, inputs: dict[str, dict[str, Any]], operation: str
) -> None:
    answer = call(client, operation, **inputs[operation])
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == status(operation)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_call_that_changes_something_is_noticed(
    qchime: Handle, client: Any, inputs: dict[str, dict[str, Any]], operation: str
) -> None:
    is_read = operation.startswith(("Describe", "Get", "List"))
    assert_noticed(qchime, lambda: call(client, operation, **inputs[operation]), changes=not is_read)


@pytest.mark.parametrize("operation", [name for name in OPERATIONS if status(name) == 204])
def test_no_content_means_an_empty_body(
    client: Any, inputs: dict[str, dict[str, Any]], wire: list[Any], operation: Any
) -> None:
    call(client, operation, **inputs[operation])
    assert wire[-1].content == b""


@pytest.mark.parametrize("operation", ["CreateAppInstance", "DeleteAppInstance", "ListAppInstances"])
def test_every_response_has_its_own_request_id(
    client: Any, inputs: dict[str, dict[str, Any]], wire: list[Any], operation: str
) -> None:
    call(client, "ListAppInstances")
    call(client, operation, **inputs[operation])
    before, now = (answer.headers["x-amzn-RequestId"] for answer in wire[-2:])
    assert now
    assert now != before


def test_the_bearer_header_of_the_messaging_api_is_ignored(
    client: Any, instance_arn: str, user_arn: str
) -> None:
    def add_bearer(request: Any, **_: Any) -> None:
        request.headers["x-amz-chime-bearer"] = "arn:aws:chime:::nobody"

    client.meta.events.register("before-sign.chime-sdk-identity", add_bearer)
    described = client.describe_app_instance_user(AppInstanceUserArn=user_arn)
    assert described["AppInstanceUser"]["Name"] == "Alice"


@pytest.mark.rule("core.regions")
@pytest.mark.parametrize("region", ["ap-southeast-2", "sa-east-1"])
def test_every_region_works_and_has_its_own_resources(client: Any, instance_arn: str, region: str) -> None:
    """AWS has the service in two regions only."""
    elsewhere = boto3.client("chime-sdk-identity", region_name=region)
    assert elsewhere.list_app_instances()["AppInstances"] == []
    assert f":{region}:" in elsewhere.create_app_instance(Name="There")["AppInstanceArn"]
    assert [found["Name"] for found in client.list_app_instances()["AppInstances"]] == ["Chat"]


def test_every_account_has_its_own_resources(client: Any, instance_arn: str) -> None:
    account: Any = {"aws_access_key_id": "111122223333", "aws_secret_access_key": "secret"}
    other = boto3.client("chime-sdk-identity", region_name=client.meta.region_name, **account)
    with pytest.raises(other.exceptions.ForbiddenException):
        other.describe_app_instance(AppInstanceArn=instance_arn)
    assert ":111122223333:" in other.create_app_instance(Name="Theirs")["AppInstanceArn"]
    assert len(client.list_app_instances()["AppInstances"]) == 1


def test_reset_deletes_everything(client: Any, qchime: Handle, instance_arn: str) -> None:
    qchime.reset()
    assert client.list_app_instances()["AppInstances"] == []
