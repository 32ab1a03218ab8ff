"""Memberships of a channel, one by one."""

from collections.abc import Callable
from typing import Any

import pytest

from qchime import Handle
from tests.services.chimesdkidentity.samples import call_without_metadata
from tests.services.chimesdkmessaging.samples import NO_ACCESS, Chat


@pytest.fixture
def describe(client: Any, chat: Chat, channel: str) -> Callable[[str], Any]:
    """Describe the membership of somebody in the channel, as the administrator."""

    def describe(arn: str) -> Any:
        given = {"ChannelArn": channel, "MemberArn": arn, "ChimeBearer": chat.admin}
        return client.describe_channel_membership(**given)["ChannelMembership"]

    return describe


class TestCreate:
    def test_the_response_names_channel_and_member(self, client: Any, chat: Chat, channel: str) -> None:
        given = {"ChannelArn": channel, "MemberArn": chat.carol, "Type": "DEFAULT", "ChimeBearer": chat.alice}
        answer = client.create_channel_membership(**given)
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 201
        assert (answer["ChannelArn"], answer["Member"]) == (channel, {"Arn": chat.carol, "Name": "Carol"})
        assert chat.members(channel) == [chat.alice, chat.bob, chat.carol]

    def test_a_bot_can_be_a_member(self, chat: Chat, channel: str) -> None:
        chat.add(channel, chat.bot)
        assert chat.members(channel)[-1] == chat.bot

    @pytest.mark.rule("messaging.repeated-membership")
    def test_a_repeated_membership_changes_nothing(
        self, client: Any, chat: Chat, channel: str, describe: Callable[[str], Any]
    ) -> None:
        given = {"ChannelArn": channel, "MemberArn": chat.bob, "Type": "DEFAULT", "ChimeBearer": chat.admin}
        before = describe(chat.bob)
        answer = call_without_metadata(client, "CreateChannelMembership", **given)
        assert answer == {"ChannelArn": channel, "Member": {"Arn": chat.bob, "Name": "Bob"}}
        assert describe(chat.bob) == before
        assert chat.members(channel) == [chat.alice, chat.bob]

    @pytest.mark.rule("messaging.repeated-membership")
    def test_a_repeated_membership_is_a_conflict_if_the_test_author_says_so(
        self, client: Any, chat: Chat, channel: str, qchime: Handle
    ) -> None:
        qchime.rules["messaging.repeated-membership"] = "conflict"
        with pytest.raises(client.exceptions.ConflictException, match="already a member") as raised:
            chat.add(channel, chat.bob)
        headers = raised.value.response["ResponseMetadata"]["HTTPHeaders"]
        assert headers["x-qchime-rule"] == "messaging.repeated-membership"

    @pytest.mark.rule("messaging.membership-of-other-type")
    def test_a_membership_of_the_other_type_is_a_conflict(
        self, client: Any, chat: Chat, channel: str, describe: Callable[[str], Any]
    ) -> None:
        with pytest.raises(client.exceptions.ConflictException, match="of type DEFAULT"):
            chat.add(channel, chat.bob, type="HIDDEN")
        assert describe(chat.bob)["Type"] == "DEFAULT"

    @pytest.mark.rule("messaging.missing-part-of-channel")
    def test_somebody_who_is_not_in_the_app_instance_is_not_found(
        self, client: Any, chat: Chat, channel: str, create_chat: Callable[[], Chat]
    ) -> None:
        for unknown in (chat.nobody, create_chat().bob, channel):
            with pytest.raises(client.exceptions.NotFoundException, match="no user or bot"):
                chat.add(channel, unknown)
        assert chat.members(channel) == [chat.alice, chat.bob]

    def test_more_memberships_than_the_quotas_are_refused(
        self, client: Any, chat: Chat, channel: str, qchime: Handle
    ) -> None:
        qchime.limits.memberships_per_channel = 2
        with pytest.raises(client.exceptions.ResourceLimitExceededException, match="of this channel"):
            chat.add(channel, chat.carol)
        chat.add(channel, chat.bob)
        qchime.limits.memberships_per_channel = 3
        qchime.limits.memberships_per_user = 0
        with pytest.raises(client.exceptions.ResourceLimitExceededException, match="of this user"):
            chat.add(channel, chat.carol)

    def test_bad_input_is_a_bad_request(self, client: Any, chat: Chat, channel: str) -> None:
        with pytest.raises(client.exceptions.BadRequestException, match="'type'"):
            chat.add(channel, chat.carol, type="VISIBLE")


