"""Verifies SigV4 signatures, with botocore's own signer.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html

Only registered users have a secret to verify with, so all others are refused. The errors are AWS's common
ones:
https://docs.aws.amazon.com/amazonq/latest/api-reference/CommonErrors.html
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from hashlib import sha256
from hmac import compare_digest
from typing import Any
from urllib.parse import parse_qs, parse_qsl, quote, urlencode

from botocore.auth import SIGV4_TIMESTAMP, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from qchime.core.caller import (
    IncompleteSignature,
    InvalidSignature,
    MissingAuthenticationToken,
    Scope,
    UnrecognizedClient,
    account_id_of,
    check_expiry,
    identify_user,
)
from qchime.core.cloud import Contents
from qchime.core.identify import identify_service
from qchime.core.service import Service
from qchime.restjson import CommonError, Request
from qchime.rules import inferred
from qchime.world import DEFAULT_USER, Clock, User

ALGORITHM = "AWS4-HMAC-SHA256"
TOLERANCE = timedelta(minutes=5)
"""How far the client's clock may differ from ours."""

CLOCK_SKEW = inferred(
    "server.clock-skew",
    "A verified signature may differ from the machine's clock by 5 minutes, and so may that of a presigned "
    "URL without X-Amz-Expires.",
    turn="--verify-signatures",
)
SIGNATURE_ERRORS = inferred(
    "server.signature-errors",
    "Which of AWS's common errors an invalid signature gets, and the message of the error, follow AWS's "
    "gateways.",
    sources=["https://docs.aws.amazon.com/amazonq/latest/api-reference/CommonErrors.html"],
    turn="--verify-signatures",
)
BODY_HASHES = inferred(
    "server.body-hashes",
    "The hash of the body is verified with the signature, in presigned URLs too. `UNSIGNED-PAYLOAD` is "
    "refused, because it is for Amazon S3 only.",
    turn="--verify-signatures",
)

_PART = re.compile(r"(Credential|SignedHeaders|Signature)=([^,\s]+)")
_TIME = re.compile(r"[0-9]{8}T[0-9]{6}Z")
_IN_QUERY = ("X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date")
_MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret "
    "Access Key and signing method. Consult the service documentation for details."
)


@dataclass(frozen=True, slots=True)
class Claim:
    """What a request states about its signature, besides the credential scope.

    The time of signing is `X-Amz-Date`, which every SDK sends; a `Date` header does not replace it.
    """

    algorithm: str
    signed_headers: list[str]
    signature: str
    signed_at: str
    session_token: str | None
    has_expiry: bool = False

    @classmethod
    def of(cls, request: Request) -> "Claim":
        """Read the Authorization header, or else the query of a presigned URL.

        Raises:
            MissingAuthenticationToken: the request is unsigned.
            IncompleteSignature: a part of the signature is missing.
        """
        if "authorization" in request.headers:
            return cls._of_headers(request)
        query = {name: texts[0] for name, texts in parse_qs(request.query).items()}
        if not any(name in query for name in _IN_QUERY):
            raise MissingAuthenticationToken("Missing Authentication Token")
        return cls._of_query(query)

    @classmethod
    def _of_headers(cls, request: Request) -> "Claim":
        authorization = request.headers["authorization"]
        parts: dict[str, str] = dict(_PART.findall(authorization))
        problems = [
            f"Authorization header requires '{name}' parameter."
            for name in ("Credential", "Signature", "SignedHeaders")
            if name not in parts
        ]
        if "x-amz-date" not in request.headers:
            problems.append("Authorization header requires existence of a 'X-Amz-Date' header.")
        if problems:
            raise IncompleteSignature(" ".join(problems))
        return cls(
            algorithm=authorization.partition(" ")[0],
            signed_headers=parts["SignedHeaders"].split(";"),
            signature=parts["Signature"],
            signed_at=request.headers["x-amz-date"],
            session_token=request.headers.get("x-amz-security-token"),
        )

    @classmethod
    def _of_query(cls, query: dict[str, str]) -> "Claim":
        if missing := [name for name in _IN_QUERY if name not in query]:
            names = ", ".join(f"'{name}'" for name in missing)
            raise IncompleteSignature(
                f"AWS query-string parameters must include {names}. Re-examine the query-string parameters."
            )
        return cls(
            algorithm=query["X-Amz-Algorithm"],
            signed_headers=query["X-Amz-SignedHeaders"].split(";"),
            signature=query["X-Amz-Signature"],
            signed_at=query["X-Amz-Date"],
            session_token=query.get("X-Amz-Security-Token"),
            has_expiry="X-Amz-Expires" in query,
        )


def verify(
    contents: Contents, request: Request, service: Service | None = None, clock: Clock | None = None
) -> None:
    """Check that a registered user has signed this request. Requests for other services than ours pass.

    `service` is that of the request, if the caller knows it. A presigned URL expires by `clock`, which is the
    account's by default.

    Raises:
        MissingAuthenticationToken: the request is unsigned.
        IncompleteSignature: the signature is malformed, or a part of it is missing.
        UnrecognizedClient: the credentials are not registered.
        ExpiredToken: the credentials have expired.
        InvalidSignature: the signature is wrong, has expired, or is for another service.
    """
    try:
        _verify(contents, request, service or _service_of(request), clock)
    except CommonError as error:
        raise error.because(error.rule or SIGNATURE_ERRORS) from None


