"""Checks every constraint of the model and reports each breach in AWS's wording.

The wording is that of AWS's own services, as in
https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html and in many reports of their users.
Sensitive values are left out, as Amazon Cognito does. The wording for values of the wrong JSON type is
inferred, because AWS has published none in this form.
"""

import json
from collections.abc import Callable
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from qchime.restjson import timestamps
from qchime.restjson.compiling import ShapeCompiler
from qchime.restjson.patterns import python_pattern

Breaches = list[str]
Check = Callable[[Any, str, Breaches], None]
_SHOWN = 256


def validation_message(breaches: Breaches) -> str:
    """All breaches in one message: `1 validation error detected: Value '…' at '…' failed to …`."""
    count = len(breaches)
    return f"{count} validation error{'s' if count > 1 else ''} detected: {'; '.join(breaches)}"


def validator(shape: Shape | None) -> Callable[[Any], Breaches]:
    """The function that lists what is wrong with an operation's input, given as the parser returns it."""
    if shape is None:
        return lambda _: []
    check = ShapeCompiler(BY_TYPE).compile(shape)

    def validate(found: Any) -> Breaches:
        breaches: Breaches = []
        check(found, "", breaches)
        return breaches

    return validate


def _breach(shape: Shape, value: Any, path: str, constraint: str) -> str:
    if value is None:
        shown = " null"
    elif _is_sensitive(shape):
        shown = ""
    else:
        text = value if isinstance(value, str) else json.dumps(value)
        shown = f" '{text if len(text) <= _SHOWN else text[:_SHOWN] + '…'}'"
    return f"Value{shown} at '{path}' failed to satisfy constraint: Member must {constraint}"


def _is_sensitive(shape: Shape, above: tuple[str, ...] = ()) -> bool:
    """Whether a value of this shape must be hidden, because of itself or of something inside it."""
    if shape.metadata.get("sensitive"):
        return True
    if shape.name in above:
        return False
    return any(_is_sensitive(part, (*above, shape.name)) for part in _parts(shape))


def _parts(shape: Shape) -> list[Shape]:
    if isinstance(shape, StructureShape):
        return list(shape.members.values())
    if isinstance(shape, ListShape):
        return [shape.member]
    if isinstance(shape, MapShape):
        return [shape.key, shape.value]
    return []


def _sized(shape: Shape, noun: str) -> Callable[[Any, float, str, Breaches], None]:
    minimum, maximum = shape.metadata.get("min"), shape.metadata.get("max")

    def check(value: Any, size: float, path: str, breaches: Breaches) -> None:
        if minimum is not None and size < minimum:
            breaches.append(_breach(shape, value, path, f"have {noun} greater than or equal to {minimum}"))
        if maximum is not None and size > maximum:
            breaches.append(_breach(shape, value, path, f"have {noun} less than or equal to {maximum}"))

    return check


def _structure(shape: StructureShape, compiler: ShapeCompiler[Check]) -> Check:
    inner = [
        (name, name[0].lower() + name[1:], member, compiler.compile(member), name in shape.required_members)
        for name, member in shape.members.items()
    ]
    is_union = shape.is_tagged_union

    def check(value: Any, path: str, breaches: Breaches) -> None:
        if not isinstance(value, dict):
            breaches.append(_breach(shape, value, path, "be an object"))
            return
        for name, shown, member, check_member, required in inner:
            given = value.get(name)
            if given is None and not required:
                continue
            here = f"{path}.{shown}" if path else shown
            if given is not None:
                check_member(given, here, breaches)
            else:
                breaches.append(_breach(member, None, here, "not be null"))
        if is_union and sum(value.get(name) is not None for name in shape.members) != 1:
            options = ", ".join(shown for _, shown, *_ in inner)
            breaches.append(_breach(shape, value, path, f"have exactly one of its members set: [{options}]"))

    return check


