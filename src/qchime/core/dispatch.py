"""Dispatches a request: runs the steps of `STEPS` in order until one of them returns a response."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timezone
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING

from qchime._version import installed_version
from qchime.core.backend import Call
from qchime.core.caller import account_id_of, identify_caller
from qchime.core.exchange import Exchange, Step
from qchime.core.identify import identify_service
from qchime.core.injection import injected
from qchime.core.throttling import check_rates
from qchime.restjson import (
    CommonError,
    MalformedRequest,
    Request,
    Response,
    ServiceException,
    rule_of_violations,
    serialize_common_error,
    validation_message,
)
from qchime.rules import inferred
from qchime.world import DEFAULT_USER, LOSSES, CallRecord

if TYPE_CHECKING:
    from qchime.core.cloud import Account, Cloud, Contents
    from qchime.core.service import Service

logger = logging.getLogger("qchime")

REQUEST_ID = "x-amzn-RequestId"
"""The header for the id of a request, which `ResponseMetadata` shows."""

Verify = Callable[["Contents", Request], None]
"""Checks that a request comes from who it says, by what the cloud holds."""


class NotImplementedYet(CommonError):
    """botocore's model has this operation, but the backend does not implement it."""

    code = "NotImplementedException"
    status = 501


class InvalidInput(CommonError):
    """The input of an operation that does not declare its service's error for it violates the model.

    https://docs.aws.amazon.com/chime-sdk/latest/APIReference/CommonErrors.html
    """

    code = "ValidationError"
    status = 400


UNDECLARED = inferred(
    "core.undeclared-invalid-input",
    "Input that violates the model raises the common error ValidationError in operations that do not "
    "declare the service's own error for it, such as GetMessagingSessionEndpoint.",
)


def find_service(exchange: Exchange) -> Response | None:
    """Identify the service, unless the caller of dispatch already has; return a 501 if it is not ours."""
    if not hasattr(exchange, "service"):
        service = identify_service(exchange.request, exchange.scope)
        if service is None:
            from qchime.core.unknown import not_implemented  # only servers need it

            return not_implemented(exchange.request, exchange.scope)
        exchange.service = service
    return None


def route(exchange: Exchange) -> None:
    """Find the operation for the method and path, and the labels in the path."""
    name, exchange.labels = exchange.service.router.match(exchange.request)
    exchange.operation = exchange.service.operation(name)


def find_account(exchange: Exchange) -> None:
    """Find the account that the request is for."""
    account_id = account_id_of(exchange.contents, exchange.request, exchange.scope.access_key_id)
    exchange.account = exchange.contents.account(account_id)


def find_caller(exchange: Exchange) -> None:
    """Identify the user and the region, and find the backend there."""
    exchange.caller = identify_caller(exchange.account, exchange.request, exchange.scope, exchange.service)
    exchange.backend = exchange.account.backend(exchange.service, exchange.caller.region)


def check_supported(exchange: Exchange) -> None:
    """Refuse an operation that the backend does not implement."""
    if not hasattr(exchange.backend, exchange.operation.method):
        raise NotImplementedYet(
            f"qchime {installed_version()} does not implement {exchange.operation.name} of "
            f"{exchange.service.name} yet. Run `qchime operations` for a list of what it implements."
        )


def parse(exchange: Exchange) -> None:
    """Parse and check the input. `validate` raises its errors, so that a fault may strike first."""
    try:
        exchange.input = exchange.operation.parse(exchange.request, exchange.labels)
    except MalformedRequest as error:
        exchange.input_error = exchange.service.invalid(str(error), error.rule)
        return
    if violations := exchange.operation.validate(exchange.input):
        rule = rule_of_violations(violations)
        exchange.input_error = exchange.service.invalid(validation_message(violations), rule)


def throttle(exchange: Exchange) -> None:
    """Refuse a request over the rates, if a test author asks for that.

    Calls that a later step refuses count too.
    """
    if exchange.account.world.throttling.enabled:
        check_rates(exchange)


def check_caller(exchange: Exchange) -> None:
    """Refuse callers that the service does not know; AWS does so before it validates the input."""
    exchange.backend.check_caller(exchange.operation.method, exchange.caller.user)


