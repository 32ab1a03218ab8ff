"""Ten threads use Chime SDK Messaging at once: counts are exact, and lists by channel and by user agree."""

from typing import Any

import pytest

from qchime import Handle
from tests.concurrency.conftest import client
from tests.concurrency.together import THREADS, at_once, flat, outcome

TIMES = 5
ROOM = 7


@pytest.fixture
def messengers(url: str | None) -> list[Any]:
    """Ten clients for Amazon Chime SDK Messaging."""
    return [client("chime-sdk-messaging", url, "AKIAIOSFODNN7EXAMPLE", "x", n) for n in range(THREADS)]


@pytest.fixture
def users(chimes: list[Any]) -> list[str]:
    """The ARNs of a user for each thread, in one app instance."""
    instance = chimes[0].create_app_instance(Name="Chat")["AppInstanceArn"]
    for number in range(THREADS):
        user = {"AppInstanceUserId": str(number), "Name": f"User {number}"}
        chimes[0].create_app_instance_user(AppInstanceArn=instance, **user)
    return [f"{instance}/user/{number}" for number in range(THREADS)]


@pytest.fixture
def channel(messengers: list[Any], users: list[str]) -> dict[str, str]:
    """A channel of the first user, with the name of its member in the model, and the bearer."""
    here = {"AppInstanceArn": users[0].partition("/user/")[0], "Name": "General", "ChimeBearer": users[0]}
    return {"ChannelArn": messengers[0].create_channel(**here)["ChannelArn"], "ChimeBearer": users[0]}


def members(messenger: Any, channel: dict[str, str]) -> list[str]:
    found = messenger.list_channel_memberships(**channel)["ChannelMemberships"]
    return [one["Member"]["Arn"] for one in found]


def channels_of(messenger: Any, user: str) -> list[str]:
    found = messenger.list_channel_memberships_for_app_instance_user(ChimeBearer=user)["ChannelMemberships"]
    return [one["ChannelSummary"]["ChannelArn"] for one in found]


def test_every_created_channel_exists_once(messengers: list[Any], users: list[str]) -> None:
    here = {"AppInstanceArn": users[0].partition("/user/")[0]}

    def create(number: int, messenger: Any) -> list[str]:
        given = {**here, "Name": str(number), "MemberArns": users, "ChimeBearer": users[number]}
        return [messenger.create_channel(**given)["ChannelArn"] for _ in range(TIMES)]

    made = at_once(create, messengers)
    for user in users:
        assert sorted(channels_of(messengers[0], user)) == sorted(flat(made))


def test_no_quota_is_exceeded(
    messengers: list[Any], users: list[str], channel: dict[str, str], qchime: Handle
) -> None:
    qchime.limits.memberships_per_channel = ROOM

    def join(number: int, messenger: Any) -> list[str]:
        own = {"ChannelArn": channel["ChannelArn"], "MemberArn": users[number], "ChimeBearer": users[number]}
        return [outcome(messenger.create_channel_membership, **own, Type="DEFAULT") for _ in range(2)]

    outcomes = flat(at_once(join, messengers))
    assert outcomes.count("ok") == 2 * ROOM
    assert outcomes.count("ResourceLimitExceededException") == 2 * (THREADS - ROOM)
    assert len(members(messengers[0], channel)) == ROOM


def test_one_of_several_bans_succeeds(
    messengers: list[Any], users: list[str], channel: dict[str, str]
) -> None:
    victim = {**channel, "MemberArn": users[1]}
    outcomes = at_once(lambda _, messenger: outcome(messenger.create_channel_ban, **victim), messengers)
    assert sorted(outcomes) == ["ConflictException"] * (THREADS - 1) + ["ok"]


def test_members_come_and_go_while_others_read_and_users_are_deleted(
    messengers: list[Any], chimes: list[Any], users: list[str], channel: dict[str, str]
) -> None:
    def act(number: int, messenger: Any) -> list[str]:
        own = {**channel, "MemberArn": users[number]}
        if number == 0:
            return [str(len(members(messenger, channel))) for _ in range(TIMES * 2)]
        for _ in range(TIMES):
            messenger.create_channel_membership(**own, Type="DEFAULT")
            messenger.delete_channel_membership(**own)
        messenger.create_channel_membership(**own, Type="DEFAULT")
        if number % 2:
            chimes[number].delete_app_instance_user(AppInstanceUserArn=users[number])
        return []

    at_once(act, messengers)
    left = [user for number, user in enumerate(users) if number % 2 == 0]
    assert sorted(members(messengers[0], channel)) == left
    for user in left:
        assert channels_of(messengers[0], user) == [channel["ChannelArn"]]


