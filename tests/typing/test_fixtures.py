"""How fixtures are annotated: with qchime's own classes, and with the clients of boto3-stubs."""

import pytest
from mypy_boto3_chime_sdk_identity import ChimeSDKIdentityClient
from mypy_boto3_qapps import QAppsClient
from typing_extensions import assert_type

import qchime
from qchime.services.qapps.answers import Answers


def test_the_handle_and_the_server(qchime: qchime.Handle, qchime_server: qchime.Server) -> None:
    assert_type(qchime.answers, Answers)
    assert_type(qchime_server.answers, Answers)
    assert_type(qchime_server.url, str)


def test_the_clients(qapps_client: QAppsClient, chime_sdk_identity_client: ChimeSDKIdentityClient) -> None:
    listed = qapps_client.list_q_apps(instanceId="11111111-1111-4111-8111-111111111111")
    assert_type([app["title"] for app in listed["apps"]], list[str])
    with pytest.raises(chime_sdk_identity_client.exceptions.ForbiddenException):
        chime_sdk_identity_client.describe_app_instance(
            AppInstanceArn="arn:aws:chime:us-east-1:1:app-instance/1"
        )
