"""From an input that has passed validation to what an operation's method takes: Python's names and types.

`null` for an optional member is absent, and members that the model does not know are dropped. Maps
with free keys and JSON documents keep their keys.
"""

from collections.abc import Callable
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from qchime.restjson import timestamps
from qchime.restjson.compiling import PerShape
from qchime.restjson.names import python_name

Bind = Callable[[Any], Any]


def binder(shape: Shape | None) -> Bind:
    """The function that turns one operation's valid input into keywords."""
    return PerShape(_MAKERS)(shape) if shape is not None else lambda found: {}


def _structure(shape: StructureShape, binders: PerShape[Bind]) -> Bind:
    if shape.is_document_type:
        return _as_it_is
    inner = {name: (python_name(name), binders(member)) for name, member in shape.members.items()}

    def bind(value: dict[str, Any]) -> dict[str, Any]:
        bound = {}
        for name, given in value.items():
            if given is not None and name in inner:
                ours, bind_member = inner[name]
                bound[ours] = bind_member(given)
        return bound

    return bind


def _list(shape: ListShape, binders: PerShape[Bind]) -> Bind:
    bind_item = binders(shape.member)
    return lambda value: [bind_item(item) for item in value]


def _map(shape: MapShape, binders: PerShape[Bind]) -> Bind:
    bind_value = binders(shape.value)
    return lambda value: {key: bind_value(item) for key, item in value.items()}


def _as_it_is(value: Any) -> Any:
    return value


def _scalar(shape: Shape, binders: PerShape[Bind]) -> Bind:
    return timestamps.from_wire if shape.type_name == "timestamp" else _as_it_is


_MAKERS: dict[str, Callable[[Any, PerShape[Bind]], Bind]] = {
    "structure": _structure,
    "list": _list,
    "map": _map,
    **dict.fromkeys(("string", "integer", "long", "boolean", "timestamp"), _scalar),
}
