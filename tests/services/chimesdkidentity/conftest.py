"""Clients, and an app instance with a user, a bot, an administrator and an endpoint."""

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.config import Config

from tests.services.chimesdkidentity.inputs import valid_inputs
from tests.services.chimesdkidentity.samples import NOBODYS_INSTANCE, NOBODYS_UUID, device, lex, tags


@pytest.fixture
def client(chime_sdk_identity_client: Any) -> Any:
    """A boto3 client."""
    return chime_sdk_identity_client


@pytest.fixture
def unchecked_client(client: Any) -> Any:
    """A boto3 client that does not validate its input, like clients in other languages."""
    config = Config(parameter_validation=False)
    return boto3.client("chime-sdk-identity", region_name=client.meta.region_name, config=config)


@pytest.fixture
def instance_arn(client: Any) -> str:
    """An app instance."""
    return str(client.create_app_instance(Name="Chat")["AppInstanceArn"])


@pytest.fixture
def create_user(client: Any, instance_arn: str) -> Callable[..., str]:
    """Create a user in the app instance; returns the ARN."""

    def create(user_id: str, **more: Any) -> str:
        given = {"AppInstanceArn": instance_arn, "AppInstanceUserId": user_id, "Name": "Somebody", **more}
        return str(client.create_app_instance_user(**given)["AppInstanceUserArn"])

    return create


@pytest.fixture
def user_arn(create_user: Callable[..., str]) -> str:
    """A user of the app instance: `alice`, called Alice, without metadata."""
    return create_user("alice", Name="Alice")


@pytest.fixture
def bot_arn(client: Any, instance_arn: str) -> str:
    """A bot of the app instance."""
    bot = {"AppInstanceArn": instance_arn, "Name": "Helper", "Configuration": lex()}
    return str(client.create_app_instance_bot(**bot)["AppInstanceBotArn"])


@pytest.fixture
def admin_arn(client: Any, instance_arn: str, user_arn: str) -> str:
    """The user, promoted to administrator."""
    client.create_app_instance_admin(AppInstanceArn=instance_arn, AppInstanceAdminArn=user_arn)
    return user_arn


@pytest.fixture
def endpoint_id(client: Any, user_arn: str) -> str:
    """An endpoint of the user."""
    endpoint = client.register_app_instance_user_endpoint(AppInstanceUserArn=user_arn, **device())
    return str(endpoint["EndpointId"])


@pytest.fixture
def inputs(
    client: Any, instance_arn: str, admin_arn: str, bot_arn: str, endpoint_id: str
) -> dict[str, dict[str, Any]]:
    """A valid input for every operation, and an app instance with one of everything."""
    for arn in (instance_arn, admin_arn, bot_arn):
        client.tag_resource(ResourceARN=arn, Tags=tags(colour="blue"))
    return valid_inputs(instance_arn, admin_arn, bot_arn, endpoint_id)


@pytest.fixture
def unknown(instance_arn: str) -> dict[str, str]:
    """An unknown name for every member that names a resource."""
    return {
        "AppInstanceArn": NOBODYS_INSTANCE,
        "AppInstanceUserArn": f"{instance_arn}/user/nobody",
        "AppInstanceBotArn": f"{instance_arn}/bot/{NOBODYS_UUID}",
        "AppInstanceAdminArn": f"{instance_arn}/user/nobody",
        "EndpointId": NOBODYS_UUID,
        "ResourceARN": NOBODYS_INSTANCE,
    }


@pytest.fixture
def wire(client: Any) -> list[Any]:
    """The client's HTTP responses, oldest first: `.status_code`, `.headers`, `.content`."""
    answers: list[Any] = []
    client.meta.events.register(
        "after-call.chime-sdk-identity", lambda http_response, **_: answers.append(http_response)
    )
    return answers
