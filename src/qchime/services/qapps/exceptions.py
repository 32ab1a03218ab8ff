"""The errors of the Amazon Q Apps API.

https://docs.aws.amazon.com/amazonq/latest/api-reference/CommonErrors.html; statuses and required members
come from the model.
"""

from collections.abc import Mapping
from typing import Any, Literal

from qchime.restjson import ServiceException
from qchime.rules import inferred

ERROR_MEMBERS = inferred(
    "qapps.error-members",
    "The resourceType of an error is QApp, QAppSession, LibraryItem, Category or Document. Quota errors "
    "have the serviceCode `qapps`, and the name of the limit as their quotaCode.",
)
ResourceType = Literal["QApp", "QAppSession", "LibraryItem", "Category", "Document"]
SERVICE_CODE = "qapps"


class ValidationException(ServiceException):
    """The input violates a constraint."""


class UnauthorizedException(ServiceException):
    """Q Apps does not know the caller. The message is the one that AWS returns."""

    def __init__(self) -> None:
        super().__init__("Unauthorized")


class AccessDeniedException(ServiceException):
    """The caller may not do this."""


class _ResourceException(ServiceException):
    def __init__(self, message: str, resource_type: ResourceType, resource_id: str) -> None:
        super().__init__(message, resource_type=resource_type, resource_id=resource_id)


class ResourceNotFoundException(_ResourceException):
    """The resource does not exist, or not for this caller."""

    def __init__(self, resource_type: ResourceType, resource_id: str, message: str | None = None) -> None:
        message = message or f"There is no {resource_type} {resource_id}."
        super().__init__(message, resource_type, resource_id)


class ConflictException(_ResourceException):
    """The request conflicts with the state of the resource."""


class ContentTooLargeException(_ResourceException):
    """A file is larger than the limit."""


class ServiceQuotaExceededException(ServiceException):
    """A quota is exhausted. The quota codes are the names of our limits."""

    def __init__(self, message: str, resource_type: ResourceType, resource_id: str, quota_code: str) -> None:
        super().__init__(
            message,
            resource_type=resource_type,
            resource_id=resource_id,
            service_code=SERVICE_CODE,
            quota_code=quota_code,
        )


class ThrottlingException(ServiceException):
    """Too many requests: injected by a test author, or over a rate while the mock throttles."""


@inferred("qapps.retry-after", "An internal failure asks clients to retry after one second.")
class InternalServerException(ServiceException):
    """The service failed internally."""

    def __init__(self, message: str) -> None:
        super().__init__(message, retry_after_seconds=1)


_RESOURCES: dict[str, ResourceType] = {
    "sessionId": "QAppSession",
    "libraryItemId": "LibraryItem",
    "appId": "QApp",
    "resourceARN": "QApp",
    "instanceId": "QApp",
}


@inferred(
    "qapps.injected-members",
    "An injected error has the resource that the input names, the quota `requests_per_second`, and one "
    "second as the time to retry after.",
    turn="faults.add",
)
def injected_members(given: Mapping[str, Any]) -> dict[str, Any]:
    """The members of an injected error other than its message, derived from the input."""
    name = next((name for name in _RESOURCES if name in given), "instanceId")
    return {
        "resource_type": _RESOURCES[name],
        "resource_id": str(given.get(name)),
        "service_code": SERVICE_CODE,
        "quota_code": "requests_per_second",
        "retry_after_seconds": 1,
    }
