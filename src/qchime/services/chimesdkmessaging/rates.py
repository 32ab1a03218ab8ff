"""AWS's request rates per second.

https://docs.aws.amazon.com/general/latest/gr/chime-sdk.html#chime-sdk-quotas documents those for channels,
memberships, bans, moderators and messages, by app instance or channel, and those by bearer.
"""

from qchime.core.rates import Rates
from qchime.rules import inferred

RATES_RULE = inferred(
    "messaging.request-rates",
    "Operations for which AWS documents no rate have that of the operations that they resemble: 15 requests "
    "per second for writes to a channel, 30 for messages, 20 for descriptions, and 10 for lists and for what "
    "has no bearer.",
    sources=["https://docs.aws.amazon.com/general/latest/gr/chime-sdk.html"],
    turn="throttling",
)

_CHANNEL_WRITES = (
    "UpdateChannel",
    "DeleteChannel",
    "PutChannelExpirationSettings",
    "AssociateChannelFlow",
    "DisassociateChannelFlow",
    "CreateChannelMembership",
    "DeleteChannelMembership",
    "CreateChannelModerator",
    "DeleteChannelModerator",
    "CreateChannelBan",
    "DeleteChannelBan",
    "PutChannelMembershipPreferences",
    "UpdateChannelReadMarker",
)
_DESCRIPTIONS = (
    "DescribeChannel",
    "DescribeChannelBan",
    "DescribeChannelMembership",
    "DescribeChannelMembershipForAppInstanceUser",
    "DescribeChannelModeratedByAppInstanceUser",
    "DescribeChannelModerator",
    "GetChannelMembershipPreferences",
)
_MESSAGES = (
    "SendChannelMessage",
    "UpdateChannelMessage",
    "RedactChannelMessage",
    "DeleteChannelMessage",
    "ChannelFlowCallback",
    "GetChannelMessage",
    "GetChannelMessageStatus",
    "ListChannelMessages",
)
_BY_CHANNEL = {
    **dict.fromkeys(_CHANNEL_WRITES, 15),
    **dict.fromkeys(_DESCRIPTIONS, 20),
    **dict.fromkeys(_MESSAGES, 30),
    "BatchCreateChannelMembership": 1,
}
_BY_BEARER = (
    "ListChannelBans",
    "ListChannelMemberships",
    "ListChannelMembershipsForAppInstanceUser",
    "ListChannelModerators",
    "ListChannels",
    "ListChannelsModeratedByAppInstanceUser",
    "ListSubChannels",
    "SearchChannels",
)

_UNDOCUMENTED = frozenset(_DESCRIPTIONS) - {"DescribeChannel"} | {
    "PutChannelExpirationSettings",
    "AssociateChannelFlow",
    "DisassociateChannelFlow",
    "PutChannelMembershipPreferences",
    "UpdateChannelReadMarker",
    "ChannelFlowCallback",
    "GetChannelMessage",
    "GetChannelMessageStatus",
}

RATES = Rates(
    by_operation={
        "CreateChannel": 15,
        **{name: rate for name, rate in _BY_CHANNEL.items() if name not in _UNDOCUMENTED},
        **dict.fromkeys(_BY_BEARER, 10),
    },
    undocumented={name: rate for name, rate in _BY_CHANNEL.items() if name in _UNDOCUMENTED},
    others=10,
    per={
        "CreateChannel": "AppInstanceArn",
        **dict.fromkeys(_BY_CHANNEL, "ChannelArn"),
        **dict.fromkeys(_BY_BEARER, "ChimeBearer"),
    },
    rule=RATES_RULE,
)
