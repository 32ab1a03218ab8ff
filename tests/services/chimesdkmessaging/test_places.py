"""In which sub-channel of an elastic channel somebody or something is."""

from collections.abc import Callable
from typing import Any

import pytest

from qchime import Handle
from tests.services.chimesdkidentity.samples import call_without_metadata, retention
from tests.services.chimesdkmessaging.samples import MESSAGE, NO_ACCESS, PASSING, Chat

ON_A_MESSAGE = (
    "GetChannelMessage",
    "GetChannelMessageStatus",
    "UpdateChannelMessage",
    "RedactChannelMessage",
    "DeleteChannelMessage",
)
ON_MESSAGES = ("SendChannelMessage", "ListChannelMessages", *ON_A_MESSAGE)


@pytest.fixture
def channel(chat: Chat) -> str:
    """Alice's elastic channel, with Bob and Carol in one sub-channel, and Eve and Dave in another one."""
    channel = chat.create_elastic(TargetMembershipsPerSubChannel=3, MinimumMembershipPercentage=1)
    chat.add(channel, chat.bob, chat.carol, chat.eve, chat.dave)
    rosters = [chat.members(channel, SubChannelId=part) for part in chat.parts(channel)]
    assert rosters == [[chat.bob, chat.carol], [chat.eve, chat.dave]]
    return channel


@pytest.fixture
def here(chat: Chat, channel: str) -> dict[str, str]:
    """The sub-channel of Bob and Carol, and Bob as the bearer."""
    return {
        "ChannelArn": channel,
        "SubChannelId": chat.part_of(channel, chat.bob),
        "ChimeBearer": chat.bob,
    }


@pytest.fixture
def there(chat: Chat, channel: str) -> dict[str, str]:
    """The sub-channel of Eve and Dave, and Eve as the bearer."""
    return {
        "ChannelArn": channel,
        "SubChannelId": chat.part_of(channel, chat.eve),
        "ChimeBearer": chat.eve,
    }


@pytest.fixture
def call(client: Any) -> Callable[..., Any]:
    """Call an operation with those of these members that it takes."""

    def call(operation: str, **given: Any) -> Any:
        members = client.meta.service_model.operation_model(operation).input_shape.members
        return call_without_metadata(client, operation, **{n: v for n, v in given.items() if n in members})

    return call


@pytest.fixture
def refused(call: Callable[..., Any], client: Any) -> Callable[..., tuple[str, str]]:
    """Call an operation that is refused; returns the rule that the error names, and its message."""

    def refused(exception: str, operation: str, **given: Any) -> tuple[str, str]:
        with pytest.raises(getattr(client.exceptions, exception)) as raised:
            call(operation, **given)
        response = raised.value.response
        return response["ResponseMetadata"]["HTTPHeaders"]["x-qchime-rule"], response["Error"]["Message"]

    return refused


