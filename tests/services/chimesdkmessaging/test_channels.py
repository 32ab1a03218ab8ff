"""Channels: create, describe, list, update, delete."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from qchime import Handle
from tests.services.chimesdkidentity.samples import tags
from tests.services.chimesdkmessaging.samples import NO_ACCESS, NO_CHANNEL, NOBODY, Chat


class TestCreate:
    def test_the_arn_of_a_channel_is_that_of_the_app_instance_and_a_uuid(self, chat: Chat) -> None:
        start, _, channel_id = chat.create().rpartition("/channel/")
        assert start == chat.arn
        assert UUID(channel_id).version == 4

    def test_the_id_of_a_channel_can_be_chosen(self, chat: Chat) -> None:
        """Programs concatenate the ARN, even before they create the channel."""
        assert chat.create(ChannelId="team:1@a_b.c-d") == f"{chat.arn}/channel/team:1@a_b.c-d"

    def test_a_new_channel_has_what_was_given(self, chat: Chat) -> None:
        more = {"Mode": "UNRESTRICTED", "Privacy": "PRIVATE", "Metadata": "blue"}
        found = chat.describe(chat.create("Team", **more))
        assert found.items() >= {"Name": "Team", **more}.items()
        assert found["CreatedBy"] == {"Arn": chat.alice, "Name": "Alice"}
        assert found["CreatedTimestamp"] == found["LastUpdatedTimestamp"]
        assert not {"LastMessageTimestamp", "ExpirationSettings", "ChannelFlowArn"} & set(found)

    @pytest.mark.rule("messaging.channel-defaults")
    def test_a_channel_is_restricted_and_public_by_default(self, chat: Chat) -> None:
        found = chat.describe(chat.create("General"))
        assert (found["Mode"], found["Privacy"]) == ("RESTRICTED", "PUBLIC")
        assert "Metadata" not in found
        assert chat.describe(chat.create("General"))["Name"] == "General"

    def test_the_bearer_becomes_member_and_moderator(self, client: Any, chat: Chat) -> None:
        channel = chat.create()
        assert chat.members(channel) == chat.moderators(channel) == [chat.alice]
        described = client.describe_channel_membership(
            ChannelArn=channel, MemberArn=chat.alice, ChimeBearer=chat.alice
        )
        assert described["ChannelMembership"]["InvitedBy"] == {"Arn": chat.alice, "Name": "Alice"}

    def test_a_bot_can_create_a_channel(self, chat: Chat) -> None:
        channel = chat.create(bearer=chat.bot)
        assert chat.moderators(channel) == [chat.bot]
        assert chat.describe(channel)["CreatedBy"] == {"Arn": chat.bot, "Name": "Helper"}

    @pytest.mark.rule("messaging.first-members")
    def test_named_members_and_moderators_are_in_the_channel(self, chat: Chat) -> None:
        channel = chat.create(
            MemberArns=[chat.bob, chat.alice, chat.carol], ModeratorArns=[chat.carol, chat.dave, chat.alice]
        )
        assert chat.members(channel) == [chat.alice, chat.carol, chat.dave, chat.bob]
        assert chat.moderators(channel) == [chat.alice, chat.carol, chat.dave]

    @pytest.mark.rule("messaging.same-channel-id")
    @pytest.mark.rule("messaging.free-channel-id")
    def test_the_same_id_is_a_conflict_until_the_channel_is_deleted(self, client: Any, chat: Chat) -> None:
        channel = chat.create("General", ChannelId="general", Metadata="first")
        for name in ("General", "Other"):
            with pytest.raises(client.exceptions.ConflictException):
                chat.create(name, ChannelId="general")
        assert chat.describe(channel)["Metadata"] == "first"
        client.delete_channel(ChannelArn=channel, ChimeBearer=chat.alice)
        assert chat.create(ChannelId="general") == channel
        assert "Metadata" not in chat.describe(channel)

    @pytest.mark.parametrize("member", ["MemberArns", "ModeratorArns"])
    @pytest.mark.rule("messaging.unknown-identity")
    def test_somebody_who_is_not_in_the_app_instance_is_forbidden(
        self, client: Any, chat: Chat, create_chat: Callable[[], Chat], member: str
    ) -> None:
        stranger = create_chat().alice
        for unknown in (chat.nobody, stranger, chat.arn):
            with pytest.raises(client.exceptions.ForbiddenException, match="for the input parameter"):
                chat.create("General", chat.alice, **{member: [chat.bob, unknown]})
        assert chat.channels() == []

    @pytest.mark.rule("messaging.unknown-bearer")
    @pytest.mark.parametrize("bearer", [NOBODY, "arn:aws:s3:::bucket"])
    def test_a_bearer_that_does_not_exist_is_forbidden(self, client: Any, chat: Chat, bearer: str) -> None:
        with pytest.raises(
            client.exceptions.ForbiddenException, match="for the x-amz-chime-bearer HTTP"
        ) as raised:
            chat.create(bearer=bearer)
        headers = raised.value.response["ResponseMetadata"]["HTTPHeaders"]
        assert headers["x-qchime-rule"] == "messaging.unknown-bearer"

    def test_a_bearer_of_another_app_instance_is_forbidden(
        self, client: Any, chat: Chat, create_chat: Callable[[], Chat]
    ) -> None:
        with pytest.raises(client.exceptions.ForbiddenException, match=NO_ACCESS):
            chat.create(bearer=create_chat().alice)

    def test_bad_input_is_a_bad_request(self, client: Any, chat: Chat) -> None:
        with pytest.raises(client.exceptions.BadRequestException) as raised:
            chat.create("x" * 257, Mode="open", ChannelId="-", MemberArns=[chat.bob] * 11)
        for member in ("name", "mode", "channelId", "memberArns"):
            assert f"'{member}'" in raised.value.response["Error"]["Message"]

    def test_metadata_has_one_kilobyte_in_utf_8_at_most(self, client: Any, chat: Chat, channel: str) -> None:
        with pytest.raises(client.exceptions.BadRequestException, match="1024 bytes"):
            chat.create(Metadata="ä" * 513)
        with pytest.raises(client.exceptions.BadRequestException, match="1024 bytes"):
            client.update_channel(ChannelArn=channel, Metadata="ä" * 513, ChimeBearer=chat.alice)
        assert "Metadata" not in chat.describe(channel)
        chat.create(Metadata="ä" * 512)

    def test_more_channels_than_the_quota_are_refused(self, client: Any, chat: Chat, qchime: Handle) -> None:
        qchime.limits.channels_per_app_instance = 1
        chat.create()
        with pytest.raises(client.exceptions.ResourceLimitExceededException, match="1 channels"):
            chat.create()

    @pytest.mark.rule("messaging.client-tokens")
    @pytest.mark.rule("chime.reused-client-tokens")
    def test_a_client_token_creates_one_channel(self, client: Any, chat: Chat) -> None:
        first = chat.create("General", ClientRequestToken="token-1")
        assert chat.create("General", ClientRequestToken="token-1") == first
        with pytest.raises(client.exceptions.ConflictException):
            chat.create("Other", ClientRequestToken="token-1")
        assert chat.create("General", chat.bob, ClientRequestToken="token-1") != first
        assert len(chat.channels()) == 2

    def test_a_channel_can_have_tags(self, client: Any, chat: Chat) -> None:
        channel = chat.create(Tags=tags(team="blue"))
        assert client.list_tags_for_resource(ResourceARN=channel)["Tags"] == tags(team="blue")


class TestDescribe:
    @pytest.mark.rule("messaging.missing-resource")
    def test_a_missing_channel_and_one_of_another_app_instance_are_forbidden(
        self, client: Any, chat: Chat, create_chat: Callable[[], Chat]
    ) -> None:
        theirs = create_chat().create()
        for channel in (f"{chat.arn}/channel/nothing", NO_CHANNEL, theirs):
            with pytest.raises(client.exceptions.ForbiddenException, match=NO_ACCESS):
                chat.describe(channel)

    def test_names_are_the_current_ones(self, identity: Any, chat: Chat, channel: str) -> None:
        identity.update_app_instance_user(AppInstanceUserArn=chat.alice, Name="Alicia", Metadata="")
        assert chat.describe(channel)["CreatedBy"]["Name"] == "Alicia"

    def test_spaces_before_the_bearer_are_no_part_of_it(self, chat: Chat, channel: str) -> None:
        """Seen in a real program."""
        assert chat.describe(channel, f" {chat.alice}")["Name"] == "General"


class TestList:
    @pytest.mark.rule("messaging.list-channels")
    def test_public_channels_are_listed_by_default(self, chat: Chat) -> None:
        first, _, third = chat.create("1"), chat.create("2", Privacy="PRIVATE"), chat.create("3")
        assert chat.channels() == chat.channels(Privacy="PUBLIC") == [first, third]

    def test_administrators_list_private_channels(self, client: Any, chat: Chat) -> None:
        private = chat.create("Secret", Privacy="PRIVATE")
        chat.create("General")
        assert chat.channels(Privacy="PRIVATE") == [private]
        with pytest.raises(client.exceptions.ForbiddenException, match=NO_ACCESS):
            client.list_channels(AppInstanceArn=chat.arn, Privacy="PRIVATE", ChimeBearer=chat.alice)

    def test_a_summary_has_less_than_a_description(self, client: Any, chat: Chat) -> None:
        channel = chat.create("General", Metadata="blue")
        (found,) = client.list_channels(AppInstanceArn=chat.arn, ChimeBearer=chat.bob)["Channels"]
        assert found == {
            "Name": "General",
            "ChannelArn": channel,
            "Mode": "RESTRICTED",
            "Privacy": "PUBLIC",
            "Metadata": "blue",
        }

    def test_channels_of_another_app_instance_are_forbidden(
        self, client: Any, chat: Chat, create_chat: Callable[[], Chat]
    ) -> None:
        with pytest.raises(client.exceptions.ForbiddenException, match=NO_ACCESS):
            client.list_channels(AppInstanceArn=create_chat().arn, ChimeBearer=chat.admin)


class TestUpdate:
    @pytest.mark.rule("messaging.replaced-metadata")
    @pytest.mark.rule("messaging.kept-name")
    def test_omitted_metadata_is_removed_and_an_omitted_name_or_mode_stays(
        self, client: Any, chat: Chat
    ) -> None:
        channel = chat.create("General", Mode="UNRESTRICTED", Metadata="blue")
        here = {"ChannelArn": channel, "ChimeBearer": chat.alice}
        assert client.update_channel(**here, Name="Team", Metadata="red")["ChannelArn"] == channel
        found = chat.describe(channel)
        assert (found["Name"], found["Mode"], found["Metadata"]) == ("Team", "UNRESTRICTED", "red")
        client.update_channel(**here, Mode="RESTRICTED")
        found = chat.describe(channel)
        assert (found["Name"], found["Mode"], found.get("Metadata")) == ("Team", "RESTRICTED", None)

    def test_an_update_moves_only_the_timestamp_of_updates(
        self, client: Any, chat: Chat, channel: str, qchime: Handle
    ) -> None:
        before = chat.describe(channel)
        qchime.clock.advance(hours=1)
        client.update_channel(ChannelArn=channel, Name="Team", ChimeBearer=chat.alice)
        after = chat.describe(channel)
        assert after["CreatedTimestamp"] == before["CreatedTimestamp"]
        assert (after["LastUpdatedTimestamp"] - before["LastUpdatedTimestamp"]).total_seconds() >= 3600

    def test_bad_input_is_a_bad_request(self, client: Any, chat: Chat, channel: str) -> None:
        with pytest.raises(client.exceptions.BadRequestException, match="'mode'"):
            client.update_channel(ChannelArn=channel, Mode="open", ChimeBearer=chat.alice)


class TestDelete:
    def test_a_deleted_channel_is_gone_with_everything_in_it(
        self, client: Any, chat: Chat, channel: str
    ) -> None:
        client.delete_channel(ChannelArn=channel, ChimeBearer=chat.alice)
        assert chat.channels() == []
        for attempt in (client.describe_channel, client.list_channel_memberships, client.delete_channel):
            with pytest.raises(client.exceptions.ForbiddenException, match=NO_ACCESS):
                attempt(ChannelArn=channel, ChimeBearer=chat.admin)
        again = chat.create(ChannelId=channel.rpartition("/")[2], bearer=chat.carol)
        assert chat.members(again) == chat.moderators(again) == [chat.carol]
