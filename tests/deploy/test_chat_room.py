"""The chat room in every client, through a load balancer: the tests of the server, given another address."""

import pytest

from qchime import Client
from tests.clients import test_chat_room as chat
from tests.clients.examples import CHATTED
from tests.deploy.balancing import Deployment, needs_haproxy

pytestmark = needs_haproxy

test_boto3 = chat.test_boto3_with_the_program_itself
test_aws_cli = chat.test_aws_cli
TestJavaScript3 = chat.TestJavaScript3


@pytest.fixture
def server(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> Client:
    """The account of the chat's keys, which holds the messages of channel flows."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "any")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "any")
    account = deployment.client()
    account.flows.hold()
    return account


async def test_aiobotocore(server: Client) -> None:
    options = {**chat.KEYS, "endpoint_url": server.url}
    async with (
        chat.aiobotocore(chat.IDENTITY, **options) as identity,
        chat.aiobotocore(chat.MESSAGING, **options) as chime,
    ):
        assert await chat.evening(identity, chime, server.flows) == CHATTED