class TestMembers:
    def test_the_response_says_where_a_new_one_is(
        self, call: Callable[..., Any], chat: Chat, channel: str, here: dict[str, str]
    ) -> None:
        given = {**here, "MemberArn": chat.admin, "ChimeBearer": chat.admin, "Type": "DEFAULT"}
        del given["SubChannelId"]
        made = call("CreateChannelMembership", **given)
        assert made == {
            "ChannelArn": channel,
            "Member": {"Arn": chat.admin, "Name": "Admin"},
            "SubChannelId": here["SubChannelId"],
        }
        assert call("CreateChannelMembership", **given) == made, "the same again changes nothing"
        assert chat.parts(channel)[here["SubChannelId"]] == 3

    def test_a_membership_is_described_with_where_it_is(
        self, call: Callable[..., Any], chat: Chat, channel: str, here: dict[str, str]
    ) -> None:
        given = {"ChannelArn": channel, "MemberArn": chat.bob, "ChimeBearer": chat.dave}
        found = call("DescribeChannelMembership", **given)
        assert found["ChannelMembership"]["SubChannelId"] == here["SubChannelId"]
        assert call("DescribeChannelMembership", **given, SubChannelId=here["SubChannelId"]) == found

    @pytest.mark.rule("messaging.missing-part-of-channel")
    def test_in_another_sub_channel_it_is_not_found(
        self, client: Any, call: Callable[..., Any], chat: Chat, there: dict[str, str]
    ) -> None:
        with pytest.raises(client.exceptions.NotFoundException, match="not a member"):
            call("DescribeChannelMembership", **there, MemberArn=chat.bob)

    @pytest.mark.rule("messaging.sub-channel-id")
    def test_they_are_listed_by_sub_channel_or_all_in_the_order_of_joining(
        self, chat: Chat, channel: str, here: dict[str, str], there: dict[str, str]
    ) -> None:
        assert chat.members(channel, SubChannelId=there["SubChannelId"]) == [chat.eve, chat.dave]
        assert chat.members(channel) == [chat.bob, chat.carol, chat.eve, chat.dave]
        chat.add(channel, chat.admin, chat.bot)
        assert chat.members(channel)[4:] == [chat.admin, chat.bot]
        assert chat.members(channel, SubChannelId=here["SubChannelId"])[2:] == [chat.admin]

    @pytest.mark.rule("messaging.sub-channel-id")
    def test_others_than_moderators_have_no_choice(
        self, refused: Callable[..., tuple[str, str]], chat: Chat, here: dict[str, str]
    ) -> None:
        for operation, member in (
            ("CreateChannelMembership", chat.admin),
            ("CreateChannelMembership", chat.bob),
            ("DeleteChannelMembership", chat.bob),
        ):
            given = {**here, "MemberArn": member, "Type": "DEFAULT", "ChimeBearer": chat.admin}
            rule, message = refused("BadRequestException", operation, **given)
            assert rule == "messaging.sub-channel-id"
            assert "Call it without a SubChannelId" in message

    def test_a_removed_one_is_in_no_sub_channel(
        self, call: Callable[..., Any], client: Any, chat: Chat, channel: str, here: dict[str, str]
    ) -> None:
        given = {"ChannelArn": channel, "MemberArn": chat.bob, "ChimeBearer": chat.bob}
        call("DeleteChannelMembership", **given)
        assert chat.members(channel) == [chat.carol, chat.eve, chat.dave]
        with pytest.raises(client.exceptions.ConflictException):
            call("DeleteChannelMembership", **{**given, "ChimeBearer": chat.admin})
        with pytest.raises(client.exceptions.ForbiddenException, match=NO_ACCESS):
            call("SendChannelMessage", **here, **MESSAGE)


class TestModerators:
    @pytest.mark.rule("messaging.sub-channel-id")
    def test_they_choose_their_sub_channels(
        self,
        client: Any,
        chat: Chat,
        channel: str,
        here: dict[str, str],
        there: dict[str, str],
        refused: Callable[..., tuple[str, str]],
    ) -> None:
        own = {"ChannelArn": channel, "MemberArn": chat.alice, "Type": "DEFAULT", "ChimeBearer": chat.alice}
        rule, message = refused("BadRequestException", "CreateChannelMembership", **own)
        assert rule == "messaging.sub-channel-id"
        assert "Call it with a SubChannelId" in message
        for part in (there, here, here):
            made = client.create_channel_membership(**own, SubChannelId=part["SubChannelId"])
            assert made["SubChannelId"] == part["SubChannelId"]
        assert chat.parts(channel) == {here["SubChannelId"]: 3, there["SubChannelId"]: 3}
        assert chat.part_of(channel, chat.alice) == here["SubChannelId"], "the oldest one"

    def test_they_leave_one_or_all_sub_channels(
        self, client: Any, chat: Chat, channel: str, here: dict[str, str], there: dict[str, str]
    ) -> None:
        own = {"ChannelArn": channel, "MemberArn": chat.alice, "ChimeBearer": chat.alice}
        first, second = here["SubChannelId"], there["SubChannelId"]
        for part in (first, second):
            chat.add(channel, chat.alice, SubChannelId=part)
        client.delete_channel_membership(**own, SubChannelId=first)
        assert chat.parts(channel) == {first: 2, second: 3}
        with pytest.raises(client.exceptions.ConflictException, match="is not a member"):
            client.delete_channel_membership(**own, SubChannelId=first)
        chat.add(channel, chat.alice, SubChannelId=first)
        client.delete_channel_membership(**own)
        assert chat.parts(channel) == {first: 2, second: 2}

    @pytest.mark.parametrize("turns", ["promoted", "demoted", "banned"])
    def test_whoever_is_promoted_demoted_or_banned_leaves_all_sub_channels(
        self,
        client: Any,
        chat: Chat,
        channel: str,
        here: dict[str, str],
        there: dict[str, str],
        qchime: Handle,
        turns: str,
    ) -> None:
        given = {"ChannelArn": channel, "ChimeBearer": chat.admin}
        if turns == "demoted":
            client.create_channel_moderator(**given, ChannelModeratorArn=chat.bot)
            for part in (here, there):
                chat.add(channel, chat.bot, SubChannelId=part["SubChannelId"])
        who = chat.bot if turns == "demoted" else chat.bob
        number = len(chat.members(channel))
        qchime.events.reset()
        if turns == "promoted":
            client.create_channel_moderator(**given, ChannelModeratorArn=who)
        elif turns == "demoted":
            client.delete_channel_moderator(**given, ChannelModeratorArn=who)
        else:
            client.create_channel_ban(**given, MemberArn=who)
        removals = qchime.events("DELETE_CHANNEL_MEMBERSHIP")
        expected = [here, there] if turns == "demoted" else [here]
        assert [one.payload["SubChannelId"] for one in removals] == [one["SubChannelId"] for one in expected]
        assert {one.payload["Member"]["Arn"] for one in removals} == {who}
        assert who not in chat.members(channel)
        assert len(chat.members(channel)) == number - len(expected)

    def test_in_other_channels_they_stay_members(self, client: Any, chat: Chat) -> None:
        channel = chat.create(MemberArns=[chat.bob])
        given = {"ChannelArn": channel, "ChannelModeratorArn": chat.bob, "ChimeBearer": chat.alice}
        client.create_channel_moderator(**given)
        client.delete_channel_moderator(**given)
        assert chat.members(channel) == [chat.alice, chat.bob]

    def test_somebody_who_is_not_a_moderator_is_not_demoted(
        self, client: Any, chat: Chat, channel: str
    ) -> None:
        given = {"ChannelArn": channel, "ChannelModeratorArn": chat.bob, "ChimeBearer": chat.alice}
        client.delete_channel_moderator(**given)
        assert chat.bob in chat.members(channel)