def _verify(contents: Contents, request: Request, service: Service | None, clock: Clock | None) -> None:
    if service is None:
        return
    scope = Scope.of(request)
    claim = Claim.of(request)
    _check_form(claim, scope)
    account = contents.account(account_id_of(contents, request, scope.access_key_id))
    user = identify_user(account.world, scope.access_key_id)
    if user == DEFAULT_USER or claim.session_token != user.session_token:
        raise UnrecognizedClient("The security token included in the request is invalid.")
    _check_scope(claim, scope, service)
    _check_time(request, claim, clock or account.world.clock)
    _check_headers(request, claim)
    if not compare_digest(_signature(request, claim, scope, user).encode(), claim.signature.encode()):
        raise InvalidSignature(_MISMATCH)


def _service_of(request: Request) -> Service | None:
    return identify_service(_unsigned(request), Scope()) or identify_service(request, Scope.of(request))


def _unsigned(request: Request) -> Request:
    """The request without its signature, to identify its service by host and path alone."""
    headers = {name: text for name, text in request.headers.items() if name != "authorization"}
    query = "&".join(pair for pair in request.query.split("&") if not pair.startswith("X-Amz-"))
    return replace(request, headers=headers, query=query)


def _check_form(claim: Claim, scope: Scope) -> None:
    if claim.algorithm != ALGORITHM:
        raise IncompleteSignature(f"Unsupported AWS 'algorithm': '{claim.algorithm[:50]}'.")
    if scope == Scope():
        raise IncompleteSignature(
            "Credential must have exactly 5 slash-delimited elements, "
            "e.g. keyid/date/region/service/aws4_request."
        )
    if not _TIME.fullmatch(claim.signed_at):
        raise IncompleteSignature("Date must be in ISO-8601 'basic format', e.g. 20240521T000000Z.")


def _check_scope(claim: Claim, scope: Scope, service: Service) -> None:
    if scope.signing_name != service.signing_name:
        raise InvalidSignature(f"Credential should be scoped to correct service: '{service.signing_name}'.")
    if scope.date != claim.signed_at[:8]:
        raise InvalidSignature(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
            f"'{scope.date}' != '{claim.signed_at[:8]}', from '{claim.signed_at}'."
        )


def _check_time(request: Request, claim: Claim, clock: Clock) -> None:
    """Check the time of signing by the machine's clock, as clients sign by it; expiry is by the given one."""
    now = datetime.now(timezone.utc)
    earliest, latest = (f"{time:{SIGV4_TIMESTAMP}}" for time in (now - TOLERANCE, now + TOLERANCE))
    if claim.has_expiry:
        check_expiry(parse_qs(request.query), clock)
    elif claim.signed_at < earliest:
        raise InvalidSignature(
            f"Signature expired: {claim.signed_at} is now earlier than {earliest} "
            f"({now:{SIGV4_TIMESTAMP}} - 5 min.)"
        ).because(CLOCK_SKEW)
    if claim.signed_at > latest:
        raise InvalidSignature(
            f"Signature not yet current: {claim.signed_at} is still later than {latest} "
            f"({now:{SIGV4_TIMESTAMP}} + 5 min.)"
        ).because(CLOCK_SKEW)


def _check_headers(request: Request, claim: Claim) -> None:
    """Check that the host is signed, that all signed headers are present, and that the body has its hash.

    The hash is optional.
    """
    if "host" not in claim.signed_headers:
        raise InvalidSignature("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
    if not request.headers.keys() >= set(claim.signed_headers):
        raise InvalidSignature(_MISMATCH)
    digest = request.headers.get("x-amz-content-sha256")
    if digest is not None and digest != sha256(request.body).hexdigest():
        raise InvalidSignature(_MISMATCH).because(BODY_HASHES)


class _Signer(SigV4Auth):
    """botocore's signer, changed to sign exactly the given headers: some SDKs sign `User-Agent` too."""

    def headers_to_sign(self, request: AWSRequest) -> Any:
        return request.headers


def _signature(request: Request, claim: Claim, scope: Scope, user: User) -> str:
    # The host is signed as a header. A `#` is part of the path here, not the start of a fragment.
    url = f"http://host/{request.path.replace('#', '%23')}?{_signed_query(request.query)}"
    headers = {name: request.headers[name] for name in claim.signed_headers}
    ours = AWSRequest(request.method, url, headers, request.body)
    ours.context["timestamp"] = claim.signed_at
    credentials = Credentials(user.access_key_id, user.secret_access_key)
    signer = _Signer(credentials, scope.signing_name, scope.region)
    return signer.signature(signer.string_to_sign(ours, signer.canonical_request(ours)), ours)


def _signed_query(query: str) -> str:
    """The query without the signature, encoded for signing. Latin-1 preserves arbitrary bytes."""
    pairs = parse_qsl(query, keep_blank_values=True, encoding="latin-1")
    signed = [(name, text) for name, text in pairs if name != "X-Amz-Signature"]
    return urlencode(signed, encoding="latin-1", quote_via=quote)
