"""Calls to a service on behalf of CloudFormation, and its errors in CloudFormation's words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from botocore.model import Shape
from moto.cloudformation.exceptions import ValidationError

from qchime.core.backend import Backend, Call
from qchime.core.cloud import cloud
from qchime.core.service import Service
from qchime.restjson import CommonError, Operation, ServiceException, json_writer, validation_message
from qchime.rules import inferred
from qchime.world import DEFAULT_USER

Members = dict[str, Any]


@inferred(
    "cloudformation.caller",
    "A stack acts as the default user. Faults do not apply to its calls, which are not recorded either.",
)
class Api:
    """Calls a service in one account and region as the default user, on behalf of CloudFormation."""

    def __init__(self, service: Service, account_id: str, region_name: str) -> None:
        self._service = service
        self._account_id = account_id
        self._region_name = region_name

    @property
    def _backend(self) -> Backend:
        """Looked up for each call, because a loaded state has new backends."""
        return cloud.account(self._account_id).backend(self._service, self._region_name)

    def check(self, name: str, members: Members) -> Operation:
        """The operation, for which these members must be valid.

        Raises:
            ServiceException: the service's own error, for members that violate the model.
        """
        operation = self._service.operation(name)
        if violations := operation.validate(members):
            raise self._service.invalid(validation_message(violations))
        return operation

    def call(self, name: str, members: Members, method: str = "") -> Any:
        """Call an operation, or another method in its place, and return what it returns.

        Raises:
            ServiceException: the members violate the model, or the operation raises it.
        """
        operation, backend = self.check(name, members), self._backend
        parameters = operation.bind(members)
        call = Call(operation.method, DEFAULT_USER, parameters)
        with backend.lock:
            try:
                return getattr(backend, method or operation.method)(call, **parameters)
            finally:
                backend.note_change()

    def read(self, name: str, members: Members) -> Any:
        """The response of an operation as JSON, with timestamps in ISO 8601.

        Raises:
            ServiceException: as for `call`.
        """
        operation, backend = self.check(name, members), self._backend
        parameters = operation.bind(members)
        write = json_writer(cast(Shape, operation.model.output_shape))
        with backend.lock:
            call = Call(operation.method, DEFAULT_USER, parameters)
            return json.loads(write(getattr(backend, operation.method)(call, **parameters)))


@inferred(
    "cloudformation.failures",
    "If a resource of a stack fails, the CloudFormation call fails with a ValidationError, with the message "
    "of AWS's resource handlers. AWS accepts the call and rolls the stack back; moto does not.",
)
@contextmanager
def cloudformations_errors() -> Iterator[None]:
    """Turn the service's errors into CloudFormation's, worded as by its resource handlers."""
    try:
        yield
    except (ServiceException, CommonError) as error:
        code = error.code if isinstance(error, CommonError) else type(error).__name__
        message = f'Resource handler returned message: "{error}" ({code})'
        raise ValidationError(message=message) from error
