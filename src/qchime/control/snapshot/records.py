"""Records to JSON and back, with nothing converted that is not of its type already.

https://catt.rs does the walking; it is an extra, and imported with the first use.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime, timezone
from functools import cache, partial
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args, get_origin, get_type_hints

from qchime.control.snapshot.errors import Mistake, StateError, below, joined
from qchime.control.snapshot.modelled import objections_of
from qchime.control.snapshot.scalars import SCALARS, Hook, expect
from qchime.core.service import Service

if TYPE_CHECKING:
    from cattrs import Converter


def to_json(record: Any) -> Any:
    """A record as JSON. What is JSON in it already is the record's own."""
    return _converter(None).unstructure(record)


def from_json(value: Any, kind: Any, service: Service | None = None) -> Any:
    """A record of this type; `service` is whose model its annotations mean.

    Raises:
        StateError: the value is none, for all the reasons that there are.
    """
    converter = _converter(service)
    try:
        return converter.structure(value, kind)
    except Exception as error:
        raise StateError(_mistakes(error, "")) from None


def wrong_keys(value: Mapping[str, Any], names: Collection[str]) -> list[Mistake]:
    """Which of these names an object lacks, and what it has beside them."""
    missing = [(below("", name), "is missing") for name in names if name not in value]
    return missing + [(below("", name), "is unknown") for name in value if name not in names]


@cache
def _converter(service: Service | None) -> Converter:
    try:
        from cattrs import Converter
    except ImportError:
        raise ImportError(
            "A state needs cattrs to be written and read: pip install 'qchime[state]'"
        ) from None
    converter = Converter(detailed_validation=True)
    # Half of a surrogate pair, which a test author's answer to a card can have, is `?` here (inferred).
    converter.register_unstructure_hook(str, lambda text: text.encode(errors="replace").decode())
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
    from cattrs.cols import list_structure_factory

    walk = list_structure_factory(kind, converter)  # of the items, whatever is to hold them

    def hook(value: Any, kind: Any) -> Any:
        expect(isinstance(value, list), "a list", value)
        items = walk(value, kind)
        collected = _bare(kind)(items)
        expect(len(collected) == len(items), "a list of different items", value)
        return collected

    return hook


def _mapping(converter: Converter, kind: Any) -> Hook:
    from cattrs.cols import mapping_structure_factory

    walk = mapping_structure_factory(kind, converter)

    def hook(value: Any, kind: Any) -> Any:
        expect(isinstance(value, dict), "an object", value)
        return walk(value, kind)

    return hook


def _record(converter: Converter, kind: Any) -> Hook:
    """cattrs would let keys be missing that have a default, and says less about them."""
    from cattrs.gen import make_dict_structure_fn

    _resolve(_bare(kind))
    walk = make_dict_structure_fn(kind, converter, _cattrs_detailed_validation=True)
    names = [field.name for field in fields(_bare(kind)) if field.init]

    def hook(value: Any, kind: Any) -> Any:
        expect(isinstance(value, dict), "an object", value)
        wrong = wrong_keys(value, names)
        record = None
        try:
            record = walk({name: value[name] for name in names if name in value}, kind)
        except Exception as error:
            named = {place for place, _ in wrong}
            wrong += [mistake for mistake in _mistakes(error, "") if mistake[0] not in named]
        if wrong:
            raise StateError(wrong)
        return record

    return hook


def _resolve(record: Any) -> None:
    """Put types where annotations are texts; cattrs would do it and lose what they are `Annotated` with."""
    hints = get_type_hints(record, include_extras=True)
    for field in fields(record):
        field.type = hints[field.name]


def _modelled(converter: Converter, service: Service, kind: Any) -> Hook:
    """`Annotated[str, "Title"]`: a text that fits the shape of this name in the model."""
    inner, name = get_args(kind)
    structure, objections = converter.get_structure_hook(inner), objections_of(service.model.shape_for(name))

    def hook(value: Any, kind: Any) -> Any:
        structured = structure(value, inner)
        if found := objections(structured):
            raise StateError([("", objection) for objection in found])
        return structured

    return hook


_FACTORIES: list[tuple[Callable[[Any], bool], Callable[[Converter, Any], Hook]]] = [
    (lambda kind: _bare(kind) is Literal, _literal),
    (lambda kind: _bare(kind) in (list, set, tuple), _list),
    (lambda kind: _bare(kind) is dict, _mapping),
    (lambda kind: is_dataclass(_bare(kind)), _record),
]


def _mistakes(error: Exception, place: str) -> Iterator[Mistake]:
    """The places of all that cattrs has gathered in one error."""
    from cattrs.errors import ClassValidationError, IterableValidationError, IterableValidationNote

    if isinstance(error, StateError):
        for inner, what in error.mistakes:
            yield joined(place, inner), what
    elif isinstance(error, ClassValidationError | IterableValidationError):
        placed, others = error.group_exceptions()
        for inner_error, note in placed:
            step = note.index if isinstance(note, IterableValidationNote) else note.name
            yield from _mistakes(inner_error, below(place, step))
        for inner_error in others:
            yield from _mistakes(inner_error, place)
    else:
        yield place, str(error)
