"""AWS's quotas, and limits that a test author sets."""

from collections.abc import Callable
from typing import Any

import boto3
import pytest

from qchime.control.handle import Handle
from tests.services.chimesdkidentity.samples import call, call_without_metadata, device, everything, lex, tags


@pytest.fixture
def many_users(create_user: Callable[..., str]) -> Any:
    """A hundred users."""
    return [create_user(f"user-{number}") for number in range(100)]


def test_the_default_limits_are_those_of_aws(qchime: Handle) -> None:
    limits = qchime.limits
    assert limits.app_instances_per_account == 100
    assert limits.users_per_app_instance == 100_000
    assert limits.admins_per_app_instance == 100
    assert limits.endpoints_per_user == 10
    assert limits.tags_per_resource == 50


def test_a_hundred_and_first_app_instance_is_over_the_quota(client: Any) -> None:
    for number in range(100):
        client.create_app_instance(Name=f"Chat {number}")
    with pytest.raises(client.exceptions.ResourceLimitExceededException) as raised:
        client.create_app_instance(Name="One too many")
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert raised.value.response["Code"] == "ResourceLimitExceeded"
    assert "100" in raised.value.response["Message"]


def test_a_hundred_and_first_admin_is_over_the_quota(
    client: Any, instance_arn: str, user_arn: str, many_users: Any
) -> None:
    for admin in many_users:
        client.create_app_instance_admin(AppInstanceArn=instance_arn, AppInstanceAdminArn=admin)
    with pytest.raises(client.exceptions.ResourceLimitExceededException):
        client.create_app_instance_admin(AppInstanceArn=instance_arn, AppInstanceAdminArn=user_arn)


def test_an_eleventh_endpoint_is_over_the_quota(client: Any, user_arn: str) -> None:
    for number in range(10):
        client.register_app_instance_user_endpoint(AppInstanceUserArn=user_arn, **device(f"device-{number}"))
    with pytest.raises(client.exceptions.ResourceLimitExceededException):
        client.register_app_instance_user_endpoint(AppInstanceUserArn=user_arn, **device("one-too-many"))
    listed = client.list_app_instance_user_endpoints(AppInstanceUserArn=user_arn)
    assert len(listed["AppInstanceUserEndpoints"]) == 10


@pytest.mark.parametrize("arn", ["instance_arn", "user_arn", "bot_arn"])
def test_a_fifty_first_tag_is_over_the_quota(client: Any, request: pytest.FixtureRequest, arn: str) -> None:
    resource = {"ResourceARN": request.getfixturevalue(arn)}
    fifty = tags(**{f"key-{number}": "value" for number in range(50)})
    client.tag_resource(**resource, Tags=fifty)
    with pytest.raises(client.exceptions.ResourceLimitExceededException):
        client.tag_resource(**resource, Tags=tags(**{"key-0": "changed", "one": "too many"}))
    assert client.list_tags_for_resource(**resource)["Tags"] == fifty


def test_fifty_tags_can_still_be_overwritten(client: Any, instance_arn: str) -> None:
    old, new = (tags(**{f"key-{number}": value for number in range(50)}) for value in ("old", "new"))
    client.tag_resource(ResourceARN=instance_arn, Tags=old)
    client.tag_resource(ResourceARN=instance_arn, Tags=new)
    assert client.list_tags_for_resource(ResourceARN=instance_arn)["Tags"] == new


LIMITS = {
    "CreateAppInstance": ("app_instances_per_account", 1),
    "CreateAppInstanceUser": ("users_per_app_instance", 1),
    "CreateAppInstanceAdmin": ("admins_per_app_instance", 1),
    "RegisterAppInstanceUserEndpoint": ("endpoints_per_user", 1),
    "TagResource": ("tags_per_resource", 1),
}
"""By operation: its limit, and how much of it the fixture `inputs` uses."""
OVER = {"TagResource": {"Tags": tags(another="tag")}}


@pytest.mark.parametrize("operation", LIMITS)
def test_exceeding_a_limit_is_an_error_and_changes_nothing(
    client: Any, qchime: Handle, inputs: dict[str, dict[str, Any]], operation: Any
) -> None:
    limit, used = LIMITS[operation]
    setattr(qchime.limits, limit, used)
    before = everything(client)
    with pytest.raises(client.exceptions.ResourceLimitExceededException) as raised:
        call(client, operation, **{**inputs[operation], **OVER.get(operation, {})})
    assert str(used) in raised.value.response["Message"]
    assert everything(client) == before


@pytest.mark.parametrize("operation", LIMITS)
def test_a_limit_can_be_raised(
    client: Any, qchime: Handle, inputs: dict[str, dict[str, Any]], operation: Any
) -> None:
    limit, used = LIMITS[operation]
    setattr(qchime.limits, limit, used + 1)
    answer = call(client, operation, **{**inputs[operation], **OVER.get(operation, {})})
    assert answer["ResponseMetadata"]["HTTPStatusCode"] in (201, 204)


