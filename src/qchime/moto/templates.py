"""The properties in templates, compared with the shapes of the model that they become."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from qchime.rules import inferred


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, (int, float)) else value


def _integer(value: Any) -> Any:
    return int(value) if isinstance(value, str) and re.fullmatch(r"-?[0-9]+", value) else value


def _number(value: Any) -> Any:
    return float(value) if isinstance(value, str) and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value) else value


def _boolean(value: Any) -> Any:
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


_SCALARS: dict[str, Callable[[Any], Any]] = {
    "string": _text,
    **dict.fromkeys(("integer", "long"), _integer),
    **dict.fromkeys(("float", "double"), _number),
    "boolean": _boolean,
}


@inferred(
    "cloudformation.scalars",
    "Numbers and booleans in a template become strings where the API has a string, and strings become "
    "numbers and booleans where it has those.",
)
def typed(shape: Shape | None, value: Any) -> Any:
    """Convert scalars to the type of the shape: YAML reads `Value: 1` as a number, parameters are strings."""
    if isinstance(value, dict):
        return {key: typed(_inner(shape, key), inner) for key, inner in value.items()}
    if isinstance(value, list):
        item = shape.member if isinstance(shape, ListShape) else None
        return [typed(item, inner) for inner in value if inner is not None]  # None is AWS::NoValue
    return _SCALARS.get(shape.type_name, _unchanged)(value) if shape is not None else value


def _unchanged(value: Any) -> Any:
    return value


def _inner(shape: Shape | None, key: str) -> Shape | None:
    """The shape of the value that a key has; None if no property has this name."""
    if isinstance(shape, StructureShape):
        inner: Shape | None = shape.members.get(key)
        return None if inner is None or is_token(inner) else inner
    return shape.value if isinstance(shape, MapShape) else None


def is_token(member: Shape) -> bool:
    """Whether a member of an operation's input is its client token, which is not a property."""
    return bool(member.metadata.get("idempotencyToken"))


_NAMES = {
    "structure": "JSONObject",
    "map": "JSONObject",
    "list": "JSONArray",
    "string": "String",
    "boolean": "Boolean",
    **dict.fromkeys(("integer", "long"), "Integer"),
    **dict.fromkeys(("float", "double"), "Number"),
}
_FOUND = {
    dict: "JSONObject",
    list: "JSONArray",
    str: "String",
    bool: "Boolean",
    int: "Integer",
    float: "Number",
    type(None): "Null",
}


@inferred("cloudformation.unknown-properties", "Unknown properties are refused.")
@inferred(
    "cloudformation.wrong-types",
    "Values of the wrong type are refused, with the message of CloudFormation's schemas.",
)
def problems(shape: Shape | None, value: Any, path: str = "#") -> Iterator[str]:
    """Yield an error for each key that the type does not have, and for each value of another type."""
    if shape is None or shape.type_name not in _NAMES or getattr(shape, "is_document_type", False):
        return
    expected, found = _NAMES[shape.type_name], _FOUND.get(type(value))
    if found != expected and (found, expected) != ("Integer", "Number"):
        yield f"{path}: expected type: {expected}, found: {found}"
    elif isinstance(shape, ListShape):
        for number, inner in enumerate(value):
            yield from problems(shape.member, inner, f"{path}/{number}")
    elif isinstance(value, dict):
        for name, inner in value.items():
            if _inner(shape, name) is None:
                yield f"{path}: extraneous key [{name}] is not permitted"
            else:
                yield from problems(_inner(shape, name), inner, f"{path}/{name}")
