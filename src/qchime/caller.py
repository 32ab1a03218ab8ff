"""Who calls, from which account and for which region: all from how a request is signed."""

import os
import re
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qs

from moto.core.models import DEFAULT_ACCOUNT_ID

from qchime.restjson import CommonError, Request
from qchime.world import User, world

DEFAULT_REGION = "us-east-1"
_SCOPE = re.compile(r"Credential=([^/,\s]+)/\d{8}/([^/,\s]*)/([^/,\s]+)/aws4_request")
_REGION = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_ACCOUNT = re.compile(r"\d{12}")


class InvalidRegion(CommonError):
    """The credential scope names what cannot be a region."""

    code = "InvalidSignatureException"
    status = 403


class ExpiredSignature(CommonError):
    """A presigned URL came after its time."""

    code = "InvalidSignatureException"
    status = 403


class InvalidAccount(CommonError):
    """The account that was asked for by header is none."""

    code = "ValidationError"
    status = 400


@dataclass(frozen=True, slots=True)
class Scope:
    """The credential scope of a SigV4 signature.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
    """

    access_key_id: str = ""
    region: str = ""
    signing_name: str = ""

    @classmethod
    def of(cls, request: Request) -> "Scope":
        """From the Authorization header, or the query of a presigned URL; empty for unsigned requests."""
        found = _SCOPE.search(request.headers.get("authorization", ""))
        if found is None and "X-Amz-Credential" in request.query:
            credential = parse_qs(request.query).get("X-Amz-Credential", [""])[0]
            found = _SCOPE.search(f"Credential={credential}")
        return cls(*found.groups()) if found else cls()


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a request comes from."""

    user: User
    account_id: str
    region: str


def identify_caller(request: Request, host_region: str | None) -> Caller:
    """The caller behind a request; `host_region` counts where the request is not signed.

    Raises:
        InvalidRegion: the region that it is signed for is none.
        ExpiredSignature: the time of a presigned URL is over.
        InvalidAccount: the header `x-moto-account-id` is no account.
    """
    scope = Scope.of(request)
    region = scope.region or host_region or DEFAULT_REGION
    if not _REGION.fullmatch(region):
        raise InvalidRegion("Credential should be scoped to a valid region.")
    _check_expiry(request)
    user = world.users.by_access_key(scope.access_key_id)
    return Caller(user, _account(request, scope.access_key_id), region)


def _check_expiry(request: Request) -> None:
    """A presigned URL says when it was signed, and for how many seconds."""
    if "X-Amz-Expires" not in request.query:
        return
    query = parse_qs(request.query)
    try:
        signed_at = datetime.strptime(query["X-Amz-Date"][0], "%Y%m%dT%H%M%S%z")
        expires_at = signed_at + timedelta(seconds=int(query["X-Amz-Expires"][0]))
    except (KeyError, ValueError, OverflowError):
        raise ExpiredSignature("X-Amz-Date and X-Amz-Expires must say until when the URL holds.") from None
    now = world.clock.now()
    if now >= expires_at:
        raise ExpiredSignature(
            f"Signature expired: {expires_at:%Y%m%dT%H%M%SZ} is now earlier than {now:%Y%m%dT%H%M%SZ}"
        )


def _account(request: Request, access_key_id: str) -> str:
    """moto's rules for the account, and a 12-digit access key is the account itself."""
    if account := os.environ.get("MOTO_ACCOUNT_ID"):
        return account
    if account := request.headers.get("x-moto-account-id"):
        if not _ACCOUNT.fullmatch(account):
            raise InvalidAccount(f"The header x-moto-account-id takes 12 digits, not {account!r}.")
        return account
    if _ACCOUNT.fullmatch(access_key_id):
        return access_key_id
    # Keys of assumed roles are known to moto's IAM, which nobody has used as long as it is not imported.
    if iam := sys.modules.get("moto.iam.models"):
        account_of_key: str = iam.get_account_id_from(access_key_id)
        return account_of_key
    return DEFAULT_ACCOUNT_ID
