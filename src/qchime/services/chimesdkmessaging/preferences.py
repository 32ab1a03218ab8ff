"""What members set for themselves: read markers, and preferences for push notifications."""

import json
from typing import Any

from qchime.core.backend import Call
from qchime.rules import inferred
from qchime.services.chimesdkmessaging.directory import ChannelDirectory
from qchime.services.chimesdkmessaging.elastic import check_supported
from qchime.services.chimesdkmessaging.exceptions import BadRequestException

LONGEST_FILTER_RULE = 2048
"""In bytes.

https://docs.aws.amazon.com/chime-sdk/latest/dg/filter-msgs.html
"""

FILTER_RULE = inferred(
    "messaging.filter-rule",
    "A FilterRule that exceeds 2 KB or is not JSON raises a BadRequestException. Whether AllowNotifications "
    "is FILTERED is not checked.",
    sources=["https://docs.aws.amazon.com/chime-sdk/latest/dg/filter-msgs.html"],
)

EMPTY = inferred(
    "messaging.empty-preferences",
    "GetChannelMembershipPreferences before the first Put returns empty preferences.",
)


class PreferenceOperations(ChannelDirectory):
    """https://docs.aws.amazon.com/chime-sdk/latest/APIReference/API_messaging-chime_PutChannelMembershipPreferences.html"""

    def update_channel_read_marker(
        self, call: Call, *, channel_arn: str, chime_bearer: str
    ) -> dict[str, Any]:
        """Note that the bearer has read the channel up to now."""
        _, channel = self.enter(call, chime_bearer, channel_arn)
        check_supported(channel, "Read markers are")
        channel.memberships[chime_bearer].read_marker_timestamp = self.world.clock.now()
        return {"channel_arn": channel_arn}

    def put_channel_membership_preferences(
        self,
        call: Call,
        *,
        channel_arn: str,
        member_arn: str,
        chime_bearer: str,
        preferences: dict[str, Any],
    ) -> dict[str, Any]:
        """Replace the preferences of the bearer."""
        visit, channel = self.enter(call, chime_bearer, channel_arn, subject=member_arn)
        check_supported(channel, "Membership preferences are")
        _check_filter_rule(preferences.get("push_notifications", {}).get("filter_rule"))
        channel.memberships[member_arn].preferences = preferences
        return {"channel_arn": channel_arn, "member": visit.shown(member_arn), "preferences": preferences}

    @EMPTY
    def get_channel_membership_preferences(
        self, call: Call, *, channel_arn: str, member_arn: str, chime_bearer: str
    ) -> dict[str, Any]:
        """The preferences of the bearer."""
        visit, channel = self.enter(call, chime_bearer, channel_arn, subject=member_arn)
        check_supported(channel, "Membership preferences are")
        preferences = channel.memberships[member_arn].preferences
        return {"channel_arn": channel_arn, "member": visit.shown(member_arn), "preferences": preferences}


def _check_filter_rule(rule: str | None) -> None:
    if rule is None:
        return
    if len(rule.encode(errors="replace")) > LONGEST_FILTER_RULE:
        message = f"The FilterRule has more than {LONGEST_FILTER_RULE} bytes."
        raise BadRequestException(message).because(FILTER_RULE)
    try:
        json.loads(rule)
    except (ValueError, RecursionError):
        raise BadRequestException("The FilterRule is not JSON.").because(FILTER_RULE) from None
