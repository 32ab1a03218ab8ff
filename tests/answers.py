"""Checks a response against the model: only declared members, all required ones, each of its type.

It shares no code with the serializer on purpose, so that neither can hide the other's mistakes.
"""

import json
import re
from typing import Any

from botocore.model import OperationModel, Shape

from qchime.restjson import Response

ISO8601 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
LATEST = 253_402_300_800
"""The year 10000 in seconds; in milliseconds it is the year 1978."""
PYTHON_TYPES: dict[str, type[Any]] = {
    "string": str,
    "integer": int,
    "long": int,
    "boolean": bool,
    "list": list,
    "map": dict,
}


def check_answer(operation: OperationModel, response: Response) -> None:
    """Assert that the operation can return this response."""
    error = response.headers.get("x-amzn-ErrorType")
    if error is None:
        assert response.status == operation.http.get("responseCode", 200)
        shape: Any = operation.output_shape
    else:
        shapes = {shape.name: shape for shape in operation.error_shapes}
        assert error in shapes, f"{operation.name} does not declare {error}"
        shape = shapes[error]
        assert response.status == shape.metadata["error"]["httpStatusCode"]
    if shape is None:
        assert response.body == b"", "no output shape, no body"
        return
    assert response.headers["Content-Type"] == "application/json"
    body = json.loads(response.body)
    in_headers = {
        name: member
        for name, member in shape.members.items()
        if member.serialization.get("location") == "header"
    }
    missing = set(shape.required_members) - set(body) - set(in_headers)
    assert not missing, f"{operation.name} returns no {missing}"
    check_value(
        {name: m for name, m in shape.members.items() if name not in in_headers}, body, operation.name
    )


def check_value(shape: Any, value: Any, path: str) -> None:
    """Assert that a value in a response fits its shape, at every level."""
    if isinstance(shape, dict):
        assert isinstance(value, dict), path
        assert set(value) <= set(shape), f"{path} has undeclared members {set(value) - set(shape)}"
        for name, item in value.items():
            check_value(shape[name], item, f"{path}.{name}")
        return
    if shape.type_name == "structure":
        if shape.metadata.get("document"):
            return
        missing = set(shape.required_members) - set(value)
        assert not missing, f"{path} lacks {missing}"
        assert len(value) == 1 or not shape.metadata.get("union"), f"{path} is a union"
        check_value(dict(shape.members), value, path)
        return
    if shape.type_name == "timestamp":
        _check_timestamp(shape, value, path)
        return
    assert type(value) is PYTHON_TYPES[shape.type_name], f"{path} is {value!r}"
    _check_constraints(shape, value, path)
    if shape.type_name == "list":
        for number, item in enumerate(value):
            check_value(shape.member, item, f"{path}[{number}]")
    if shape.type_name == "map":
        for key, item in value.items():
            check_value(shape.key, key, f"{path} key")
            check_value(shape.value, item, f"{path}[{key}]")


def _check_timestamp(shape: Shape, value: Any, path: str) -> None:
    if shape.serialization.get("timestampFormat") == "iso8601":
        assert ISO8601.fullmatch(value), f"{path} is {value!r}"
    else:
        assert isinstance(value, int | float), f"{path} is {value!r}"
        assert value < LATEST, f"{path} must be seconds, which boto3 reads, not milliseconds"


def _check_constraints(shape: Shape, value: Any, path: str) -> None:
    if value == []:
        return  # tags in requests and responses share a shape, whose minimum applies to requests
    if values := shape.metadata.get("enum"):
        assert value in values, f"{path} is {value!r}"
    size = (
        value if shape.type_name in ("integer", "long") else len(value) if shape.type_name != "boolean" else 0
    )
    assert size >= shape.metadata.get("min", size), f"{path} is too small"
    assert size <= shape.metadata.get("max", size), f"{path} is too large"
