"""The lists, page by page."""

import base64
from collections.abc import Callable
from typing import Any

import pytest

from qchime import Handle
from qchime.control.handle import CloudHandle
from tests.services.chimesdkidentity.test_paging import Listing
from tests.services.chimesdkmessaging.samples import Chat

CreateUser = Callable[[int], str]
"""Create a user with a number; returns the ARN."""


def channels(client: Any, chat: Chat, create_user: CreateUser) -> Listing:
    return Listing(
        create=lambda one: chat.create(f"Channel {one}"),
        delete=lambda arn: client.delete_channel(ChannelArn=arn, ChimeBearer=chat.admin),
        read=lambda **given: client.list_channels(AppInstanceArn=chat.arn, ChimeBearer=chat.admin, **given),
        member="Channels",
        key=lambda item: item["ChannelArn"],
    )


def memberships(client: Any, chat: Chat, create_user: CreateUser) -> Listing:
    here = {"ChannelArn": chat.create(), "ChimeBearer": chat.admin}
    client.delete_channel_membership(**here, MemberArn=chat.alice)

    def create(one: int) -> str:
        arn = create_user(one)
        chat.add(here["ChannelArn"], arn)
        return arn

    return Listing(
        create=create,
        delete=lambda arn: client.delete_channel_membership(**here, MemberArn=arn),
        read=lambda **given: client.list_channel_memberships(**here, **given),
        member="ChannelMemberships",
        key=lambda item: item["Member"]["Arn"],
    )


def memberships_of_all_sub_channels(client: Any, chat: Chat, create_user: CreateUser) -> Listing:
    """Two members each; nobody moves, and empty sub-channels are deleted."""
    CloudHandle().rules["messaging.scale-out"] = "new-members"
    channel = chat.create_elastic(
        MaximumSubChannels=100, TargetMembershipsPerSubChannel=2, MinimumMembershipPercentage=1
    )
    here = {"ChannelArn": channel, "ChimeBearer": chat.admin}

    def create(one: int) -> str:
        arn = create_user(one)
        chat.add(channel, arn)
        return arn

    return Listing(
        create=create,
        delete=lambda arn: client.delete_channel_membership(**here, MemberArn=arn),
        read=lambda **given: client.list_channel_memberships(**here, **given),
        member="ChannelMemberships",
        key=lambda item: item["Member"]["Arn"],
    )


def moderators(client: Any, chat: Chat, create_user: CreateUser) -> Listing:
    here = {"ChannelArn": chat.create(), "ChimeBearer": chat.admin}
    client.delete_channel_moderator(**here, ChannelModeratorArn=chat.alice)

    def create(one: int) -> Any:
        made = client.create_channel_moderator(**here, ChannelModeratorArn=create_user(one))
        return made["ChannelModerator"]["Arn"]

    return Listing(
        create=create,
        delete=lambda arn: client.delete_channel_moderator(**here, ChannelModeratorArn=arn),
        read=lambda **given: client.list_channel_moderators(**here, **given),
        member="ChannelModerators",
        key=lambda item: item["Moderator"]["Arn"],
    )


def bans(client: Any, chat: Chat, create_user: CreateUser) -> Listing:
    here = {"ChannelArn": chat.create(), "ChimeBearer": chat.admin}
    return Listing(
        create=lambda one: client.create_channel_ban(**here, MemberArn=create_user(one))["Member"]["Arn"],
        delete=lambda arn: client.delete_channel_ban(**here, MemberArn=arn),
        read=lambda **given: client.list_channel_bans(**here, **given),
        member="ChannelBans",
        key=lambda item: item["Member"]["Arn"],
    )


def memberships_of_a_user(client: Any, chat: Chat, create_user: CreateUser) -> Listing:
    bob = {"ChimeBearer": chat.bob}

    def create(one: int) -> str:
        channel = chat.create(f"Channel {one}", Privacy="PRIVATE" if one % 2 else "PUBLIC")
        chat.add(channel, chat.bob)
        return channel

    return Listing(
        create=create,
        delete=lambda arn: client.delete_channel_membership(ChannelArn=arn, MemberArn=chat.bob, **bob),
        read=lambda **given: client.list_channel_memberships_for_app_instance_user(**bob, **given),
        member="ChannelMemberships",
        key=lambda item: item["ChannelSummary"]["ChannelArn"],
    )


def moderated_by_a_user(client: Any, chat: Chat, create_user: CreateUser) -> Listing:
    of_bob = {"ChannelModeratorArn": chat.bob, "ChimeBearer": chat.admin}

    def create(one: int) -> str:
        channel = chat.create(f"Channel {one}")
        client.create_channel_moderator(ChannelArn=channel, **of_bob)
        return channel

    return Listing(
        create=create,
        delete=lambda arn: client.delete_channel_moderator(ChannelArn=arn, **of_bob),
        read=lambda **given: client.list_channels_moderated_by_app_instance_user(
            ChimeBearer=chat.bob, **given
        ),
        member="Channels",
        key=lambda item: item["ChannelSummary"]["ChannelArn"],
    )


