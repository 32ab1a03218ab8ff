"""Values that a service's model has a shape for: whether they are what the parser makes of valid input."""

from collections.abc import Callable
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from qchime.control.snapshot.errors import shown
from qchime.restjson import python_name
from qchime.restjson.compiling import PerShape
from qchime.restjson.validating import validator

Rename = Callable[[Any], Any]


def objections_of(shape: Shape) -> Callable[[Any], list[str]]:
    """The function that lists what keeps a value from being of this shape, with Python's names in it."""
    rename, validate = PerShape(_MAKERS)(shape), validator(shape)

    def objections(value: Any) -> list[str]:
        try:
            return [breach.replace(" at ''", "") for breach in validate(rename(value))]
        except ValueError as error:
            return [str(error)]

    return objections


def _structure(shape: StructureShape, renames: PerShape[Rename]) -> Rename:
    if shape.is_document_type:
        return _as_it_is
    inner = {python_name(name): (name, renames(member)) for name, member in shape.members.items()}

    def rename(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        for name, given in value.items():
            if name not in inner or given is None:
                raise ValueError(f"{shape.name} takes no {name!r}: {shown(given)}")
        return {inner[name][0]: inner[name][1](given) for name, given in value.items()}

    return rename


def _list(shape: ListShape, renames: PerShape[Rename]) -> Rename:
    rename = renames(shape.member)
    return lambda value: [rename(item) for item in value] if isinstance(value, list) else value


def _map(shape: MapShape, renames: PerShape[Rename]) -> Rename:
    rename = renames(shape.value)
    return lambda value: (
        {key: rename(item) for key, item in value.items()} if isinstance(value, dict) else value
    )


def _as_it_is(value: Any) -> Any:
    return value


def _scalar(shape: Shape, renames: PerShape[Rename]) -> Rename:
    return _as_it_is


_MAKERS: dict[str, Callable[[Any, PerShape[Rename]], Rename]] = {
    "structure": _structure,
    "list": _list,
    "map": _map,
    **dict.fromkeys(("string", "integer", "long", "boolean", "timestamp"), _scalar),
}