def apply_fault(exchange: Exchange) -> Response | None:
    """Apply the first fault that matches the call: raise its error, delay or lose the response."""
    faults = exchange.account.world.faults
    fault = faults.strike(exchange.service.name, exchange.operation.name, exchange.input)
    if fault is None:
        return None
    exchange.delay = fault.delay
    for loss in LOSSES:
        if fault.error == loss:
            return Response(0, lost=loss)
    if fault.error is not None:
        raise injected(exchange.service, exchange.operation, fault.error, exchange.input)
    return None


def validate(exchange: Exchange) -> None:
    """Raise the service's own exception for input that violates the model, if the operation declares it."""
    error = exchange.input_error
    if error is None:
        return
    if type(error).__name__ not in exchange.operation.errors:
        raise InvalidInput(error.message).because(UNDECLARED)
    raise error


def act(exchange: Exchange) -> Response:
    """Call the operation, and serialize its result under the lock, before another call can change it."""
    operation, caller, backend = exchange.operation, exchange.caller, exchange.backend
    parameters = operation.bind(exchange.input)
    call = Call(operation.method, caller.user, parameters, exchange.request.base_url)
    with backend.lock:
        try:
            return operation.serialize(getattr(backend, operation.method)(call, **parameters))
        finally:
            if exchange.request.method != "GET":
                backend.note_change()


STEPS: tuple[Step, ...] = (
    find_service,
    route,
    find_account,
    find_caller,
    check_supported,
    parse,
    throttle,
    check_caller,
    apply_fault,
    validate,
    act,
)
"""The steps of dispatch. The first response or exception ends it."""


def respond(cloud: Cloud, request: Request, service: Service | None = None) -> Response:
    """The response to a request; `service` is its service, if the caller knows it.

    Exceptions other than the service's own, from a bug here or in a test author's function, propagate.
    """
    return _logged(Exchange(cloud, request, service), _answer)


def respond_or_500(cloud: Cloud, request: Request, verify: Verify | None = None) -> Response:
    """As `respond`, but log an unexpected exception of an operation, and return the service's own error.

    `verify` raises a CommonError for a request that is not to be dispatched; it is a call all the same.
    """
    answer = _answer_or_500 if verify is None else partial(_verified_answer_or_500, verify)
    return _logged(Exchange(cloud, request), answer)


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
    response.headers[REQUEST_ID] = exchange.cloud.ids.uuid()
    _log(exchange, response, response.lost or response.error, perf_counter() - started)
    return response


def _answer(exchange: Exchange) -> Response:
    try:
        for step in exchange.cloud.steps:
            if (response := step(exchange)) is not None:
                return response
    except ServiceException as error:
        return exchange.operation.serialize_error(error)
    raise LookupError("No step returned a response. The last step of `cloud.steps` must return one.")


def _answer_or_500(exchange: Exchange) -> Response:
    try:
        return _answer(exchange)
    except CommonError:
        raise
    except Exception:
        request = exchange.request
        if not hasattr(exchange, "operation"):
            raise
        logger.exception("%s %s failed in %s", request.method, request.path, exchange.service.name)
        failed = exchange.service.failed("The mock failed on this request; its log has the traceback.")
        return exchange.operation.serialize_error(failed)


def _verified_answer_or_500(verify: Verify, exchange: Exchange) -> Response:
    try:
        verify(exchange.contents, exchange.request)
    except CommonError:
        with suppress(CommonError):  # the log has only calls of an operation
            if find_service(exchange) is None:
                route(exchange)
                find_account(exchange)
        raise
    return _answer_or_500(exchange)


def _log(exchange: Exchange, response: Response, error: str | None, duration: float) -> None:
    if not hasattr(exchange, "operation"):
        return
    account: Account | None = getattr(exchange, "account", None)
    user, region = getattr(exchange, "caller", (DEFAULT_USER, ""))
    request_id = response.headers.get(REQUEST_ID)
    record = partial(
        CallRecord,
        exchange.service.name,
        exchange.operation.name,
        exchange.input,
        user,
        account.id if account else "",
        region,
        response.status or None,
        error,
        request_id,
        duration,
        response.rule if error else None,
        datetime.now(timezone.utc),
    )
    log = account.calls if account else exchange.contents.strangers_calls
    request = exchange.request
    size = len(request.body) + len(request.path) + len(request.query)
    log.add_call(record, size, failed=error is not None, request_id=request_id, body=response.body)
