"""What Amazon Chime SDK Identity deletes disappears from channels too."""

from typing import Any

import boto3
import pytest

from qchime import Handle
from qchime.core.cloud import cloud
from qchime.core.table import SERVICES
from tests.services.chimesdkidentity.samples import days
from tests.services.chimesdkmessaging.samples import Chat


@pytest.fixture
def channel(client: Any, chat: Chat) -> str:
    """A channel of the administrator's, with Bob, the bot, Carol as a moderator, and Dave banned."""
    channel = chat.create("General", chat.admin, MemberArns=[chat.bob, chat.bot], ModeratorArns=[chat.carol])
    client.create_channel_ban(ChannelArn=channel, MemberArn=chat.dave, ChimeBearer=chat.admin)
    return channel


@pytest.mark.rule("messaging.deleted-user")
def test_a_deleted_user_loses_memberships_and_roles(
    client: Any, identity: Any, chat: Chat, channel: str
) -> None:
    for name in ("bob", "carol", "dave"):
        identity.delete_app_instance_user(AppInstanceUserArn=getattr(chat, name))
    identity.delete_app_instance_bot(AppInstanceBotArn=chat.bot)
    assert chat.members(channel) == chat.moderators(channel) == [chat.admin]
    assert client.list_channel_bans(ChannelArn=channel, ChimeBearer=chat.admin)["ChannelBans"] == []


@pytest.mark.rule("messaging.deleted-user")
def test_a_deleted_user_is_in_no_sub_channel(client: Any, identity: Any, chat: Chat, qchime: Handle) -> None:
    channel = chat.create_elastic(TargetMembershipsPerSubChannel=2)
    chat.add(channel, chat.bob, chat.carol, chat.dave)
    for part in chat.parts(channel):
        chat.add(channel, chat.alice, SubChannelId=part)
    for user in (chat.alice, chat.bob):
        identity.delete_app_instance_user(AppInstanceUserArn=user)
    assert sorted(chat.members(channel)) == [chat.carol, chat.dave]
    assert chat.moderators(channel) == []
    qchime.load(qchime.dump())


@pytest.mark.rule("messaging.deleted-user")
def test_a_user_that_is_created_again_is_in_no_channel(
    client: Any, identity: Any, chat: Chat, channel: str
) -> None:
    identity.delete_app_instance_user(AppInstanceUserArn=chat.bob)
    with pytest.raises(client.exceptions.ForbiddenException, match="x-amz-chime-bearer"):
        chat.describe(channel, chat.bob)
    identity.create_app_instance_user(AppInstanceArn=chat.arn, AppInstanceUserId="bob", Name="Bob")
    found = client.list_channel_memberships_for_app_instance_user(ChimeBearer=chat.bob)
    assert found["ChannelMemberships"] == []


@pytest.mark.rule("messaging.deleted-user")
def test_the_channels_of_a_deleted_user_stay(identity: Any, chat: Chat) -> None:
    channel = chat.create("General", chat.bob, MemberArns=[chat.carol])
    identity.delete_app_instance_user(AppInstanceUserArn=chat.bob)
    assert chat.describe(channel)["CreatedBy"] == {"Arn": chat.bob}
    assert chat.members(channel) == [chat.carol]
    assert chat.moderators(channel) == []


def test_an_expired_user_is_gone_from_its_channels(
    identity: Any, chat: Chat, channel: str, qchime: Handle
) -> None:
    identity.put_app_instance_user_expiration_settings(
        AppInstanceUserArn=chat.bob, ExpirationSettings=days(1)
    )
    qchime.clock.advance(days=1, hours=7)
    assert chat.members(channel) == [chat.admin, chat.carol, chat.bot]


def test_a_deleted_administrator_keeps_its_membership(
    client: Any, identity: Any, chat: Chat, channel: str
) -> None:
    identity.delete_app_instance_admin(AppInstanceArn=chat.arn, AppInstanceAdminArn=chat.admin)
    with pytest.raises(client.exceptions.ForbiddenException):
        chat.channels(Privacy="PRIVATE")
    assert chat.admin in chat.members(channel)


def test_a_deleted_app_instance_takes_its_channels_along(
    identity: Any, chat: Chat, channel: str, qchime: Handle
) -> None:
    identity.delete_app_instance(AppInstanceArn=chat.arn)
    (place,) = qchime.dump()["services"]["chime-sdk-messaging"]["123456789012"].values()
    assert place == {"chats": {}}


def test_a_reset_of_identity_alone_takes_the_channels_along(channel: str, qchime: Handle) -> None:
    cloud.account("123456789012").backend(SERVICES.named("chime-sdk-identity"), "us-east-1").reset()
    (place,) = qchime.dump()["services"]["chime-sdk-messaging"]["123456789012"].values()
    assert place == {"chats": {}}


def test_identity_works_without_any_channel(identity: Any) -> None:
    arn = identity.create_app_instance(Name="Chat")["AppInstanceArn"]
    identity.delete_app_instance(AppInstanceArn=arn)
    assert identity.list_app_instances()["AppInstances"] == []


@pytest.mark.parametrize("elsewhere", ["eu-central-1", "ap-southeast-2"])
def test_channels_of_another_region_have_nothing_to_do_with_it(
    client: Any, chat: Chat, channel: str, elsewhere: str
) -> None:
    there = boto3.client("chime-sdk-messaging", region_name=elsewhere)
    with pytest.raises(there.exceptions.ForbiddenException):
        there.describe_channel(ChannelArn=channel, ChimeBearer=chat.admin)
