"""Generates every variant of an input that just satisfies or violates a constraint, from the model alone."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from botocore.model import OperationModel

from tests.conformance.values import (
    Shape,
    full,
    text_against_pattern,
    text_of_length,
    wrong_types,
)

LARGEST = 60_000
"""Longer texts and lists are not tried."""

Put = Callable[[Any], dict[str, Any]]


@dataclass(frozen=True)
class Spot:
    """A place in an input: its name in validation messages, and how to set a value there."""

    path: str
    put: Put
    place: str = "body"
    """Its location: `uri`, `querystring`, `header` or `body`."""
    above: frozenset[str] = frozenset()
    """The shapes around it, so that recursive ones are tried once."""

    def inner(self, name: str, put: Put) -> "Spot":
        """A place inside this one."""
        return Spot(f"{self.path}.{name}", put, self.place, self.above)


@dataclass(frozen=True)
class Variant:
    """One input, and the expected message."""

    kind: str
    """The kind of change: `missing`, `below the minimum`…"""
    member: str
    """The changed member, as validation messages name it: `tags.1.member.key`."""
    input: dict[str, Any]
    violation: str | None
    """What the message says about the member; None for a valid input."""


def variants(operation: OperationModel, base: dict[str, Any]) -> Iterator[Variant]:
    """All variants of a full input, which has the texts and numbers of `base`."""
    shape = operation.input_shape
    if shape is None:
        return
    given = {name: value for name, value in base.items() if not isinstance(value, dict | list)}
    whole = {name: full(member) for name, member in shape.members.items()} | given
    yield Variant("complete", "", whole, None)
    for name, member in shape.members.items():
        spot = Spot(_shown(name), _inside(dict, whole, name), member.serialization.get("location", "body"))
        if name in shape.required_members and spot.place != "uri":
            yield Variant("missing", spot.path, _without(whole, name), "not be null")
        yield from _of(member, whole[name], spot)


def _of(shape: Shape, value: Any, spot: Spot) -> Iterator[Variant]:
    if shape.name in spot.above:
        return
    if shape.type_name in ("structure", "list", "map"):
        spot = replace(spot, above=spot.above | {shape.name})
    if spot.place == "body":
        for wrong in wrong_types(shape):
            yield Variant("of a wrong type", spot.path, spot.put(wrong), "be a")
    elif shape.type_name == "integer":
        yield Variant("of a wrong type", spot.path, spot.put("many"), "be an integer")
    of_type: Callable[..., Iterator[Variant]] = _BY_TYPE.get(shape.type_name, _nothing)
    yield from of_type(shape, value, spot)


def _nothing(shape: Shape, value: Any, spot: Spot) -> Iterator[Variant]:
    return iter(())


def _structure(shape: Shape, value: Any, spot: Spot) -> Iterator[Variant]:
    if shape.metadata.get("document"):
        return
    if shape.metadata.get("union"):
        yield from _union(shape, spot)
        return
    for name in shape.required_members:
        path = f"{spot.path}.{_shown(name)}"
        yield Variant("missing", path, spot.put(_without(value, name)), "not be null")
        yield Variant("null", path, spot.put({**value, name: None}), "not be null")
    for name, member in shape.members.items():
        if name in value:
            yield from _of(member, value[name], spot.inner(_shown(name), _inside(spot.put, value, name)))


def _union(shape: Shape, spot: Spot) -> Iterator[Variant]:
    one = "have exactly one of its members set"
    yield Variant("no member of a union", spot.path, spot.put({}), one)
    options = {name: full(member) for name, member in shape.members.items()}
    first, *others = options
    for name in others:
        both = {first: options[first], name: options[name]}
        yield Variant("two members of a union", spot.path, spot.put(both), one)
    for name, option in options.items():
        inner = spot.inner(_shown(name), _inside(spot.put, {}, name))
        yield Variant("a member of a union", inner.path, inner.put(option), None)
        yield from _of(shape.members[name], option, inner)


def _list(shape: Shape, value: Any, spot: Spot) -> Iterator[Variant]:
    item = value[0] if value else full(shape.member)
    inner = spot.inner("1.member", lambda new: spot.put([new]))
    if spot.place == "body":  # an empty list is absent in a query
        yield from _sizes(shape, spot, lambda size: [item] * size)
        yield Variant("null", inner.path, inner.put(None), "not be null")
    yield from _of(shape.member, item, inner)


def _map(shape: Shape, value: Any, spot: Spot) -> Iterator[Variant]:
    (key, item), *_ = value.items()
    inner = spot.inner(f"{key}.member", lambda new: spot.put({key: new}))
    yield Variant("null", inner.path, inner.put(None), "not be null")
    yield from _of(shape.value, item, inner)
    yield from _text(shape.key, key, spot.inner("key", lambda new: spot.put({new: item})))


def _text(shape: Shape, value: Any, spot: Spot) -> Iterator[Variant]:
    if values := shape.metadata.get("enum"):
        for allowed in values:
            yield Variant("in the enum", spot.path, spot.put(allowed), None)
        yield Variant("outside the enum", spot.path, spot.put("no-such-value"), "satisfy enum value set")
        return
    yield from _sizes(shape, spot, lambda size: text_of_length(shape, size))
    wrong = text_against_pattern(shape)
    if wrong is not None and not (spot.place == "header" and wrong != wrong.strip()):
        yield Variant("against the pattern", spot.path, spot.put(wrong), "satisfy regular expression pattern")


def _integer(shape: Shape, value: Any, spot: Spot) -> Iterator[Variant]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None:
        words = f"have value greater than or equal to {least}"
        yield Variant("below the minimum", spot.path, spot.put(least - 1), words)
        yield Variant("at the minimum", spot.path, spot.put(least), None)
    if most is not None:
        words = f"have value less than or equal to {most}"
        yield Variant("above the maximum", spot.path, spot.put(most + 1), words)
        yield Variant("at the maximum", spot.path, spot.put(most), None)


def _sizes(shape: Shape, spot: Spot, of_size: Callable[[int], Any]) -> Iterator[Variant]:
    """At both bounds, and one beyond each."""
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    shortest = 1 if spot.place == "uri" else 0  # an empty segment would be another path
    if least is not None and least > shortest:
        words = f"have length greater than or equal to {least}"
        yield Variant("below the minimum", spot.path, spot.put(_any_of_size(of_size, least - 1)), words)
    if most is not None and most < LARGEST:
        words = f"have length less than or equal to {most}"
        yield Variant("above the maximum", spot.path, spot.put(_any_of_size(of_size, most + 1)), words)
    for border, size in (("minimum", least), ("maximum", most)):
        if size is not None and shortest <= size < LARGEST and (exact := of_size(size)) is not None:
            yield Variant(f"at the {border}", spot.path, spot.put(exact), None)


def _any_of_size(of_size: Callable[[int], Any], size: int) -> Any:
    exact = of_size(size)
    return "x" * size if exact is None else exact


_BY_TYPE: dict[str, Callable[..., Iterator[Variant]]] = {
    "structure": _structure,
    "list": _list,
    "map": _map,
    "string": _text,
    "integer": _integer,
    "long": _integer,
}


def _inside(put: Put, holder: dict[str, Any], name: str) -> Put:
    return lambda value: put({**holder, name: value})


def _without(value: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: item for key, item in value.items() if key != name}


def _shown(name: str) -> str:
    return name[0].lower() + name[1:]
