"""`endpoints` of the handle, in-process and over HTTP."""

import json
from typing import Any

import boto3
import pytest

from qchime import Client, Handle
from qchime.control.snapshot import StateError
from qchime.server import Server
from tests.services.chimesdkidentity.samples import device

MINE = "111122223333"


@pytest.fixture(params=["in the process", "over HTTP"])
def mock(request: pytest.FixtureRequest, qchime: Handle, qchime_server: Server) -> Handle:
    return qchime if request.param == "in the process" else Client(qchime_server.url)


def endpoint_of(**credentials: Any) -> tuple[Any, dict[str, str]]:
    """A client, and what identifies a new endpoint."""
    client: Any = boto3.client("chime-sdk-identity", region_name="us-east-1", **credentials)
    instance = client.create_app_instance(Name="Chat")["AppInstanceArn"]
    user = client.create_app_instance_user(AppInstanceArn=instance, AppInstanceUserId="a", Name="A")
    endpoint = client.register_app_instance_user_endpoint(**{**user_arn(user), **device()})
    return client, {**user_arn(user), "EndpointId": endpoint["EndpointId"]}


def user_arn(user: Any) -> dict[str, str]:
    return {"AppInstanceUserArn": user["AppInstanceUserArn"]}


def state_of(client: Any, endpoint: dict[str, str]) -> Any:
    return client.describe_app_instance_user_endpoint(**endpoint)["AppInstanceUserEndpoint"]["EndpointState"]


def test_the_author_deactivates_and_resets(mock: Handle) -> None:
    client, endpoint = endpoint_of()
    mock.endpoints.deactivate(endpoint["EndpointId"], reason="INVALID_PINPOINT_ARN")
    assert mock.endpoints.deactivated == {endpoint["EndpointId"]: "INVALID_PINPOINT_ARN"}
    assert state_of(client, endpoint) == {"Status": "INACTIVE", "StatusReason": "INVALID_PINPOINT_ARN"}
    mock.endpoints.reset()
    assert state_of(client, endpoint) == {"Status": "ACTIVE"}


def test_a_wrong_reason_is_told_the_right_ones(mock: Handle) -> None:
    right = "Choose from: INVALID_DEVICE_TOKEN, INVALID_PINPOINT_ARN"
    with pytest.raises(ValueError, match=f"There is no reason 'BROKEN'. {right}"):
        mock.endpoints.deactivate("id", "BROKEN")
    with pytest.raises(TypeError, match="takes the EndpointId as a string, not 5"):
        mock.endpoints.deactivate(5)  # type: ignore[arg-type]
    assert mock.endpoints.deactivated == {}


def test_an_account_has_its_own(mock: Handle) -> None:
    client, endpoint = endpoint_of(aws_access_key_id=MINE, aws_secret_access_key="any")
    mock.endpoints.deactivate(endpoint["EndpointId"])
    mock.account(MINE).endpoints.deactivate(endpoint["EndpointId"], "INVALID_PINPOINT_ARN")
    assert state_of(client, endpoint)["StatusReason"] == "INVALID_PINPOINT_ARN"
    mock.account(MINE).endpoints.reset()
    assert state_of(client, endpoint)["StatusReason"] == "INVALID_DEVICE_TOKEN"


def test_they_survive_dump_and_load(mock: Handle) -> None:
    client, endpoint = endpoint_of()
    mock.endpoints.deactivate(endpoint["EndpointId"])
    state = json.loads(json.dumps(mock.dump()))
    mock.reset()
    mock.load(state)
    assert state_of(client, endpoint)["Status"] == "INACTIVE"
    state["world"]["endpoints"] = {"some": "BROKEN"}
    with pytest.raises(StateError, match=r"world\.endpoints\.some: There is no reason 'BROKEN'"):
        mock.load(state)
    del state["world"]["endpoints"]
    mock.load(state)
    assert mock.endpoints.deactivated == {}
