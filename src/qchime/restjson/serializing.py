"""From what an operation returns to the answer that the model declares.

A result is a resource (its attributes count) or a dict, with Python's names or the model's; the
serializer picks the members that the output shape has. None is absent; an empty text, list or map is
there and empty.
"""

import json
from collections.abc import Callable
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from qchime.restjson import timestamps
from qchime.restjson.compiling import PerShape
from qchime.restjson.messages import Response
from qchime.restjson.names import location, members, python_name, wire_name

Write = Callable[[Any], Any]
Serialize = Callable[[Any], Response]


def serializer(shape: StructureShape | None, status: int) -> Serialize:
    """The function that answers with one output shape, or without a body where there is none."""
    if shape is None:
        return lambda result: Response(status)
    in_headers = [
        (wire_name(name, member), python_name(name))
        for name, member in members(shape).items()
        if location(member) == "header"
    ]
    write = PerShape(_MAKERS)(shape)

    def serialize(result: Any) -> Response:
        headers = {"Content-Type": "application/json"}
        for wire, ours in in_headers:
            if (value := _picked(result, ours, wire)) is not None:
                headers[wire] = str(value)
        return Response(status, headers, json.dumps(write(result)).encode())

    return serialize


def _picked(holder: Any, ours: str, wire: str) -> Any:
    """A member of a result by our name for it, or by the one on the wire."""
    if isinstance(holder, dict):
        return holder[ours] if ours in holder else holder.get(wire)
    return getattr(holder, ours, None)


def _structure(shape: StructureShape, writers: PerShape[Write]) -> Write:
    if shape.is_document_type:
        return _as_it_is
    inner = [
        (wire_name(name, member), python_name(name), writers(member))
        for name, member in shape.members.items()
        if location(member) == "body"
    ]

    def write(holder: Any) -> dict[str, Any]:
        written = {}
        for wire, ours, write_member in inner:
            if (value := _picked(holder, ours, wire)) is not None:
                written[wire] = write_member(value)
        return written

    return write


def _list(shape: ListShape, writers: PerShape[Write]) -> Write:
    write_item = writers(shape.member)
    return lambda value: [write_item(item) for item in value]


def _map(shape: MapShape, writers: PerShape[Write]) -> Write:
    write_value = writers(shape.value)
    return lambda value: {key: write_value(item) for key, item in value.items()}


def _as_it_is(value: Any) -> Any:
    return value


def _scalar(shape: Shape, writers: PerShape[Write]) -> Write:
    return _as_it_is


def _timestamp(shape: Shape, writers: PerShape[Write]) -> Write:
    return timestamps.to_iso8601 if timestamps.is_iso8601(shape) else timestamps.to_seconds


_MAKERS: dict[str, Callable[[Any, PerShape[Write]], Write]] = {
    "structure": _structure,
    "list": _list,
    "map": _map,
    "timestamp": _timestamp,
    **dict.fromkeys(("string", "integer", "long", "boolean"), _scalar),
}