class TestBatches:
    def test_members_are_placed_one_by_one_without_an_event_of_the_batch(
        self, client: Any, chat: Chat, qchime: Handle
    ) -> None:
        channel = chat.create_elastic(TargetMembershipsPerSubChannel=2)
        qchime.events.reset()
        answer = client.batch_create_channel_membership(
            ChannelArn=channel,
            MemberArns=[chat.bob, chat.alice, chat.carol, chat.dave],
            ChimeBearer=chat.alice,
        )
        batch = answer["BatchChannelMemberships"]
        assert [member["Arn"] for member in batch["Members"]] == [chat.bob, chat.carol, chat.dave]
        assert "SubChannelId" not in batch
        assert [(one["MemberArn"], one["ErrorCode"]) for one in answer["Errors"]] == [
            (chat.alice, "BadRequest")
        ]
        assert list(chat.parts(channel).values()) == [2, 1]
        created = qchime.events("CREATE_CHANNEL_MEMBERSHIP")
        assert [event.recipients for event in created] == [
            (chat.bob,),
            (chat.bob, chat.carol),
            (chat.bob, chat.dave),
        ]
        assert all(event.payload["SubChannelId"] in chat.parts(channel) for event in created)
        assert qchime.events("BATCH_CREATE_CHANNEL_MEMBERSHIP") == []

    def test_moderators_come_into_the_sub_channel_that_is_named(
        self, client: Any, chat: Chat, channel: str, there: dict[str, str]
    ) -> None:
        answer = client.batch_create_channel_membership(
            ChannelArn=channel,
            MemberArns=[chat.alice, chat.admin],
            SubChannelId=there["SubChannelId"],
            ChimeBearer=chat.admin,
        )
        batch = answer["BatchChannelMemberships"]
        assert batch["SubChannelId"] == there["SubChannelId"]
        assert [member["Arn"] for member in batch["Members"]] == [chat.alice]
        assert [(one["MemberArn"], one["ErrorCode"]) for one in answer["Errors"]] == [
            (chat.admin, "BadRequest")
        ]
        assert chat.part_of(channel, chat.alice) == there["SubChannelId"]


