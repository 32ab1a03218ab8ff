"""AWS's request rates per second, account and region.

https://docs.aws.amazon.com/general/latest/gr/chime-sdk.html#chime-sdk-quotas documents the rates for app
instances, users, Describe and List operations, and for all together.
"""

from qchime.core.rates import Rates
from qchime.rules import inferred

OTHER_RATES = inferred(
    "chime.request-rates",
    "Administrators and bots have the documented request rates of app instances, endpoints those of users, "
    "and the other operations those of the kind that they resemble.",
    sources=["https://docs.aws.amazon.com/general/latest/gr/chime-sdk.html"],
    turn="throttling",
)

_APP_INSTANCE_WRITES = (
    "CreateAppInstance",
    "UpdateAppInstance",
    "DeleteAppInstance",
    "PutAppInstanceRetentionSettings",
    "CreateAppInstanceAdmin",
    "DeleteAppInstanceAdmin",
    "CreateAppInstanceBot",
    "UpdateAppInstanceBot",
    "DeleteAppInstanceBot",
    "TagResource",
    "UntagResource",
)
_USER_WRITES = (
    "CreateAppInstanceUser",
    "UpdateAppInstanceUser",
    "DeleteAppInstanceUser",
    "PutAppInstanceUserExpirationSettings",
    "RegisterAppInstanceUserEndpoint",
    "UpdateAppInstanceUserEndpoint",
    "DeregisterAppInstanceUserEndpoint",
)
_DESCRIBES = (
    "DescribeAppInstance",
    "DescribeAppInstanceAdmin",
    "DescribeAppInstanceBot",
    "DescribeAppInstanceUser",
    "DescribeAppInstanceUserEndpoint",
    "GetAppInstanceRetentionSettings",
)
_LISTS = (
    "ListAppInstances",
    "ListAppInstanceAdmins",
    "ListAppInstanceBots",
    "ListAppInstanceUsers",
    "ListAppInstanceUserEndpoints",
    "ListTagsForResource",
)

RATES = Rates(
    by_operation={
        **dict.fromkeys(_APP_INSTANCE_WRITES, 5),
        **dict.fromkeys(_USER_WRITES, 10),
        **dict.fromkeys(_DESCRIBES, 20),
        **dict.fromkeys(_LISTS, 10),
    },
    total=50,
)
