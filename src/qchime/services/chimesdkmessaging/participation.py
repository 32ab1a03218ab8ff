"""The channels of a user or bot: those in which it is a member, and those that it moderates."""

from typing import Any

from qchime.core.backend import Call
from qchime.rules import inferred
from qchime.services.chimesdkidentity.face import PAGE
from qchime.services.chimesdkmessaging.directory import ChannelDirectory, Visit
from qchime.services.chimesdkmessaging.elastic import check_supported
from qchime.services.chimesdkmessaging.exceptions import invalid_identity, missing
from qchime.services.chimesdkmessaging.resources import SubChannel

OF_BEARER = inferred(
    "messaging.lists-of-bearer",
    "The lists of a user's channels are the bearer's own if they name no user. They have the channels in "
    "the order in which the user joined or was made a moderator, including HIDDEN memberships. "
    "Administrators are listed as moderators only of channels where they were made one. The moderator of an "
    "elastic channel is listed for each sub-channel in which it is a member, and described for the oldest.",
)

NOT_IN_CHANNEL = inferred(
    "messaging.describe-for-user",
    "DescribeChannelMembershipForAppInstanceUser raises a ForbiddenException if the user is not a member, "
    "and DescribeChannelModeratedByAppInstanceUser does if the user is not a moderator.",
)


class ParticipationOperations(ChannelDirectory):
    """https://docs.aws.amazon.com/chime-sdk/latest/APIReference/API_messaging-chime_ListChannelMembershipsForAppInstanceUser.html"""

    @OF_BEARER
    def list_channel_memberships_for_app_instance_user(
        self,
        call: Call,
        *,
        chime_bearer: str,
        app_instance_user_arn: str | None = None,
        max_results: int = PAGE,
        next_token: str | None = None,
    ) -> dict[str, Any]:
        """A page of the channels in which a user or bot is a member."""
        visit, arn = self._visit_for(call, chime_bearer, app_instance_user_arn)
        page = self.page(visit.chat.participation(arn).memberships, max_results, next_token)
        memberships = [self._membership(visit, part, arn) for part in page.items]
        return {"channel_memberships": memberships, "next_token": page.next_token}

    @NOT_IN_CHANNEL
    def describe_channel_membership_for_app_instance_user(
        self, call: Call, *, channel_arn: str, app_instance_user_arn: str, chime_bearer: str
    ) -> dict[str, Any]:
        """The membership of a user or bot in one channel."""
        visit, channel = self.enter(call, chime_bearer, channel_arn, subject=app_instance_user_arn)
        parts = channel.parts_with(app_instance_user_arn)
        if not parts:
            raise missing("member of the channel", app_instance_user_arn).because(NOT_IN_CHANNEL)
        return {"channel_membership": self._membership(visit, parts[0], app_instance_user_arn)}

    @OF_BEARER
    def list_channels_moderated_by_app_instance_user(
        self,
        call: Call,
        *,
        chime_bearer: str,
        app_instance_user_arn: str | None = None,
        max_results: int = PAGE,
        next_token: str | None = None,
    ) -> dict[str, Any]:
        """A page of the channels that a user or bot moderates."""
        visit, arn = self._visit_for(call, chime_bearer, app_instance_user_arn)
        page = self.page(visit.chat.participation(arn).moderated, max_results, next_token)
        channels = [{"channel_summary": self.summary(visit, channel)} for channel in page.items]
        return {"channels": channels, "next_token": page.next_token}

    @NOT_IN_CHANNEL
    def describe_channel_moderated_by_app_instance_user(
        self, call: Call, *, channel_arn: str, app_instance_user_arn: str, chime_bearer: str
    ) -> dict[str, Any]:
        """One channel that a user or bot moderates."""
        visit, channel = self.enter(call, chime_bearer, channel_arn, subject=app_instance_user_arn)
        if app_instance_user_arn not in channel.moderators:
            raise missing("moderator of the channel", app_instance_user_arn).because(NOT_IN_CHANNEL)
        check_supported(channel, "DescribeChannelModeratedByAppInstanceUser is")
        return {"channel": {"channel_summary": self.summary(visit, channel)}}

    def _visit_for(self, call: Call, bearer: str, arn: str | None) -> tuple[Visit, str]:
        """The visit of the bearer, and the ARN of the user or bot that it asks about."""
        visit = self.visit(bearer)
        self.check_role(call, visit, subject=arn)
        if arn is not None and not visit.knows(arn):
            raise invalid_identity(arn)
        return visit, arn or bearer

    def _membership(self, visit: Visit, part: SubChannel, arn: str) -> dict[str, Any]:
        membership = part.memberships[arn]
        return {
            "channel_summary": self.summary(visit, visit.chat.channel_of(part)),
            "app_instance_user_membership_summary": {
                "type": membership.type,
                "read_marker_timestamp": membership.read_marker_timestamp,
                "sub_channel_id": part.sub_channel_id,
            },
        }
