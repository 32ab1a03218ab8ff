"""A valid input for every operation, for tests of all operations."""

from typing import Any

from qchime.services.chimesdkidentity import SERVICE as CHIME_SDK_IDENTITY
from tests.services.chimesdkidentity.samples import device, lex, retention, tags

MODEL = CHIME_SDK_IDENTITY.model
OPERATIONS = MODEL.operation_names
RESOURCES = (
    "AppInstanceArn",
    "AppInstanceUserArn",
    "AppInstanceBotArn",
    "AppInstanceAdminArn",
    "EndpointId",
    "ResourceARN",
)
"""The members that name a resource, which can be missing."""


def required(operation: str) -> list[str]:
    """The required members. boto3 generates the client token."""
    shape: Any = MODEL.operation_model(operation).input_shape
    members: list[str] = shape.required_members
    return [member for member in members if member != "ClientRequestToken"]


def valid_inputs(instance: str, admin: str, bot: str, endpoint: str) -> dict[str, dict[str, Any]]:
    """Inputs by operation, for an app instance with a user who is its administrator and has an endpoint."""
    in_instance = {"AppInstanceArn": instance}
    of_user = {"AppInstanceUserArn": admin}
    of_bot = {"AppInstanceBotArn": bot}
    of_admin = {"AppInstanceArn": instance, "AppInstanceAdminArn": admin}
    of_endpoint = {"AppInstanceUserArn": admin, "EndpointId": endpoint}
    renamed = {"Name": "Renamed", "Metadata": "renamed"}
    return {
        "CreateAppInstance": {"Name": "Another"},
        "CreateAppInstanceAdmin": {**in_instance, "AppInstanceAdminArn": bot},
        "CreateAppInstanceBot": {**in_instance, "Configuration": lex()},
        "CreateAppInstanceUser": {**in_instance, "AppInstanceUserId": "another", "Name": "Another"},
        "DeleteAppInstance": in_instance,
        "DeleteAppInstanceAdmin": of_admin,
        "DeleteAppInstanceBot": of_bot,
        "DeleteAppInstanceUser": of_user,
        "DeregisterAppInstanceUserEndpoint": of_endpoint,
        "DescribeAppInstance": in_instance,
        "DescribeAppInstanceAdmin": of_admin,
        "DescribeAppInstanceBot": of_bot,
        "DescribeAppInstanceUser": of_user,
        "DescribeAppInstanceUserEndpoint": of_endpoint,
        "GetAppInstanceRetentionSettings": in_instance,
        "ListAppInstanceAdmins": in_instance,
        "ListAppInstanceBots": in_instance,
        "ListAppInstanceUserEndpoints": of_user,
        "ListAppInstanceUsers": in_instance,
        "ListAppInstances": {},
        "ListTagsForResource": {"ResourceARN": admin},
        "PutAppInstanceRetentionSettings": {**in_instance, "AppInstanceRetentionSettings": retention(7)},
        "PutAppInstanceUserExpirationSettings": of_user,
        "RegisterAppInstanceUserEndpoint": {**of_user, **device("another-device")},
        "TagResource": {"ResourceARN": admin, "Tags": tags(colour="red")},
        "UntagResource": {"ResourceARN": admin, "TagKeys": ["colour"]},
        "UpdateAppInstance": {**in_instance, **renamed},
        "UpdateAppInstanceBot": {**of_bot, **renamed},
        "UpdateAppInstanceUser": {**of_user, **renamed},
        "UpdateAppInstanceUserEndpoint": of_endpoint,
    }
