"""The errors of the Amazon Chime SDK Identity API.

https://docs.aws.amazon.com/chime-sdk/latest/APIReference/CommonErrors.html; statuses come from the model.
`Unauthorized` and `Forbidden` are codes observed in AWS's answers, the others follow the same form
(inferred).
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from qchime.restjson import ServiceException


class ChimeSDKIdentityException(ServiceException):
    """An error of this service. `code` is the model's ErrorCode in the body, beside the `Message`."""

    code: ClassVar[str]


class BadRequestException(ChimeSDKIdentityException):
    """The input breaks a constraint of the model, or a page token is not ours."""

    code = "BadRequest"


class ConflictException(ChimeSDKIdentityException):
    """The resource exists already, with other properties."""

    code = "Conflict"


class ForbiddenException(ChimeSDKIdentityException):
    """The resource is missing, which this service does not tell from forbidden."""

    code = "Forbidden"


class NotFoundException(ChimeSDKIdentityException):
    """The bot that is to be described is missing."""

    code = "NotFound"


class ResourceLimitExceededException(ChimeSDKIdentityException):
    """A quota is used up."""

    code = "ResourceLimitExceeded"


class ServiceFailureException(ChimeSDKIdentityException):
    """This service failed on its own."""

    code = "ServiceFailure"


class ServiceUnavailableException(ChimeSDKIdentityException):
    """The service cannot answer now."""

    code = "ServiceUnavailable"


class ThrottledClientException(ChimeSDKIdentityException):
    """The client sends too many requests."""

    code = "Throttled"


class UnauthorizedClientException(ChimeSDKIdentityException):
    """The client is not who it has to be."""

    code = "Unauthorized"


INVALID = BadRequestException
"""What input is answered with that breaks the model."""

MISSING = ForbiddenException
"""What is answered where there is no such resource."""

FAILED = ServiceFailureException
"""What a failure of this service itself is answered with."""


def injected_members(given: Mapping[str, Any]) -> dict[str, Any]:
    """Errors here say nothing but their code and a message."""
    return {}