class TestSelfJoin:
    @pytest.mark.rule("messaging.self-join")
    def test_everybody_can_join_a_public_channel(self, chat: Chat, channel: str) -> None:
        chat.add(channel, chat.carol, bearer=chat.carol)
        assert chat.carol in chat.members(channel)

    @pytest.mark.rule("messaging.self-join")
    @pytest.mark.parametrize("mode", ["RESTRICTED", "UNRESTRICTED"])
    def test_nobody_can_join_a_private_channel(self, client: Any, chat: Chat, mode: str) -> None:
        channel = chat.create(Privacy="PRIVATE", Mode=mode)
        with pytest.raises(client.exceptions.ForbiddenException, match=NO_ACCESS):
            chat.add(channel, chat.carol, bearer=chat.carol)

    @pytest.mark.rule("messaging.self-join")
    def test_it_is_denied_if_the_test_author_says_so(
        self, client: Any, chat: Chat, channel: str, qchime: Handle
    ) -> None:
        qchime.rules["messaging.self-join"] = "denied"
        with pytest.raises(client.exceptions.ForbiddenException, match=NO_ACCESS):
            chat.add(channel, chat.carol, bearer=chat.carol)
        chat.add(channel, chat.bob, bearer=chat.bob)
        chat.add(channel, chat.carol)


class TestHidden:
    def test_hidden_members_are_listed_only_on_request(self, client: Any, chat: Chat, channel: str) -> None:
        chat.add(channel, chat.carol, type="HIDDEN")
        assert chat.members(channel) == [chat.alice, chat.bob]
        assert chat.members(channel, Type="HIDDEN", ChimeBearer=chat.alice) == [chat.carol]

    def test_only_moderators_and_administrators_add_and_list_them(self, client: Any, chat: Chat) -> None:
        channel = chat.create(Mode="UNRESTRICTED", MemberArns=[chat.bob])
        chat.add(channel, chat.dave, bearer=chat.bob)
        for attempt in (
            lambda: chat.add(channel, chat.carol, bearer=chat.bob, type="HIDDEN"),
            lambda: chat.add(channel, chat.eve, bearer=chat.eve, type="HIDDEN"),
            lambda: chat.members(channel, Type="HIDDEN", ChimeBearer=chat.bob),
        ):
            with pytest.raises(client.exceptions.ForbiddenException, match=NO_ACCESS):
                attempt()


class TestDescribe:
    def test_a_membership_has_its_inviter_type_and_times(
        self, chat: Chat, channel: str, describe: Callable[[str], Any]
    ) -> None:
        found = describe(chat.bob)
        assert found["InvitedBy"] == {"Arn": chat.alice, "Name": "Alice"}
        assert found["Member"] == {"Arn": chat.bob, "Name": "Bob"}
        assert (found["Type"], found["ChannelArn"]) == ("DEFAULT", channel)
        assert found["CreatedTimestamp"] == found["LastUpdatedTimestamp"]

    @pytest.mark.rule("messaging.missing-part-of-channel")
    def test_somebody_who_is_not_a_member_is_not_found(
        self, client: Any, chat: Chat, describe: Callable[[str], Any]
    ) -> None:
        for arn in (chat.carol, chat.nobody):
            with pytest.raises(client.exceptions.NotFoundException, match="not a member"):
                describe(arn)


class TestDelete:
    def test_a_removed_member_is_gone(self, client: Any, chat: Chat, channel: str) -> None:
        client.delete_channel_membership(ChannelArn=channel, MemberArn=chat.bob, ChimeBearer=chat.alice)
        assert chat.members(channel) == [chat.alice]

    def test_members_can_leave(self, client: Any, chat: Chat) -> None:
        channel = chat.create(Privacy="PRIVATE", MemberArns=[chat.bob])
        client.delete_channel_membership(ChannelArn=channel, MemberArn=chat.bob, ChimeBearer=chat.bob)
        with pytest.raises(client.exceptions.ForbiddenException):
            chat.describe(channel, chat.bob)

    @pytest.mark.rule("messaging.deleted-membership")
    @pytest.mark.rule("messaging.moderators-without-membership")
    def test_a_moderator_who_leaves_stays_a_moderator(self, client: Any, chat: Chat, channel: str) -> None:
        client.delete_channel_membership(ChannelArn=channel, MemberArn=chat.alice, ChimeBearer=chat.alice)
        assert chat.moderators(channel) == [chat.alice]
        chat.add(channel, chat.carol, bearer=chat.alice)
        assert chat.members(channel) == [chat.bob, chat.carol]

    @pytest.mark.rule("messaging.delete-missing-membership")
    def test_somebody_who_is_not_a_member_is_a_conflict(
        self, client: Any, chat: Chat, channel: str, qchime: Handle
    ) -> None:
        given = {"ChannelArn": channel, "MemberArn": chat.carol, "ChimeBearer": chat.alice}
        with pytest.raises(client.exceptions.ConflictException, match="not a member"):
            client.delete_channel_membership(**given)
        qchime.rules["messaging.delete-missing-membership"] = "unchanged"
        answer = client.delete_channel_membership(**given)
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204

    @pytest.mark.rule("messaging.remove-others")
    def test_members_remove_nobody_but_themselves(
        self, client: Any, chat: Chat, channel: str, qchime: Handle
    ) -> None:
        given = {"ChannelArn": channel, "MemberArn": chat.alice, "ChimeBearer": chat.bob}
        with pytest.raises(client.exceptions.ForbiddenException, match=NO_ACCESS):
            client.delete_channel_membership(**given)
        qchime.rules["messaging.remove-others"] = "members"
        client.delete_channel_membership(**given)
        assert chat.members(channel) == [chat.bob]
