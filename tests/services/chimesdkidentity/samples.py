"""Inputs and helpers for the tests."""

from typing import Any

from botocore import xform_name

NOBODYS_UUID = "00000000-0000-4000-8000-000000000000"
NOBODYS_INSTANCE = f"arn:aws:chime:us-east-1:123456789012:app-instance/{NOBODYS_UUID}"
PINPOINT_APP = "arn:aws:mobiletargeting:us-east-1:123456789012:apps/0123456789abcdef0123456789abcdef"
LEX_ALIAS = "arn:aws:lex:us-east-1:123456789012:bot-alias/ABCDEFGHIJ/TSTALIASID"


def lex(**more: Any) -> dict[str, Any]:
    """The configuration of a bot: required members, and any others."""
    return {"Lex": {"LexBotAliasArn": LEX_ALIAS, "LocaleId": "en_US", **more}}


def device(token: str = "device-1", **more: Any) -> dict[str, Any]:
    """The required members to register an endpoint, and any others."""
    required = {"Type": "GCM", "ResourceArn": PINPOINT_APP, "EndpointAttributes": {"DeviceToken": token}}
    return {**required, **more}


def days(number: Any) -> dict[str, Any]:
    """Expiration settings."""
    return {"ExpirationDays": number, "ExpirationCriterion": "CREATED_TIMESTAMP"}


def retention(number: int) -> dict[str, Any]:
    """Retention settings."""
    return {"ChannelRetentionSettings": {"RetentionDays": number}}


def tags(**pairs: str) -> list[dict[str, str]]:
    """Tags in the API's form."""
    return [{"Key": key, "Value": value} for key, value in pairs.items()]


def call(client: Any, operation: str, **members: Any) -> dict[str, Any]:
    """Call an operation by the model's name."""
    answer: dict[str, Any] = getattr(client, xform_name(operation))(**members)
    return answer


def call_without_metadata(client: Any, operation: str, **members: Any) -> dict[str, Any]:
    """A response without its metadata."""
    answer = call(client, operation, **members)
    del answer["ResponseMetadata"]
    return answer


def everything(client: Any) -> list[Any]:
    """Everything that the service shows of its state, to check that a call has changed nothing."""
    instances = client.list_app_instances()["AppInstances"]
    return [_instance(client, instance["AppInstanceArn"]) for instance in instances]


def _instance(client: Any, arn: str) -> list[Any]:
    here = {"AppInstanceArn": arn}
    users = client.list_app_instance_users(**here)["AppInstanceUsers"]
    bots = client.list_app_instance_bots(**here)["AppInstanceBots"]
    return [
        call_without_metadata(client, "DescribeAppInstance", **here),
        call_without_metadata(client, "GetAppInstanceRetentionSettings", **here),
        call_without_metadata(client, "ListAppInstanceAdmins", **here),
        call_without_metadata(client, "ListTagsForResource", ResourceARN=arn),
        [_user(client, user["AppInstanceUserArn"]) for user in users],
        [_bot(client, bot["AppInstanceBotArn"]) for bot in bots],
    ]


def _user(client: Any, arn: str) -> list[Any]:
    here = {"AppInstanceUserArn": arn}
    endpoints = client.list_app_instance_user_endpoints(**here)["AppInstanceUserEndpoints"]
    ids = [endpoint["EndpointId"] for endpoint in endpoints]
    return [
        call_without_metadata(client, "DescribeAppInstanceUser", **here),
        call_without_metadata(client, "ListTagsForResource", ResourceARN=arn),
        [
            call_without_metadata(client, "DescribeAppInstanceUserEndpoint", **here, EndpointId=id_)
            for id_ in ids
        ],
    ]


def _bot(client: Any, arn: str) -> list[Any]:
    described = call_without_metadata(client, "DescribeAppInstanceBot", AppInstanceBotArn=arn)
    return [described, call_without_metadata(client, "ListTagsForResource", ResourceARN=arn)]
