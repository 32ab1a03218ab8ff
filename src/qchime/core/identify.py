"""Identifies the service of a request: by signing name, host, path, and finally an ARN in the input."""

from collections.abc import Sequence
from typing import Any

from qchime.core.caller import Scope
from qchime.core.service import Service, UnknownToBotocore
from qchime.core.table import SERVICES
from qchime.restjson import MalformedRequest, Request, UnknownOperation


def identify_service(
    request: Request, scope: Scope, services: Sequence[Service] = SERVICES
) -> Service | None:
    """The service that a request is for, None if it is not one of ours.

    Several services can share a signing name: five sign as `chime`. On a server's own host the path tells
    them apart, and where they share a path too, such as `/tags`, the ARN does.
    """
    signed = [service for service in services if scope.signing_name in ("", service.signing_name)]
    at_host = [service for service in signed if service.owns(request.host)]
    if at_host:
        return at_host[0]
    routed = [service for service in signed if _has_route(service, request)]
    if len(routed) > 1:
        routed.sort(key=lambda service: not _names_a_resource_of(service, request))
    if routed:
        return routed[0]
    # If only one service has paths that begin like this one, its error names the mistake in the rest.
    begun = [service for service in signed if service.router.begins(request.path)]
    return begun[0] if scope.signing_name and len(begun) == 1 else None


def _has_route(service: Service, request: Request) -> bool:
    """Whether an operation of the service has this method and path.

    A service that is too new for the installed botocore has none: no client can call it.
    """
    try:
        service.router.match(request)
    except (UnknownOperation, UnknownToBotocore):
        return False
    return True


def _names_a_resource_of(service: Service, request: Request) -> bool:
    name, labels = service.router.match(request)
    try:
        given = service.operation(name).parse(request, labels)
    except MalformedRequest:
        return False
    return any(service.owns_arn(arn) for arn in _arns(given))


def _arns(given: dict[str, Any]) -> list[str]:
    return [value for name, value in given.items() if name.lower().endswith("arn") and isinstance(value, str)]
