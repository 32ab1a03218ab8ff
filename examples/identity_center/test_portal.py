"""The portal, tested with moto's STS and identity store.

moto does not have CreateTokenWithIAM, so that call is stubbed.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws
from portal import JWT_BEARER, Portal, library, share, sign_in

from qchime import Handle, mock_qapps
from qchime.world import User

if TYPE_CHECKING:
    from mypy_boto3_identitystore import IdentityStoreClient
    from mypy_boto3_qapps import QAppsClient

PORTAL = Portal(
    application_arn="arn:aws:sso::123456789012:application/ssoins-1234567890abcdef/apl-1234567890abcdef",
    role_arn="arn:aws:iam::123456789012:role/portal",
    identity_store_id="d-1234567890",
    instance_id="0b8df6a1-7c1f-4d3c-9a8e-5f1d2c3b4a59",
)
REGION = "us-east-1"


@pytest.fixture
def mock() -> Iterator[Handle]:
    with mock_aws(), mock_qapps() as mock:
        mock.users.required = True
        yield mock


@pytest.fixture
def identity_store(mock: Handle) -> IdentityStoreClient:
    return boto3.client("identitystore", region_name=REGION)


@pytest.fixture
def hire(mock: Handle, identity_store: IdentityStoreClient) -> Callable[[str], User]:
    """A function that adds a person to Identity Center, and registers their context assertion."""

    def hire(name: str) -> User:
        email = f"{name.lower()}@example.com"
        identity_store.create_user(
            IdentityStoreId=PORTAL.identity_store_id,
            UserName=name.lower(),
            DisplayName=name,
            Name={"GivenName": name, "FamilyName": "Smith"},
            Emails=[{"Value": email, "Type": "work", "Primary": True}],
        )
        return mock.users.add(email, context_assertion=f"context of {name}")

    return hire


@pytest.fixture
def client(mock: Handle) -> Callable[[str], QAppsClient]:
    """A function that makes a Q Apps client for somebody who has signed in to the portal."""

    def client(name: str) -> QAppsClient:
        sso_oidc = boto3.client("sso-oidc", region_name=REGION)
        with Stubber(sso_oidc) as stubbed:
            stubbed.add_response(
                "create_token_with_iam",
                {"idToken": id_token({"sts:identity_context": f"context of {name}"})},
                {
                    "clientId": PORTAL.application_arn,
                    "grantType": JWT_BEARER,
                    "assertion": f"token of {name}",
                },
            )
            sts = boto3.client("sts", region_name=REGION)
            keys = sign_in(PORTAL, f"token of {name}", sso_oidc, sts)
        return boto3.client("qapps", region_name=REGION, **keys)

    return client


def id_token(claims: dict[str, str]) -> str:
    """An unsigned token with these claims, in the format of Identity Center's ID tokens."""
    parts = ({"alg": "none"}, claims)
    encoded = (base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts)
    return ".".join([*encoded, ""])


def test_the_library_shows_who_has_made_an_app(
    hire: Callable[[str], User], client: Callable[[str], QAppsClient], identity_store: IdentityStoreClient
) -> None:
    hire("Alice")
    hire("Bob")
    share(PORTAL, client("Alice"), "Trip planner", [])
    share(PORTAL, client("Bob"), "Minutes", [])

    shown = library(PORTAL, client("Alice"), identity_store)
    assert shown == [("Minutes", "Bob"), ("Trip planner", "Alice")]


def test_everybody_has_their_own_apps(
    hire: Callable[[str], User], client: Callable[[str], QAppsClient]
) -> None:
    hire("Alice")
    hire("Bob")
    share(PORTAL, client("Alice"), "Trip planner", [])

    listed = [client(name).list_q_apps(instanceId=PORTAL.instance_id)["apps"] for name in ("Alice", "Bob")]
    assert [len(apps) for apps in listed] == [1, 0]


def test_only_the_author_may_delete_an_app(
    hire: Callable[[str], User], client: Callable[[str], QAppsClient]
) -> None:
    hire("Alice")
    hire("Bob")
    app_id = share(PORTAL, client("Alice"), "Trip planner", [])
    bob = client("Bob")

    with pytest.raises(bob.exceptions.AccessDeniedException):
        bob.delete_q_app(instanceId=PORTAL.instance_id, appId=app_id)


def test_people_are_signed_out_after_an_hour(
    mock: Handle, hire: Callable[[str], User], client: Callable[[str], QAppsClient]
) -> None:
    hire("Alice")
    alice = client("Alice")
    mock.clock.advance(hours=1, seconds=1)

    with pytest.raises(alice.exceptions.ClientError, match="ExpiredTokenException"):
        share(PORTAL, alice, "Trip planner", [])


def test_the_portals_own_role_is_not_a_person(mock: Handle) -> None:
    qapps = boto3.client("qapps", region_name=REGION)

    with pytest.raises(qapps.exceptions.UnauthorizedException):
        share(PORTAL, qapps, "Trip planner", [])
