"""Moderators of a channel."""

from typing import Any

from qchime.core.backend import Call
from qchime.rules import inferred, observed
from qchime.services.chimesdkidentity.face import PAGE
from qchime.services.chimesdkmessaging.directory import ChannelDirectory
from qchime.services.chimesdkmessaging.exceptions import ConflictException, invalid_identity, not_found

REPEATED = observed(
    "messaging.repeated-moderator", "Creating a moderator a second time raises a ConflictException."
)

WITHOUT_MEMBERSHIP = inferred(
    "messaging.moderators-without-membership",
    "A moderator need not be a member, and stays a moderator when its membership is deleted. The last "
    "moderator can be deleted too.",
    sources=["https://docs.aws.amazon.com/chime-sdk/latest/dg/auth-by-role.html"],
)

NOT_A_MODERATOR = inferred(
    "messaging.delete-missing-moderator",
    "DeleteChannelModerator succeeds for a user or bot that is not a moderator.",
)


class ModeratorOperations(ChannelDirectory):
    """https://docs.aws.amazon.com/chime-sdk/latest/APIReference/API_messaging-chime_CreateChannelModerator.html"""

    @WITHOUT_MEMBERSHIP
    @REPEATED
    def create_channel_moderator(
        self, call: Call, *, channel_arn: str, channel_moderator_arn: str, chime_bearer: str
    ) -> dict[str, Any]:
        """Make a user or bot a moderator."""
        visit, channel = self.enter(call, chime_bearer, channel_arn)
        if not visit.knows(channel_moderator_arn):
            raise invalid_identity(channel_moderator_arn)
        if channel_moderator_arn in channel.moderators:
            raise ConflictException(f"{channel_moderator_arn} is already a moderator.").because(REPEATED)
        limit = self.world.limits.moderators_per_channel
        self.check_quota(channel.moderators, limit, "moderators of this channel")
        self.add_moderator(visit, channel, channel_moderator_arn)
        return {"channel_arn": channel_arn, "channel_moderator": visit.shown(channel_moderator_arn)}

    def describe_channel_moderator(
        self, call: Call, *, channel_arn: str, channel_moderator_arn: str, chime_bearer: str
    ) -> dict[str, Any]:
        """The moderator, and when and by whom it was made one."""
        _, channel = self.enter(call, chime_bearer, channel_arn)
        moderator = channel.moderators.get(channel_moderator_arn)
        if moderator is None:
            raise not_found(f"{channel_moderator_arn} is not a moderator of the channel.")
        return {"channel_moderator": self.appointment_in_full(channel, moderator, "moderator")}

    def list_channel_moderators(
        self,
        call: Call,
        *,
        channel_arn: str,
        chime_bearer: str,
        max_results: int = PAGE,
        next_token: str | None = None,
    ) -> dict[str, Any]:
        """A page of moderators."""
        visit, channel = self.enter(call, chime_bearer, channel_arn)
        page = self.page(channel.moderators, max_results, next_token)
        return {
            "channel_arn": channel_arn,
            "channel_moderators": [{"moderator": visit.shown(item.arn)} for item in page.items],
            "next_token": page.next_token,
        }

    @NOT_A_MODERATOR
    def delete_channel_moderator(
        self, call: Call, *, channel_arn: str, channel_moderator_arn: str, chime_bearer: str
    ) -> None:
        """Take the role of a moderator away; its membership stays."""
        visit, channel = self.enter(call, chime_bearer, channel_arn)
        self.remove_moderator(visit.chat, channel, channel_moderator_arn)
