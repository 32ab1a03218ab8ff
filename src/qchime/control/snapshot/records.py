"""Converts records to JSON and back with https://catt.rs. A value of the wrong type is refused."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import fields, is_dataclass
from datetime import datetime, timezone
from functools import cache, partial
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from cattrs import Converter, ForbiddenExtraKeysError, transform_error
from cattrs.cols import list_structure_factory, mapping_structure_factory
from cattrs.gen import make_dict_structure_fn

from qchime.control.snapshot.errors import Mistake, StateError, below, shown
from qchime.control.snapshot.modelled import model_errors_of
from qchime.control.snapshot.scalars import SCALARS, Hook, expect
from qchime.core.service import Service

_KEY = re.compile(r"\['([^']*)'\]")


def to_json(record: Any) -> Any:
    """A record as JSON. Values that are JSON already are not copied."""
    return _converter(None).unstructure(record)


def prepare(kind: Any) -> None:
    """Compile what `to_json` needs for records of this type; otherwise the first of them does."""
    _converter(None).get_unstructure_hook(kind)


def from_json(value: Any, kind: Any, service: Service | None = None) -> Any:
    """A record of this type; `service` is the one whose model its annotations refer to.

    Raises:
        StateError: the value does not fit the type; all mistakes are named.
    """
    try:
        return _converter(service).structure(value, kind)
    except Exception as error:
        raise StateError(_mistakes(error)) from None


@cache
def _converter(service: Service | None) -> Converter:
    converter = Converter()
    # Half of a surrogate pair in a scripted answer becomes `?`: UTF-8 has no form for it.
    converter.register_unstructure_hook(
        str, lambda text: text if text.isascii() else text.encode(errors="replace").decode()
    )
    converter.register_unstructure_hook(datetime, lambda moment: moment.astimezone(timezone.utc).isoformat())
    converter.register_unstructure_hook(bytes, lambda content: base64.b64encode(content).decode())
    converter.register_unstructure_hook_func(lambda kind: _bare(kind) is set, sorted)
    for kind, hook in SCALARS.items():
        converter.register_structure_hook(kind, hook)
    for predicate, factory in _FACTORIES:
        converter.register_structure_hook_factory(predicate, partial(factory, converter))
    if service is not None:
        factory = partial(_modelled, converter, service)
        converter.register_structure_hook_factory(lambda kind: _bare(kind) is Annotated, factory)
    return converter


def _bare(kind: Any) -> Any:
    return get_origin(kind) or kind


def _literal(converter: Converter, kind: Any) -> Hook:
    choices = get_args(kind)

    def hook(value: Any, kind: Any) -> Any:
        expect(isinstance(value, str) and value in choices, f"one of {', '.join(choices)}", value)
        return value

    return hook


def _list(converter: Converter, kind: Any) -> Hook:
    walk = list_structure_factory(kind, converter)  # reads the items of sets and tuples as well

    def hook(value: Any, kind: Any) -> Any:
        expect(isinstance(value, list), "a list", value)
        items = walk(value, kind)
        collected = _bare(kind)(items)
        expect(len(collected) == len(items), "a list of distinct items", value)
        return collected

    return hook


def _mapping(converter: Converter, kind: Any) -> Hook:
    walk = mapping_structure_factory(kind, converter)

    def hook(value: Any, kind: Any) -> Any:
        expect(isinstance(value, dict), "an object", value)
        return walk(value, kind)

    return hook


class _EveryKey(dict[str, Any]):
    """Claims to have every key that is not optional, so that cattrs also reports those with a default."""

    def __init__(self, value: dict[str, Any], optional: Collection[str]) -> None:
        super().__init__(value)
        self._optional = optional

    def __contains__(self, key: object) -> bool:
        return key not in self._optional or super().__contains__(key)


def _record(converter: Converter, kind: Any) -> Hook:
    _resolve(_bare(kind))
    walk = make_dict_structure_fn(kind, converter, _cattrs_forbid_extra_keys=True)
    optional = [field.name for field in fields(_bare(kind)) if field.metadata.get("optional")]

    def hook(value: Any, kind: Any) -> Any:
        expect(isinstance(value, dict), "an object", value)
        return walk(_EveryKey(value, optional), kind)

    return hook


def _resolve(record: Any) -> None:
    """Replace string annotations with types; cattrs would too, but loses `Annotated`."""
    hints = get_type_hints(record, include_extras=True)
    for field in fields(record):
        field.type = hints[field.name]


def _modelled(converter: Converter, service: Service, kind: Any) -> Hook:
    """`Annotated[str, "Title"]`: a string that fits the model's shape of this name."""
    inner, name = get_args(kind)
    structure = converter.get_structure_hook(inner)
    model_errors = model_errors_of(service.model.shape_for(name))

    def hook(value: Any, kind: Any) -> Any:
        structured = structure(value, inner)
        if errors := model_errors(structured):
            raise ValueError("; ".join(errors))
        return structured

    return hook


_FACTORIES: list[tuple[Callable[[Any], bool], Callable[[Converter, Any], Hook]]] = [
    (lambda kind: _bare(kind) is Literal, _literal),
    (lambda kind: _bare(kind) in (list, set, tuple), _list),
    (lambda kind: _bare(kind) is dict, _mapping),
    (lambda kind: is_dataclass(_bare(kind)), _record),
]


def _mistakes(error: Exception) -> Iterator[Mistake]:
    """All mistakes in one error of cattrs, whose paths write keys as `users['alice']`."""
    causes: list[BaseException] = []

    def collect(cause: BaseException, kind: type | None) -> str:
        causes.append(cause)
        return ""

    lines = transform_error(error, "", collect)  # " @ .clock.offset_seconds"
    for line, cause in zip(lines, causes, strict=True):
        place = _KEY.sub(lambda key: f".{shown(key[1], quoted=False)}", line.removeprefix(" @ ")).lstrip(".")
        if isinstance(cause, ForbiddenExtraKeysError):
            yield from ((below(place, name), "is unknown") for name in sorted(cause.extra_fields))
        else:
            yield place, "is missing" if isinstance(cause, KeyError) else str(cause)