def search(client: Any, chat: Chat, create_user: CreateUser) -> Listing:
    fields = [{"Key": "MEMBERS", "Operator": "EQUALS", "Values": [chat.bob, chat.alice]}]

    def create(one: int) -> str:
        chat.create(f"Other {one}", MemberArns=[chat.bob, chat.carol])
        return chat.create(f"Channel {one}", MemberArns=[chat.bob])

    return Listing(
        create=create,
        delete=lambda arn: client.delete_channel(ChannelArn=arn, ChimeBearer=chat.admin),
        read=lambda **given: client.search_channels(ChimeBearer=chat.bob, Fields=fields, **given),
        member="Channels",
        key=lambda item: item["ChannelArn"],
    )


LISTS = [
    channels,
    memberships,
    memberships_of_all_sub_channels,
    moderators,
    bans,
    memberships_of_a_user,
    moderated_by_a_user,
    search,
]


@pytest.fixture
def create_user(identity: Any, chat: Chat) -> CreateUser:
    """Create a user whose id sorts before those with lower numbers."""

    def create(one: int) -> str:
        user = {"AppInstanceArn": chat.arn, "AppInstanceUserId": f"user-{99 - one}", "Name": "Somebody"}
        return str(identity.create_app_instance_user(**user)["AppInstanceUserArn"])

    return create


@pytest.fixture(params=LISTS, ids=lambda make: make.__name__)
def listing(request: pytest.FixtureRequest, client: Any, chat: Chat, create_user: CreateUser) -> Any:
    """Each list in turn, empty."""
    return request.param(client, chat, create_user)


def test_an_empty_list_is_one_page_without_a_token(listing: Listing) -> None:
    answer = listing.read()
    assert answer[listing.member] == []
    assert "NextToken" not in answer


@pytest.mark.rule("chime.list-order")
def test_pages_of_two_cover_everything_in_order_of_creation(listing: Listing) -> None:
    created = listing.fill(5)
    assert listing.page() == (created, None)
    assert listing.pages(size=2) == [created[:2], created[2:4], created[4:]]
    assert listing.pages(size=5) == [created]


@pytest.mark.rule("chime.page-size")
def test_a_page_has_fifty_items_by_default(listing: Listing) -> None:
    created = listing.fill(51)
    keys, token = listing.page()
    assert keys == created[:50]
    assert listing.page(NextToken=token) == (created[50:], None)


def test_deleting_each_page_while_paging_covers_everything_exactly_once(listing: Listing) -> None:
    created = listing.fill(7)
    seen, token = listing.page(MaxResults=2)
    for key in seen:
        listing.delete(key)
    while token:
        keys, token = listing.page(MaxResults=2, NextToken=token)
        seen += keys
        for key in keys:
            listing.delete(key)
    assert seen == created
    assert listing.page() == ([], None)


def test_items_deleted_ahead_of_the_page_are_not_listed_and_new_ones_are_last(listing: Listing) -> None:
    created = listing.fill(5)
    _, token = listing.page(MaxResults=2)
    listing.delete(created[3])
    new = listing.create(50)
    assert listing.page(NextToken=token) == ([created[2], created[4], new], None)


def test_a_page_token_survives_a_load(listing: Listing, qchime: Handle) -> None:
    created = listing.fill(5)
    (_, third), (_, fourth) = (listing.page(MaxResults=size) for size in (3, 4))
    listing.delete(created[0])
    listing.delete(created[3])
    qchime.load(qchime.dump())
    assert listing.page(NextToken=third) == listing.page(NextToken=fourth) == ([created[4]], None)
    listing.delete(created[4])
    qchime.load(qchime.dump())
    assert listing.page(NextToken=fourth) == ([], None)
    assert listing.page() == (created[1:3], None)


@pytest.mark.rule("chime.page-tokens")
@pytest.mark.parametrize("rubbish", ["rubbish", "2", "ä🙂", base64.b64encode(b'["x", 1]').decode()])
def test_an_unknown_token_is_a_bad_request(client: Any, listing: Listing, rubbish: str) -> None:
    listing.fill(2)
    with pytest.raises(client.exceptions.BadRequestException, match="NextToken"):
        listing.read(NextToken=rubbish)


@pytest.mark.rule("chime.page-tokens")
def test_a_token_of_another_list_is_a_bad_request(
    client: Any, identity: Any, chat: Chat, listing: Listing
) -> None:
    listing.fill(3)
    token = identity.list_app_instance_users(AppInstanceArn=chat.arn, MaxResults=1)["NextToken"]
    with pytest.raises(client.exceptions.BadRequestException, match="NextToken"):
        listing.read(NextToken=token)
