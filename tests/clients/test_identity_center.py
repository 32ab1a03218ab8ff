"""The flow of `examples/identity_center` over the server with moto: token, STS, Q Apps, identity store."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from qchime import Client
from tests.clients.aws_cli import AwsCli, needs_the_cli
from tests.clients.examples import load
from tests.test_cli import serving

program = load("identity_center", "portal")
PORTAL = program.Portal(
    application_arn="arn:aws:sso::123456789012:application/ssoins-1234567890abcdef/apl-1234567890abcdef",
    role_arn="arn:aws:iam::123456789012:role/portal",
    identity_store_id="d-1234567890",
    instance_id="0b8df6a1-7c1f-4d3c-9a8e-5f1d2c3b4a59",
)
ANYBODY = {"aws_access_key_id": "portal", "aws_secret_access_key": "portal"}


@pytest.fixture(scope="module")
def server() -> Iterator[Client]:
    """The handle of `qchime serve --moto` in a process of its own."""
    with serving("--moto") as process:
        yield Client(process.url)


@pytest.fixture
def mock(server: Client) -> Client:
    server.reset()
    server.users.required = True
    return server


def client(mock: Client, service: str, **keys: str) -> Any:
    return boto3.client(service, region_name="us-east-1", endpoint_url=mock.url, **(keys or ANYBODY))


def hire(mock: Client, name: str) -> str:
    """Add somebody to Identity Center, and register their context assertion. Returns their user id."""
    made = client(mock, "identitystore").create_user(
        IdentityStoreId=PORTAL.identity_store_id,
        UserName=name.lower(),
        DisplayName=name,
        Name={"GivenName": name, "FamilyName": "Smith"},
        Emails=[{"Value": f"{name}@example.com"}],
    )
    mock.users.add(f"{name}@example.com", context_assertion=f"context of {name}")
    return str(made["UserId"])


def sign_in(mock: Client, name: str) -> dict[str, str]:
    """The portal's credentials for somebody. moto does not have CreateTokenWithIAM, so that is stubbed."""
    claims = json.dumps({"sts:identity_context": f"context of {name}"}).encode()
    token = f"e30.{base64.urlsafe_b64encode(claims).decode().rstrip('=')}."
    expected = {"clientId": PORTAL.application_arn, "grantType": ANY, "assertion": f"token of {name}"}
    sso_oidc = client(mock, "sso-oidc")
    with Stubber(sso_oidc) as stubbed:
        stubbed.add_response("create_token_with_iam", {"idToken": token}, expected)
        return program.sign_in(PORTAL, f"token of {name}", sso_oidc, client(mock, "sts"))


def test_boto3_with_the_program_itself(mock: Client) -> None:
    ids = {name: hire(mock, name) for name in ("Anna", "Ben")}
    anna, ben = (client(mock, "qapps", **sign_in(mock, name)) for name in ids)
    program.share(PORTAL, anna, "Trip planner", [])
    program.share(PORTAL, ben, "Minutes", [])

    shown = program.library(PORTAL, anna, client(mock, "identitystore"))
    assert shown == [("Minutes", "Ben"), ("Trip planner", "Anna")]
    assert [call.user.user_id for call in mock.calls("CreateQApp")] == list(ids.values())


@needs_the_cli
def test_aws_cli(mock: Client, tmp_path: Any) -> None:
    sts, context = AwsCli("sts", mock, tmp_path), {"ProviderArn": program.PROVIDER}
    context["ContextAssertion"] = "context of Carol"
    carol = mock.users.add("carol@example.com", context_assertion=context["ContextAssertion"])
    role = ("--role-arn", PORTAL.role_arn, "--role-session-name", "portal")
    keys = sts("assume-role", *role, "--provided-contexts", json.dumps([context]))["Credentials"]
    qapps = client(
        mock,
        "qapps",
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )

    created = qapps.create_q_app(instanceId="docs", title="App", appDefinition={"cards": []})
    assert created["createdBy"] == carol.user_id
