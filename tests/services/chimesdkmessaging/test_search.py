"""Search for channels by their members."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.services.chimesdkmessaging.samples import Chat

Search = Callable[..., list[str]]


@pytest.fixture
def search(client: Any) -> Search:
    """Search for channels by one field, as somebody."""

    def search(bearer: str, operator: str, *members: str, **more: Any) -> list[str]:
        fields = [{"Key": "MEMBERS", "Operator": operator, "Values": list(members)}]
        found = client.search_channels(ChimeBearer=bearer, **{"Fields": fields, **more})["Channels"]
        return [channel["ChannelArn"] for channel in found]

    return search


@pytest.fixture
def channels(chat: Chat) -> tuple[str, str, str]:
    """Alice with Bob, Alice with Bob and Carol, and Bob with Carol in a PRIVATE channel."""
    return (
        chat.create("two", MemberArns=[chat.bob]),
        chat.create("three", MemberArns=[chat.bob, chat.carol]),
        chat.create("others", chat.bob, Privacy="PRIVATE", MemberArns=[chat.carol]),
    )


def test_equals_finds_channels_with_exactly_these_members(
    chat: Chat, channels: tuple[str, str, str], search: Search
) -> None:
    two, three, _ = channels
    assert search(chat.alice, "EQUALS", chat.bob, chat.alice) == [two]
    assert search(chat.bob, "EQUALS", chat.alice, chat.bob, chat.carol, chat.bob) == [three]
    assert search(chat.alice, "EQUALS", chat.alice) == []


def test_includes_finds_channels_with_these_members_and_any_others(
    chat: Chat, channels: tuple[str, str, str], search: Search
) -> None:
    two, three, others = channels
    assert search(chat.bob, "INCLUDES", chat.bob) == [two, three, others]
    assert search(chat.bob, "INCLUDES", chat.carol, chat.bob) == [three, others]


def test_users_search_their_own_channels_and_administrators_all(
    chat: Chat, channels: tuple[str, str, str], search: Search
) -> None:
    two, three, others = channels
    assert search(chat.alice, "INCLUDES", chat.bob) == [two, three]
    assert search(chat.eve, "INCLUDES", chat.bob) == []
    assert search(chat.admin, "INCLUDES", chat.bob) == [two, three, others]
    assert search(chat.admin, "EQUALS", chat.bob, chat.carol) == [others]


@pytest.mark.rule("messaging.search-fields")
def test_an_elastic_channel_is_found_once_by_the_members_of_all_sub_channels(
    client: Any, chat: Chat, search: Search
) -> None:
    channel = chat.create_elastic(TargetMembershipsPerSubChannel=2)
    chat.add(channel, chat.bob, chat.carol, chat.dave)
    for part in chat.parts(channel):
        chat.add(channel, chat.alice, SubChannelId=part)
    assert search(chat.alice, "INCLUDES", chat.alice, chat.bob, chat.carol) == [channel]
    assert search(chat.carol, "EQUALS", chat.alice, chat.bob, chat.carol, chat.dave) == [channel]
    assert search(chat.carol, "EQUALS", chat.alice, chat.bob, chat.carol) == []
    assert search(chat.admin, "INCLUDES", chat.alice) == [channel]


def test_all_of_several_fields_are_satisfied(
    client: Any, chat: Chat, channels: tuple[str, str, str], search: Search
) -> None:
    _, three, others = channels
    fields = [
        {"Key": "MEMBERS", "Operator": "INCLUDES", "Values": [member]} for member in (chat.bob, chat.carol)
    ]
    assert search(chat.bob, "", Fields=fields) == [three, others]
    fields.append({"Key": "MEMBERS", "Operator": "EQUALS", "Values": [chat.bob, chat.carol]})
    assert search(chat.bob, "", Fields=fields) == [others]


@pytest.mark.rule("messaging.search-fields")
def test_hidden_members_do_not_count(chat: Chat, channels: tuple[str, str, str], search: Search) -> None:
    two, *_ = channels
    chat.add(two, chat.dave, type="HIDDEN")
    assert search(chat.alice, "EQUALS", chat.alice, chat.bob) == [two]
    assert search(chat.admin, "INCLUDES", chat.dave) == []
    assert search(chat.dave, "INCLUDES", chat.alice) == [two]


def test_nobody_finds_nothing(chat: Chat, channels: tuple[str, str, str], search: Search) -> None:
    for value in (chat.nobody, "not an ARN"):
        assert search(chat.admin, "INCLUDES", value) == []
        assert search(chat.alice, "INCLUDES", value) == []


@pytest.mark.rule("messaging.bearer-required")
def test_a_search_without_a_bearer_is_a_bad_request(client: Any, chat: Chat) -> None:
    fields = [{"Key": "MEMBERS", "Operator": "INCLUDES", "Values": [chat.alice]}]
    with pytest.raises(client.exceptions.BadRequestException, match="x-amz-chime-bearer"):
        client.search_channels(Fields=fields)


def test_bad_input_is_a_bad_request(client: Any, chat: Chat) -> None:
    fields = [{"Key": "NAMES", "Operator": "LIKE", "Values": ["x" * 513]}]
    with pytest.raises(client.exceptions.BadRequestException, match="operator"):
        client.search_channels(Fields=fields, ChimeBearer=chat.alice)
