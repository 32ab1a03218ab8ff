"""Who calls, from which account and for which region: all from how a request is signed."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs

from qchime import compat
from qchime.restjson import CommonError, Request
from qchime.world import DEFAULT_ACCOUNT_ID, Clock, User, World, account_in_key

if TYPE_CHECKING:
    from qchime.core.cloud import Account, Contents
    from qchime.core.service import Service

DEFAULT_REGION = "us-east-1"
_SCOPE = re.compile(r"Credential=([^/,\s=]+)/(\d{8})/([^/,\s]*)/([^/,\s]+)/aws4_request", re.ASCII)
_REGION = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_ACCOUNT = re.compile(r"\d{12}", re.ASCII)


class InvalidSignature(CommonError):
    """A signature that does not hold: for what is no region, after its time, or not the right one."""

    code = "InvalidSignatureException"
    status = 403


class ExpiredToken(CommonError):
    """The time of temporary credentials is over.

    https://docs.aws.amazon.com/amazonq/latest/api-reference/CommonErrors.html
    """

    code = "ExpiredTokenException"
    status = 403


class MissingAuthenticationToken(CommonError):
    """The request is not signed at all."""

    code = "MissingAuthenticationTokenException"
    status = 403


class UnrecognizedClient(CommonError):
    """Nobody registered has this access key, or this session token with it."""

    code = "UnrecognizedClientException"
    status = 403


class IncompleteSignature(CommonError):
    """What is sent as a signature is none (the status is inferred)."""

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
"""What AWS's front door answers to credentials, by the names that clients see."""


class InvalidAccount(CommonError):
    """The account that was asked for by header is none."""

    code = "ValidationError"
    status = 400


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
        """From the Authorization header, or the query of a presigned URL; empty for unsigned requests."""
        found = _SCOPE.search(request.headers.get("authorization", ""))
        if found is None and "X-Amz-Credential" in request.query:
            credential = parse_qs(request.query).get("X-Amz-Credential", [""])[0]
            found = _SCOPE.search(f"Credential={credential}")
        return cls(*found.groups()) if found else cls()


class Caller(NamedTuple):
    """Who a request comes from, and for which region."""

    user: User
    region: str


def identify_caller(account: Account, request: Request, scope: Scope, service: Service) -> Caller:
    """The caller behind a request to an account; where it is not signed, the region is that of its host.

    Raises:
        InvalidSignature: the region that it is signed for is none, or the time of a presigned URL is over.
        ExpiredToken: the time of the credentials is over.
    """
    region = scope.region or service.region_of(request.host) or DEFAULT_REGION
    if not _REGION.fullmatch(region):
        raise InvalidSignature("Credential should be scoped to a valid region.")
    if "X-Amz-Expires" in request.query:
        check_expiry(parse_qs(request.query), account.world.clock)
    return Caller(identify_user(account.world, scope.access_key_id), region)


def identify_user(world: World, access_key_id: str) -> User:
    """Who signs with this key. Expired credentials are refused, whether signatures are verified or not.

    Raises:
        ExpiredToken: they have expired, by the clock of the mock.
    """
    user = world.users.by_access_key(access_key_id)
    if user.expires_at is not None and world.clock.now() >= user.expires_at:
        raise ExpiredToken("The security token included in the request is expired")
    return user


def check_expiry(query: Mapping[str, list[str]], clock: Clock) -> None:
    """A presigned URL says when it was signed, and for how many seconds; the clock of the mock counts.

    Raises:
        InvalidSignature: its time is over, or it is not said.
    """
    try:
        signed_at = datetime.strptime(query["X-Amz-Date"][0], "%Y%m%dT%H%M%S%z")
        expires_at = signed_at + timedelta(seconds=int(query["X-Amz-Expires"][0]))
    except (KeyError, ValueError, OverflowError):
        raise InvalidSignature("X-Amz-Date and X-Amz-Expires must say until when the URL holds.") from None
    now = clock.now()
    if now >= expires_at:
        raise InvalidSignature(
            f"Signature expired: {expires_at:%Y%m%dT%H%M%SZ} is now earlier than {now:%Y%m%dT%H%M%SZ}"
        )


def account_id_of(contents: Contents, request: Request, access_key_id: str) -> str:
    """moto's rules for the account; a 12-digit access key is the account itself, and ours carry theirs.

    Raises:
        InvalidAccount: the header `x-moto-account-id` is no account.
    """
    if account_id := os.environ.get("MOTO_ACCOUNT_ID"):
        return account_id
    if account_id := request.headers.get("x-moto-account-id"):
        if not _ACCOUNT.fullmatch(account_id):
            raise InvalidAccount(f"The header x-moto-account-id takes 12 digits, not {account_id!r}.")
        return account_id
    known = account_in_key(access_key_id) or contents.keys.account_of(access_key_id)
    return known or compat.moto_account_of(access_key_id) or DEFAULT_ACCOUNT_ID
