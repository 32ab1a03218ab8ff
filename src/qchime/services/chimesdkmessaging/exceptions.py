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

INVALID_RULE = inferred("messaging.invalid-input", "Input that violates the model is a BadRequestException.")

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
    "A missing channel, channel flow or app instance, and one of another app instance, is a "
    "ForbiddenException on operations that do not declare a NotFoundException for it.",
)

NOT_FOUND = inferred(
    "messaging.missing-part-of-channel",
    "A missing member, moderator or ban that is described, and a new member that is not a user or bot of the "
    "app instance, is a NotFoundException, which the model declares for these operations.",
)

INVALID_BEARER = inferred(
    "messaging.unknown-bearer",
    "A bearer that is not a user or bot is a ForbiddenException. The message is AWS's; its type is not "
    "public.",
    sources=["https://github.com/aws/amazon-chime-sdk-js/issues/1355"],
)

INVALID_IDENTITY = observed(
    "messaging.unknown-identity",
    "A moderator, banned member or member of a new channel that is not a user or bot of the app instance is "
    "a ForbiddenException. This was observed for CreateChannel.",
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
