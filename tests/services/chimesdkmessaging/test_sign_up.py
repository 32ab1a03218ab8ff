"""The way that chat programs sign somebody up: find or create the user, the channel and the membership."""

from contextlib import suppress
from typing import Any

import pytest

from tests.concurrency.together import at_once
from tests.services.chimesdkmessaging.samples import Chat


class TestEnsuringMemberships:
    """A program that creates a membership whenever it needs one, and catches nothing."""

    def create_room(self, client: Any, chat: Chat, owner: str, name: str) -> str:
        given = {"AppInstanceArn": chat.arn, "Name": name, "Mode": "RESTRICTED", "Privacy": "PUBLIC"}
        channel = client.create_channel(**given, ChimeBearer=owner)["ChannelArn"]
        self.join(client, channel, owner, bearer=owner)
        with suppress(client.exceptions.ConflictException):
            client.create_channel_moderator(ChannelArn=channel, ChannelModeratorArn=owner, ChimeBearer=owner)
        return str(channel)

    def join(self, client: Any, channel: str, member: str, bearer: str) -> None:
        given = {"ChannelArn": channel, "MemberArn": member, "Type": "DEFAULT"}
        client.create_channel_membership(**given, ChimeBearer=bearer)

    @pytest.mark.rule("messaging.repeated-membership")
    @pytest.mark.rule("messaging.self-join")
    def test_everybody_ends_up_in_the_room_once(self, client: Any, chat: Chat) -> None:
        room = self.create_room(client, chat, chat.alice, "Lobby")
        for _ in range(3):
            for somebody in (chat.bob, chat.alice, chat.carol):
                self.join(client, room, somebody, bearer=somebody)
        (found,) = client.list_channels(AppInstanceArn=chat.arn, ChimeBearer=chat.bob)["Channels"]
        assert found["Name"] == "Lobby"
        assert chat.members(room) == [chat.alice, chat.bob, chat.carol]
        assert chat.moderators(room) == [chat.alice]


class TestFindOrCreate:
    """A program that names its users and channels itself, and treats a conflict as "it is there already"."""

    def ensure_user(self, identity: Any, chat: Chat, user_id: str, name: str) -> str:
        given = {"AppInstanceArn": chat.arn, "AppInstanceUserId": user_id, "Name": name}
        arn = f"{chat.arn}/user/{user_id}"
        try:
            identity.create_app_instance_user(**given)
        except identity.exceptions.ConflictException:
            identity.update_app_instance_user(AppInstanceUserArn=arn, Name=name, Metadata="")
        return arn

    def ensure_channel(self, client: Any, chat: Chat, bearer: str, channel_id: str, metadata: str) -> str:
        channel = f"{chat.arn}/channel/{channel_id}"
        given = {"Name": channel_id, "Mode": "RESTRICTED", "Metadata": metadata, "ChimeBearer": bearer}
        try:
            client.create_channel(AppInstanceArn=chat.arn, ChannelId=channel_id, Privacy="PRIVATE", **given)
        except client.exceptions.ConflictException:
            client.update_channel(ChannelArn=channel, **given)
        return channel

    def ensure_member(self, client: Any, channel: str, member: str, bearer: str) -> None:
        given = {"ChannelArn": channel, "MemberArn": member, "Type": "DEFAULT"}
        with suppress(client.exceptions.ConflictException):
            client.create_channel_membership(**given, ChimeBearer=bearer)

    def sign_up(self, client: Any, identity: Any, chat: Chat, name: str, metadata: str) -> tuple[str, str]:
        """Sign a user up for a conversation that belongs to the bot; returns the user and the channel."""
        user = self.ensure_user(identity, chat, name.lower(), name)
        channel = self.ensure_channel(client, chat, chat.bot, f"conversation-{name.lower()}", metadata)
        for member in (chat.bot, user):
            self.ensure_member(client, channel, member, chat.bot)
        return user, channel

    @pytest.mark.rule("messaging.same-channel-id")
    def test_signing_up_again_changes_what_is_there(self, client: Any, identity: Any, chat: Chat) -> None:
        user, channel = self.sign_up(client, identity, chat, "Zoe", "first")
        assert self.sign_up(client, identity, chat, "ZOE", "second") == (user, channel)
        assert chat.describe(channel)["Metadata"] == "second"
        assert chat.members(channel) == [chat.bot, user]
        assert chat.moderators(channel) == [chat.bot]
        assert chat.describe(channel, user)["CreatedBy"]["Arn"] == chat.bot

    @pytest.mark.parametrize("rule", ["unchanged", "conflict"])
    @pytest.mark.rule("messaging.repeated-membership")
    def test_it_works_whatever_a_repeated_membership_is(
        self, client: Any, identity: Any, chat: Chat, qchime: Any, rule: str
    ) -> None:
        qchime.rules["messaging.repeated-membership"] = rule
        first = self.sign_up(client, identity, chat, "Zoe", "first")
        assert self.sign_up(client, identity, chat, "Zoe", "first") == first

    @pytest.mark.rule("messaging.client-tokens")
    def test_a_client_token_of_the_minute_creates_one_channel(self, client: Any, chat: Chat) -> None:
        given = {"AppInstanceArn": chat.arn, "Name": "Support", "ChimeBearer": chat.alice}
        made = {client.create_channel(**given, ClientRequestToken="12-30")["ChannelArn"] for _ in range(3)}
        assert len(made) == 1

    def test_twenty_members_can_be_added_at_once(self, client: Any, identity: Any, chat: Chat) -> None:
        channel = chat.create()
        people = [self.ensure_user(identity, chat, f"user-{one}", "Somebody") for one in range(20)]
        at_once(lambda _, person: chat.add(channel, person, bearer=chat.alice), people)
        assert sorted(chat.members(channel)) == sorted([chat.alice, *people])
