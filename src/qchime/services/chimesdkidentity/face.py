"""What other services of Amazon Chime SDK may use of this one; its other modules are its own.

App instances, users and bots belong to this service. Another one looks them up by `app_instances`, and hears
of their deletion as `AppInstanceDeleted` and `IdentityDeleted`.
"""

from typing import cast

from qchime.core.cloud import Account
from qchime.services.chimesdkidentity import SERVICE
from qchime.services.chimesdkidentity.directory import (
    AppInstanceDeleted,
    Directory,
    IdentityDeleted,
    RetentionChanges,
    missing,
)
from qchime.services.chimesdkidentity.exceptions import (
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
from qchime.services.chimesdkidentity.resources import (
    DELETED_AFTER_EXPIRY,
    AppInstance,
    Arn,
    Identity,
    Metadata,
    Tags,
)
from qchime.services.chimesdkidentity.shared import PAGE, ChimeBackend, Tagged, TagOperations

__all__ = [
    "DELETED_AFTER_EXPIRY",
    "PAGE",
    "AppInstance",
    "AppInstanceDeleted",
    "Arn",
    "BadRequestException",
    "ChimeBackend",
    "ConflictException",
    "Directory",
    "ForbiddenException",
    "Identity",
    "IdentityDeleted",
    "Metadata",
    "NotFoundException",
    "ResourceLimitExceededException",
    "RetentionChanges",
    "ServiceFailureException",
    "ServiceUnavailableException",
    "TagOperations",
    "Tagged",
    "Tags",
    "ThrottledClientException",
    "UnauthorizedClientException",
    "app_instances",
    "missing",
]


def app_instances(account: Account, region: str) -> Directory:
    """The app instances of an account and region."""
    return cast("Directory", account.backend(SERVICE, region))
