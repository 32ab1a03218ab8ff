"""Administrators: users and bots of an app instance that were promoted."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from qchime.control.handle import Handle
from tests.services.chimesdkidentity.samples import NOBODYS_UUID, call_without_metadata


def test_a_user_becomes_administrator(client: Any, instance_arn: str, user_arn: str) -> None:
    of_user = {"AppInstanceArn": instance_arn, "AppInstanceAdminArn": user_arn}
    assert call_without_metadata(client, "CreateAppInstanceAdmin", **of_user) == {
        "AppInstanceAdmin": {"Arn": user_arn, "Name": "Alice"},
        "AppInstanceArn": instance_arn,
    }


def test_a_bot_becomes_administrator(client: Any, instance_arn: str, bot_arn: str) -> None:
    created = client.create_app_instance_admin(AppInstanceArn=instance_arn, AppInstanceAdminArn=bot_arn)
    assert created["AppInstanceAdmin"] == {"Arn": bot_arn, "Name": "Helper"}


def test_describe_returns_when_the_admin_was_promoted(
    client: Any, qchime: Handle, instance_arn: str, user_arn: str
) -> None:
    user = client.describe_app_instance_user(AppInstanceUserArn=user_arn)["AppInstanceUser"]
    qchime.clock.advance(days=3)
    of_user = {"AppInstanceArn": instance_arn, "AppInstanceAdminArn": user_arn}
    client.create_app_instance_admin(**of_user)
    admin = client.describe_app_instance_admin(**of_user)["AppInstanceAdmin"]
    assert set(admin) == {"Admin", "AppInstanceArn", "CreatedTimestamp"}
    assert admin["Admin"] == {"Arn": user_arn, "Name": "Alice"}
    assert admin["AppInstanceArn"] == instance_arn
    assert admin["CreatedTimestamp"] >= user["CreatedTimestamp"] + timedelta(days=3)


def test_admins_are_listed_with_only_arn_and_name(client: Any, instance_arn: str, admin_arn: str) -> None:
    assert call_without_metadata(client, "ListAppInstanceAdmins", AppInstanceArn=instance_arn) == {
        "AppInstanceArn": instance_arn,
        "AppInstanceAdmins": [{"Admin": {"Arn": admin_arn, "Name": "Alice"}}],
    }


def test_an_admin_has_the_current_name_of_its_user(client: Any, instance_arn: str, admin_arn: str) -> None:
    client.update_app_instance_user(AppInstanceUserArn=admin_arn, Name="Alicia", Metadata="")
    listed = client.list_app_instance_admins(AppInstanceArn=instance_arn)
    assert listed["AppInstanceAdmins"] == [{"Admin": {"Arn": admin_arn, "Name": "Alicia"}}]


@pytest.mark.rule("chime.repeated-admins")
def test_promoting_an_admin_again_is_a_conflict(client: Any, instance_arn: str, admin_arn: str) -> None:
    with pytest.raises(client.exceptions.ConflictException):
        client.create_app_instance_admin(AppInstanceArn=instance_arn, AppInstanceAdminArn=admin_arn)
    assert len(client.list_app_instance_admins(AppInstanceArn=instance_arn)["AppInstanceAdmins"]) == 1


@pytest.mark.rule("chime.foreign-admins")
@pytest.mark.parametrize("identity", ["user/nobody", f"bot/{NOBODYS_UUID}", "", "channel/general"])
def test_promoting_anything_but_a_user_or_bot_of_the_instance_is_forbidden(
    client: Any, instance_arn: str, identity: str
) -> None:
    """The text is observed on the sibling messaging API."""
    nobody = f"{instance_arn}/{identity}".rstrip("/")
    with pytest.raises(client.exceptions.ForbiddenException) as raised:
        client.create_app_instance_admin(AppInstanceArn=instance_arn, AppInstanceAdminArn=nobody)
    assert raised.value.response["Message"] == (
        "An invalid app instance user ARN was supplied for the input parameter."
    )


@pytest.mark.rule("chime.foreign-admins")
def test_promoting_a_user_of_another_instance_is_forbidden(client: Any, user_arn: str) -> None:
    other = client.create_app_instance(Name="Other")["AppInstanceArn"]
    with pytest.raises(client.exceptions.ForbiddenException, match="An invalid app instance user ARN"):
        client.create_app_instance_admin(AppInstanceArn=other, AppInstanceAdminArn=user_arn)
    assert client.list_app_instance_admins(AppInstanceArn=other)["AppInstanceAdmins"] == []


@pytest.mark.parametrize("operation", ["describe_app_instance_admin", "delete_app_instance_admin"])
def test_a_user_who_was_not_promoted_is_not_an_admin(
    client: Any, instance_arn: str, user_arn: str, operation: str
) -> None:
    with pytest.raises(client.exceptions.ForbiddenException):
        getattr(client, operation)(AppInstanceArn=instance_arn, AppInstanceAdminArn=user_arn)


def test_delete_demotes_and_leaves_the_user(client: Any, instance_arn: str, admin_arn: str) -> None:
    client.delete_app_instance_admin(AppInstanceArn=instance_arn, AppInstanceAdminArn=admin_arn)
    assert client.list_app_instance_admins(AppInstanceArn=instance_arn)["AppInstanceAdmins"] == []
    assert client.describe_app_instance_user(AppInstanceUserArn=admin_arn)["AppInstanceUser"]


def test_a_demoted_admin_can_be_promoted_again(client: Any, instance_arn: str, admin_arn: str) -> None:
    of_admin = {"AppInstanceArn": instance_arn, "AppInstanceAdminArn": admin_arn}
    client.delete_app_instance_admin(**of_admin)
    assert client.create_app_instance_admin(**of_admin)["AppInstanceAdmin"]["Arn"] == admin_arn


@pytest.mark.rule("chime.deleted-identities")
def test_the_role_is_removed_with_the_user(client: Any, instance_arn: str, admin_arn: str) -> None:
    client.delete_app_instance_user(AppInstanceUserArn=admin_arn)
    assert client.list_app_instance_admins(AppInstanceArn=instance_arn)["AppInstanceAdmins"] == []


@pytest.mark.rule("chime.deleted-identities")
def test_the_role_is_removed_with_the_bot(client: Any, instance_arn: str, bot_arn: str) -> None:
    client.create_app_instance_admin(AppInstanceArn=instance_arn, AppInstanceAdminArn=bot_arn)
    client.delete_app_instance_bot(AppInstanceBotArn=bot_arn)
    assert client.list_app_instance_admins(AppInstanceArn=instance_arn)["AppInstanceAdmins"] == []


@pytest.mark.rule("chime.deleted-identities")
def test_a_recreated_user_is_not_an_admin(
    client: Any, instance_arn: str, admin_arn: str, create_user: Callable[..., str]
) -> None:
    """The role goes with the user."""
    client.delete_app_instance_user(AppInstanceUserArn=admin_arn)
    assert create_user("alice") == admin_arn
    with pytest.raises(client.exceptions.ForbiddenException):
        client.describe_app_instance_admin(AppInstanceArn=instance_arn, AppInstanceAdminArn=admin_arn)


def test_tags_on_an_admins_arn_belong_to_the_user(client: Any, admin_arn: str) -> None:
    """An administrator has no ARN of its own, and so no tags."""
    client.tag_resource(ResourceARN=admin_arn, Tags=[{"Key": "team", "Value": "blue"}])
    described = call_without_metadata(client, "ListTagsForResource", ResourceARN=admin_arn)
    assert described == {"Tags": [{"Key": "team", "Value": "blue"}]}


def test_a_made_up_admin_arn_cannot_be_tagged(client: Any, instance_arn: str, admin_arn: str) -> None:
    made_up = f"{instance_arn}/admin/alice"
    with pytest.raises(client.exceptions.ForbiddenException):
        client.tag_resource(ResourceARN=made_up, Tags=[{"Key": "team", "Value": "blue"}])
