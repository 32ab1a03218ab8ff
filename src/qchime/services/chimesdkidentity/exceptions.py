"""The errors of the Amazon Chime SDK Identity API.

https://docs.aws.amazon.com/chime-sdk/latest/APIReference/CommonErrors.html; statuses come from the model.
"""

from typing import ClassVar

from qchime.restjson import ServiceException
from qchime.rules import inferred


@inferred(
    "chime.error-codes",
    "The `Code` in the body of an error is the exception's name without its suffix, such as `Conflict`. This "
    "was observed for `Unauthorized` and `Forbidden`.",
    sources=["https://github.com/aws/amazon-chime-sdk-js/issues/1148"],
)
class ChimeSDKIdentityException(ServiceException):
    """An error of this service. `code` is the `Code` in the body, next to the `Message`."""

    code: ClassVar[str]


class BadRequestException(ChimeSDKIdentityException):
    """The input violates a constraint of the model, or a page token is invalid."""

    code = "BadRequest"


class ConflictException(ChimeSDKIdentityException):
    """The resource already exists with other properties."""

    code = "Conflict"


class ForbiddenException(ChimeSDKIdentityException):
    """The resource is missing; this service does not distinguish that from forbidden."""

    code = "Forbidden"


class NotFoundException(ChimeSDKIdentityException):
    """The bot to describe is missing."""

    code = "NotFound"


class ResourceLimitExceededException(ChimeSDKIdentityException):
    """A quota is exhausted."""

    code = "ResourceLimitExceeded"


class ServiceFailureException(ChimeSDKIdentityException):
    """The service failed internally."""

    code = "ServiceFailure"


class ServiceUnavailableException(ChimeSDKIdentityException):
    """The service is temporarily unavailable."""

    code = "ServiceUnavailable"


class ThrottledClientException(ChimeSDKIdentityException):
    """The client sends too many requests."""

    code = "Throttled"


class UnauthorizedClientException(ChimeSDKIdentityException):
    """The client is not authorized."""

    code = "Unauthorized"


INVALID_RULE = inferred("chime.invalid-input", "Input that violates the model raises a BadRequestException.")

MISSING = ForbiddenException
"""The error for a missing resource."""

FAILED = ServiceFailureException
"""The error for an internal failure."""