@pytest.mark.parametrize("operation", ["CreateAppInstance", "CreateAppInstanceUser", "CreateAppInstanceBot"])
def test_create_with_too_many_tags_creates_nothing(
    client: Any, qchime: Handle, inputs: dict[str, dict[str, Any]], operation: str
) -> None:
    qchime.limits.tags_per_resource = 2
    before = everything(client)
    with pytest.raises(client.exceptions.ResourceLimitExceededException):
        call(client, operation, **inputs[operation], Tags=tags(one="1", two="2", three="3"))
    assert everything(client) == before


def test_a_deleted_app_instance_makes_room(client: Any, qchime: Handle, instance_arn: str) -> None:
    qchime.limits.app_instances_per_account = 1
    client.delete_app_instance(AppInstanceArn=instance_arn)
    assert client.create_app_instance(Name="Next")["AppInstanceArn"]


def test_a_deregistered_endpoint_makes_room(
    client: Any, qchime: Handle, user_arn: str, endpoint_id: str
) -> None:
    qchime.limits.endpoints_per_user = 1
    alice = {"AppInstanceUserArn": user_arn}
    client.deregister_app_instance_user_endpoint(**alice, EndpointId=endpoint_id)
    assert client.register_app_instance_user_endpoint(**alice, **device("next"))["EndpointId"]


def test_a_removed_tag_makes_room(client: Any, qchime: Handle, instance_arn: str) -> None:
    qchime.limits.tags_per_resource = 1
    client.tag_resource(ResourceARN=instance_arn, Tags=tags(first="1"))
    client.untag_resource(ResourceARN=instance_arn, TagKeys=["first"])
    client.tag_resource(ResourceARN=instance_arn, Tags=tags(second="2"))
    assert client.list_tags_for_resource(ResourceARN=instance_arn)["Tags"] == tags(second="2")


@pytest.mark.parametrize("other", [{"region_name": "sa-east-1"}, {"aws_access_key_id": "111122223333"}])
def test_app_instances_are_counted_per_account_and_region(
    client: Any, qchime: Handle, instance_arn: str, other: Any
) -> None:
    qchime.limits.app_instances_per_account = 1
    here = {"region_name": client.meta.region_name, "aws_access_key_id": "k", "aws_secret_access_key": "s"}
    elsewhere = boto3.client("chime-sdk-identity", **{**here, **other})
    assert elsewhere.create_app_instance(Name="There")["AppInstanceArn"]
    with pytest.raises(client.exceptions.ResourceLimitExceededException):
        client.create_app_instance(Name="Here")


def test_users_and_admins_are_counted_per_instance(client: Any, qchime: Handle, admin_arn: str) -> None:
    qchime.limits.update(users_per_app_instance=1, admins_per_app_instance=1)
    other = client.create_app_instance(Name="Other")["AppInstanceArn"]
    bob = client.create_app_instance_user(AppInstanceArn=other, AppInstanceUserId="bob", Name="Bob")
    of_bob = {"AppInstanceArn": other, "AppInstanceAdminArn": bob["AppInstanceUserArn"]}
    assert client.create_app_instance_admin(**of_bob)["AppInstanceAdmin"]["Name"] == "Bob"


def test_endpoints_are_counted_per_user(
    client: Any, qchime: Handle, endpoint_id: str, create_user: Callable[..., str]
) -> None:
    qchime.limits.endpoints_per_user = 1
    bob = create_user("bob")
    assert client.register_app_instance_user_endpoint(AppInstanceUserArn=bob, **device())["EndpointId"]


@pytest.mark.rule("chime.existing-users")
def test_recreating_an_existing_user_does_not_count_towards_the_quota(
    qchime: Handle, create_user: Callable[..., str], user_arn: str
) -> None:
    """Nothing is created, so nothing is counted."""
    qchime.limits.users_per_app_instance = 1
    assert create_user("alice", Name="Alice") == user_arn


@pytest.mark.rule("chime.bot-quota")
def test_there_is_no_quota_for_bots(client: Any, instance_arn: str) -> None:
    """None is published."""
    for _ in range(101):
        client.create_app_instance_bot(AppInstanceArn=instance_arn, Configuration=lex())
    listed = call_without_metadata(client, "ListAppInstanceBots", AppInstanceArn=instance_arn, MaxResults=50)
    assert "NextToken" in listed
    rest = call_without_metadata(
        client, "ListAppInstanceBots", AppInstanceArn=instance_arn, NextToken=listed["NextToken"]
    )
    assert "NextToken" in rest
