"""The list of the sub-channels of an elastic channel."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from qchime import Handle
from tests.services.chimesdkmessaging.samples import NO_ACCESS, NO_CHANNEL, Chat


def test_it_has_ids_and_numbers_of_members(client: Any, chat: Chat) -> None:
    channel = chat.create_elastic(TargetMembershipsPerSubChannel=2)
    chat.add(channel, chat.bob, chat.carol, chat.dave)
    found = client.list_sub_channels(ChannelArn=channel, ChimeBearer=chat.alice)
    assert found["ChannelArn"] == channel
    assert "NextToken" not in found
    first, second = found["SubChannels"]
    assert (first["MembershipCount"], second["MembershipCount"]) == (2, 1)
    assert first["SubChannelId"] == chat.part_of(channel, chat.bob)
    assert second["SubChannelId"] == chat.part_of(channel, chat.carol)


@pytest.mark.rule("messaging.unsupported-in-elastic-channels")
def test_other_channels_have_none(client: Any, chat: Chat) -> None:
    with pytest.raises(client.exceptions.BadRequestException, match="not elastic"):
        client.list_sub_channels(ChannelArn=chat.create(), ChimeBearer=chat.alice)


def test_members_do_not_see_it(client: Any, chat: Chat) -> None:
    channel = chat.create_elastic()
    chat.add(channel, chat.bob)
    for arn in (channel, NO_CHANNEL):
        with pytest.raises(client.exceptions.ForbiddenException, match=NO_ACCESS):
            client.list_sub_channels(ChannelArn=arn, ChimeBearer=chat.bob)


def test_bad_input_is_a_bad_request(client: Any, chat: Chat) -> None:
    with pytest.raises(client.exceptions.BadRequestException, match="'maxResults'"):
        client.list_sub_channels(ChannelArn=chat.create_elastic(), ChimeBearer=chat.alice, MaxResults=51)


class TestPages:
    @pytest.fixture
    def read(self, client: Any, chat: Chat, qchime: Handle) -> Callable[..., Any]:
        """Read a page of three sub-channels with two members each."""
        qchime.rules["messaging.scale-out"] = "new-members"
        channel = chat.create_elastic(TargetMembershipsPerSubChannel=2)
        chat.add(channel, chat.admin, chat.bob, chat.carol, chat.dave, chat.eve, chat.bot)
        return partial(client.list_sub_channels, ChannelArn=channel, ChimeBearer=chat.alice)

    def test_they_cover_everything(self, read: Callable[..., Any]) -> None:
        everything = read()["SubChannels"]
        first = read(MaxResults=2)
        second = read(MaxResults=2, NextToken=first["NextToken"])
        assert [*first["SubChannels"], *second["SubChannels"]] == everything
        assert [part["MembershipCount"] for part in everything] == [2, 2, 2]
        assert "NextToken" not in second

    @pytest.mark.rule("chime.page-tokens")
    def test_a_token_of_another_list_is_a_bad_request(
        self, client: Any, chat: Chat, read: Callable[..., Any]
    ) -> None:
        chat.create()
        chat.create()
        listed = client.list_channels(AppInstanceArn=chat.arn, ChimeBearer=chat.admin, MaxResults=1)
        with pytest.raises(client.exceptions.BadRequestException, match="NextToken"):
            read(NextToken=listed["NextToken"])
