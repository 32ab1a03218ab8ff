"""Turns a validated input into the keywords of an operation's method, with Python's names and types.

Optional members that are `null` are absent, and members that the model does not know are dropped. Maps
with free keys and JSON documents keep their keys.
"""

from typing import Any

from botocore.model import Shape, StructureShape

from qchime.restjson import timestamps
from qchime.restjson.compiling import TRANSFORM_BY_TYPE, ShapeCompiler, Transform
from qchime.restjson.names import python_name


def binder(shape: Shape | None) -> Transform:
    """The function that turns one operation's valid input into keywords."""
    return ShapeCompiler(BY_TYPE).compile(shape) if shape is not None else lambda found: {}


def _structure(shape: StructureShape, compiler: ShapeCompiler[Transform]) -> Transform:
    inner = {name: (python_name(name), compiler.compile(member)) for name, member in shape.members.items()}

    def bind(value: dict[str, Any]) -> dict[str, Any]:
        bound = {}
        for name, given in value.items():
            if given is not None and name in inner:
                ours, bind_member = inner[name]
                bound[ours] = bind_member(given)
        return bound

    return bind


def _timestamp(shape: Shape, compiler: ShapeCompiler[Transform]) -> Transform:
    return timestamps.from_wire


BY_TYPE = TRANSFORM_BY_TYPE | {"structure": _structure, "timestamp": _timestamp}
