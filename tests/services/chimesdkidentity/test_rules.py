"""Errors that AWS does not document name the rule that they follow from."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.services.chimesdkidentity.samples import NOBODYS_INSTANCE, call, device, lex


def rule_of(error: ClientError) -> str | None:
    headers: dict[str, str] = error.response["ResponseMetadata"]["HTTPHeaders"]
    return headers.get("x-qchime-rule")


@pytest.fixture
def rule_after(client: Any) -> Callable[..., str | None]:
    """The rule that the error of a call names; None if AWS documents the error."""

    def ask(operation: str, **given: Any) -> str | None:
        with pytest.raises(ClientError) as caught:
            call(client, operation, **given)
        return rule_of(caught.value)

    return ask


def test_missing_users_are_observed_other_missing_resources_inferred(
    rule_after: Callable[..., str | None], instance_arn: str
) -> None:
    nobody = f"{instance_arn}/user/nobody"
    assert rule_after("DescribeAppInstanceUser", AppInstanceUserArn=nobody) == "chime.missing-user"
    elsewhere = f"{NOBODYS_INSTANCE}/user/alice"
    assert rule_after("DescribeAppInstanceUser", AppInstanceUserArn=elsewhere) == "chime.missing-user"
    assert rule_after("DescribeAppInstance", AppInstanceArn=NOBODYS_INSTANCE) == "chime.missing-resource"
    admin = {"AppInstanceArn": instance_arn, "AppInstanceAdminArn": nobody}
    assert rule_after("DescribeAppInstanceAdmin", **admin) == "chime.missing-resource"


def test_arns_of_another_form_are_guessed_to_be_those_of_missing_users_and_bots(
    rule_after: Callable[..., str | None], instance_arn: str, bot_arn: str
) -> None:
    for arn in (instance_arn, bot_arn, "arn:aws:iam::123456789012:user/alice"):
        assert rule_after("DescribeAppInstanceUser", AppInstanceUserArn=arn) == "chime.malformed-arns"
    for operation in ("DescribeAppInstanceBot", "DeleteAppInstanceBot"):
        assert rule_after(operation, AppInstanceBotArn=instance_arn) == "chime.malformed-arns"


def test_a_documented_error_names_none(
    rule_after: Callable[..., str | None], qchime: Any, instance_arn: str, user_arn: str
) -> None:
    missing = f"{instance_arn}/bot/none"
    assert rule_after("DescribeAppInstanceBot", AppInstanceBotArn=missing) is None
    elsewhere = device(ResourceArn="arn:aws:sns:us-east-1:123456789012:app")
    assert rule_after("RegisterAppInstanceUserEndpoint", AppInstanceUserArn=user_arn, **elsewhere) is None
    qchime.limits.app_instances_per_account = 1
    assert rule_after("CreateAppInstance", Name="one too many") is None


def test_conflicts_name_what_they_conflict_with(
    rule_after: Callable[..., str | None], client: Any, instance_arn: str, admin_arn: str, endpoint_id: str
) -> None:
    here = {"AppInstanceArn": instance_arn}
    assert rule_after("CreateAppInstanceAdmin", **here, AppInstanceAdminArn=admin_arn) == (
        "chime.repeated-admins"
    )
    other = {"AppInstanceUserId": "alice", "Name": "Other"}
    assert rule_after("CreateAppInstanceUser", **here, **other) == "chime.existing-users"
    again = {"AppInstanceUserArn": admin_arn, **device()}
    assert rule_after("RegisterAppInstanceUserEndpoint", **again) == "chime.registered-device-tokens"
    client.create_app_instance(Name="Chat", ClientRequestToken="token")
    assert rule_after("CreateAppInstance", Name="Other", ClientRequestToken="token") == (
        "chime.reused-client-tokens"
    )


def test_invalid_input_names_why_it_is_invalid(
    rule_after: Callable[..., str | None], instance_arn: str, user_arn: str
) -> None:
    assert rule_after("CreateAppInstance", Name="x" * 257) == "chime.invalid-input"
    assert rule_after("CreateAppInstance", Name="Chat", Metadata="é" * 513) == "chime.invalid-input"
    assert rule_after("ListAppInstances", NextToken="no token") == "chime.page-tokens"
    wrong = {"AppInstanceArn": instance_arn, "Configuration": lex(LocaleId="xx_XX")}
    assert rule_after("CreateAppInstanceBot", **wrong) == "chime.other-locales"
    attributes = {"DeviceToken": "d", "VoipDeviceToken": "v"}
    voip = {"AppInstanceUserArn": user_arn, **device(EndpointAttributes=attributes)}
    assert rule_after("RegisterAppInstanceUserEndpoint", **voip) == "chime.voip-device-tokens"
    foreign = {"AppInstanceArn": instance_arn, "AppInstanceAdminArn": f"{NOBODYS_INSTANCE}/user/a"}
    assert rule_after("CreateAppInstanceAdmin", **foreign) == "chime.foreign-admins"
