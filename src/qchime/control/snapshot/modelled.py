"""Checks that values fit the shapes of a service's model, as if a client had sent them."""

from collections.abc import Callable
from typing import Any

from botocore.model import Shape, StructureShape

from qchime.control.snapshot.errors import shown
from qchime.restjson import python_name
from qchime.restjson.compiling import TRANSFORM_BY_TYPE, ShapeCompiler, Transform, TransformFactory
from qchime.restjson.validating import validator


def model_errors_of(shape: Shape) -> Callable[[Any], list[str]]:
    """The function that lists why a value, with Python's names in it, does not fit this shape."""
    rename, validate = ShapeCompiler(BY_TYPE).compile(shape), validator(shape)

    def model_errors(value: Any) -> list[str]:
        try:
            return [violation.replace(" at ''", "") for violation in validate(rename(value))]
        except ValueError as error:
            return [str(error)]

    return model_errors


def _structure(shape: StructureShape, compiler: ShapeCompiler[Transform]) -> Transform:
    inner = {python_name(name): (name, compiler.compile(member)) for name, member in shape.members.items()}

    def rename(value: dict[str, Any]) -> dict[str, Any]:
        renamed = {}
        for ours, given in value.items():
            if ours not in inner or given is None:
                raise ValueError(f"{shape.name} takes no {ours!r}: {shown(given)}")
            name, rename_member = inner[ours]
            renamed[name] = rename_member(given)
        return renamed

    return rename


def _only(kind: type, factory: TransformFactory) -> TransformFactory:
    """Transforms values of this type only; the validator reports the others."""

    def only(shape: Shape, compiler: ShapeCompiler[Transform]) -> Transform:
        transform = factory(shape, compiler)
        return lambda value: transform(value) if isinstance(value, kind) else value

    return only


BY_TYPE = TRANSFORM_BY_TYPE | {
    "structure": _only(dict, _structure),
    "list": _only(list, TRANSFORM_BY_TYPE["list"]),
    "map": _only(dict, TRANSFORM_BY_TYPE["map"]),
}
