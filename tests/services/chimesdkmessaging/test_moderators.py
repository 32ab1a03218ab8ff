"""Moderators of a channel."""

from collections.abc import Callable
from typing import Any

import pytest

from qchime import Handle
from tests.services.chimesdkmessaging.samples import Chat


@pytest.fixture
def promote(client: Any, chat: Chat, channel: str) -> Callable[[str], Any]:
    """Make somebody a moderator of the channel, as Alice."""

    def promote(arn: str) -> Any:
        given = {"ChannelArn": channel, "ChannelModeratorArn": arn, "ChimeBearer": chat.alice}
        return client.create_channel_moderator(**given)

    return promote


def test_the_response_names_channel_and_moderator(
    chat: Chat, channel: str, promote: Callable[[str], Any]
) -> None:
    answer = promote(chat.bob)
    assert (answer["ChannelArn"], answer["ChannelModerator"]) == (channel, {"Arn": chat.bob, "Name": "Bob"})
    assert chat.moderators(channel) == [chat.alice, chat.bob]


@pytest.mark.rule("messaging.moderators-without-membership")
def test_a_moderator_need_not_be_a_member(chat: Chat, channel: str, promote: Callable[[str], Any]) -> None:
    promote(chat.carol)
    promote(chat.bot)
    assert chat.moderators(channel) == [chat.alice, chat.carol, chat.bot]
    assert chat.members(channel) == [chat.alice, chat.bob]
    chat.add(channel, chat.dave, bearer=chat.carol)


def test_a_moderator_is_described_with_its_creator(
    client: Any, chat: Chat, channel: str, promote: Callable[[str], Any]
) -> None:
    promote(chat.bob)
    found = client.describe_channel_moderator(
        ChannelArn=channel, ChannelModeratorArn=chat.bob, ChimeBearer=chat.bob
    )["ChannelModerator"]
    assert found["Moderator"] == {"Arn": chat.bob, "Name": "Bob"}
    assert found["CreatedBy"] == {"Arn": chat.alice, "Name": "Alice"}
    assert found["ChannelArn"] == channel
    assert found["CreatedTimestamp"] >= chat.describe(channel)["CreatedTimestamp"]


@pytest.mark.rule("messaging.missing-part-of-channel")
def test_somebody_who_is_not_a_moderator_is_not_found(client: Any, chat: Chat, channel: str) -> None:
    with pytest.raises(client.exceptions.NotFoundException, match="not a moderator"):
        client.describe_channel_moderator(
            ChannelArn=channel, ChannelModeratorArn=chat.bob, ChimeBearer=chat.alice
        )


@pytest.mark.rule("messaging.repeated-moderator")
def test_a_repeated_moderator_is_a_conflict(client: Any, chat: Chat, promote: Callable[[str], Any]) -> None:
    with pytest.raises(client.exceptions.ConflictException, match="already a moderator"):
        promote(chat.alice)


@pytest.mark.rule("messaging.unknown-identity")
def test_somebody_who_is_not_in_the_app_instance_is_forbidden(
    client: Any, chat: Chat, create_chat: Callable[[], Chat], promote: Callable[[str], Any]
) -> None:
    for unknown in (chat.nobody, create_chat().bob):
        with pytest.raises(client.exceptions.ForbiddenException, match="for the input parameter"):
            promote(unknown)


def test_more_moderators_than_the_quota_are_refused(
    client: Any, chat: Chat, qchime: Handle, promote: Callable[[str], Any]
) -> None:
    qchime.limits.moderators_per_channel = 2
    promote(chat.bob)
    with pytest.raises(client.exceptions.ResourceLimitExceededException, match="2 moderators"):
        promote(chat.carol)


@pytest.mark.rule("messaging.moderators-without-membership")
@pytest.mark.rule("messaging.delete-missing-moderator")
def test_the_last_moderator_can_be_deleted_and_stays_a_member(client: Any, chat: Chat, channel: str) -> None:
    given = {"ChannelArn": channel, "ChannelModeratorArn": chat.alice, "ChimeBearer": chat.admin}
    client.delete_channel_moderator(**given)
    assert chat.moderators(channel) == []
    assert chat.alice in chat.members(channel)
    answer = client.delete_channel_moderator(**given)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