def _document(shape: StructureShape, compiler: ShapeCompiler[Check]) -> Check:
    return lambda value, path, breaches: None


def _list(shape: ListShape, compiler: ShapeCompiler[Check]) -> Check:
    check_size, check_item = _sized(shape, "length"), compiler.compile(shape.member)

    def check(value: Any, path: str, breaches: Breaches) -> None:
        if not isinstance(value, list):
            breaches.append(_breach(shape, value, path, "be a list"))
            return
        check_size(value, len(value), path, breaches)
        for number, item in enumerate(value, 1):
            _check_inner(shape.member, check_item, item, f"{path}.{number}.member", breaches)

    return check


def _map(shape: MapShape, compiler: ShapeCompiler[Check]) -> Check:
    check_size = _sized(shape, "length")
    check_key, check_value = compiler.compile(shape.key), compiler.compile(shape.value)

    def check(value: Any, path: str, breaches: Breaches) -> None:
        if not isinstance(value, dict):
            breaches.append(_breach(shape, value, path, "be a map"))
            return
        check_size(value, len(value), path, breaches)
        for key, item in value.items():
            check_key(key, f"{path}.key", breaches)
            _check_inner(shape.value, check_value, item, f"{path}.{key}.member", breaches)

    return check


def _check_inner(shape: Shape, check: Check, value: Any, path: str, breaches: Breaches) -> None:
    if value is None:
        breaches.append(_breach(shape, value, path, "not be null"))
    else:
        check(value, path, breaches)


def _string(shape: Shape, compiler: ShapeCompiler[Check]) -> Check:
    check_size, longest = _sized(shape, "length"), shape.metadata.get("max", float("inf"))
    pattern, values = shape.metadata.get("pattern"), shape.metadata.get("enum")
    compiled = python_pattern(pattern) if pattern else None

    def check(value: Any, path: str, breaches: Breaches) -> None:
        if not isinstance(value, str):
            breaches.append(_breach(shape, value, path, "be a string"))
            return
        check_size(value, len(value), path, breaches)
        # A string that is already too long is not matched: some patterns take quadratic time.
        if compiled and len(value) <= longest and not compiled.fullmatch(value):
            breaches.append(_breach(shape, value, path, f"satisfy regular expression pattern: {pattern}"))
        if values and value not in values:
            breaches.append(_breach(shape, value, path, f"satisfy enum value set: [{', '.join(values)}]"))

    return check


def _number(what: str, *kinds: type) -> Callable[[Shape, ShapeCompiler[Check]], Check]:
    def compiled(shape: Shape, compiler: ShapeCompiler[Check]) -> Check:
        check_value = _sized(shape, "value")

        def check(value: Any, path: str, breaches: Breaches) -> None:
            if type(value) not in kinds:
                breaches.append(_breach(shape, value, path, f"be {what}"))
            else:
                check_value(value, value, path, breaches)

        return check

    return compiled


def _boolean(shape: Shape, compiler: ShapeCompiler[Check]) -> Check:
    def check(value: Any, path: str, breaches: Breaches) -> None:
        if not isinstance(value, bool):
            breaches.append(_breach(shape, value, path, "be a boolean"))

    return check


def _timestamp(shape: Shape, compiler: ShapeCompiler[Check]) -> Check:
    def check(value: Any, path: str, breaches: Breaches) -> None:
        try:
            timestamps.from_wire(value)
        except ValueError:
            breaches.append(_breach(shape, value, path, "be a timestamp"))

    return check


BY_TYPE: dict[str, Callable[[Any, ShapeCompiler[Check]], Check]] = {
    "structure": _structure,
    "document": _document,
    "list": _list,
    "map": _map,
    "string": _string,
    **dict.fromkeys(("integer", "long"), _number("an integer", int)),
    **dict.fromkeys(("float", "double"), _number("a number", int, float)),
    "boolean": _boolean,
    "timestamp": _timestamp,
}
