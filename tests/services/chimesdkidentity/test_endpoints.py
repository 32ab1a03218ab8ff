"""Endpoints: a user's devices that receive push notifications."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from qchime.control.handle import Handle
from tests.services.chimesdkidentity.samples import PINPOINT_APP, call_without_metadata, device

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


@pytest.fixture
def register(client: Any, user_arn: str) -> Callable[..., Any]:
    """Register an endpoint of alice; returns the members that identify it."""

    def register_endpoint(*args: Any, **more: Any) -> Any:
        given = {"AppInstanceUserArn": user_arn, **device(*args, **more)}
        return call_without_metadata(client, "RegisterAppInstanceUserEndpoint", **given)

    return register_endpoint


@pytest.fixture
def describe(client: Any) -> Callable[..., Any]:
    def describe_endpoint(endpoint: Any) -> Any:
        return client.describe_app_instance_user_endpoint(**endpoint)["AppInstanceUserEndpoint"]

    return describe_endpoint


def test_register_returns_the_user_and_a_generated_id(register: Callable[..., Any], user_arn: str) -> None:
    """That the id is a UUID is inferred; at most 64 characters are documented."""
    endpoint = register()
    assert set(endpoint) == {"AppInstanceUserArn", "EndpointId"}
    assert endpoint["AppInstanceUserArn"] == user_arn
    assert re.fullmatch(UUID, endpoint["EndpointId"])


def test_describe_returns_everything(register: Callable[..., Any], describe: Callable[..., Any]) -> None:
    endpoint = register(Name="Phone", AllowMessages="NONE")
    described = describe(endpoint)
    assert described.pop("CreatedTimestamp") == described.pop("LastUpdatedTimestamp")
    assert described == {
        **endpoint,
        **device(),
        "Name": "Phone",
        "AllowMessages": "NONE",
        "EndpointState": {"Status": "ACTIVE"},
    }


@pytest.mark.parametrize("kind", ["APNS", "APNS_SANDBOX", "GCM"])
def test_every_type_can_be_registered(
    register: Callable[..., Any], describe: Callable[..., Any], kind: str
) -> None:
    assert describe(register(Type=kind))["Type"] == kind


def test_allow_messages_defaults_to_all(register: Callable[..., Any], describe: Callable[..., Any]) -> None:
    """Observed."""
    assert describe(register())["AllowMessages"] == "ALL"


def test_a_new_endpoint_is_active_and_has_no_status_reason(
    register: Callable[..., Any], describe: Callable[..., Any]
) -> None:
    assert describe(register())["EndpointState"] == {"Status": "ACTIVE"}


@pytest.mark.parametrize(
    "resource",
    [
        "arn:aws:sns:us-east-1:123456789012:app/GCM/chat",
        "arn:aws:mobiletargeting:us-east-1:123456789012:templates/hello",
        PINPOINT_APP + "/campaigns/1",
    ],
)
def test_an_endpoint_whose_resource_is_not_a_pinpoint_app_is_inactive(
    register: Callable[..., Any], describe: Callable[..., Any], resource: str
) -> None:
    """The state is documented; that it shows at once is inferred."""
    described = describe(register(ResourceArn=resource))
    assert described["EndpointState"] == {"Status": "INACTIVE", "StatusReason": "INVALID_PINPOINT_ARN"}
    assert described["ResourceArn"] == resource


def test_device_tokens_are_returned_as_given(
    register: Callable[..., Any], describe: Callable[..., Any]
) -> None:
    attributes = {"DeviceToken": "d:1/ä\n", "VoipDeviceToken": "voip"}
    assert describe(register(EndpointAttributes=attributes))["EndpointAttributes"] == attributes


@pytest.mark.parametrize("name", ["", "x" * 1600, "📱 of\nAlice"])
def test_the_name_is_returned_as_given(
    register: Callable[..., Any], describe: Callable[..., Any], name: str
) -> None:
    assert describe(register(Name=name))["Name"] == name


def test_an_absent_name_stays_absent(
    client: Any, register: Callable[..., Any], describe: Callable[..., Any], user_arn: str
) -> None:
    assert "Name" not in describe(register())
    listed = client.list_app_instance_user_endpoints(AppInstanceUserArn=user_arn)
    assert "Name" not in listed["AppInstanceUserEndpoints"][0]


def test_endpoints_are_listed_without_resource_and_attributes(
    client: Any, register: Callable[..., Any], user_arn: str
) -> None:
    endpoint = register(Name="Phone")
    assert call_without_metadata(client, "ListAppInstanceUserEndpoints", AppInstanceUserArn=user_arn) == {
        "AppInstanceUserEndpoints": [
            {
                **endpoint,
                "Name": "Phone",
                "Type": "GCM",
                "AllowMessages": "ALL",
                "EndpointState": {"Status": "ACTIVE"},
            }
        ]
    }


def test_the_same_device_token_of_the_same_user_is_a_conflict(
    client: Any, register: Callable[..., Any], user_arn: str
) -> None:
    """Observed."""
    register("device-1")
    with pytest.raises(client.exceptions.ConflictException):
        register("device-1", Name="Another name", Type="APNS")
    listed = client.list_app_instance_user_endpoints(AppInstanceUserArn=user_arn)
    assert len(listed["AppInstanceUserEndpoints"]) == 1


def test_another_device_token_makes_another_endpoint(register: Callable[..., Any]) -> None:
    assert register("device-1")["EndpointId"] != register("device-2")["EndpointId"]


def test_the_same_device_token_of_another_user_is_allowed(
    client: Any, register: Callable[..., Any], create_user: Callable[..., str]
) -> None:
    """Inferred."""
    register("device-1")
    bob = create_user("bob")
    client.register_app_instance_user_endpoint(AppInstanceUserArn=bob, **device("device-1"))
    listed = client.list_app_instance_user_endpoints(AppInstanceUserArn=bob)
    assert len(listed["AppInstanceUserEndpoints"]) == 1


def test_a_device_token_can_be_reused_once_its_endpoint_is_removed(
    client: Any, register: Callable[..., Any]
) -> None:
    """Inferred."""
    first = register("device-1")
    client.deregister_app_instance_user_endpoint(**first)
    assert register("device-1")["EndpointId"] != first["EndpointId"]


def test_a_device_token_can_be_reused_once_its_user_is_deleted(
    client: Any, register: Callable[..., Any], create_user: Callable[..., str], user_arn: str
) -> None:
    """Inferred."""
    first = register("device-1")
    client.delete_app_instance_user(AppInstanceUserArn=user_arn)
    create_user("alice")
    assert register("device-1")["EndpointId"] != first["EndpointId"]


def test_update_changes_name_and_allow_messages(
    client: Any, register: Callable[..., Any], describe: Callable[..., Any]
) -> None:
    endpoint = register(Name="Phone")
    update = {**endpoint, "Name": "Tablet", "AllowMessages": "NONE"}
    assert call_without_metadata(client, "UpdateAppInstanceUserEndpoint", **update) == endpoint
    described = describe(endpoint)
    assert (described["Name"], described["AllowMessages"]) == ("Tablet", "NONE")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, ("Phone", "NONE")),
        ({"Name": "Tablet"}, ("Tablet", "NONE")),
        ({"Name": ""}, ("", "NONE")),
        ({"AllowMessages": "ALL"}, ("Phone", "ALL")),
    ],
    ids=["nothing", "name", "empty name", "allow messages"],
)
def test_update_keeps_omitted_members(
    client: Any, register: Callable[..., Any], describe: Callable[..., Any], given: Any, expected: Any
) -> None:
    """Inferred: both members are optional."""
    endpoint = register(Name="Phone", AllowMessages="NONE")
    client.update_app_instance_user_endpoint(**endpoint, **given)
    assert (describe(endpoint)["Name"], describe(endpoint)["AllowMessages"]) == expected


def test_update_changes_only_the_last_updated_timestamp(
    client: Any, qchime: Handle, register: Callable[..., Any], describe: Callable[..., Any]
) -> None:
    """Inferred."""
    endpoint = register()
    before = describe(endpoint)
    qchime.clock.advance(hours=1)
    client.update_app_instance_user_endpoint(**endpoint, Name="Tablet")
    after = describe(endpoint)
    assert after["CreatedTimestamp"] == before["CreatedTimestamp"]
    assert after["LastUpdatedTimestamp"] >= before["LastUpdatedTimestamp"] + timedelta(hours=1)


def test_a_deregistered_endpoint_is_gone(client: Any, register: Callable[..., Any], user_arn: str) -> None:
    endpoint, other = register("device-1"), register("device-2")
    client.deregister_app_instance_user_endpoint(**endpoint)
    listed = client.list_app_instance_user_endpoints(AppInstanceUserArn=user_arn)
    assert [left["EndpointId"] for left in listed["AppInstanceUserEndpoints"]] == [other["EndpointId"]]
    with pytest.raises(client.exceptions.ForbiddenException):
        client.deregister_app_instance_user_endpoint(**endpoint)


@pytest.mark.parametrize(
    "operation",
    [
        "describe_app_instance_user_endpoint",
        "update_app_instance_user_endpoint",
        "deregister_app_instance_user_endpoint",
    ],
)
def test_an_endpoint_of_another_user_is_missing(
    client: Any,
    register: Callable[..., Any],
    create_user: Callable[..., str],
    describe: Callable[..., Any],
    operation: str,
) -> None:
    endpoint = register()
    others = {"AppInstanceUserArn": create_user("bob"), "EndpointId": endpoint["EndpointId"]}
    with pytest.raises(client.exceptions.ForbiddenException):
        getattr(client, operation)(**others)
    assert describe(endpoint)["EndpointId"] == endpoint["EndpointId"]


def test_describe_with_a_malformed_user_arn_is_forbidden(client: Any, register: Callable[..., Any]) -> None:
    """Only this operation takes any text as an ARN; it counts as a missing user (inferred)."""
    with pytest.raises(client.exceptions.ForbiddenException):
        client.describe_app_instance_user_endpoint(
            AppInstanceUserArn="somebody", EndpointId=register()["EndpointId"]
        )


def test_a_bot_has_no_endpoints(client: Any, bot_arn: str) -> None:
    with pytest.raises(client.exceptions.ForbiddenException):
        client.register_app_instance_user_endpoint(AppInstanceUserArn=bot_arn, **device())
