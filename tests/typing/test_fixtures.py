"""How fixtures are annotated: with qchime's own classes, and with the clients of boto3-stubs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typing_extensions import assert_type

import qchime
from qchime.services.chimesdkmessaging.event import EventRecords
from qchime.services.qapps.answers import Answers

if TYPE_CHECKING:
    from mypy_boto3_chime_sdk_identity import ChimeSDKIdentityClient
    from mypy_boto3_chime_sdk_messaging import ChimeSDKMessagingClient
    from mypy_boto3_qapps import QAppsClient


def test_the_handle_and_the_server(qchime: qchime.Handle, qchime_server: qchime.Server) -> None:
    assert_type(qchime.answers, Answers)
    assert_type(qchime_server.answers, Answers)
    assert_type(qchime_server.url, str)


def test_a_server_that_may_run_elsewhere(qchime_server: qchime.Server | qchime.Client) -> None:
    assert_type(qchime_server.url, str)
    assert_type(qchime_server.events(), EventRecords)
    qchime_server.answers.add(card="Summary", text="All is well")
    qchime_server.account("111122223333").limits.apps_per_user = 1


def test_the_clients(
    qapps_client: QAppsClient,
    chime_sdk_identity_client: ChimeSDKIdentityClient,
    chime_sdk_messaging_client: ChimeSDKMessagingClient,
) -> None:
    listed = qapps_client.list_q_apps(instanceId="11111111-1111-4111-8111-111111111111")
    assert_type([app["title"] for app in listed["apps"]], list[str])
    with pytest.raises(chime_sdk_identity_client.exceptions.ForbiddenException):
        chime_sdk_identity_client.describe_app_instance(
            AppInstanceArn="arn:aws:chime:us-east-1:1:app-instance/1"
        )
    assert_type(
        chime_sdk_messaging_client.get_messaging_session_endpoint()["Endpoint"].get("Url"), str | None
    )