class TestMessages:
    def test_they_reach_the_sub_channel_alone(
        self,
        call: Callable[..., Any],
        chat: Chat,
        channel: str,
        here: dict[str, str],
        there: dict[str, str],
        qchime: Handle,
    ) -> None:
        sent = call("SendChannelMessage", **here, **MESSAGE)
        assert sent["SubChannelId"] == here["SubChannelId"]
        call("SendChannelMessage", **there, **{**MESSAGE, "Content": "Good night"})
        ours, theirs = qchime.events("CREATE_CHANNEL_MESSAGE")
        assert ours.recipients == (chat.bob, chat.carol)
        assert theirs.recipients == (chat.eve, chat.dave)
        assert ours.payload["SubChannelId"] == here["SubChannelId"]
        assert theirs.payload["SubChannelId"] == there["SubChannelId"]
        listed = call("ListChannelMessages", **here)
        assert listed["SubChannelId"] == here["SubChannelId"]
        assert [one["Content"] for one in listed["ChannelMessages"]] == ["Good morning"]
        assert chat.contents(**_listing(there)) == ["Good night"]

    def test_every_operation_works_in_the_sub_channel(
        self, call: Callable[..., Any], chat: Chat, here: dict[str, str], qchime: Handle
    ) -> None:
        message = {**here, "MessageId": call("SendChannelMessage", **here, **MESSAGE)["MessageId"]}
        updated = call("UpdateChannelMessage", **message, Content="Good evening")
        assert updated["SubChannelId"] == here["SubChannelId"]
        found = call("GetChannelMessage", **message)["ChannelMessage"]
        assert (found["Content"], found["SubChannelId"]) == ("Good evening", here["SubChannelId"])
        assert call("GetChannelMessageStatus", **message)["Status"] == {"Value": "SENT"}
        assert call("RedactChannelMessage", **message)["SubChannelId"] == here["SubChannelId"]
        call("DeleteChannelMessage", **{**message, "ChimeBearer": chat.admin})
        assert call("ListChannelMessages", **here)["ChannelMessages"] == []
        events = qchime.events(data_type="ChannelMessage")
        assert [event.type.partition("_")[0] for event in events] == ["CREATE", "UPDATE", "REDACT", "DELETE"]
        assert {event.payload["SubChannelId"] for event in events} == {here["SubChannelId"]}
        assert {event.recipients for event in events} == {(chat.bob, chat.carol)}

    @pytest.mark.rule("messaging.sub-channel-id")
    @pytest.mark.parametrize("operation", ON_MESSAGES)
    def test_every_operation_needs_the_sub_channel(
        self, refused: Callable[..., tuple[str, str]], chat: Chat, here: dict[str, str], operation: str
    ) -> None:
        given = {**here, **MESSAGE, "MessageId": chat.send(here["ChannelArn"], **_sending(here))}
        del given["SubChannelId"]
        rule, message = refused("BadRequestException", operation, **given)
        assert rule == "messaging.sub-channel-id"
        assert "with a SubChannelId" in message

    @pytest.mark.rule("messaging.sub-channel-id")
    @pytest.mark.parametrize("operation", ON_MESSAGES)
    def test_a_missing_sub_channel_is_forbidden(
        self, refused: Callable[..., tuple[str, str]], here: dict[str, str], operation: str
    ) -> None:
        given = {**here, **MESSAGE, "MessageId": "any", "SubChannelId": "nothing"}
        rule, message = refused("ForbiddenException", operation, **given)
        assert rule == "messaging.sub-channel-id"
        assert message.startswith(NO_ACCESS)

    @pytest.mark.rule("messaging.sub-channel-id")
    @pytest.mark.parametrize(
        "operation",
        [
            *ON_MESSAGES,
            "CreateChannelMembership",
            "DeleteChannelMembership",
            "DescribeChannelMembership",
            "ListChannelMemberships",
        ],
    )
    def test_a_channel_that_is_not_elastic_has_none(
        self, refused: Callable[..., tuple[str, str]], chat: Chat, operation: str
    ) -> None:
        channel = chat.create(MemberArns=[chat.bob])
        given = {"ChannelArn": channel, "MemberArn": chat.bob, "Type": "DEFAULT", "SubChannelId": "any"}
        if operation in ON_MESSAGES:
            given |= {**MESSAGE, "MessageId": chat.send(channel)}
        bearer = chat.admin if operation == "DeleteChannelMessage" else chat.alice
        rule, message = refused("BadRequestException", operation, **given, ChimeBearer=bearer)
        assert rule == "messaging.sub-channel-id"
        assert "not elastic" in message

    def test_those_of_others_are_not_found_in_another_sub_channel(
        self, client: Any, call: Callable[..., Any], chat: Chat, here: dict[str, str], there: dict[str, str]
    ) -> None:
        message = {**there, "MessageId": chat.send(here["ChannelArn"], **_sending(here))}
        with pytest.raises(client.exceptions.NotFoundException):
            call("GetChannelMessage", **message)
        with pytest.raises(client.exceptions.ForbiddenException):
            call("RedactChannelMessage", **{**message, "ChimeBearer": chat.alice})

    def test_a_moved_member_has_none_of_its_own(
        self, client: Any, call: Callable[..., Any], chat: Chat
    ) -> None:
        """It can edit and redact only what it has sent in its new sub-channel."""
        channel = chat.create_elastic(TargetMembershipsPerSubChannel=2)
        chat.add(channel, chat.bob, chat.carol)
        before = {
            "ChannelArn": channel,
            "SubChannelId": chat.part_of(channel, chat.carol),
            "ChimeBearer": chat.carol,
        }
        message = {"MessageId": chat.send(channel, **_sending(before)), "Content": "Good evening"}
        chat.add(channel, chat.dave)
        after = {**before, "SubChannelId": chat.part_of(channel, chat.carol)}
        assert before != after
        assert call("ListChannelMessages", **after)["ChannelMessages"] == []
        for operation in ("ListChannelMessages", "UpdateChannelMessage", "RedactChannelMessage"):
            with pytest.raises(client.exceptions.ForbiddenException, match=NO_ACCESS):
                call(operation, **before, **message)
            if operation != "ListChannelMessages":
                with pytest.raises(client.exceptions.ForbiddenException, match="no message"):
                    call(operation, **after, **message)

    def test_those_that_are_not_persistent_pass_in_the_sub_channel(
        self, call: Callable[..., Any], chat: Chat, here: dict[str, str], qchime: Handle
    ) -> None:
        given = {**here, **MESSAGE, **PASSING, "ClientRequestToken": "token"}
        assert call("SendChannelMessage", **given) == call("SendChannelMessage", **given)
        [event] = qchime.events("CREATE_CHANNEL_MESSAGE")
        assert event.recipients == (chat.bob, chat.carol)
        assert call("ListChannelMessages", **here)["ChannelMessages"] == []

    @pytest.mark.rule("messaging.retention")
    def test_they_are_not_kept_longer_than_those_of_other_channels(
        self, identity: Any, chat: Chat, here: dict[str, str], there: dict[str, str], qchime: Handle
    ) -> None:
        for part in (here, there):
            chat.send(part["ChannelArn"], "Old", **_sending(part))
        qchime.clock.advance(days=10)
        put = identity.put_app_instance_retention_settings
        put(AppInstanceArn=chat.arn, AppInstanceRetentionSettings=retention(7))
        assert chat.contents(**_listing(here)) == []
        qchime.clock.advance(days=31)
        put(AppInstanceArn=chat.arn, AppInstanceRetentionSettings={})
        assert chat.contents(**_listing(here)) == chat.contents(**_listing(there)) == []


