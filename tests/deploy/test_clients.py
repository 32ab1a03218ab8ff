"""The examples in every client, through a load balancer: the tests of the server, given another address."""

from contextlib import AsyncExitStack

import pytest

from qchime import Client
from qchime.world import User
from tests.clients import test_chat_sign_in as sign_in
from tests.clients import test_q_app_survey as survey
from tests.clients.examples import REMINDER, SIGNED_IN, SURVEYED
from tests.deploy.balancing import Deployment, needs_haproxy

pytestmark = [needs_haproxy, pytest.mark.usefixtures("sessions_take_a_poll")]

test_sign_in_with_boto3 = sign_in.test_boto3_with_the_program_itself
test_sign_in_with_the_aws_cli = sign_in.test_aws_cli
TestSignInWithJavaScript3 = sign_in.TestJavaScript3
test_survey_with_boto3 = survey.test_boto3_with_the_program_itself
test_survey_with_the_aws_cli = survey.test_aws_cli
TestSurveyWithJavaScript2 = survey.TestJavaScript2


@pytest.fixture
def server(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> Client:
    """The account of the sign-in's keys, with room for two in an app instance."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "any")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "any")
    default = deployment.client()
    default.limits.users_per_app_instance = 2
    return default


@pytest.fixture
def qchime_server(deployment: Deployment) -> Client:
    """The account of the survey."""
    return deployment.client("111122223333")


@pytest.fixture
def sessions_take_a_poll(qchime_server: Client) -> None:
    qchime_server.answers.in_progress(polls=1)


@pytest.fixture
def people(qchime_server: Client) -> list[User]:
    """The host, Alice and Bob."""
    qchime_server.answers.add(card="Reminder", text=REMINDER)
    return [qchime_server.users.add(f"{name}@example.com") for name in ("host", "alice", "bob")]


async def test_sign_in_with_aiobotocore(server: Client) -> None:
    async with sign_in.aiobotocore(**sign_in.KEYS, endpoint_url=server.url) as chime:
        assert await sign_in.evening(chime) == SIGNED_IN


async def test_survey_with_aiobotocore(qchime_server: Client, people: list[User]) -> None:
    options = {"region_name": "us-east-1", "endpoint_url": qchime_server.url}
    async with AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(survey.aiobotocore(**options, **user.credentials))
            for user in people
        ]
        assert await survey.survey(*clients) == SURVEYED
