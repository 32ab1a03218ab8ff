"""Clients of boto3 with the types of boto3-stubs."""

# pyright: reportUnknownMemberType=false
# `boto3.client` is partially unknown as long as the types of one service are not installed.

import boto3
from typing_extensions import assert_type

from qchime import mock_qapps
from qchime.world import Credentials


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
