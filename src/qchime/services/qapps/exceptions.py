"""The errors of the Amazon Q Apps API.

https://docs.aws.amazon.com/amazonq/latest/api-reference/CommonErrors.html; statuses and required members
come from the model.
"""

from collections.abc import Mapping
from typing import Any, Literal

from qchime.restjson import ServiceException

ResourceType = Literal["QApp", "QAppSession", "LibraryItem", "Category", "Document"]
"""What is named as resourceType (inferred)."""

SERVICE_CODE = "qapps"
"""The serviceCode of quotas (inferred)."""


class ValidationException(ServiceException):
    """The input breaks a constraint."""


class UnauthorizedException(ServiceException):
    """The caller is nobody that Q Apps knows. The text is the one that AWS answers."""

    def __init__(self) -> None:
        super().__init__("Unauthorized")


class AccessDeniedException(ServiceException):
    """The caller may not do this."""


class _ResourceException(ServiceException):
    def __init__(self, message: str, resource_type: ResourceType, resource_id: str) -> None:
        super().__init__(message, resource_type=resource_type, resource_id=resource_id)


class ResourceNotFoundException(_ResourceException):
    """There is no such thing, or not for this caller."""

    def __init__(self, resource_type: ResourceType, resource_id: str, message: str | None = None) -> None:
        message = message or f"There is no {resource_type} {resource_id}."
        super().__init__(message, resource_type, resource_id)


class ConflictException(_ResourceException):
    """The state of the resource does not admit this."""


class ContentTooLargeException(_ResourceException):
    """A file is larger than the limit."""


class ServiceQuotaExceededException(ServiceException):
    """A quota is used up. The quota codes are the names of our limits (inferred)."""

    def __init__(self, message: str, resource_type: ResourceType, resource_id: str, quota_code: str) -> None:
        super().__init__(
            message,
            resource_type=resource_type,
            resource_id=resource_id,
            service_code=SERVICE_CODE,
            quota_code=quota_code,
        )


class ThrottlingException(ServiceException):
    """Too many requests. Only a test author can let it happen."""


class InternalServerException(ServiceException):
    """This service failed on its own. The answer asks to come again in a second (inferred)."""

    def __init__(self, message: str) -> None:
        super().__init__(message, retry_after_seconds=1)


INVALID = ValidationException
"""What input is answered with that breaks the model."""

MISSING = ResourceNotFoundException
"""What is answered where there is no such resource."""

FAILED = InternalServerException
"""What a failure of this service itself is answered with."""


_RESOURCES: dict[str, ResourceType] = {
    "sessionId": "QAppSession",
    "libraryItemId": "LibraryItem",
    "appId": "QApp",
    "resourceARN": "QApp",
    "instanceId": "QApp",
}


def injected_members(given: Mapping[str, Any]) -> dict[str, Any]:
    """What an error says, beside its message, that a test author lets happen to this input (inferred)."""
    name = next((name for name in _RESOURCES if name in given), "instanceId")
    return {
        "resource_type": _RESOURCES[name],
        "resource_id": str(given.get(name)),
        "service_code": SERVICE_CODE,
        "quota_code": "requests_per_second",
        "retry_after_seconds": 1,
    }
