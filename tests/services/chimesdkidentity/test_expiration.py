"""Users that expire: gone once the clock passes their expiry and six hours.

AWS says within six hours; ours takes exactly that long.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from qchime.control.handle import Handle
from tests.services.chimesdkidentity.samples import call_without_metadata, days, device, tags

ALMOST_GONE = {"days": 2, "hours": 5, "minutes": 59}
GONE = {"days": 2, "hours": 6}


@pytest.fixture
def expiring(create_user: Callable[..., str]) -> Any:
    """A user, `bob`, that expires two days after its creation."""
    return create_user("bob", Name="Bob", ExpirationSettings=days(2))


@pytest.fixture
def put(client: Any, expiring: Any) -> Callable[..., Any]:
    def put_settings(**settings: Any) -> Any:
        user = {"AppInstanceUserArn": expiring, **settings}
        return call_without_metadata(client, "PutAppInstanceUserExpirationSettings", **user)

    return put_settings


@pytest.fixture
def is_there(client: Any, expiring: Any) -> Callable[..., Any]:
    def look() -> Any:
        try:
            return bool(client.describe_app_instance_user(AppInstanceUserArn=expiring))
        except client.exceptions.ForbiddenException:
            return False

    return look


@pytest.mark.parametrize("number", [1, 5475])
def test_put_returns_the_settings(put: Callable[..., Any], expiring: Any, number: int) -> None:
    answer = put(ExpirationSettings=days(number))
    assert answer == {"AppInstanceUserArn": expiring, "ExpirationSettings": days(number)}


@pytest.mark.parametrize("elapsed", [{"days": 1}, {"days": 2, "minutes": 1}, ALMOST_GONE])
def test_an_expired_user_looks_active_for_six_hours(
    client: Any, qchime: Handle, instance_arn: str, expiring: Any, elapsed: Any
) -> None:
    qchime.clock.advance(**elapsed)
    assert client.describe_app_instance_user(AppInstanceUserArn=expiring)["AppInstanceUser"]["Name"] == "Bob"
    assert len(client.list_app_instance_users(AppInstanceArn=instance_arn)["AppInstanceUsers"]) == 1


@pytest.mark.rule("chime.expired-users")
def test_an_expired_user_is_gone_after_six_hours(
    client: Any, qchime: Handle, expiring: Any, is_there: Callable[..., Any]
) -> None:
    assert is_there()
    qchime.clock.advance(**GONE)
    assert not is_there()


def test_a_user_without_settings_never_expires(client: Any, qchime: Handle, user_arn: str) -> None:
    qchime.clock.advance(days=20_000)
    assert client.describe_app_instance_user(AppInstanceUserArn=user_arn)["AppInstanceUser"]


def test_users_that_are_gone_are_not_listed(
    client: Any, qchime: Handle, instance_arn: str, user_arn: str, expiring: Any
) -> None:
    qchime.clock.advance(**GONE)
    listed = client.list_app_instance_users(AppInstanceArn=instance_arn)["AppInstanceUsers"]
    assert [user["AppInstanceUserArn"] for user in listed] == [user_arn]


@pytest.mark.parametrize(
    "operation",
    [
        "delete_app_instance_user",
        "list_app_instance_user_endpoints",
        "put_app_instance_user_expiration_settings",
    ],
)
def test_a_user_that_is_gone_is_missing_for_every_operation(
    client: Any, qchime: Handle, expiring: Any, operation: str
) -> None:
    qchime.clock.advance(**GONE)
    with pytest.raises(client.exceptions.ForbiddenException):
        getattr(client, operation)(AppInstanceUserArn=expiring)


def test_the_role_is_removed_with_the_user(
    client: Any, qchime: Handle, instance_arn: str, expiring: Any
) -> None:
    of_bob = {"AppInstanceArn": instance_arn, "AppInstanceAdminArn": expiring}
    client.create_app_instance_admin(**of_bob)
    qchime.clock.advance(**GONE)
    assert client.list_app_instance_admins(AppInstanceArn=instance_arn)["AppInstanceAdmins"] == []
    with pytest.raises(client.exceptions.ForbiddenException):
        client.describe_app_instance_admin(**of_bob)


def test_a_user_that_is_gone_cannot_be_promoted(
    client: Any, qchime: Handle, instance_arn: str, expiring: Any
) -> None:
    qchime.clock.advance(**GONE)
    with pytest.raises(client.exceptions.ForbiddenException):
        client.create_app_instance_admin(AppInstanceArn=instance_arn, AppInstanceAdminArn=expiring)


def test_endpoints_are_removed_with_the_user(
    client: Any, qchime: Handle, create_user: Callable[..., str], expiring: Any
) -> None:
    endpoint = call_without_metadata(
        client, "RegisterAppInstanceUserEndpoint", AppInstanceUserArn=expiring, **device()
    )
    qchime.clock.advance(**GONE)
    with pytest.raises(client.exceptions.ForbiddenException):
        client.describe_app_instance_user_endpoint(**endpoint)
    create_user("bob")
    with pytest.raises(client.exceptions.ForbiddenException):
        client.describe_app_instance_user_endpoint(**endpoint)


def test_tags_are_removed_with_the_user(
    client: Any, qchime: Handle, create_user: Callable[..., str], expiring: Any
) -> None:
    client.tag_resource(ResourceARN=expiring, Tags=tags(team="blue"))
    qchime.clock.advance(**GONE)
    with pytest.raises(client.exceptions.ForbiddenException):
        client.list_tags_for_resource(ResourceARN=expiring)
    create_user("bob", Tags=tags(team="green"))
    assert client.list_tags_for_resource(ResourceARN=expiring)["Tags"] == tags(team="green")


def test_a_user_that_is_gone_can_be_recreated_with_another_name(
    client: Any, qchime: Handle, create_user: Callable[..., str], expiring: Any
) -> None:
    qchime.clock.advance(**GONE)
    assert create_user("bob", Name="Another Bob", Metadata="new") == expiring
    user = client.describe_app_instance_user(AppInstanceUserArn=expiring)["AppInstanceUser"]
    assert user["Name"] == "Another Bob"
    assert "ExpirationSettings" not in user


def test_an_expired_user_that_still_looks_active_counts_as_existing(
    client: Any, qchime: Handle, create_user: Callable[..., str], expiring: Any
) -> None:
    qchime.clock.advance(**ALMOST_GONE)
    assert create_user("bob", Name="Bob") == expiring
    with pytest.raises(client.exceptions.ConflictException):
        create_user("bob", Name="Another Bob")


def test_a_recreated_user_expires_by_its_own_settings(
    qchime: Handle, create_user: Callable[..., str], expiring: Any, is_there: Callable[..., Any]
) -> None:
    """The days count from its own creation, not from that of the earlier user."""
    qchime.clock.advance(**GONE)
    create_user("bob", ExpirationSettings=days(2))
    qchime.clock.advance(**ALMOST_GONE)
    assert is_there()
    qchime.clock.advance(minutes=1)
    assert not is_there()


def test_a_user_deleted_and_recreated_does_not_expire_with_the_first_one(
    client: Any, qchime: Handle, create_user: Callable[..., str], expiring: Any, is_there: Callable[..., Any]
) -> None:
    client.delete_app_instance_user(AppInstanceUserArn=expiring)
    create_user("bob")
    qchime.clock.advance(**GONE)
    assert is_there()


def test_settings_can_be_put_on_a_user_without_any(client: Any, qchime: Handle, user_arn: str) -> None:
    user = {"AppInstanceUserArn": user_arn}
    client.put_app_instance_user_expiration_settings(**user, ExpirationSettings=days(2))
    qchime.clock.advance(**GONE)
    with pytest.raises(client.exceptions.ForbiddenException):
        client.describe_app_instance_user(**user)


def test_days_count_from_the_creation_not_from_the_put(
    qchime: Handle, put: Callable[..., Any], is_there: Callable[..., Any]
) -> None:
    qchime.clock.advance(days=1)
    put(ExpirationSettings=days(2))
    qchime.clock.advance(days=1, hours=5)
    assert is_there()
    qchime.clock.advance(hours=1)
    assert not is_there()


def test_a_put_without_settings_clears_them(
    client: Any, qchime: Handle, put: Callable[..., Any], expiring: Any, is_there: Callable[..., Any]
) -> None:
    assert put() == {"AppInstanceUserArn": expiring}
    user = client.describe_app_instance_user(AppInstanceUserArn=expiring)["AppInstanceUser"]
    assert "ExpirationSettings" not in user
    qchime.clock.advance(**GONE)
    assert is_there()


@pytest.mark.parametrize("settings", [{}, {"ExpirationSettings": days(3)}], ids=["cleared", "prolonged"])
def test_an_expired_user_can_be_rescued_while_it_looks_active(
    qchime: Handle, put: Callable[..., Any], is_there: Callable[..., Any], settings: Any
) -> None:
    qchime.clock.advance(**ALMOST_GONE)
    put(**settings)
    qchime.clock.advance(hours=1)
    assert is_there()


def test_an_expired_user_can_be_updated_while_it_looks_active(
    client: Any, qchime: Handle, expiring: Any
) -> None:
    qchime.clock.advance(**ALMOST_GONE)
    client.update_app_instance_user(AppInstanceUserArn=expiring, Name="Robert", Metadata="")
    user = client.describe_app_instance_user(AppInstanceUserArn=expiring)["AppInstanceUser"]
    assert user["Name"] == "Robert"


def test_fewer_days_make_a_user_expire_earlier(
    qchime: Handle, put: Callable[..., Any], is_there: Callable[..., Any]
) -> None:
    put(ExpirationSettings=days(1))
    qchime.clock.advance(days=1, hours=6)
    assert not is_there()


def test_more_days_make_a_user_expire_later(
    qchime: Handle, put: Callable[..., Any], is_there: Callable[..., Any]
) -> None:
    put(ExpirationSettings=days(4))
    qchime.clock.advance(**GONE)
    assert is_there()
    qchime.clock.advance(days=2)
    assert not is_there()


def test_an_expiry_in_the_past_removes_the_user_at_once(
    qchime: Handle, put: Callable[..., Any], is_there: Callable[..., Any]
) -> None:
    qchime.clock.advance(days=1, hours=7)
    put(ExpirationSettings=days(1))
    assert not is_there()


def test_users_that_are_gone_make_room_for_others(
    client: Any, qchime: Handle, create_user: Callable[..., str], expiring: Any
) -> None:
    qchime.limits.users_per_app_instance = 1
    with pytest.raises(client.exceptions.ResourceLimitExceededException):
        create_user("carol")
    qchime.clock.advance(**GONE)
    assert create_user("carol").endswith("/user/carol")


def test_administrators_that_are_gone_make_room_for_others(
    client: Any, qchime: Handle, instance_arn: str, user_arn: str, expiring: Any
) -> None:
    qchime.limits.admins_per_app_instance = 1
    client.create_app_instance_admin(AppInstanceArn=instance_arn, AppInstanceAdminArn=expiring)
    qchime.clock.advance(**GONE)
    assert client.create_app_instance_admin(AppInstanceArn=instance_arn, AppInstanceAdminArn=user_arn)


def test_paging_continues_after_the_last_listed_user_expires(
    client: Any, qchime: Handle, instance_arn: str, expiring: Any, user_arn: str
) -> None:
    here = {"AppInstanceArn": instance_arn, "MaxResults": 1}
    first = client.list_app_instance_users(**here)
    assert first["AppInstanceUsers"][0]["AppInstanceUserArn"] == expiring
    qchime.clock.advance(**GONE)
    second = client.list_app_instance_users(**here, NextToken=first["NextToken"])
    assert [user["AppInstanceUserArn"] for user in second["AppInstanceUsers"]] == [user_arn]


@pytest.mark.rule("chime.update-timestamps")
def test_a_put_changes_the_last_updated_timestamp(
    client: Any, qchime: Handle, put: Callable[..., Any], expiring: Any
) -> None:
    """A Put is an update of the user."""
    before = client.describe_app_instance_user(AppInstanceUserArn=expiring)["AppInstanceUser"]
    qchime.clock.advance(hours=1)
    put(ExpirationSettings=days(3))
    after = client.describe_app_instance_user(AppInstanceUserArn=expiring)["AppInstanceUser"]
    assert after["CreatedTimestamp"] == before["CreatedTimestamp"]
    assert after["LastUpdatedTimestamp"] >= before["LastUpdatedTimestamp"] + timedelta(hours=1)