def _sending(part: dict[str, str]) -> dict[str, str]:
    return {"bearer": part["ChimeBearer"], "SubChannelId": part["SubChannelId"]}


def _listing(part: dict[str, str]) -> dict[str, str]:
    return {"channel": part["ChannelArn"], **_sending(part)}


class TestLastMessage:
    """The LastMessageTimestamp of an elastic channel is that of what the bearer may read."""

    @pytest.mark.rule("messaging.readers-of-sub-channels")
    def test_it_is_that_of_the_members_own_sub_channel(
        self, client: Any, chat: Chat, here: dict[str, str], there: dict[str, str], qchime: Handle
    ) -> None:
        channel, sent = here["ChannelArn"], []
        for part in (here, there):
            qchime.clock.advance(hours=1)
            chat.send(channel, **_sending(part))
            sent += client.list_channel_messages(**part)["ChannelMessages"]
        earlier, later = (message["CreatedTimestamp"] for message in sent)
        assert earlier < later
        seen = [
            chat.describe(channel, bearer).get("LastMessageTimestamp")
            for bearer in (chat.bob, chat.dave, chat.alice, chat.admin, chat.bot)
        ]
        assert seen == [earlier, later, later, later, None]
        qchime.rules["messaging.readers-of-sub-channels"] = "everybody"
        assert chat.describe(channel, chat.bot)["LastMessageTimestamp"] == later

    def test_it_keeps_the_channel_from_expiring(
        self, client: Any, chat: Chat, channel: str, here: dict[str, str], qchime: Handle
    ) -> None:
        settings = {"ExpirationDays": 2, "ExpirationCriterion": "LAST_MESSAGE_TIMESTAMP"}
        given = {"ChannelArn": channel, "ChimeBearer": chat.alice}
        client.put_channel_expiration_settings(**given, ExpirationSettings=settings)
        qchime.clock.advance(days=2)
        chat.send(channel, **_sending(here))
        qchime.clock.advance(days=2)
        assert chat.channels() == [channel]
        qchime.clock.advance(hours=7)
        assert chat.channels() == []


