"""Clients of boto3 with the types of boto3-stubs."""

# pyright: reportUnknownMemberType=false
# `boto3.client` is partially unknown as long as the types of one service are not installed.

from typing import TYPE_CHECKING, Any

import boto3
from typing_extensions import assert_type

from qchime import Client, Handle, mock_qapps
from qchime.services.qapps.answers import PredictedApp
from qchime.world import Credentials

if TYPE_CHECKING:
    from mypy_boto3_qapps import QAppsClient

CARD_ID = "1d0f7ad5-9b1c-4f0e-8a52-3f6b7c8d9e01"
HERE: Any = {"instanceId": "0b8df6a1-7c1f-4d3c-9a8e-5f1d2c3b4a59"}


def test_a_client_takes_the_credentials_of_a_user() -> None:
    with mock_qapps() as mock:
        alice = mock.users.add("alice@example.com")
        assert_type(alice.credentials, Credentials)
        assert_type(alice.credentials["aws_access_key_id"], str)
        client = boto3.client("qapps", region_name="us-east-1", **alice.credentials)
        assert client.list_q_apps(instanceId="one")["apps"] == []
        session = boto3.Session(region_name="us-east-1", **alice.credentials)
        assert session.client("qapps").list_q_apps(instanceId="one")["apps"] == []
        assert [call.user for call in mock.calls()] == [alice, alice]


def use(mock: "Handle | Client", qapps: "QAppsClient") -> None:
    """Script a predicted app, and one that the service has predicted."""
    predicted = qapps.predict_q_app(**HERE)["app"]
    mock.answers.add_app(predicted)
    mock.answers.add_app({"title": "Trip", "appDefinition": predicted["appDefinition"]})


def test_a_predicted_app_has_the_cards_of_the_model() -> None:
    app: PredictedApp = {
        "title": "Trip",
        "appDefinition": {"cards": [{"textInput": {"id": CARD_ID, "title": "City", "type": "text-input"}}]},
    }
    with mock_qapps() as mock:
        mock.answers.add_app(app)
        qapps = boto3.client("qapps", region_name="us-east-1")
        use(mock, qapps)
        assert [app["title"] for _, app in mock.answers.apps] == ["Trip", "Trip", "Trip"]
        created = qapps.create_q_app(**HERE, title=app["title"], appDefinition=app["appDefinition"])
        assert created["status"] == "DRAFT"


def test_a_card_that_the_model_does_not_have_is_an_error() -> None:
    with mock_qapps() as mock:
        mock.answers.add_app(
            {"title": "Trip", "appDefinition": {"cards": [{"textOutput": {}}]}}  # type: ignore[typeddict-item, misc]  # pyright: ignore[reportArgumentType]
        )
        mock.answers.reset()