def test_members_of_an_elastic_channel_are_in_one_sub_channel_each(
    messengers: list[Any], users: list[str], qchime: Handle
) -> None:
    here = {"AppInstanceArn": users[0].partition("/user/")[0], "Name": "Elastic", "ChimeBearer": users[0]}
    sizes = {"MaximumSubChannels": 5, "TargetMembershipsPerSubChannel": 3, "MinimumMembershipPercentage": 40}
    made = messengers[0].create_channel(**here, ElasticChannelConfiguration=sizes)
    channel = {"ChannelArn": made["ChannelArn"], "ChimeBearer": users[0]}

    def act(number: int, messenger: Any) -> list[str]:
        if number == 0:
            return [str(len(members(messenger, channel))) for _ in range(TIMES)]
        own = {**channel, "MemberArn": users[number], "ChimeBearer": users[number]}
        for _ in range(TIMES):
            messenger.create_channel_membership(**own, Type="DEFAULT")
            messenger.delete_channel_membership(**own)
        messenger.create_channel_membership(**own, Type="DEFAULT")
        return []

    at_once(act, messengers)
    parts = messengers[0].list_sub_channels(**channel)["SubChannels"]
    rosters = [members(messengers[0], {**channel, "SubChannelId": part["SubChannelId"]}) for part in parts]
    assert sorted(flat(rosters)) == sorted(members(messengers[0], channel)) == sorted(users[1:])
    assert [part["MembershipCount"] for part in parts] == [len(roster) for roster in rosters]
    assert all(2 <= len(roster) <= 3 for roster in rosters)


@pytest.fixture
def crowd(messengers: list[Any], users: list[str], channel: dict[str, str]) -> dict[str, str]:
    """The channel, with a member for each thread."""
    messengers[0].batch_create_channel_membership(**channel, MemberArns=users)
    return channel


def send(messenger: Any, channel: dict[str, str], bearer: str) -> str:
    message = {"Content": "Hello", "Type": "STANDARD", "Persistence": "PERSISTENT"}
    given = {**message, "ChannelArn": channel["ChannelArn"], "ChimeBearer": bearer}
    return str(messenger.send_channel_message(**given)["MessageId"])


def listed(messenger: Any, channel: dict[str, str]) -> list[str]:
    found = messenger.list_channel_messages(**channel, SortOrder="ASCENDING")["ChannelMessages"]
    return [message["MessageId"] for message in found]


def test_everybody_receives_every_message_once_in_the_order_of_the_list(
    messengers: list[Any], users: list[str], crowd: dict[str, str], qchime: Handle
) -> None:
    sent = at_once(
        lambda number, messenger: [send(messenger, crowd, users[number]) for _ in range(TIMES)], messengers
    )
    in_order = listed(messengers[0], crowd)
    assert sorted(in_order) == sorted(flat(sent))
    for user in users:
        events = qchime.events("CREATE_CHANNEL_MESSAGE", to=user)
        assert [event.payload["MessageId"] for event in events] == in_order


def test_every_message_is_called_back_once(
    messengers: list[Any], users: list[str], crowd: dict[str, str], qchime: Handle
) -> None:
    function = {"ResourceArn": "arn:aws:lambda:us-east-1:123456789012:function:f", "InvocationType": "ASYNC"}
    processor = {"Configuration": {"Lambda": function}, "ExecutionOrder": 1, "FallbackAction": "ABORT"}
    here = {"AppInstanceArn": users[0].partition("/user/")[0], "Name": "Held"}
    flow = messengers[0].create_channel_flow(**here, Processors=[{**processor, "Name": "One"}])
    messengers[0].associate_channel_flow(**crowd, ChannelFlowArn=flow["ChannelFlowArn"])
    qchime.flows.hold()
    sent = [send(messengers[0], crowd, users[0]) for _ in range(TIMES)]
    pending = qchime.flows.pending()

    def call_back(number: int, messenger: Any) -> list[str]:
        return [
            outcome(
                messenger.channel_flow_callback,
                CallbackId=one.callback_id,
                ChannelArn=one.channel_arn,
                ChannelMessage={"MessageId": one.event["ChannelMessage"]["MessageId"]},
            )
            for one in pending
        ]

    outcomes = flat(at_once(call_back, messengers))
    assert outcomes.count("ok") == TIMES
    assert outcomes.count("ConflictException") == TIMES * (THREADS - 1)
    events = qchime.events("CREATE_CHANNEL_MESSAGE", to=users[1])
    assert sorted(event.payload["MessageId"] for event in events) == sorted(sent)
    assert qchime.flows.pending() == []