SMALL = {"MaximumSubChannels": 2, "TargetMembershipsPerSubChannel": 2, "MinimumMembershipPercentage": 1}

READING = """
                       admin  moderator  member  neighbour  visitor  stranger
    send               no     no         yes     no         no       no
    list messages      yes    yes        yes     no         no       no
    get a message      yes    yes        yes     no         no       no
    redact others'     yes    yes        no      no         no       no
    delete a message   yes    no         no      no         no       no
    list members       yes    yes        yes     yes        yes      no
    list sub-channels  yes    yes        no      no         no       no
"""
"""Who may do what in a sub-channel: `neighbour` is a member of another one. Administrator and moderator are
not members."""

OPERATIONS = {
    "send": "SendChannelMessage",
    "list messages": "ListChannelMessages",
    "get a message": "GetChannelMessage",
    "redact others'": "RedactChannelMessage",
    "delete a message": "DeleteChannelMessage",
    "list members": "ListChannelMemberships",
    "list sub-channels": "ListSubChannels",
}

_, *_LINES = READING.strip().splitlines()
CASES = [
    pytest.param(OPERATIONS[" ".join(line.split()[:-6])], role, said == "yes")
    for line in _LINES
    for role, said in zip(READING.split()[:6], line.split()[-6:], strict=True)
]


@pytest.mark.rule("messaging.readers-of-sub-channels")
@pytest.mark.parametrize(("operation", "role", "allowed"), CASES)
def test_an_operation_in_a_sub_channel_is_allowed_or_forbidden(
    client: Any, call: Callable[..., Any], chat: Chat, operation: str, role: str, allowed: bool
) -> None:
    privacy = "PRIVATE" if role == "stranger" else "PUBLIC"
    channel = chat.create(ElasticChannelConfiguration=SMALL, Privacy=privacy)
    chat.add(channel, chat.bob, chat.carol, chat.dave)
    first, second = chat.parts(channel)
    assert (chat.part_of(channel, chat.dave), chat.part_of(channel, chat.carol)) == (first, second)
    message = chat.send(channel, bearer=chat.bob, SubChannelId=first)
    bearer = {
        "admin": chat.admin,
        "moderator": chat.alice,
        "member": chat.dave,
        "neighbour": chat.carol,
        "visitor": chat.eve,
        "stranger": chat.eve,
    }[role]
    given = {"ChannelArn": channel, "SubChannelId": first, **MESSAGE, "MessageId": message}
    if operation == "ListChannelMemberships":
        del given["Type"]
    if allowed:
        call(operation, **given, ChimeBearer=bearer)
        return
    with pytest.raises(client.exceptions.ForbiddenException, match="lacks the role"):
        call(operation, **given, ChimeBearer=bearer)


@pytest.mark.rule("messaging.readers-of-sub-channels")
@pytest.mark.parametrize("operation", ["ListChannelMessages", "GetChannelMessage"])
def test_everybody_reads_a_public_channel_if_the_test_author_says_so(
    client: Any,
    call: Callable[..., Any],
    chat: Chat,
    channel: str,
    here: dict[str, str],
    qchime: Handle,
    operation: str,
) -> None:
    given = {**here, "MessageId": chat.send(channel, **_sending(here))}
    qchime.rules["messaging.readers-of-sub-channels"] = "everybody"
    for bearer in (chat.eve, chat.bot):
        call(operation, **{**given, "ChimeBearer": bearer})
    with pytest.raises(client.exceptions.ForbiddenException, match="lacks the role"):
        call("SendChannelMessage", **{**given, **MESSAGE, "ChimeBearer": chat.eve})
