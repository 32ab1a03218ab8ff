"""A portal that calls Amazon Q Apps as the person who uses it.

The company has an identity provider of its own, which IAM Identity Center accepts as a trusted token issuer.
The portal exchanges the person's token at Identity Center, and gets credentials for the person from STS.
https://docs.aws.amazon.com/singlesignon/latest/userguide/trustedidentitypropagation-identity-enhanced-iam-role-sessions.html
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_identitystore import IdentityStoreClient
    from mypy_boto3_qapps import QAppsClient
    from mypy_boto3_qapps.type_defs import CardInputTypeDef
    from mypy_boto3_sso_oidc import SSOOIDCClient
    from mypy_boto3_sts import STSClient

    from qchime.world import Credentials

PROVIDER = "arn:aws:iam::aws:contextProvider/IdentityCenter"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


@dataclass(frozen=True)
class Portal:
    """How the portal is set up in AWS."""

    application_arn: str
    """The application in IAM Identity Center, whose grant names the trusted token issuer."""
    role_arn: str
    """The role with the permissions of Q Apps' users."""
    identity_store_id: str
    instance_id: str
    """The Amazon Q Business application."""


def sign_in(portal: Portal, token: str, sso_oidc: SSOOIDCClient, sts: STSClient) -> Credentials:
    """The credentials of the person to whom the company's identity provider has issued the token."""
    session = sts.assume_role(
        RoleArn=portal.role_arn,
        RoleSessionName="portal",
        ProvidedContexts=[{"ProviderArn": PROVIDER, "ContextAssertion": _context(portal, token, sso_oidc)}],
    )
    keys = session["Credentials"]
    return {
        "aws_access_key_id": keys["AccessKeyId"],
        "aws_secret_access_key": keys["SecretAccessKey"],
        "aws_session_token": keys["SessionToken"],
    }


def share(portal: Portal, qapps: QAppsClient, title: str, cards: list[CardInputTypeDef]) -> str:
    """Create an app and publish it in the library. Returns its id."""
    app = qapps.create_q_app(instanceId=portal.instance_id, title=title, appDefinition={"cards": cards})
    qapps.create_library_item(
        instanceId=portal.instance_id, appId=app["appId"], appVersion=app["appVersion"], categories=[]
    )
    return app["appId"]


def library(portal: Portal, qapps: QAppsClient, identity_store: IdentityStoreClient) -> list[tuple[str, str]]:
    """The title of each app in the library and the name of its author, the newest first."""
    listed = qapps.list_library_items(instanceId=portal.instance_id)["libraryItems"]
    found: list[tuple[str, str]] = []
    for item in listed:
        app = qapps.get_q_app(instanceId=portal.instance_id, appId=item["appId"])
        author = identity_store.describe_user(
            IdentityStoreId=portal.identity_store_id, UserId=app["createdBy"]
        )
        found.append((app["title"], author["DisplayName"]))
    return found


def _context(portal: Portal, token: str, sso_oidc: SSOOIDCClient) -> str:
    """The context assertion, a claim of the ID token that Identity Center issues for the person's token."""
    issued = sso_oidc.create_token_with_iam(
        clientId=portal.application_arn, grantType=JWT_BEARER, assertion=token
    )
    payload = issued["idToken"].split(".")[1]
    claims: dict[str, str] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims["sts:identity_context"]
