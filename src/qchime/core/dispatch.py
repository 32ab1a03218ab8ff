"""One request from arrival to answer."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter

from botocore.exceptions import UnknownServiceError

from qchime._version import __version__
from qchime.core.backend import Call
from qchime.core.caller import Caller, Scope, identify_caller
from qchime.core.service import SERVICES, Service
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
from qchime.world import DEFAULT_USER, new_uuid
from qchime.world.calls import CallRecord, calls
from qchime.world.faults import LOSSES, faults, injected

logger = logging.getLogger("qchime")


class NotImplementedYet(CommonError):
    """botocore knows this operation and this package does not."""

    code = "NotImplementedException"
    status = 501


@dataclass(slots=True)
class Exchange:
    """One request on its way, and what the steps have found out about it so far."""

    service: Service
    request: Request
    operation: Operation | None = None
    caller: Caller | None = None
    input: Input = field(default_factory=dict)
    delay: float = 0.0


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
    """The answer of a service: route, identify the caller, fail if that is wanted, validate, act, serialize.

    An exception that is none of the service's own is a mistake of ours, or of a function that the test
    author gave; it is raised as it is.
    """
    return _logged(Exchange(service, request), _answer)


def respond_always(service: Service, request: Request) -> Response:
    """As `respond`, but what went wrong unexpectedly is logged, and answered as the service's own failure."""
    return _logged(Exchange(service, request), _answer_always)


def _logged(exchange: Exchange, answer: Callable[[Exchange], Response]) -> Response:
    started = perf_counter()
    try:
        response = answer(exchange)
    except CommonError as error:
        response = serialize_common_error(error)
    except Exception as error:
        _log(exchange, Response(0), type(error).__name__, perf_counter() - started)
        raise
    response.delay = exchange.delay
    response.headers["x-amzn-RequestId"] = new_uuid()
    _log(exchange, response, response.lost or response.error, perf_counter() - started)
    return response


def _log(exchange: Exchange, response: Response, error: str | None, duration: float) -> None:
    if exchange.operation is None:
        return
    caller = exchange.caller
    record = CallRecord(
        service=exchange.service.name,
        operation=exchange.operation.name,
        input=exchange.input,
        user=caller.user if caller else DEFAULT_USER,
        account_id=caller.account_id if caller else "",
        region=caller.region if caller else "",
        status=response.status or None,
        error=error,
        request_id=response.headers.get("x-amzn-RequestId"),
        duration=duration,
    )
    request = exchange.request
    calls.add(record, len(request.body) + len(request.path) + len(request.query))


def _answer_always(exchange: Exchange) -> Response:
    try:
        return _answer(exchange)
    except CommonError:
        raise
    except Exception:
        request, service = exchange.request, exchange.service
        logger.exception("%s %s failed in %s", request.method, request.path, service.name)
        if exchange.operation is None:
            raise
        return exchange.operation.serialize_error(
            service.failed("The mock failed on this request; the traceback is in its log.")
        )


def _answer(exchange: Exchange) -> Response:
    service, request = exchange.service, exchange.request
    name, labels = service.router.match(request)
    exchange.operation = operation = service.operation(name)
    exchange.caller = caller = identify_caller(request, service.hosts)
    backend = service.backends[caller.account_id][caller.region]
    act = getattr(backend, operation.method, None)
    if act is None:
        raise NotImplementedYet(
            f"qchime {__version__} has no {operation.name} of {service.name} yet; "
            "`qchime operations` lists what it has."
        )
    exchange.input, objection = _read(operation, request, labels)
    try:
        backend.admit(operation.method, caller.user)
        if (lost := _struck(exchange, operation)) is not None:
            return lost
        if objection:
            raise service.invalid(objection)
        parameters = operation.bind(exchange.input)
        call = Call(operation.method, caller.user, parameters, request.base_url)
        with backend.lock:
            return operation.serialize(act(call, **parameters))
    except ServiceException as error:
        return operation.serialize_error(error)


def _read(operation: Operation, request: Request, labels: Labels) -> tuple[Input, str | None]:
    """The input, and what speaks against it."""
    try:
        found = operation.parse(request, labels)
    except MalformedRequest as error:
        return {}, str(error)
    breaches = operation.validate(found)
    return found, validation_message(breaches) if breaches else None


def _struck(exchange: Exchange, operation: Operation) -> Response | None:
    """What a fault does to this call, if it meets one: raised, or lost on the way."""
    fault = faults.strike(exchange.service, operation.name, exchange.input)
    if fault is None:
        return None
    exchange.delay = fault.delay
    for loss in LOSSES:
        if fault.error == loss:
            return Response(0, lost=loss)
    if fault.error is not None:
        raise injected(exchange.service, operation, fault.error, exchange.input)
    return None


def _has_route(service: Service, request: Request) -> bool:
    """A botocore that goes with an old aiobotocore may not know a service at all; then nobody asks for it."""
    try:
        service.router.match(request)
    except (UnknownOperation, UnknownServiceError):
        return False
    return True
