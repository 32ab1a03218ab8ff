"""Identifies the user, account and region of a request from its signature."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs

from qchime import compat
from qchime.restjson import CommonError, Request
from qchime.rules import inferred
from qchime.world import DEFAULT_ACCOUNT_ID, Clock, User, World, account_in_key

if TYPE_CHECKING:
    from qchime.core.cloud import Account, Contents
    from qchime.core.service import Service

DEFAULT_REGION = "us-east-1"
_SCOPE = re.compile(r"Credential=([^/,\s=]+)/(\d{8})/([^/,\s]*)/([^/,\s]+)/aws4_request", re.ASCII)
REGION = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
ACCOUNT_ID = re.compile(r"\d{12}", re.ASCII)


class InvalidSignature(CommonError):
    """The signature is wrong or has expired, or its credential scope is invalid."""

    code = "InvalidSignatureException"
    status = 403


class ExpiredToken(CommonError):
    """The temporary credentials have expired.

    https://docs.aws.amazon.com/amazonq/latest/api-reference/CommonErrors.html
    """

    code = "ExpiredTokenException"
    status = 403


class MissingAuthenticationToken(CommonError):
    """The request is not signed at all."""

    code = "MissingAuthenticationTokenException"
    status = 403


class UnrecognizedClient(CommonError):
    """The access key is not registered, or not with this session token."""

    code = "UnrecognizedClientException"
    status = 403


@inferred("core.incomplete-signatures", "IncompleteSignatureException has the status 403.")
class IncompleteSignature(CommonError):
    """The signature is malformed, or a part of it is missing."""

    code = "IncompleteSignatureException"
    status = 403


AUTHENTICATION_ERRORS: dict[str, type[CommonError]] = {
    error.code: error
    for error in (
        ExpiredToken,
        IncompleteSignature,
        InvalidSignature,
        MissingAuthenticationToken,
        UnrecognizedClient,
    )
}
"""The errors with which AWS's front door rejects credentials, by the code that clients see."""


class InvalidAccount(CommonError):
    """What selects the account, in the environment or in a header, is not an account id."""

    code = "ValidationError"
    status = 400


PRESIGNED_EXPIRY = inferred(
    "core.presigned-expiry",
    "Presigned URLs expire by the mock's clock, although clients sign them by the machine's clock.",
    turn="clock.advance",
)
EXPIRED_CREDENTIALS = inferred(
    "core.expired-credentials",
    "Temporary credentials expire by the mock's clock. After that, calls fail with an "
    "ExpiredTokenException, whether or not the server verifies signatures.",
    turn="users.add(…, expires_in=…), clock.advance",
)


class Scope(NamedTuple):
    """The credential scope of a SigV4 signature.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
    """

    access_key_id: str = ""
    date: str = ""
    region: str = ""
    signing_name: str = ""

    @classmethod
    def of(cls, request: Request) -> Scope:
        """The scope in the Authorization header or a presigned URL's query; empty for unsigned requests."""
        found = _SCOPE.search(request.headers.get("authorization", ""))
        if found is None and "X-Amz-Credential" in request.query:
            credential = parse_qs(request.query).get("X-Amz-Credential", [""])[0]
            found = _SCOPE.search(f"Credential={credential}")
        return cls(*found.groups()) if found else cls()


class Caller(NamedTuple):
    """The user who sends a request, and the region that it is for."""

    user: User
    region: str


def identify_caller(
    account: Account, request: Request, scope: Scope, service: Service, clock: Clock | None = None
) -> Caller:
    """The caller of a request to this account.

    The region is that of the credential scope, else of the service's host, else us-east-1. A presigned URL
    expires by `clock`, which is the account's by default.

    Raises:
        InvalidSignature: the region in the scope is malformed, or the presigned URL has expired.
        ExpiredToken: the credentials have expired.
    """
    region = scope.region or service.region_of(request.host) or DEFAULT_REGION
    if not REGION.fullmatch(region):
        raise InvalidSignature("Credential should be scoped to a valid region.")
    if "X-Amz-Expires" in request.query:
        check_expiry(parse_qs(request.query), clock or account.world.clock)
    return Caller(identify_user(account.world, scope.access_key_id), region)


def identify_user(world: World, access_key_id: str) -> User:
    """The user with this access key. Expired credentials are refused even without signature verification.

    Raises:
        ExpiredToken: the credentials have expired by the mock's clock.
    """
    user = world.users.by_access_key(access_key_id)
    if user.expires_at is not None and world.clock.now() >= user.expires_at:
        raise ExpiredToken("The security token included in the request is expired").because(
            EXPIRED_CREDENTIALS
        )
    return user


def check_expiry(query: Mapping[str, list[str]], clock: Clock) -> None:
    """Check by a clock that a presigned URL has not expired.

    `X-Amz-Date` in its query is when it was signed, `X-Amz-Expires` for how many seconds it is valid.

    Raises:
        InvalidSignature: it has expired, or one of the two parameters is missing or malformed.
    """
    try:
        signed_at = datetime.strptime(query["X-Amz-Date"][0], "%Y%m%dT%H%M%S%z")
        expires_at = signed_at + timedelta(seconds=int(query["X-Amz-Expires"][0]))
    except (KeyError, ValueError, OverflowError):
        raise InvalidSignature("A presigned URL needs a valid X-Amz-Date and X-Amz-Expires.") from None
    now = clock.now()
    if now >= expires_at:
        raise InvalidSignature(
            f"Signature expired: {expires_at:%Y%m%dT%H%M%SZ} is now earlier than {now:%Y%m%dT%H%M%SZ}"
        ).because(PRESIGNED_EXPIRY)


def account_id_of(contents: Contents, request: Request, access_key_id: str) -> str:
    """The id of the account that a request is for, by moto's rules.

    The first of these that names one: the environment variable `MOTO_ACCOUNT_ID`, the header
    `x-moto-account-id`, the access key itself (12 digits, or a key generated here), the account that
    registered the key, moto's IAM, the default account.

    Raises:
        InvalidAccount: the environment variable or the header does not have 12 digits.
    """
    if account_id := os.environ.get("MOTO_ACCOUNT_ID"):
        return _checked(account_id, "environment variable MOTO_ACCOUNT_ID")
    if account_id := request.headers.get("x-moto-account-id"):
        return _checked(account_id, "header x-moto-account-id")
    known = account_of_key(contents, access_key_id)
    return known or compat.moto_account_of(access_key_id) or DEFAULT_ACCOUNT_ID


def account_of_key(contents: Contents, access_key_id: str) -> str | None:
    """The account in an access key, or else the one that registered it; None if there is neither."""
    return account_in_key(access_key_id) or contents.keys.account_of(access_key_id)


def _checked(account_id: str, source: str) -> str:
    if not ACCOUNT_ID.fullmatch(account_id):
        raise InvalidAccount(f"The {source} takes 12 digits, not {account_id!r}.")
    return account_id
