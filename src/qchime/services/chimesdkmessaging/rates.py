"""AWS's request rates per second, in us-east-1.

https://docs.aws.amazon.com/general/latest/gr/chime-sdk.html#chm-sdk-messaging-quotas documents them for
channels, memberships, bans, moderators and messages, by app instance, channel, sub-channel or user, and for
all requests of a bearer.
"""

from collections.abc import Callable, Mapping
from typing import Any

from qchime.core.rates import Rate, Rates
from qchime.rules import inferred

SOURCE = "https://docs.aws.amazon.com/general/latest/gr/chime-sdk.html"

CONNECTS = 1
"""Sessions that a user can open in a second."""

RATES_RULE = inferred(
    "messaging.request-rates",
    "Operations without a bearer for which AWS documents no rate have a rate of 10 requests per second. "
    "Every region has the rates of us-east-1, and an elastic channel has those of other channels for "
    "memberships, bans and moderators.",
    sources=[SOURCE],
    turn="throttling",
)


def _instance(given: Mapping[str, Any]) -> str:
    """The app instance, which is part of the ARN of a channel."""
    return str(given.get("AppInstanceArn") or given.get("ChannelArn", "")).partition("/channel/")[0]


def _channel(given: Mapping[str, Any]) -> str:
    return str(given.get("ChannelArn", ""))


def _sub_channel(given: Mapping[str, Any]) -> str:
    """The channel, or the sub-channel of an elastic one."""
    message = given.get("ChannelMessage")
    inner = message.get("SubChannelId") if isinstance(message, dict) else None
    part = given.get("SubChannelId") or inner
    return f"{_channel(given)}/{part}" if part else _channel(given)


def _user(given: Mapping[str, Any]) -> str:
    return str(given.get("AppInstanceUserArn") or given.get("ChimeBearer", ""))


def _bearer(given: Mapping[str, Any]) -> str | None:
    return given.get("ChimeBearer")


def _together(per_second: int, resource: Callable[[Mapping[str, Any]], str], *operations: str) -> Rate:
    return Rate(", ".join(operations), per_second, operations, resource)


RATES = Rates(
    shared=(
        _together(15, _instance, "CreateChannel", "UpdateChannel", "DeleteChannel"),
        _together(10, _instance, "ListChannels"),
        _together(20, _channel, "DescribeChannel"),
        _together(
            15,
            _channel,
            "CreateChannelMembership",
            "DeleteChannelMembership",
            "CreateChannelBan",
            "DeleteChannelBan",
            "CreateChannelModerator",
            "DeleteChannelModerator",
        ),
        _together(15, _channel, "ListChannelMemberships", "ListChannelBans", "ListChannelModerators"),
        _together(
            30,
            _sub_channel,
            "SendChannelMessage",
            "UpdateChannelMessage",
            "RedactChannelMessage",
            "DeleteChannelMessage",
            "ChannelFlowCallback",
        ),
        _together(30, _sub_channel, "ListChannelMessages"),
        _together(30, _sub_channel, "GetChannelMessage"),
        _together(
            15, _user, "ListChannelMembershipsForAppInstanceUser", "ListChannelsModeratedByAppInstanceUser"
        ),
        _together(15, _channel, "ListSubChannels"),
        _together(1, _channel, "BatchCreateChannelMembership"),
        Rate("all operations of a bearer", 10, None, _bearer),
    ),
    undocumented=dict.fromkeys(
        (
            "CreateChannelFlow",
            "DeleteChannelFlow",
            "DeleteMessagingStreamingConfigurations",
            "DescribeChannelFlow",
            "GetMessagingSessionEndpoint",
            "GetMessagingStreamingConfigurations",
            "ListChannelFlows",
            "ListChannelsAssociatedWithChannelFlow",
            "ListTagsForResource",
            "PutMessagingStreamingConfigurations",
            "TagResource",
            "UntagResource",
            "UpdateChannelFlow",
        ),
        10,
    ),
    rule=RATES_RULE,
)
