"""The sub-channels of an elastic channel, as members come and go."""

from collections.abc import Callable
from itertools import chain
from typing import Any

import pytest

from qchime import Handle
from tests.services.chimesdkmessaging.samples import Chat

People = Callable[[int], list[str]]


@pytest.fixture
def people(identity: Any, chat: Chat) -> People:
    """Create users, named by their numbers; returns their ARNs."""

    def create(number: int) -> list[str]:
        given = [{"AppInstanceUserId": f"user-{one}", "Name": str(one)} for one in range(number)]
        return [
            identity.create_app_instance_user(AppInstanceArn=chat.arn, **one)["AppInstanceUserArn"]
            for one in given
        ]

    return create


def leave(chat: Chat, channel: str, *members: str) -> None:
    for member in members:
        chat.client.delete_channel_membership(ChannelArn=channel, MemberArn=member, ChimeBearer=member)


def rosters(chat: Chat, channel: str) -> list[list[str]]:
    """The members of each sub-channel by name, oldest first."""
    found = [chat.members(channel, SubChannelId=part) for part in chat.parts(channel)]
    return [[arn.rpartition("/")[2].removeprefix("user-") for arn in roster] for roster in found]


def told(qchime: Handle, *types: str) -> list[tuple[str, str, list[str]]]:
    """Events of these types, or of all: the type, the name of the member, and of the recipients."""
    return [
        (
            event.type,
            event.payload.get("Member", {}).get("Name", ""),
            [arn.rpartition("/")[2].removeprefix("user-") for arn in event.recipients],
        )
        for event in qchime.events()
        if not types or event.type in types
    ]


class TestPlaces:
    @pytest.mark.rule("messaging.places-of-members")
    def test_a_new_channel_has_one_empty_sub_channel(self, chat: Chat) -> None:
        assert list(chat.parts(chat.create_elastic()).values()) == [0]

    @pytest.mark.rule("messaging.places-of-members")
    def test_members_fill_it_before_there_is_another_one(self, chat: Chat, people: People) -> None:
        channel = chat.create_elastic()
        members = people(5)
        chat.add(channel, *members[:4])
        assert rosters(chat, channel) == [["0", "1", "2", "3"]]
        chat.add(channel, members[4])
        assert [len(roster) for roster in rosters(chat, channel)] == [3, 2]

    @pytest.mark.rule("messaging.places-of-members")
    def test_a_new_member_comes_where_the_fewest_are(self, chat: Chat, people: People) -> None:
        channel = chat.create_elastic()
        chat.add(channel, *people(8)[:7])
        assert rosters(chat, channel) == [["0", "1", "4", "6"], ["2", "3", "5"]]
        leave(chat, channel, f"{chat.arn}/user/user-1", f"{chat.arn}/user/user-4")
        chat.add(channel, f"{chat.arn}/user/user-7")
        assert rosters(chat, channel) == [["0", "6", "7"], ["2", "3", "5"]]

    @pytest.mark.rule("messaging.places-of-members")
    def test_a_new_member_comes_into_the_oldest_if_the_test_author_says_so(
        self, chat: Chat, people: People, qchime: Handle
    ) -> None:
        qchime.rules["messaging.places-of-members"] = "oldest"
        channel = chat.create_elastic()
        chat.add(channel, *people(8))
        assert rosters(chat, channel) == [["0", "1", "4", "5"], ["2", "3", "6", "7"]]

    @pytest.mark.rule("messaging.places-of-members")
    def test_a_full_channel_takes_nobody(
        self, client: Any, chat: Chat, people: People, qchime: Handle
    ) -> None:
        channel = chat.create_elastic()
        *members, last = people(13)
        chat.add(channel, *members)
        assert list(chat.parts(channel).values()) == [4, 4, 4]
        qchime.events.reset()
        with pytest.raises(client.exceptions.ResourceLimitExceededException, match="All 3 sub-channels"):
            chat.add(channel, last)
        assert qchime.events() == []
        leave(chat, channel, members[0])
        chat.add(channel, last)
        assert sorted(chat.members(channel)) == sorted([*members[1:], last])

    def test_whoever_joins_itself_is_placed_as_well(self, chat: Chat) -> None:
        channel = chat.create_elastic()
        chat.add(channel, chat.bob, bearer=chat.bob)
        assert rosters(chat, channel) == [["bob"]]


