"""Checks every constraint of the model and reports each violation in AWS's wording.

The wording is that of AWS's own services, as in
https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html and in many users' reports.
Sensitive values are left out, as Amazon Cognito does.
"""

import json
from collections.abc import Callable
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from qchime.restjson import timestamps
from qchime.restjson.compiling import ShapeCompiler
from qchime.restjson.patterns import python_pattern
from qchime.rules import Rule, inferred

Violations = list[str]
Check = Callable[[Any, str, Violations], None]
_SHOWN = 256


WRONG_TYPES = inferred(
    "protocol.wrong-types",
    "A value of the wrong JSON type adds a violation to the message: `Member must be a string`.",
)
PATHS = inferred(
    "protocol.violation-paths",
    "In validation messages, paths start in lower case, and list items are counted from 1: "
    "`tags.1.member.key`.",
)
LONG_STRINGS = inferred(
    "protocol.long-strings",
    "A string that exceeds its maximum length is not also matched against its pattern.",
)


def validation_message(violations: Violations) -> str:
    """All violations in one message: `1 validation error detected: Value '…' at '…' failed to …`."""
    count = len(violations)
    return f"{count} validation error{'s' if count > 1 else ''} detected: {'; '.join(violations)}"


def validator(shape: Shape | None) -> Callable[[Any], Violations]:
    """The function that lists what is wrong with an operation's input, given as the parser returns it."""
    if shape is None:
        return lambda _: []
    check = ShapeCompiler(BY_TYPE).compile(shape)

    def validate(found: Any) -> Violations:
        violations: Violations = []
        check(found, "", violations)
        return violations

    return validate


def _violation(shape: Shape, value: Any, path: str, constraint: str) -> str:
    if value is None:
        shown = " null"
    elif _is_sensitive(shape):
        shown = ""
    else:
        text = value if isinstance(value, str) else json.dumps(value)
        shown = f" '{text if len(text) <= _SHOWN else text[:_SHOWN] + '…'}'"
    return f"Value{shown} at '{path}' failed to satisfy constraint: Member must {constraint}"


class _WrongType(str):
    """The violation of a value that has the wrong JSON type."""


def _wrong_type(shape: Shape, value: Any, path: str, constraint: str) -> _WrongType:
    return _WrongType(_violation(shape, value, path, constraint))


def rule_of_violations(violations: Violations) -> Rule | None:
    """The rule that makes the input invalid; None if it breaks a constraint that AWS documents."""
    return WRONG_TYPES if all(isinstance(violation, _WrongType) for violation in violations) else None


@inferred(
    "protocol.sensitive-values", "Validation messages do not show values that the model marks as sensitive."
)
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


def _sized(shape: Shape, noun: str) -> Callable[[Any, float, str, Violations], None]:
    minimum, maximum = shape.metadata.get("min"), shape.metadata.get("max")

    def check(value: Any, size: float, path: str, violations: Violations) -> None:
        if minimum is not None and size < minimum:
            violations.append(
                _violation(shape, value, path, f"have {noun} greater than or equal to {minimum}")
            )
        if maximum is not None and size > maximum:
            violations.append(_violation(shape, value, path, f"have {noun} less than or equal to {maximum}"))

    return check


def _structure(shape: StructureShape, compiler: ShapeCompiler[Check]) -> Check:
    inner = [
        (name, name[0].lower() + name[1:], member, compiler.compile(member), name in shape.required_members)
        for name, member in shape.members.items()
    ]
    is_union = shape.is_tagged_union

    def check(value: Any, path: str, violations: Violations) -> None:
        if not isinstance(value, dict):
            violations.append(_wrong_type(shape, value, path, "be an object"))
            return
        for name, shown, member, check_member, required in inner:
            given = value.get(name)
            if given is None and not required:
                continue
            here = f"{path}.{shown}" if path else shown
            if given is not None:
                check_member(given, here, violations)
            else:
                violations.append(_violation(member, None, here, "not be null"))
        if is_union and sum(value.get(name) is not None for name in shape.members) != 1:
            options = ", ".join(shown for _, shown, *_ in inner)
            violations.append(
                _violation(shape, value, path, f"have exactly one of its members set: [{options}]")
            )

    return check


def _document(shape: StructureShape, compiler: ShapeCompiler[Check]) -> Check:
    return lambda value, path, violations: None


def _list(shape: ListShape, compiler: ShapeCompiler[Check]) -> Check:
    check_size, check_item = _sized(shape, "length"), compiler.compile(shape.member)

    def check(value: Any, path: str, violations: Violations) -> None:
        if not isinstance(value, list):
            violations.append(_wrong_type(shape, value, path, "be a list"))
            return
        check_size(value, len(value), path, violations)
        for number, item in enumerate(value, 1):
            _check_inner(shape.member, check_item, item, f"{path}.{number}.member", violations)

    return check


def _map(shape: MapShape, compiler: ShapeCompiler[Check]) -> Check:
    check_size = _sized(shape, "length")
    check_key, check_value = compiler.compile(shape.key), compiler.compile(shape.value)

    def check(value: Any, path: str, violations: Violations) -> None:
        if not isinstance(value, dict):
            violations.append(_wrong_type(shape, value, path, "be a map"))
            return
        check_size(value, len(value), path, violations)
        for key, item in value.items():
            check_key(key, f"{path}.key", violations)
            _check_inner(shape.value, check_value, item, f"{path}.{key}.member", violations)

    return check


def _check_inner(shape: Shape, check: Check, value: Any, path: str, violations: Violations) -> None:
    if value is None:
        violations.append(_violation(shape, value, path, "not be null"))
    else:
        check(value, path, violations)


def _string(shape: Shape, compiler: ShapeCompiler[Check]) -> Check:
    check_size, longest = _sized(shape, "length"), shape.metadata.get("max", float("inf"))
    pattern, values = shape.metadata.get("pattern"), shape.metadata.get("enum")
    compiled = python_pattern(pattern) if pattern else None

    def check(value: Any, path: str, violations: Violations) -> None:
        if not isinstance(value, str):
            violations.append(_wrong_type(shape, value, path, "be a string"))
            return
        check_size(value, len(value), path, violations)
        # A string that is already too long is not matched: some patterns take quadratic time.
        if compiled and len(value) <= longest and not compiled.fullmatch(value):
            violations.append(
                _violation(shape, value, path, f"satisfy regular expression pattern: {pattern}")
            )
        if values and value not in values:
            violations.append(
                _violation(shape, value, path, f"satisfy enum value set: [{', '.join(values)}]")
            )

    return check


def _number(what: str, *kinds: type) -> Callable[[Shape, ShapeCompiler[Check]], Check]:
    def compiled(shape: Shape, compiler: ShapeCompiler[Check]) -> Check:
        check_value = _sized(shape, "value")

        def check(value: Any, path: str, violations: Violations) -> None:
            if type(value) not in kinds:
                violations.append(_wrong_type(shape, value, path, f"be {what}"))
            else:
                check_value(value, value, path, violations)

        return check

    return compiled


def _boolean(shape: Shape, compiler: ShapeCompiler[Check]) -> Check:
    def check(value: Any, path: str, violations: Violations) -> None:
        if not isinstance(value, bool):
            violations.append(_wrong_type(shape, value, path, "be a boolean"))

    return check


def _timestamp(shape: Shape, compiler: ShapeCompiler[Check]) -> Check:
    def check(value: Any, path: str, violations: Violations) -> None:
        try:
            timestamps.from_wire(value)
        except ValueError:
            violations.append(_wrong_type(shape, value, path, "be a timestamp"))

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
