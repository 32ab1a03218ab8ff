"""The errors of the Amazon Chime SDK Messaging API, which are those of Amazon Chime SDK Identity.

Three messages were observed in AWS; the part in parentheses is ours, and says what is wrong. All other
messages are ours.
"""

from qchime.rules import inferred, observed
from qchime.services.chimesdkidentity.face import (
    BadRequestException,
    ConflictException,
    ForbiddenException,
    NotFoundException,
    ResourceLimitExceededException,
    ServiceFailureException,
    ServiceUnavailableException,
    ThrottledClientException,
    UnauthorizedClientException,
)

__all__ = [
    "FAILED",
    "INVALID_RULE",
    "MISSING",
    "BadRequestException",
    "ConflictException",
    "ForbiddenException",
    "NotFoundException",
    "ResourceLimitExceededException",
    "ServiceFailureException",
    "ServiceUnavailableException",
    "ThrottledClientException",
    "UnauthorizedClientException",
    "invalid_bearer",
    "invalid_identity",
    "missing",
    "no_access",
    "not_found",
]

INVALID_RULE = inferred(
    "messaging.invalid-input", "Input that violates the model raises a BadRequestException."
)

MISSING = ForbiddenException
"""The error for a missing resource of a stack."""

FAILED = ServiceFailureException
"""The error for an internal failure."""

REFUSED = inferred(
    "messaging.refused",
    "A bearer whose role does not allow an operation gets a ForbiddenException. This was observed for "
    "SendChannelMessage.",
    sources=["https://docs.aws.amazon.com/chime-sdk/latest/dg/auth-by-role.html"],
)

MISSING_IS_FORBIDDEN = inferred(
    "messaging.missing-resource",
    "A channel, channel flow or app instance that is missing, or belongs to another app instance, raises a "
    "ForbiddenException in operations that do not declare a NotFoundException for it.",
)

NOT_FOUND = inferred(
    "messaging.missing-part-of-channel",
    "Describing a missing member, moderator or ban raises a NotFoundException, and so does a new member "
    "that is not a user or bot of the app instance. The model declares it for these operations.",
)

INVALID_BEARER = inferred(
    "messaging.unknown-bearer",
    "A bearer that is not a user or bot raises a ForbiddenException. The message is AWS's; the type of the "
    "error is not public.",
    sources=["https://github.com/aws/amazon-chime-sdk-js/issues/1355"],
)

INVALID_IDENTITY = observed(
    "messaging.unknown-identity",
    "A moderator or banned member that is not a user or bot of the app instance raises a "
    "ForbiddenException, and so does a member of a new channel. This was observed for CreateChannel.",
    sources=["https://github.com/aws/amazon-chime-sdk-js/issues/1148"],
)

_NO_ACCESS = "You do not have sufficient access to perform this action"
_INVALID = "An invalid app instance user ARN was supplied for the"


def no_access(reason: str) -> ForbiddenException:
    """The error for a bearer whose role does not allow the operation."""
    return ForbiddenException(f"{_NO_ACCESS} ({reason})").because(REFUSED)


def missing(what: str, arn: str) -> ForbiddenException:
    """The error for a missing resource, on operations that do not declare NotFoundException for it."""
    return ForbiddenException(f"{_NO_ACCESS} (there is no {what} {arn})").because(MISSING_IS_FORBIDDEN)


def not_found(what: str) -> NotFoundException:
    """The error for a missing part of a channel; `what` is the sentence that says so."""
    return NotFoundException(what).because(NOT_FOUND)


def invalid_bearer(arn: str) -> ForbiddenException:
    """The error for a bearer that does not exist."""
    where = "x-amz-chime-bearer HTTP header."
    return ForbiddenException(f"{_INVALID} {where} (there is no user or bot {arn})").because(INVALID_BEARER)


def invalid_identity(arn: str) -> ForbiddenException:
    """The error for another ARN in the input that is not a user or bot of the app instance."""
    where = "input parameter."
    return ForbiddenException(f"{_INVALID} {where} (the app instance has no user or bot {arn})").because(
        INVALID_IDENTITY
    )