class TestScaleOut:
    @pytest.mark.rule("messaging.scale-out")
    def test_the_latest_members_move_into_the_new_sub_channel(
        self, chat: Chat, people: People, qchime: Handle
    ) -> None:
        channel = chat.create_elastic()
        members = people(5)
        chat.add(channel, *members[:4])
        qchime.clock.advance(hours=1)
        qchime.events.reset()
        chat.add(channel, members[4])
        assert rosters(chat, channel) == [["0", "1", "4"], ["2", "3"]]
        assert told(qchime) == [
            ("CREATE_SUB_CHANNEL", "", []),
            ("UPDATE_CHANNEL_MEMBERSHIP", "2", ["2"]),
            ("UPDATE_CHANNEL_MEMBERSHIP", "3", ["3"]),
            ("CREATE_CHANNEL_MEMBERSHIP", "4", ["0", "1", "4"]),
        ]
        moved = qchime.events("UPDATE_CHANNEL_MEMBERSHIP")[0].payload
        assert moved["SubChannelId"] == chat.part_of(channel, members[2]) == [*chat.parts(channel)][1]
        assert moved["CreatedTimestamp"] < moved["LastUpdatedTimestamp"]
        assert moved["InvitedBy"]["Arn"] == chat.admin

    @pytest.mark.rule("messaging.scale-out")
    def test_all_full_sub_channels_give_members(self, chat: Chat, people: People) -> None:
        channel = chat.create_elastic(TargetMembershipsPerSubChannel=5, MaximumSubChannels=4)
        chat.add(channel, *people(11)[:10])
        assert rosters(chat, channel) == [["0", "1", "2", "6", "8"], ["3", "4", "5", "7", "9"]]
        chat.add(channel, f"{chat.arn}/user/user-10")
        assert rosters(chat, channel) == [["0", "1", "2", "10"], ["3", "4", "5", "7"], ["6", "8", "9"]]

    @pytest.mark.rule("messaging.scale-out")
    def test_nobody_moves_if_the_test_author_says_so(
        self, chat: Chat, people: People, qchime: Handle
    ) -> None:
        qchime.rules["messaging.scale-out"] = "new-members"
        channel = chat.create_elastic()
        chat.add(channel, *people(6))
        assert rosters(chat, channel) == [["0", "1", "2", "3"], ["4", "5"]]
        assert qchime.events("UPDATE_CHANNEL_MEMBERSHIP") == []

    @pytest.mark.parametrize("percentage", [1, 40])
    @pytest.mark.parametrize("each", [2, 3, 4, 7, 8])
    def test_the_new_sub_channel_has_enough_members(
        self, chat: Chat, people: People, each: int, percentage: int
    ) -> None:
        channel = chat.create_elastic(
            TargetMembershipsPerSubChannel=each, MinimumMembershipPercentage=percentage
        )
        chat.add(channel, *people(each + 1))
        sizes = [len(roster) for roster in rosters(chat, channel)]
        assert sum(sizes) == each + 1
        assert min(sizes) >= each * percentage / 100


