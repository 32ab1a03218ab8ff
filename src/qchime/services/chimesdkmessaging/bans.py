"""Bans: who is kept out of a channel."""

from typing import Any

from qchime.core.backend import Call
from qchime.rules import inferred
from qchime.services.chimesdkidentity.face import PAGE
from qchime.services.chimesdkmessaging.directory import ChannelDirectory, Visit
from qchime.services.chimesdkmessaging.exceptions import (
    ConflictException,
    ForbiddenException,
    invalid_identity,
    not_found,
)
from qchime.services.chimesdkmessaging.resources import Channel

REPEATED = inferred("messaging.repeated-ban", "Banning somebody a second time raises a ConflictException.")

NOT_BANNABLE = inferred(
    "messaging.ban-of-moderator",
    "Banning a moderator of the channel or an administrator of the app instance, which AWS refuses, raises "
    "a ForbiddenException. Users and bots that are not members can be banned.",
    sources=["https://docs.aws.amazon.com/chime-sdk/latest/dg/auth-by-role.html"],
)

NOT_BANNED = inferred(
    "messaging.delete-missing-ban", "DeleteChannelBan succeeds for a user or bot that is not banned."
)


class BanOperations(ChannelDirectory):
    """https://docs.aws.amazon.com/chime-sdk/latest/APIReference/API_messaging-chime_CreateChannelBan.html"""

    def create_channel_ban(
        self, call: Call, *, channel_arn: str, member_arn: str, chime_bearer: str
    ) -> dict[str, Any]:
        """Remove a user or bot from the channel, and keep it out. AWS publishes no quota for bans."""
        visit, channel = self.enter(call, chime_bearer, channel_arn)
        self._check_bannable(visit, channel, member_arn)
        self.remove_member(visit.chat, member_arn, *channel.parts)
        ban = self.appointment(visit, member_arn)
        visit.chat.add_ban(channel, ban)
        self.publish_appointment("CREATE_CHANNEL_BAN", channel, ban)
        return {"channel_arn": channel_arn, "member": visit.shown(member_arn)}

    def _check_bannable(self, visit: Visit, channel: Channel, arn: str) -> None:
        if not visit.knows(arn):
            raise invalid_identity(arn)
        if arn in channel.moderators or arn in visit.instance.admins:
            raise ForbiddenException(f"{arn} is a moderator or administrator.").because(NOT_BANNABLE)
        if arn in channel.bans:
            raise ConflictException(f"{arn} is already banned.").because(REPEATED)

    def describe_channel_ban(
        self, call: Call, *, channel_arn: str, member_arn: str, chime_bearer: str
    ) -> dict[str, Any]:
        """The ban, and when and by whom it was imposed."""
        _, channel = self.enter(call, chime_bearer, channel_arn)
        ban = channel.bans.get(member_arn)
        if ban is None:
            raise not_found(f"{member_arn} is not banned from the channel.")
        return {"channel_ban": self.appointment_in_full(channel, ban, "member")}

    def list_channel_bans(
        self,
        call: Call,
        *,
        channel_arn: str,
        chime_bearer: str,
        max_results: int = PAGE,
        next_token: str | None = None,
    ) -> dict[str, Any]:
        """A page of banned users and bots."""
        visit, channel = self.enter(call, chime_bearer, channel_arn)
        page = self.page(channel.bans, max_results, next_token)
        return {
            "channel_arn": channel_arn,
            "channel_bans": [{"member": visit.shown(item.arn)} for item in page.items],
            "next_token": page.next_token,
        }

    @NOT_BANNED
    def delete_channel_ban(self, call: Call, *, channel_arn: str, member_arn: str, chime_bearer: str) -> None:
        """Allow a user or bot to become a member again."""
        visit, channel = self.enter(call, chime_bearer, channel_arn)
        self.remove_ban(visit.chat, channel, member_arn)
