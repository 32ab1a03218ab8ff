"""Memberships in batches."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError

from qchime import Handle
from tests.services.chimesdkmessaging.samples import NO_ACCESS, Chat


@pytest.fixture
def add(client: Any, chat: Chat, channel: str) -> Callable[..., Any]:
    """Add members to the channel as Alice; returns those that were added, and the errors by member."""

    def add(*members: str, **more: Any) -> Any:
        given = {"ChannelArn": channel, "MemberArns": list(members), "ChimeBearer": chat.alice, **more}
        answer = client.batch_create_channel_membership(**given)
        assert answer["BatchChannelMemberships"]["ChannelArn"] == channel
        added = [member["Arn"] for member in answer["BatchChannelMemberships"]["Members"]]
        return added, {error["MemberArn"]: error["ErrorCode"] for error in answer["Errors"]}

    return add


def test_a_batch_adds_all_its_members(client: Any, chat: Chat, channel: str) -> None:
    answer = client.batch_create_channel_membership(
        ChannelArn=channel, MemberArns=[chat.carol, chat.bot], ChimeBearer=chat.alice
    )
    assert answer["BatchChannelMemberships"] == {
        "InvitedBy": {"Arn": chat.alice, "Name": "Alice"},
        "Type": "DEFAULT",
        "Members": [{"Arn": chat.carol, "Name": "Carol"}, {"Arn": chat.bot, "Name": "Helper"}],
        "ChannelArn": channel,
    }
    assert answer["Errors"] == []
    assert chat.members(channel) == [chat.alice, chat.bob, chat.carol, chat.bot]


@pytest.mark.rule("messaging.batch")
def test_members_that_cannot_be_added_are_among_the_errors(
    client: Any, chat: Chat, channel: str, add: Callable[..., Any]
) -> None:
    client.create_channel_ban(ChannelArn=channel, MemberArn=chat.dave, ChimeBearer=chat.alice)
    chat.add(channel, chat.eve, type="HIDDEN")
    added, errors = add(chat.nobody, chat.bob, chat.dave, chat.carol, chat.eve, chat.carol)
    assert added == [chat.bob, chat.carol]
    assert errors == {chat.nobody: "NotFound", chat.dave: "Forbidden", chat.eve: "Conflict"}
    assert chat.members(channel) == [chat.alice, chat.bob, chat.carol]


@pytest.mark.rule("messaging.batch")
def test_a_quota_is_an_error_of_the_members_beyond_it(
    chat: Chat, channel: str, add: Callable[..., Any], qchime: Handle
) -> None:
    qchime.limits.memberships_per_channel = 3
    added, errors = add(chat.carol, chat.bob, chat.dave)
    assert added == [chat.carol, chat.bob]
    assert errors == {chat.dave: "ResourceLimitExceeded"}


@pytest.mark.rule("messaging.repeated-membership")
def test_members_that_exist_are_errors_if_the_test_author_says_so(
    chat: Chat, add: Callable[..., Any], qchime: Handle
) -> None:
    qchime.rules["messaging.repeated-membership"] = "conflict"
    assert add(chat.bob, chat.carol) == ([chat.carol], {chat.bob: "Conflict"})


def test_a_batch_can_be_hidden(chat: Chat, channel: str, add: Callable[..., Any]) -> None:
    assert add(chat.carol, Type="HIDDEN") == ([chat.carol], {})
    assert chat.members(channel, Type="HIDDEN") == [chat.carol]


@pytest.mark.rule("messaging.batch")
def test_whoever_may_only_join_adds_nobody_else(
    client: Any, chat: Chat, channel: str, add: Callable[..., Any]
) -> None:
    with pytest.raises(client.exceptions.ForbiddenException, match=NO_ACCESS):
        add(chat.carol, chat.dave, ChimeBearer=chat.carol)
    assert chat.members(channel) == [chat.alice, chat.bob]
    assert add(chat.carol, ChimeBearer=chat.carol) == ([chat.carol], {})


def test_a_missing_channel_fails_the_whole_batch(client: Any, chat: Chat, add: Callable[..., Any]) -> None:
    with pytest.raises(client.exceptions.ForbiddenException, match=NO_ACCESS):
        add(chat.bob, ChannelArn=f"{chat.arn}/channel/nothing")


@pytest.mark.parametrize("number", [0, 101])
def test_a_batch_has_one_to_a_hundred_members(client: Any, chat: Chat, channel: str, number: int) -> None:
    members = [f"{chat.arn}/user/{one}" for one in range(number)]
    with pytest.raises((ClientError, ParamValidationError)):
        client.batch_create_channel_membership(ChannelArn=channel, MemberArns=members, ChimeBearer=chat.alice)
