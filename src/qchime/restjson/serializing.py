"""Turns what an operation returns into the response that the model declares.

A result is a resource, whose attributes are read, or a dict with Python's names or the model's. The
serializer picks the members that the output shape has. A member that is None is left out; an empty string,
list or map is kept.
"""

import json
from collections.abc import Callable
from typing import Any

import msgspec
from botocore.model import Shape, StructureShape

from qchime.restjson import timestamps
from qchime.restjson.compiling import TRANSFORM_BY_TYPE, ShapeCompiler, Transform
from qchime.restjson.messages import Response
from qchime.restjson.names import location, members, python_name, wire_name

Serialize = Callable[[Any], Response]


def serializer(shape: StructureShape | None, status: int) -> Serialize:
    """The function that writes one output shape; without a shape the response has no body."""
    if shape is None:
        return lambda result: Response(status)
    in_headers = [
        (wire_name(name, member), python_name(name))
        for name, member in members(shape).items()
        if location(member) == "header"
    ]
    write = ShapeCompiler(BY_TYPE).compile(shape)

    def serialize(result: Any) -> Response:
        headers = {"Content-Type": "application/json"}
        for wire, ours in in_headers:
            value = result.get(ours) if isinstance(result, dict) else getattr(result, ours, None)
            if value is not None:
                headers[wire] = str(value)
        return Response(status, headers, _encode(write(result)))

    return serialize


def json_writer(shape: Shape) -> Callable[[Any], str]:
    """The function that writes a shape as JSON with timestamps in ISO 8601, as events have them."""
    write = ShapeCompiler(BY_TYPE | {"timestamp": _iso8601}).compile(shape)
    return lambda value: _encode(write(value)).decode()


def _subclassed(value: Any) -> msgspec.Raw:
    """The JSON of a subclass of str or int, which functions of a test author may return."""
    return msgspec.Raw(json.dumps(value).encode())


_ENCODER = msgspec.json.Encoder(enc_hook=_subclassed)


def _encode(content: Any) -> bytes:
    try:
        return _ENCODER.encode(content)
    except UnicodeEncodeError:  # half of a surrogate pair has no UTF-8, but an escape sequence
        return json.dumps(content).encode()


def _structure(shape: StructureShape, compiler: ShapeCompiler[Transform]) -> Transform:
    inner = [
        (wire_name(name, member), python_name(name), compiler.compile(member))
        for name, member in shape.members.items()
        if location(member) == "body"
    ]

    by_name = {name: (wire, write) for wire, ours, write in inner for name in (wire, ours)}

    def write(holder: Any) -> dict[str, Any]:
        if isinstance(holder, dict):
            return write_mapping(holder)
        written = {}
        for wire, ours, write_member in inner:
            if (value := getattr(holder, ours, None)) is not None:
                written[wire] = write_member(value)
        return written

    def write_mapping(holder: dict[str, Any]) -> dict[str, Any]:
        """Take the members that have a Python name or a name on the wire."""
        written = {}
        for name, value in holder.items():
            if value is not None and name in by_name:
                wire, write_member = by_name[name]
                written[wire] = write_member(value)
        return written

    return write


def _timestamp(shape: Shape, compiler: ShapeCompiler[Transform]) -> Transform:
    return timestamps.to_iso8601 if timestamps.is_iso8601(shape) else timestamps.to_seconds


def _iso8601(shape: Shape, compiler: ShapeCompiler[Transform]) -> Transform:
    return timestamps.to_iso8601


BY_TYPE = TRANSFORM_BY_TYPE | {"structure": _structure, "timestamp": _timestamp}
