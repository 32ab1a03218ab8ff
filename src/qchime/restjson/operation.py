"""One operation of a service, compiled from its model."""

import json
from collections.abc import Callable
from typing import Any

from botocore.model import OperationModel, Shape

from qchime.lazy import cached_property
from qchime.restjson.binding import binder
from qchime.restjson.compiling import Transform
from qchime.restjson.errors import CommonError, ErrorResponse, ServiceException, UnsupportedOperation
from qchime.restjson.messages import ERROR_TYPE, RULE, Response
from qchime.restjson.names import python_name
from qchime.restjson.parsing import Parse, parser
from qchime.restjson.serializing import Serialize, serializer
from qchime.restjson.validating import validator


class Operation:
    """Parses, validates and serializes one operation; `name` is AWS's name for it, `method` Python's.

    Raises:
        UnsupportedOperation: its model has something that this package does not support.
    """

    def __init__(self, model: OperationModel) -> None:
        _check_supported(model)
        self.model: OperationModel = model
        self.name: str = model.name
        self.method: str = python_name(model.name)
        self.parse: Parse = parser(model)
        self.validate: Callable[[Any], list[str]] = validator(model.input_shape)
        self.bind: Transform = binder(model.input_shape)
        self.serialize: Serialize = serializer(model.output_shape, model.http.get("responseCode", 200))

    @cached_property
    def errors(self) -> dict[str, Serialize]:
        """The serializer of each error that this operation declares, by the error's name."""
        errors: list[Any] = self.model.error_shapes
        return {shape.name: serializer(shape, _status(shape)) for shape in errors}

    @cached_property
    def arn_members(self) -> list[str]:
        """AWS's names of the members of the input that are ARNs, by their names."""
        shape = self.model.input_shape
        return [name for name in shape.members if name.lower().endswith("arn")] if shape else []

    def serialize_error(self, error: ServiceException) -> Response:
        """The response for this error.

        Raises:
            LookupError: the model does not declare the error for this operation, so AWS never returns it.
        """
        name = type(error).__name__
        if name not in self.errors:
            raise LookupError(
                f"{self.name} cannot return {name}: its model declares {', '.join(sorted(self.errors))}"
            ) from error
        response = self.errors[name](error)
        response.headers |= {ERROR_TYPE: name, **rule_header(error)}
        return response

    def errors_with_status(self, status: int) -> list[str]:
        """The names of the errors that the operation declares with this status."""
        return [shape.name for shape in self.model.error_shapes if _status(shape) == status]


def _status(error: Shape) -> int:
    """The model's status; 400 if it has none, because botocore does not show whose fault the error is."""
    status: int = error.metadata.get("error", {}).get("httpStatusCode", 400)
    return status


def _check_supported(model: OperationModel) -> None:
    for shape in (model.input_shape, model.output_shape):
        if shape is not None and "payload" in shape.serialization:
            raise UnsupportedOperation(f"qchime does not support {shape.name}, whose body is one member.")


def rule_header(error: ErrorResponse) -> dict[str, str]:
    """The header that names the rule an error follows from; empty if AWS documents the error."""
    return {RULE: error.rule.name} if error.rule is not None else {}


def serialize_common_error(error: CommonError) -> Response:
    """The response for an error of AWS's front door, which no model declares."""
    headers = {"Content-Type": "application/json", ERROR_TYPE: error.code, **rule_header(error)}
    return Response(error.status, headers, json.dumps({"message": str(error)}).encode())
