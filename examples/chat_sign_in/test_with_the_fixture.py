"""The sign-in hook, tested with the pytest fixture and what only a mock can do: clock and limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sign_in import Person, sign_in

from qchime import Handle

if TYPE_CHECKING:
    from mypy_boto3_chime_sdk_identity import ChimeSDKIdentityClient


@pytest.fixture
def chime(
    chime_sdk_identity_client: ChimeSDKIdentityClient, monkeypatch: pytest.MonkeyPatch
) -> ChimeSDKIdentityClient:
    monkeypatch.setenv("AWS_DEFAULT_REGION", chime_sdk_identity_client.meta.region_name)
    return chime_sdk_identity_client


@pytest.fixture
def instance(chime: ChimeSDKIdentityClient) -> str:
    return chime.create_app_instance(Name="chat", ClientRequestToken="chat")["AppInstanceArn"]


def test_first_sign_in_creates_the_user(chime: ChimeSDKIdentityClient, instance: str) -> None:
    arn = sign_in(instance, Person("alice", "Alice"))
    assert chime.describe_app_instance_user(AppInstanceUserArn=arn)["AppInstanceUser"]["Name"] == "Alice"


def test_a_changed_name_is_updated(chime: ChimeSDKIdentityClient, instance: str) -> None:
    sign_in(instance, Person("alice", "Alice"))
    arn = sign_in(instance, Person("alice", "Alice Smith"))
    user = chime.describe_app_instance_user(AppInstanceUserArn=arn)["AppInstanceUser"]
    assert user["Name"] == "Alice Smith"


@pytest.mark.parametrize("user_id", ["us-east-1:4f1d-bob", "front.desk@example-1", "endpoints", "1"])
def test_any_id_of_the_identity_provider_works(
    chime: ChimeSDKIdentityClient, instance: str, user_id: str
) -> None:
    arn = sign_in(instance, Person(user_id, "Somebody", is_moderator=True))
    admins = chime.list_app_instance_admins(AppInstanceArn=instance)["AppInstanceAdmins"]
    assert admins == [{"Admin": {"Arn": arn, "Name": "Somebody"}}]


def test_an_expired_user_is_created_again(
    chime: ChimeSDKIdentityClient, instance: str, qchime: Handle
) -> None:
    arn = sign_in(instance, Person("alice", "Alice"))
    chime.put_app_instance_user_expiration_settings(
        AppInstanceUserArn=arn,
        ExpirationSettings={"ExpirationDays": 30, "ExpirationCriterion": "CREATED_TIMESTAMP"},
    )
    before = chime.describe_app_instance_user(AppInstanceUserArn=arn)["AppInstanceUser"]
    qchime.clock.advance(days=31)
    sign_in(instance, Person("alice", "Alice"))
    after = chime.describe_app_instance_user(AppInstanceUserArn=arn)["AppInstanceUser"]
    assert after["CreatedTimestamp"] > before["CreatedTimestamp"]


def test_a_full_app_instance_raises_an_error(
    chime: ChimeSDKIdentityClient, instance: str, qchime: Handle
) -> None:
    qchime.limits.users_per_app_instance = 1
    sign_in(instance, Person("alice", "Alice"))
    with pytest.raises(chime.exceptions.ResourceLimitExceededException):
        sign_in(instance, Person("bob", "Bob"))
