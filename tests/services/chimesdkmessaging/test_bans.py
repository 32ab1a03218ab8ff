"""Bans: who is kept out of a channel."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.services.chimesdkmessaging.samples import Chat


@pytest.fixture
def ban(client: Any, chat: Chat, channel: str) -> Callable[[str], Any]:
    """Ban somebody from the channel, as Alice."""
    return lambda arn: client.create_channel_ban(ChannelArn=channel, MemberArn=arn, ChimeBearer=chat.alice)


def banned(client: Any, chat: Chat, channel: str) -> list[str]:
    found = client.list_channel_bans(ChannelArn=channel, ChimeBearer=chat.alice)["ChannelBans"]
    return [one["Member"]["Arn"] for one in found]


def test_a_ban_removes_the_membership(
    client: Any, chat: Chat, channel: str, ban: Callable[[str], Any]
) -> None:
    answer = ban(chat.bob)
    assert (answer["ChannelArn"], answer["Member"]) == (channel, {"Arn": chat.bob, "Name": "Bob"})
    assert chat.members(channel) == [chat.alice]
    assert banned(client, chat, channel) == [chat.bob]


@pytest.mark.rule("messaging.banned-member")
def test_a_banned_user_can_be_a_member_again_only_after_the_ban(
    client: Any, chat: Chat, channel: str, ban: Callable[[str], Any]
) -> None:
    ban(chat.bob)
    for bearer in (chat.admin, chat.bob):
        with pytest.raises(client.exceptions.ForbiddenException, match="is banned"):
            chat.add(channel, chat.bob, bearer=bearer)
    assert chat.describe(channel, chat.bob)["Name"] == "General"
    client.delete_channel_ban(ChannelArn=channel, MemberArn=chat.bob, ChimeBearer=chat.alice)
    chat.add(channel, chat.bob)
    assert banned(client, chat, channel) == []
    assert chat.members(channel) == [chat.alice, chat.bob]


def test_a_ban_is_described_with_its_creator(
    client: Any, chat: Chat, channel: str, ban: Callable[[str], Any]
) -> None:
    ban(chat.bob)
    given = {"ChannelArn": channel, "MemberArn": chat.bob, "ChimeBearer": chat.admin}
    found = client.describe_channel_ban(**given)["ChannelBan"]
    assert found["Member"] == {"Arn": chat.bob, "Name": "Bob"}
    assert found["CreatedBy"] == {"Arn": chat.alice, "Name": "Alice"}
    assert found["ChannelArn"] == channel
    assert found["CreatedTimestamp"] >= chat.describe(channel)["CreatedTimestamp"]


@pytest.mark.rule("messaging.missing-part-of-channel")
def test_somebody_who_is_not_banned_is_not_found(client: Any, chat: Chat, channel: str) -> None:
    with pytest.raises(client.exceptions.NotFoundException, match="not banned"):
        client.describe_channel_ban(ChannelArn=channel, MemberArn=chat.bob, ChimeBearer=chat.alice)


@pytest.mark.rule("messaging.repeated-ban")
def test_a_repeated_ban_is_a_conflict(client: Any, chat: Chat, ban: Callable[[str], Any]) -> None:
    ban(chat.bob)
    with pytest.raises(client.exceptions.ConflictException, match="already banned"):
        ban(chat.bob)


@pytest.mark.rule("messaging.ban-of-moderator")
def test_moderators_and_administrators_cannot_be_banned_others_can(
    client: Any, chat: Chat, channel: str, ban: Callable[[str], Any]
) -> None:
    chat.add(channel, chat.admin)
    for arn in (chat.alice, chat.admin):
        with pytest.raises(client.exceptions.ForbiddenException, match="is a moderator or administrator"):
            ban(arn)
    assert chat.members(channel) == [chat.alice, chat.bob, chat.admin]
    ban(chat.carol)
    ban(chat.bot)
    assert banned(client, chat, channel) == [chat.carol, chat.bot]


@pytest.mark.rule("messaging.unknown-identity")
def test_somebody_who_is_not_in_the_app_instance_is_forbidden(
    client: Any, chat: Chat, create_chat: Callable[[], Chat], ban: Callable[[str], Any]
) -> None:
    for unknown in (chat.nobody, create_chat().bob):
        with pytest.raises(client.exceptions.ForbiddenException, match="for the input parameter"):
            ban(unknown)


@pytest.mark.rule("messaging.delete-missing-ban")
def test_to_delete_a_ban_that_does_not_exist_succeeds(client: Any, chat: Chat, channel: str) -> None:
    answer = client.delete_channel_ban(ChannelArn=channel, MemberArn=chat.carol, ChimeBearer=chat.alice)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
