"""Endpoints: a user's devices that receive push notifications."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from qchime import Handle
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


@pytest.mark.rule("chime.endpoint-ids")
def test_register_returns_the_user_and_a_generated_id(register: Callable[..., Any], user_arn: str) -> None:
    """The model allows at most 64 characters."""
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


@pytest.mark.rule("chime.allowed-messages")
def test_allow_messages_defaults_to_all(register: Callable[..., Any], describe: Callable[..., Any]) -> None:
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
def test_registering_without_a_pinpoint_app_is_forbidden(
    client: Any, register: Callable[..., Any], user_arn: str, resource: str
) -> None:
    """AWS documents it for apps without access.

    https://docs.aws.amazon.com/chime-sdk/latest/dg/push-notifications.html
    """
    with pytest.raises(client.exceptions.ForbiddenException, match="is not an Amazon Pinpoint app"):
        register(ResourceArn=resource)
    listed = client.list_app_instance_user_endpoints(AppInstanceUserArn=user_arn)
    assert listed["AppInstanceUserEndpoints"] == []


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_a_pinpoint_app_may_be_in_any_partition_and_account(
    register: Callable[..., Any], describe: Callable[..., Any], partition: str
) -> None:
    app = f"arn:{partition}:mobiletargeting:us-west-2:210987654321:apps/1"
    assert describe(register(ResourceArn=app))["ResourceArn"] == app


class TestAnInactiveEndpoint:
    """AWS deactivates an endpoint after a failed delivery; here the test author does."""

    @pytest.mark.parametrize("reason", ["INVALID_DEVICE_TOKEN", "INVALID_PINPOINT_ARN"])
    def test_says_why(
        self,
        qchime: Handle,
        client: Any,
        register: Callable[..., Any],
        describe: Callable[..., Any],
        user_arn: str,
        reason: str,
    ) -> None:
        broken, other = register(), register("device-2")
        qchime.endpoints.deactivate(broken["EndpointId"], reason)

        state = {"Status": "INACTIVE", "StatusReason": reason}
        assert describe(broken)["EndpointState"] == state
        assert describe(other)["EndpointState"] == {"Status": "ACTIVE"}
        listed = client.list_app_instance_user_endpoints(AppInstanceUserArn=user_arn)
        states = [endpoint["EndpointState"] for endpoint in listed["AppInstanceUserEndpoints"]]
        assert states == [state, {"Status": "ACTIVE"}]

    def test_has_an_invalid_device_token_by_default(
        self, qchime: Handle, register: Callable[..., Any], describe: Callable[..., Any]
    ) -> None:
        endpoint = register()
        qchime.endpoints.deactivate(endpoint["EndpointId"])
        assert describe(endpoint)["EndpointState"]["StatusReason"] == "INVALID_DEVICE_TOKEN"
        qchime.endpoints.reset()
        assert describe(endpoint)["EndpointState"] == {"Status": "ACTIVE"}


def test_device_tokens_are_returned_as_given(
    register: Callable[..., Any], describe: Callable[..., Any]
) -> None:
    attributes = {"DeviceToken": "d:1/ä\n", "VoipDeviceToken": "voip"}
    endpoint = register(Type="APNS", EndpointAttributes=attributes)
    assert describe(endpoint)["EndpointAttributes"] == attributes


@pytest.mark.rule("chime.voip-device-tokens")
def test_a_voip_device_token_is_for_apns_only(
    client: Any, register: Callable[..., Any], user_arn: str
) -> None:
    attributes = {"DeviceToken": "device-1", "VoipDeviceToken": "voip"}
    with pytest.raises(client.exceptions.BadRequestException, match="for the types APNS and APNS_SANDBOX"):
        register(Type="GCM", EndpointAttributes=attributes)
    assert register(Type="APNS_SANDBOX", EndpointAttributes=attributes)["EndpointId"]


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


@pytest.mark.rule("chime.registered-device-tokens")
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


@pytest.mark.rule("chime.shared-device-tokens")
def test_the_same_device_token_of_another_user_is_allowed(
    client: Any, register: Callable[..., Any], create_user: Callable[..., str]
) -> None:
    register("device-1")
    bob = create_user("bob")
    client.register_app_instance_user_endpoint(AppInstanceUserArn=bob, **device("device-1"))
    listed = client.list_app_instance_user_endpoints(AppInstanceUserArn=bob)
    assert len(listed["AppInstanceUserEndpoints"]) == 1


@pytest.mark.rule("chime.freed-device-tokens")
def test_a_device_token_can_be_reused_once_its_endpoint_is_removed(
    client: Any, register: Callable[..., Any]
) -> None:
    first = register("device-1")
    client.deregister_app_instance_user_endpoint(**first)
    assert register("device-1")["EndpointId"] != first["EndpointId"]


@pytest.mark.rule("chime.freed-device-tokens")
def test_a_device_token_can_be_reused_once_its_user_is_deleted(
    client: Any, register: Callable[..., Any], create_user: Callable[..., str], user_arn: str
) -> None:
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


@pytest.mark.rule("chime.updated-endpoints")
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
    """Both are optional."""
    endpoint = register(Name="Phone", AllowMessages="NONE")
    client.update_app_instance_user_endpoint(**endpoint, **given)
    assert (describe(endpoint)["Name"], describe(endpoint)["AllowMessages"]) == expected


@pytest.mark.rule("chime.update-timestamps")
def test_update_changes_only_the_last_updated_timestamp(
    client: Any, qchime: Handle, register: Callable[..., Any], describe: Callable[..., Any]
) -> None:
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


@pytest.mark.rule("chime.malformed-arns")
def test_describe_with_a_malformed_user_arn_is_forbidden(client: Any, register: Callable[..., Any]) -> None:
    """Only this operation takes any text as an ARN."""
    with pytest.raises(client.exceptions.ForbiddenException):
        client.describe_app_instance_user_endpoint(
            AppInstanceUserArn="somebody", EndpointId=register()["EndpointId"]
        )


def test_a_bot_has_no_endpoints(client: Any, bot_arn: str) -> None:
    with pytest.raises(client.exceptions.ForbiddenException):
        client.register_app_instance_user_endpoint(AppInstanceUserArn=bot_arn, **device())
