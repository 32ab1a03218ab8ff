"""What the page shows of elastic channels."""

from typing import Any

import pytest

from qchime.control import tree
from qchime.core.cloud import cloud
from qchime.core.showing import Timeline
from tests.services.chimesdkmessaging.samples import Chat


@pytest.fixture
def channel(chat: Chat) -> str:
    """Alice's elastic channel, with Bob and Dave in one sub-channel, and Carol in another one."""
    channel = chat.create_elastic(TargetMembershipsPerSubChannel=2)
    chat.add(channel, chat.bob, chat.carol, chat.dave)
    return channel


def shown(id: str, view: str) -> list[tuple[str, str]]:
    """The authors and texts of a view of the resource with this ARN or id."""
    [found] = [one for one in tree.search(cloud.contents, id, 10) if one.key == id]
    timeline = found.view(view)
    assert isinstance(timeline, Timeline)
    return [(entry.author, entry.text) for entry in timeline.entries]


def test_a_sub_channel_is_shown_as_its_messages(chat: Chat, channel: str) -> None:
    first, second = chat.parts(channel)
    chat.send(channel, "Hello", chat.bob, SubChannelId=first)
    chat.send(channel, "Good night", chat.carol, SubChannelId=second)
    assert shown(first, "Messages") == [("Bob", "Hello")]
    assert shown(second, "Messages") == [("Carol", "Good night")]


def test_it_is_shown_as_its_events_and_the_channel_as_all(chat: Chat, channel: str) -> None:
    first, second = chat.parts(channel)
    chat.send(channel, f"not in {second}", chat.bob, SubChannelId=first)
    assert shown(second, "Events") == [("CREATE_SUB_CHANNEL", ""), ("UPDATE_CHANNEL_MEMBERSHIP", "Carol")]
    events = shown(channel, "Events")
    assert events[0] == ("CREATE_CHANNEL", "Elastic")
    assert {*shown(first, "Events"), *shown(second, "Events")} < {*events}


def test_a_channel_shows_messages_unless_they_are_in_sub_channels(chat: Chat, channel: str) -> None:
    plain = chat.create()
    views = {arn: one.views for arn in (channel, plain) for one in tree.search(cloud.contents, arn, 1)}
    assert views == {channel: ["Events"], plain: ["Messages", "Events"]}


def test_members_are_in_the_sub_channels(chat: Chat, channel: str) -> None:
    [found] = tree.search(cloud.contents, channel, 1)
    assert {figure.title: figure.count for figure in found.groups if figure.count} == {
        "Moderators": 1,
        "Sub channels": 2,
    }
    counts: list[Any] = [
        {figure.title: figure.count for figure in part.groups if figure.count}
        for part in found.children("sub_channels")
    ]
    assert counts == [{"Memberships": 2}, {"Memberships": 1}]
