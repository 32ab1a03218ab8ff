"""Compiles functions for the shapes of the model, so that no request walks the model."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast

from botocore.model import ListShape, MapShape, Shape, StructureShape

from qchime.restjson.errors import UnsupportedOperation

Compiled = TypeVar("Compiled", bound=Callable[..., Any])
Transform = Callable[[Any], Any]
"""Converts a value of one shape, without modifying it."""


class ShapeCompiler(Generic[Compiled]):
    """Builds the function for a shape from the functions for the shapes inside it.

    `by_type` has one factory for each type of the model (`structure`, `list`, `string`…) and one for
    `document`, a structure that holds any JSON. A factory is called with the shape and this compiler. Each
    structure is compiled once; one that contains itself looks its function up when it is called.
    """

    def __init__(self, by_type: dict[str, Callable[[Any, "ShapeCompiler[Compiled]"], Compiled]]) -> None:
        self._by_type = by_type
        self._structures: dict[str, Compiled] = {}

    def compile(self, shape: Shape) -> Compiled:
        """The function for this shape.

        Raises:
            UnsupportedOperation: it has a type that this package does not support, such as `blob`.
        """
        if not isinstance(shape, StructureShape):
            if shape.type_name not in self._by_type:
                raise UnsupportedOperation(f"qchime does not support {shape.name}, a {shape.type_name}.")
            return self._by_type[shape.type_name](shape, self)
        if shape.is_document_type:
            return self._by_type["document"](shape, self)
        name: str = shape.name
        if name not in self._structures:
            self._structures[name] = cast(Compiled, lambda *args: self._structures[name](*args))
            self._structures[name] = self._by_type["structure"](shape, self)
        return self._structures[name]


TransformFactory = Callable[[Any, ShapeCompiler[Transform]], Transform]


def _list(shape: ListShape, compiler: ShapeCompiler[Transform]) -> Transform:
    transform = compiler.compile(shape.member)
    return lambda value: [transform(item) for item in value]


def _map(shape: MapShape, compiler: ShapeCompiler[Transform]) -> Transform:
    transform = compiler.compile(shape.value)
    return lambda value: {key: transform(item) for key, item in value.items()}


def _unchanged(value: Any) -> Any:
    return value


def _leaf(shape: Shape, compiler: ShapeCompiler[Transform]) -> Transform:
    return _unchanged  # always the same function, for which CPython specializes calls


_LEAVES = ("document", "string", "integer", "long", "float", "double", "boolean", "timestamp")

TRANSFORM_BY_TYPE: dict[str, TransformFactory] = {
    "list": _list,
    "map": _map,
    **dict.fromkeys(_LEAVES, _leaf),
}
"""The factories that all transforms share; each adds its `structure`, and some a `timestamp`."""
