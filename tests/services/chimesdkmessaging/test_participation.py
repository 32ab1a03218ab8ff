"""The channels of a user or bot."""

from typing import Any

import pytest

from qchime import Handle
from tests.services.chimesdkmessaging.samples import NO_ACCESS, Chat


def memberships(client: Any, bearer: str, **more: Any) -> list[tuple[str, str]]:
    found = client.list_channel_memberships_for_app_instance_user(ChimeBearer=bearer, **more)
    return [
        (one["ChannelSummary"]["ChannelArn"], one["AppInstanceUserMembershipSummary"]["Type"])
        for one in found["ChannelMemberships"]
    ]


def moderated(client: Any, bearer: str, **more: Any) -> list[str]:
    found = client.list_channels_moderated_by_app_instance_user(ChimeBearer=bearer, **more)["Channels"]
    return [one["ChannelSummary"]["ChannelArn"] for one in found]


@pytest.mark.rule("messaging.lists-of-bearer")
def test_memberships_are_in_the_order_of_joining(client: Any, chat: Chat, qchime: Handle) -> None:
    first, second, third = (chat.create(str(number), Privacy="PRIVATE") for number in range(3))
    chat.add(third, chat.bob)
    chat.add(first, chat.bob, type="HIDDEN")
    client.delete_channel_membership(ChannelArn=third, MemberArn=chat.bob, ChimeBearer=chat.bob)
    chat.add(third, chat.bob)
    chat.add(second, chat.bob)
    expected = [(first, "HIDDEN"), (third, "DEFAULT"), (second, "DEFAULT")]
    assert memberships(client, chat.bob) == expected
    assert memberships(client, chat.bob, AppInstanceUserArn=chat.bob) == expected
    assert memberships(client, chat.admin, AppInstanceUserArn=chat.bob) == expected
    assert memberships(client, chat.admin) == []
    qchime.load(qchime.dump())
    assert memberships(client, chat.bob) == expected


@pytest.mark.rule("messaging.lists-of-bearer")
def test_administrators_moderate_only_where_they_were_made_moderators(client: Any, chat: Chat) -> None:
    first, second = chat.create(), chat.create()
    client.create_channel_moderator(ChannelArn=second, ChannelModeratorArn=chat.bot, ChimeBearer=chat.admin)
    assert moderated(client, chat.alice) == [first, second]
    assert moderated(client, chat.bot) == [second]
    assert moderated(client, chat.admin) == []
    assert moderated(client, chat.admin, AppInstanceUserArn=chat.bot) == [second]


def test_a_membership_and_a_moderated_channel_have_the_summary_of_the_channel(
    client: Any, chat: Chat, channel: str
) -> None:
    own = {"ChannelArn": channel, "AppInstanceUserArn": chat.alice, "ChimeBearer": chat.alice}
    summary = {"Name": "General", "ChannelArn": channel, "Mode": "RESTRICTED", "Privacy": "PUBLIC"}
    membership = client.describe_channel_membership_for_app_instance_user(**own)["ChannelMembership"]
    assert membership == {
        "ChannelSummary": summary,
        "AppInstanceUserMembershipSummary": {"Type": "DEFAULT"},
    }
    channel_moderated = client.describe_channel_moderated_by_app_instance_user(**own)["Channel"]
    assert channel_moderated == {"ChannelSummary": summary}


@pytest.mark.rule("messaging.describe-for-user")
def test_somebody_who_is_not_in_the_channel_is_forbidden(client: Any, chat: Chat, channel: str) -> None:
    for attempt in (
        client.describe_channel_membership_for_app_instance_user,
        client.describe_channel_moderated_by_app_instance_user,
    ):
        for bearer in (chat.carol, chat.admin):
            with pytest.raises(client.exceptions.ForbiddenException, match=NO_ACCESS):
                attempt(ChannelArn=channel, AppInstanceUserArn=chat.carol, ChimeBearer=bearer)


@pytest.mark.rule("messaging.unknown-identity")
def test_the_lists_of_somebody_who_is_not_in_the_app_instance_are_forbidden(client: Any, chat: Chat) -> None:
    for read in (memberships, moderated):
        with pytest.raises(client.exceptions.ForbiddenException, match="for the input parameter"):
            read(client, chat.admin, AppInstanceUserArn=chat.nobody)


def test_a_deleted_channel_and_a_lost_role_are_not_listed(client: Any, chat: Chat) -> None:
    first, second, third = (chat.create(str(number)) for number in range(3))
    client.delete_channel(ChannelArn=first, ChimeBearer=chat.alice)
    client.delete_channel_moderator(ChannelArn=second, ChannelModeratorArn=chat.alice, ChimeBearer=chat.alice)
    assert memberships(client, chat.alice) == [(second, "DEFAULT"), (third, "DEFAULT")]
    assert moderated(client, chat.alice) == [third]


@pytest.mark.rule("messaging.lists-of-bearer")
def test_a_moderator_is_listed_for_each_of_its_sub_channels(
    client: Any, chat: Chat, channel: str, qchime: Handle
) -> None:
    elastic = chat.create_elastic(TargetMembershipsPerSubChannel=2)
    chat.add(elastic, chat.bob, chat.carol, chat.dave)
    parts = list(chat.parts(elastic))
    for part in reversed(parts):
        chat.add(elastic, chat.alice, SubChannelId=part)

    def places(bearer: str) -> list[tuple[str, str | None]]:
        found = client.list_channel_memberships_for_app_instance_user(ChimeBearer=bearer)
        return [
            (
                one["ChannelSummary"]["ChannelArn"],
                one["AppInstanceUserMembershipSummary"].get("SubChannelId"),
            )
            for one in found["ChannelMemberships"]
        ]

    assert places(chat.alice) == [(channel, None), (elastic, parts[1]), (elastic, parts[0])]
    assert places(chat.carol) == [(elastic, parts[1])]
    own = {"ChannelArn": elastic, "AppInstanceUserArn": chat.alice, "ChimeBearer": chat.alice}
    described = client.describe_channel_membership_for_app_instance_user(**own)["ChannelMembership"]
    assert described["AppInstanceUserMembershipSummary"]["SubChannelId"] == parts[0]
    before = places(chat.alice)
    qchime.load(qchime.dump())
    assert places(chat.alice) == before


def test_a_moved_member_is_in_its_new_sub_channel(client: Any, chat: Chat) -> None:
    elastic = chat.create_elastic(TargetMembershipsPerSubChannel=2)
    chat.add(elastic, chat.bob, chat.carol, chat.dave)
    own = {"ChannelArn": elastic, "AppInstanceUserArn": chat.carol, "ChimeBearer": chat.carol}
    described = client.describe_channel_membership_for_app_instance_user(**own)["ChannelMembership"]
    found = described["AppInstanceUserMembershipSummary"]["SubChannelId"]
    assert found == list(chat.parts(elastic))[1] == chat.part_of(elastic, chat.carol)
