"""Users of an app instance, and their expiration."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from qchime.control.handle import Handle
from tests.services.chimesdkidentity.samples import call_without_metadata, days, device, everything, tags

USER_IDS = [
    "a",
    "1",
    "Admin",
    "admins",
    "endpoints",
    "expiration-settings",
    "us-east-1:4f1d-bob",
    "front.desk@example-1",
    "7d3b1c2a-0e4f-4a58-9c1d-2b3c4d5e6f70",
    "x" * 64,
]
MOMENT = datetime(2024, 5, 21, 23, 17, 27, 350_000, tzinfo=timezone.utc)


@pytest.fixture
def describe(client: Any) -> Callable[..., Any]:
    return lambda arn: client.describe_app_instance_user(AppInstanceUserArn=arn)["AppInstanceUser"]


@pytest.mark.parametrize("user_id", USER_IDS)
def test_the_arn_is_the_instance_arn_and_the_user_id(
    create_user: Callable[..., str], instance_arn: str, user_id: Any
) -> None:
    assert create_user(user_id) == f"{instance_arn}/user/{user_id}"


@pytest.mark.parametrize("user_id", ["-", "@bob", "bob.", "bob smith", "bob/smith", "ä", "x" * 65, "bob\n"])
def test_a_malformed_id_is_a_bad_request(
    client: Any, instance_arn: str, create_user: Callable[..., str], user_id: str
) -> None:
    with pytest.raises(client.exceptions.BadRequestException, match="at 'appInstanceUserId' failed"):
        create_user(user_id)
    assert client.list_app_instance_users(AppInstanceArn=instance_arn)["AppInstanceUsers"] == []


@pytest.mark.parametrize("user_id", USER_IDS)
def test_any_id_can_be_described_updated_expired_and_deleted(
    client: Any, create_user: Callable[..., str], describe: Callable[..., Any], user_id: Any
) -> None:
    user = {"AppInstanceUserArn": create_user(user_id)}
    client.update_app_instance_user(**user, Name="Updated", Metadata="")
    client.put_app_instance_user_expiration_settings(**user, ExpirationSettings=days(1))
    assert describe(user["AppInstanceUserArn"])["Name"] == "Updated"
    assert describe(user["AppInstanceUserArn"])["ExpirationSettings"] == days(1)
    client.delete_app_instance_user(**user)
    with pytest.raises(client.exceptions.ForbiddenException):
        describe(user["AppInstanceUserArn"])


@pytest.mark.parametrize("user_id", USER_IDS)
def test_any_id_can_have_endpoints(client: Any, create_user: Callable[..., str], user_id: Any) -> None:
    user = {"AppInstanceUserArn": create_user(user_id)}
    endpoint = call_without_metadata(client, "RegisterAppInstanceUserEndpoint", **user, **device())
    assert endpoint["AppInstanceUserArn"] == user["AppInstanceUserArn"]
    assert client.update_app_instance_user_endpoint(**endpoint, Name="Phone")
    described = client.describe_app_instance_user_endpoint(**endpoint)["AppInstanceUserEndpoint"]
    assert described["Name"] == "Phone"
    client.deregister_app_instance_user_endpoint(**endpoint)
    assert client.list_app_instance_user_endpoints(**user)["AppInstanceUserEndpoints"] == []


@pytest.mark.parametrize("user_id", USER_IDS)
def test_any_id_can_be_an_administrator(
    client: Any, create_user: Callable[..., str], instance_arn: str, user_id: Any
) -> None:
    admin = {"AppInstanceArn": instance_arn, "AppInstanceAdminArn": create_user(user_id)}
    client.create_app_instance_admin(**admin)
    described = client.describe_app_instance_admin(**admin)["AppInstanceAdmin"]
    assert described["Admin"]["Arn"] == admin["AppInstanceAdminArn"]
    client.delete_app_instance_admin(**admin)
    assert client.list_app_instance_admins(AppInstanceArn=instance_arn)["AppInstanceAdmins"] == []


@pytest.mark.parametrize("user_id", USER_IDS)
def test_any_id_can_be_tagged(client: Any, create_user: Callable[..., str], user_id: Any) -> None:
    arn = create_user(user_id)
    client.tag_resource(ResourceARN=arn, Tags=tags(team="blue", colour="red"))
    client.untag_resource(ResourceARN=arn, TagKeys=["colour"])
    assert client.list_tags_for_resource(ResourceARN=arn)["Tags"] == tags(team="blue")


def test_ids_are_case_sensitive(create_user: Callable[..., str]) -> None:
    assert create_user("bob", Name="Lower") != create_user("BOB", Name="Upper")


def test_create_returns_only_the_arn(client: Any, instance_arn: str) -> None:
    alice = {"AppInstanceArn": instance_arn, "AppInstanceUserId": "alice", "Name": "Alice"}
    assert set(call_without_metadata(client, "CreateAppInstanceUser", **alice)) == {"AppInstanceUserArn"}


@pytest.mark.rule("chime.missing-resource")
def test_a_user_in_a_missing_instance_is_forbidden(client: Any, unknown: dict[str, str]) -> None:
    nowhere = unknown["AppInstanceArn"]
    with pytest.raises(client.exceptions.ForbiddenException):
        client.create_app_instance_user(AppInstanceArn=nowhere, AppInstanceUserId="alice", Name="Alice")
    with pytest.raises(client.exceptions.ForbiddenException):
        client.describe_app_instance_user(AppInstanceUserArn=f"{nowhere}/user/alice")


def test_describe_returns_everything_but_tags(
    create_user: Callable[..., str], describe: Callable[..., Any]
) -> None:
    described = describe(create_user("bob", Name="Bob", Metadata="m", ExpirationSettings=days(2)))
    assert described.pop("CreatedTimestamp") == described.pop("LastUpdatedTimestamp")
    assert described.pop("AppInstanceUserArn").endswith("/user/bob")
    assert described == {"Name": "Bob", "Metadata": "m", "ExpirationSettings": days(2)}


def test_omitted_members_stay_absent(user_arn: str, describe: Callable[..., Any]) -> None:
    assert set(describe(user_arn)) == {
        "AppInstanceUserArn",
        "Name",
        "CreatedTimestamp",
        "LastUpdatedTimestamp",
    }


@pytest.mark.rule("protocol.patterns")
@pytest.mark.parametrize("text", ["Zoë 🙂", "two\nlines", " padded ", "x" * 100])
def test_name_and_metadata_are_returned_as_given(
    create_user: Callable[..., str], describe: Callable[..., Any], text: str
) -> None:
    """Patterns with a dot allow line breaks and emoji."""
    described = describe(create_user("bob", Name=text, Metadata=text))
    assert (described["Name"], described["Metadata"]) == (text, text)


@pytest.mark.parametrize("name", [" ", "\n", "x" * 101], ids=["blank", "line break", "too long"])
def test_a_name_that_is_blank_or_longer_than_a_hundred_characters_is_a_bad_request(
    client: Any, create_user: Callable[..., str], name: str
) -> None:
    with pytest.raises(client.exceptions.BadRequestException, match="at 'name' failed"):
        create_user("bob", Name=name)


@pytest.mark.parametrize("metadata", ["", "🎉" * 256, "x" * 1024])
def test_metadata_may_be_empty_and_has_up_to_1024_bytes(
    create_user: Callable[..., str], describe: Callable[..., Any], metadata: str
) -> None:
    assert describe(create_user("bob", Metadata=metadata))["Metadata"] == metadata


def test_users_are_listed_with_only_arn_name_and_metadata(
    client: Any, create_user: Callable[..., str], instance_arn: str, user_arn: str
) -> None:
    bob = create_user("bob", Name="Bob", Metadata="m", ExpirationSettings=days(2))
    assert call_without_metadata(client, "ListAppInstanceUsers", AppInstanceArn=instance_arn) == {
        "AppInstanceArn": instance_arn,
        "AppInstanceUsers": [
            {"AppInstanceUserArn": user_arn, "Name": "Alice"},
            {"AppInstanceUserArn": bob, "Name": "Bob", "Metadata": "m"},
        ],
    }


@pytest.mark.rule("chime.existing-users")
@pytest.mark.parametrize(
    "metadata", [{}, {"Metadata": ""}, {"Metadata": "m"}], ids=["absent", "empty", "some"]
)
def test_recreating_a_user_with_the_same_name_and_metadata_changes_nothing(
    client: Any, create_user: Callable[..., str], describe: Callable[..., Any], metadata: Any
) -> None:
    arn = create_user("bob", **metadata)
    before = describe(arn)
    assert create_user("bob", **metadata) == arn
    assert describe(arn) == before


@pytest.mark.rule("chime.same-users")
@pytest.mark.parametrize(("first", "second"), [({}, {"Metadata": ""}), ({"Metadata": ""}, {})])
def test_absent_and_empty_metadata_are_the_same_when_a_user_is_recreated(
    create_user: Callable[..., str], describe: Callable[..., Any], first: Any, second: Any
) -> None:
    arn = create_user("bob", **first)
    before = describe(arn)
    assert create_user("bob", **second) == arn
    assert describe(arn) == before


@pytest.mark.rule("chime.existing-users")
@pytest.mark.parametrize(
    "other", [{"Name": "Other"}, {"Metadata": "other"}, {"Metadata": ""}], ids=["name", "metadata", "none"]
)
def test_recreating_a_user_with_another_name_or_other_metadata_is_a_conflict(
    client: Any, create_user: Callable[..., str], describe: Callable[..., Any], other: Any
) -> None:
    arn = create_user("bob", Metadata="m")
    before = describe(arn)
    with pytest.raises(client.exceptions.ConflictException):
        create_user("bob", **{"Metadata": "m", **other})
    assert describe(arn) == before


def test_recreating_a_user_compares_the_current_name(
    client: Any, create_user: Callable[..., str], user_arn: str
) -> None:
    """After an update, the original name is another name."""
    client.update_app_instance_user(AppInstanceUserArn=user_arn, Name="Alicia", Metadata="")
    assert create_user("alice", Name="Alicia") == user_arn
    with pytest.raises(client.exceptions.ConflictException):
        create_user("alice", Name="Alice")


@pytest.mark.rule("chime.same-users")
@pytest.mark.parametrize(
    "other", [{"Tags": tags(team="red")}, {"ExpirationSettings": days(9)}], ids=["tags", "expiration"]
)
def test_recreating_a_user_with_other_tags_or_expiration_changes_nothing(
    client: Any, create_user: Callable[..., str], other: Any
) -> None:
    arn = create_user("bob", Tags=tags(team="blue"), ExpirationSettings=days(2))
    client.tag_resource(ResourceARN=arn.split("/user/")[0], Tags=tags(team="green"))
    before = everything(client)
    assert create_user("bob", **other) == arn
    assert everything(client) == before


def test_the_same_id_in_another_instance_is_another_user(
    client: Any, user_arn: str, describe: Callable[..., Any]
) -> None:
    other = client.create_app_instance(Name="Other")["AppInstanceArn"]
    bob = {"AppInstanceArn": other, "AppInstanceUserId": "alice", "Name": "Not Alice"}
    assert client.create_app_instance_user(**bob)["AppInstanceUserArn"] == f"{other}/user/alice"
    assert describe(user_arn)["Name"] == "Alice"


def test_update_replaces_name_and_metadata(
    client: Any, create_user: Callable[..., str], describe: Callable[..., Any]
) -> None:
    arn = create_user("bob", Metadata="old")
    given = {"AppInstanceUserArn": arn, "Name": "Robert", "Metadata": "new"}
    assert call_without_metadata(client, "UpdateAppInstanceUser", **given) == {"AppInstanceUserArn": arn}
    assert (describe(arn)["Name"], describe(arn)["Metadata"]) == ("Robert", "new")


def test_update_accepts_empty_metadata(
    client: Any, create_user: Callable[..., str], describe: Callable[..., Any]
) -> None:
    arn = create_user("bob", Metadata="old")
    client.update_app_instance_user(AppInstanceUserArn=arn, Name="Bob", Metadata="")
    assert describe(arn)["Metadata"] == ""


@pytest.mark.rule("chime.update-timestamps")
def test_update_changes_only_the_last_updated_timestamp(
    client: Any, qchime: Handle, user_arn: str, describe: Callable[..., Any]
) -> None:
    before = describe(user_arn)
    qchime.clock.advance(hours=1)
    client.update_app_instance_user(AppInstanceUserArn=user_arn, Name="Alice", Metadata="")
    after = describe(user_arn)
    assert after["CreatedTimestamp"] == before["CreatedTimestamp"]
    assert after["LastUpdatedTimestamp"] >= before["LastUpdatedTimestamp"] + timedelta(hours=1)


def test_update_keeps_the_expiration(
    client: Any, create_user: Callable[..., str], describe: Callable[..., Any]
) -> None:
    arn = create_user("bob", ExpirationSettings=days(2))
    client.update_app_instance_user(AppInstanceUserArn=arn, Name="Robert", Metadata="")
    assert describe(arn)["ExpirationSettings"] == days(2)


def test_a_deleted_user_is_gone(client: Any, instance_arn: str, user_arn: str) -> None:
    client.delete_app_instance_user(AppInstanceUserArn=user_arn)
    assert client.list_app_instance_users(AppInstanceArn=instance_arn)["AppInstanceUsers"] == []
    with pytest.raises(client.exceptions.ForbiddenException):
        client.delete_app_instance_user(AppInstanceUserArn=user_arn)


@pytest.mark.rule("chime.deleted-identities")
def test_endpoints_are_removed_with_the_user(
    client: Any, create_user: Callable[..., str], user_arn: str, endpoint_id: str
) -> None:
    client.delete_app_instance_user(AppInstanceUserArn=user_arn)
    create_user("alice")
    listed = client.list_app_instance_user_endpoints(AppInstanceUserArn=user_arn)
    assert listed["AppInstanceUserEndpoints"] == []


@pytest.mark.rule("chime.deleted-identities")
def test_tags_are_removed_with_the_user(client: Any, create_user: Callable[..., str], user_arn: str) -> None:
    client.tag_resource(ResourceARN=user_arn, Tags=tags(team="blue"))
    client.delete_app_instance_user(AppInstanceUserArn=user_arn)
    create_user("alice")
    assert client.list_tags_for_resource(ResourceARN=user_arn)["Tags"] == []


@pytest.mark.rule("chime.malformed-arns")
@pytest.mark.parametrize("arn", ["arn:aws:chime:::nobody", "arn:aws:iam::123456789012:user/alice"])
def test_a_malformed_arn_counts_as_a_missing_user(client: Any, instance_arn: str, arn: str) -> None:
    with pytest.raises(client.exceptions.ForbiddenException):
        client.describe_app_instance_user(AppInstanceUserArn=arn)


@pytest.mark.rule("chime.malformed-arns")
@pytest.mark.parametrize("operation", ["describe_app_instance_user", "delete_app_instance_user"])
def test_the_arn_of_a_bot_counts_as_a_missing_user(client: Any, bot_arn: str, operation: str) -> None:
    with pytest.raises(client.exceptions.ForbiddenException):
        getattr(client, operation)(AppInstanceUserArn=bot_arn)
    assert client.describe_app_instance_bot(AppInstanceBotArn=bot_arn)["AppInstanceBot"]