class TestScaleIn:
    @pytest.fixture
    def channel(self, chat: Chat, people: People, qchime: Handle) -> str:
        """Users 0, 1 and 4 in the first of two sub-channels, and 2 and 3 in the second one."""
        channel = chat.create_elastic()
        chat.add(channel, *people(5))
        assert rosters(chat, channel) == [["0", "1", "4"], ["2", "3"]]
        qchime.events.reset()
        return channel

    @pytest.mark.rule("messaging.scale-in")
    def test_a_sub_channel_with_too_few_members_is_merged(
        self, chat: Chat, channel: str, qchime: Handle
    ) -> None:
        first, second = chat.parts(channel)
        leave(chat, channel, f"{chat.arn}/user/user-2")
        assert rosters(chat, channel) == [["0", "1", "4", "3"]]
        assert list(chat.parts(channel)) == [first]
        assert told(qchime) == [
            ("DELETE_CHANNEL_MEMBERSHIP", "2", ["2", "3"]),
            ("UPDATE_CHANNEL_MEMBERSHIP", "3", ["3"]),
            ("DELETE_SUB_CHANNEL", "", []),
        ]
        assert qchime.events("UPDATE_CHANNEL_MEMBERSHIP")[0].payload["SubChannelId"] == first
        [deleted] = qchime.events("DELETE_SUB_CHANNEL")
        assert deleted.payload == {"ChannelArn": channel, "SubChannelId": second}

    @pytest.mark.rule("messaging.scale-in")
    def test_not_while_it_has_exactly_enough(self, chat: Chat, people: People) -> None:
        channel = chat.create_elastic(TargetMembershipsPerSubChannel=5)
        chat.add(channel, *people(6))
        assert rosters(chat, channel) == [["0", "1", "2"], ["3", "4", "5"]]
        leave(chat, channel, f"{chat.arn}/user/user-5")
        assert rosters(chat, channel) == [["0", "1", "2"], ["3", "4"]]
        leave(chat, channel, f"{chat.arn}/user/user-4")
        assert rosters(chat, channel) == [["0", "1", "2", "3"]]

    @pytest.mark.rule("messaging.scale-in")
    def test_not_while_no_other_can_take_its_members(self, chat: Chat, channel: str, people: People) -> None:
        chat.add(channel, chat.bob, chat.carol)
        assert rosters(chat, channel) == [["0", "1", "4", "carol"], ["2", "3", "bob"]]
        leave(chat, channel, *(f"{chat.arn}/user/user-{number}" for number in (2, 3)))
        assert rosters(chat, channel) == [["0", "1", "4", "carol"], ["bob"]]
        leave(chat, channel, f"{chat.arn}/user/user-4")
        assert rosters(chat, channel) == [["0", "1", "carol", "bob"]]

    @pytest.mark.rule("messaging.scale-in")
    def test_it_is_merged_into_the_one_with_the_next_fewest(self, chat: Chat, people: People) -> None:
        """The oldest of several."""
        channel = chat.create_elastic()
        chat.add(channel, *people(12))
        first, second, third = (chat.members(channel, SubChannelId=part) for part in chat.parts(channel))
        leave(chat, channel, second[0], first[0], third[0], third[1])
        assert list(chat.parts(channel).values()) == [3, 3, 2]
        leave(chat, channel, third[2])
        assert [chat.members(channel, SubChannelId=part) for part in chat.parts(channel)] == [
            [*first[1:], third[3]],
            second[1:],
        ]

    def test_the_last_sub_channel_stays(self, chat: Chat, channel: str) -> None:
        leave(chat, channel, *(f"{chat.arn}/user/user-{number}" for number in range(5)))
        assert rosters(chat, channel) == [[]]
        chat.add(channel, chat.bob)
        assert rosters(chat, channel) == [["bob"]]

    def test_messages_of_a_merged_sub_channel_are_deleted(
        self, client: Any, chat: Chat, channel: str
    ) -> None:
        first, second = chat.parts(channel)
        staying, mover = (f"{chat.arn}/user/user-{number}" for number in (0, 3))
        chat.send(channel, "stays", staying, SubChannelId=first)
        lost = chat.send(channel, "is lost", mover, SubChannelId=second)
        leave(chat, channel, f"{chat.arn}/user/user-2")
        assert chat.contents(channel, mover, SubChannelId=first) == ["stays"]
        for bearer in (mover, chat.admin):
            with pytest.raises(client.exceptions.ForbiddenException, match="no sub-channel"):
                chat.contents(channel, bearer, SubChannelId=second)
            with pytest.raises(client.exceptions.NotFoundException):
                client.get_channel_message(
                    ChannelArn=channel, MessageId=lost, SubChannelId=first, ChimeBearer=bearer
                )

    @pytest.mark.rule("messaging.scale-in")
    def test_moderators_of_a_merged_sub_channel_hear_why_they_are_removed(
        self, client: Any, chat: Chat, channel: str, qchime: Handle
    ) -> None:
        client.create_channel_moderator(
            ChannelArn=channel, ChannelModeratorArn=chat.bob, ChimeBearer=chat.alice
        )
        first, second = chat.parts(channel)
        chat.add(channel, chat.alice, chat.bob, SubChannelId=second)
        chat.add(channel, chat.alice, SubChannelId=first)
        qchime.events.reset()
        leave(chat, channel, f"{chat.arn}/user/user-2")
        assert told(qchime)[1:] == [
            ("UPDATE_CHANNEL_MEMBERSHIP", "3", ["3"]),
            ("DELETE_CHANNEL_MEMBERSHIP", "Alice", ["alice"]),
            ("DELETE_CHANNEL_MEMBERSHIP", "Bob", ["bob"]),
            ("DELETE_SUB_CHANNEL", "", []),
        ]
        reason = {"x-amz-chime-event-reason": "subchannel_DELETED"}
        events = qchime.events("DELETE_CHANNEL_MEMBERSHIP")
        assert [event.headers for event in events] == [{}, reason, reason]
        assert {event.payload["SubChannelId"] for event in events} == {second}
        assert rosters(chat, channel) == [["0", "1", "4", "alice", "3"]]

    @pytest.mark.parametrize("how", ["ban", "promotion", "deletion of the user"])
    def test_whoever_leaves_in_another_way_counts_as_well(
        self, client: Any, identity: Any, chat: Chat, channel: str, how: str
    ) -> None:
        user, here = f"{chat.arn}/user/user-2", {"ChannelArn": channel, "ChimeBearer": chat.alice}
        if how == "ban":
            client.create_channel_ban(**here, MemberArn=user)
        elif how == "promotion":
            client.create_channel_moderator(**here, ChannelModeratorArn=user)
        else:
            identity.delete_app_instance_user(AppInstanceUserArn=user)
        assert rosters(chat, channel) == [["0", "1", "4", "3"]]


