"""One request from arrival to answer."""

import logging

from qchime._version import __version__
from qchime.backend import Backend, Call
from qchime.caller import Scope, identify_caller
from qchime.restjson import (
    CommonError,
    Input,
    Labels,
    MalformedRequest,
    Operation,
    Request,
    Response,
    ServiceException,
    UnknownOperation,
    serialize_common_error,
    validation_message,
)
from qchime.service import SERVICES, Service
from qchime.world import new_uuid

logger = logging.getLogger("qchime")


class NotImplementedYet(CommonError):
    """botocore knows this operation and this package does not."""

    code = "NotImplementedException"
    status = 501


def identify_service(request: Request) -> Service | None:
    """Whose request this is: by the signing name, else by the host, else by the path."""
    signing_name = Scope.of(request).signing_name
    if signing_name:
        return next((service for service in SERVICES if service.signing_name == signing_name), None)
    url = f"https://{request.host}"
    return next((service for service in SERVICES if service.hosts.match(url)), None) or next(
        (service for service in SERVICES if _has_route(service, request)), None
    )


def respond(service: Service, request: Request) -> Response:
    """The answer of a service: route, identify the caller, parse, validate, act, serialize.

    An exception that is none of the service's own is a mistake of ours, or of a function that the test
    author gave; it is raised as it is.
    """
    try:
        response = _answer(service, request)
    except CommonError as error:
        response = serialize_common_error(error)
    response.headers["x-amzn-RequestId"] = new_uuid()
    return response


def respond_always(service: Service, request: Request) -> Response:
    """As `respond`, but what went wrong unexpectedly is logged, and answered as the service's own failure."""
    try:
        return respond(service, request)
    except Exception:
        logger.exception("%s %s failed in %s", request.method, request.path, service.name)
        name, _ = service.router.match(request)
        response = service.operation(name).serialize_error(
            service.failed("The mock failed on this request; the traceback is in its log.")
        )
        response.headers["x-amzn-RequestId"] = new_uuid()
        return response


def _answer(service: Service, request: Request) -> Response:
    name, labels = service.router.match(request)
    operation = service.operation(name)
    host = service.hosts.match(f"https://{request.host}")
    caller = identify_caller(request, host["region"] if host else None)
    backend = service.backends[caller.account_id][caller.region]
    if not hasattr(backend, operation.method):
        raise NotImplementedYet(
            f"qchime {__version__} has no {operation.name} of {service.name} yet; "
            "`qchime operations` lists what it has."
        )
    try:
        backend.admit(operation.method, caller.user)
        parameters = operation.bind(_read(service, operation, request, labels))
        return _act(backend, operation, Call(operation.method, caller.user, parameters, request.base_url))
    except ServiceException as error:
        return operation.serialize_error(error)


def _read(service: Service, operation: Operation, request: Request, labels: Labels) -> Input:
    try:
        found = operation.parse(request, labels)
    except MalformedRequest as error:
        raise service.invalid(str(error)) from None
    if breaches := operation.validate(found):
        raise service.invalid(validation_message(breaches))
    return found


def _act(backend: Backend, operation: Operation, call: Call) -> Response:
    with backend.lock:
        result = getattr(backend, operation.method)(call, **call.parameters)
        return operation.serialize(result)


def _has_route(service: Service, request: Request) -> bool:
    try:
        service.router.match(request)
    except UnknownOperation:
        return False
    return True
