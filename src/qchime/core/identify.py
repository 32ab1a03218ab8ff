"""Identifies the service of a request: by signing name, host, path, and finally an ARN in the input."""

import re
from collections.abc import Sequence

from qchime.core.caller import Scope
from qchime.core.service import Service, UnknownToBotocore
from qchime.core.table import SERVICES
from qchime.restjson import Labels, MalformedRequest, Request

Found = tuple[str, Labels]
"""The name of an operation, and the labels in the path."""


def identify_service(
    request: Request, scope: Scope, services: Sequence[Service] = SERVICES
) -> Service | None:
    """The service that a request is for, None if it is not one of ours.

    Several services can share a signing name: five sign as `chime`. On a server's own host the path tells
    them apart, and where they share a path too, such as `/tags`, the ARN does. The ARN also tells when the
    request is for a service that we do not have.
    """
    signed = [service for service in services if scope.signing_name in ("", service.signing_name)]
    at_host = [service for service in signed if service.owns(request.host)]
    if at_host:
        return at_host[0]
    routed = [(service, found) for service in signed if (found := _route(service, request)) is not None]
    if routed:
        return _owner(routed, request, scope)
    # The error of a service that has paths that begin like this one names the mistake in the rest.
    begun = [service for service in signed if service.router.begins(request.path)]
    return begun[0] if scope.signing_name and begun else None


def _route(service: Service, request: Request) -> Found | None:
    """The service's operation for this method and path.

    A service that is too new for the installed botocore has none: no client can call it.
    """
    try:
        return service.router.find(request)
    except UnknownToBotocore:
        return None


def _owner(routed: Sequence[tuple[Service, Found]], request: Request, scope: Scope) -> Service | None:
    """The one of these services, which share a method and path, whose resource the input names.

    None if it names a resource of yet another service; the first if it names no resource.
    """
    first, found = routed[0]
    arns = _arns(first, found, request, only_of_any_resource=len(routed) == 1)
    if not arns:
        return first
    services = [service for service, _ in routed]
    for service in services:
        if any(service.owns_arn(arn) for arn in arns):
            return service
    namespace = re.compile(rf"arn:[a-z-]+:{re.escape(scope.signing_name)}:[^:]*:\d*:[^:]", re.ASCII)
    is_elsewhere = any(namespace.match(arn) for arn in arns) and all(service.arns for service in services)
    return None if is_elsewhere else first


def _arns(service: Service, found: Found, request: Request, *, only_of_any_resource: bool) -> list[str]:
    """The ARNs in the input, or only those in `ResourceARN`, which stands for any resource of a service."""
    name, labels = found
    operation = service.operation(name)
    members = operation.arn_members
    if only_of_any_resource:
        members = [name for name in members if name.lower() == "resourcearn"]
    try:
        given = operation.parse(request, labels) if members else {}
    except MalformedRequest:
        return []
    return [given[name] for name in members if isinstance(given.get(name), str)]