@pytest.mark.rule("messaging.memberships-of-moderators")
def test_moderators_take_no_place_of_members(client: Any, chat: Chat, people: People) -> None:
    channel = chat.create_elastic(moderators=[chat.bob])
    [only] = chat.parts(channel)
    chat.add(channel, chat.alice, chat.bob, SubChannelId=only)
    chat.add(channel, *people(4))
    assert chat.parts(channel) == {only: 6}
    leave(chat, channel, f"{chat.arn}/user/user-0")
    chat.add(channel, chat.carol)
    assert rosters(chat, channel) == [["alice", "bob", "1", "2", "3", "carol"]]
    chat.add(channel, chat.dave)
    assert rosters(chat, channel) == [["alice", "bob", "1", "2", "dave"], ["3", "carol"]]
    leave(chat, channel, f"{chat.arn}/user/user-3")
    assert rosters(chat, channel) == [["alice", "bob", "1", "2", "dave", "carol"]]


@pytest.mark.rule("messaging.memberships-of-moderators")
def test_moderators_stay_where_they_are(client: Any, chat: Chat, people: People, qchime: Handle) -> None:
    """Also as the latest members of a sub-channel that is full."""
    channel = chat.create_elastic()
    [only] = chat.parts(channel)
    *members, last = people(5)
    chat.add(channel, *members)
    chat.add(channel, chat.alice, SubChannelId=only)
    chat.add(channel, last)
    assert rosters(chat, channel) == [["0", "1", "alice", "4"], ["2", "3"]]
    assert [event.payload["Member"]["Name"] for event in qchime.events("UPDATE_CHANNEL_MEMBERSHIP")] == [
        "2",
        "3",
    ]


@pytest.mark.rule("messaging.events-of-sub-channels")
def test_streams_carry_sub_channels(client: Any, chat: Chat, qchime: Handle) -> None:
    channel = chat.create_elastic()
    [only] = chat.parts(channel)
    events = qchime.events(channel=channel, data_type="Channel")
    assert events == ["CREATE_CHANNEL", "CREATE_SUB_CHANNEL", "CREATE_CHANNEL_MODERATOR"]
    assert events[1].payload == {"ChannelArn": channel, "SubChannelId": only}
    client.delete_channel(ChannelArn=channel, ChimeBearer=chat.alice)
    assert qchime.events(channel=channel)[3:] == ["DELETE_CHANNEL"]


def test_it_goes_on_after_a_load(chat: Chat, people: People, qchime: Handle) -> None:
    channel = chat.create_elastic()
    members = people(6)
    chat.add(channel, *members[:5])
    before = rosters(chat, channel)
    qchime.load(qchime.dump())
    assert rosters(chat, channel) == before == [["0", "1", "4"], ["2", "3"]]
    leave(chat, channel, members[2])
    chat.add(channel, members[5])
    assert rosters(chat, channel) == [["0", "1", "5"], ["4", "3"]]


def test_every_member_is_in_one_place_whatever_happens(
    client: Any, chat: Chat, people: People, qchime: Handle
) -> None:
    """Many come and go in an order that nobody chose."""
    channel = chat.create_elastic(MaximumSubChannels=5)
    crowd, inside = people(20), list[str]()
    for turn in range(300):
        user = crowd[turn * turn * 7 % 20]
        if user in inside and turn % 3:
            leave(chat, channel, user)
            inside.remove(user)
        elif user not in inside:
            chat.add(channel, user)
            inside.append(user)
        found = [chat.members(channel, SubChannelId=part) for part in chat.parts(channel)]
        assert sorted(chain.from_iterable(found)) == sorted(inside)
        sizes = sorted(map(len, found))
        assert sizes[-1] <= 4
        assert len(sizes) == 1 or sizes[0] >= 2 or sizes[0] + sizes[1] > 4
    qchime.load(qchime.dump())
    assert sorted(chat.members(channel)) == sorted(inside)
