"""AWS's request rates per second, account and region.

https://docs.aws.amazon.com/general/latest/gr/chime-sdk.html#chime-sdk-quotas documents the rates for app
instances, users, Describe and List operations, and for all together.
"""

from qchime.core.rates import Rates
from qchime.rules import inferred

OTHER_RATES = inferred(
    "chime.request-rates",
    "Administrators and bots have the documented request rates of app instances, endpoints have those of "
    "users, and the other operations have those of the kind that they resemble.",
    sources=["https://docs.aws.amazon.com/general/latest/gr/chime-sdk.html"],
    turn="throttling",
)

_DOCUMENTED = {
    **dict.fromkeys(("CreateAppInstance", "UpdateAppInstance", "DeleteAppInstance"), 5),
    **dict.fromkeys(("CreateAppInstanceUser", "UpdateAppInstanceUser", "DeleteAppInstanceUser"), 10),
    "DescribeAppInstance": 20,
    "DescribeAppInstanceAdmin": 20,
    "DescribeAppInstanceBot": 20,
    "DescribeAppInstanceUser": 20,
    "DescribeAppInstanceUserEndpoint": 20,
    "ListAppInstances": 10,
    "ListAppInstanceAdmins": 10,
    "ListAppInstanceBots": 10,
    "ListAppInstanceUsers": 10,
    "ListAppInstanceUserEndpoints": 10,
}
_UNDOCUMENTED = {
    "PutAppInstanceRetentionSettings": 5,
    "CreateAppInstanceAdmin": 5,
    "DeleteAppInstanceAdmin": 5,
    "CreateAppInstanceBot": 5,
    "UpdateAppInstanceBot": 5,
    "DeleteAppInstanceBot": 5,
    "TagResource": 5,
    "UntagResource": 5,
    "PutAppInstanceUserExpirationSettings": 10,
    "RegisterAppInstanceUserEndpoint": 10,
    "UpdateAppInstanceUserEndpoint": 10,
    "DeregisterAppInstanceUserEndpoint": 10,
    "ListTagsForResource": 10,
    "GetAppInstanceRetentionSettings": 20,
}

RATES = Rates(by_operation=_DOCUMENTED, undocumented=_UNDOCUMENTED, total=50, rule=OTHER_RATES)
