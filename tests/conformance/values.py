"""Creates values for shapes: a full valid one, and those at and beyond the bounds of each constraint."""

import re
from collections.abc import Iterator
from typing import Any

Shape = Any
"""A botocore shape, whose attributes the stubs do not describe."""

EXAMPLES = (
    "a841e300-40c1-4062-8a34-5b46dadbbaac",
    "#aaa",
    "#aaaaaa",
    "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=",
    "arn:aws:chime:us-east-1:123456789012:app-instance/a841e300-40c1-4062-8a34-5b46dadbbaac",
    "arn:aws:lex:us-east-1:123456789012:bot-alias/ABCDEFGHIJ/ABCDEFGHIJ",
    "arn:aws:lambda:us-east-1:123456789012:function:f",
)
"""Texts for patterns that a sequence of letters does not match."""

DEEPEST = 6
"""The depth of a full value, at which recursive shapes end."""


def full(shape: Shape, depth: int = 0) -> Any:
    """A valid value with every member, and one item in every list and map."""
    kind = shape.type_name
    if kind == "structure":
        return _full_structure(shape, depth)
    if kind == "list":
        return [full(shape.member, depth + 1)] * max(1, shape.metadata.get("min", 0))
    if kind == "map":
        return {full(shape.key, depth + 1): full(shape.value, depth + 1)}
    if kind == "string":
        return any_text(shape)
    return {"boolean": True, "timestamp": 1_700_000_000}.get(kind, shape.metadata.get("min", 0) or 1)


def _full_structure(shape: Shape, depth: int) -> dict[str, Any]:
    if shape.metadata.get("document"):
        return {"type": "object"}
    names = list(shape.members)
    if depth >= DEEPEST:
        names = list(shape.required_members)
    if shape.metadata.get("union"):
        simple = [name for name, member in shape.members.items() if member.type_name == "string"]
        names = (simple or list(shape.members))[:1]
    return {name: full(shape.members[name], depth + 1) for name in names}


def any_text(shape: Shape) -> str:
    """The shortest valid text."""
    if values := shape.metadata.get("enum"):
        return str(values[0])
    least, most = bounds(shape)
    candidates = (*("x" * length for length in range(max(least, 1), min(least + 3, most) + 1)), *EXAMPLES)
    return next(text for text in candidates if is_valid_text(shape, text))


def bounds(shape: Shape) -> tuple[int, int]:
    """The minimum and maximum of a shape, in its own unit."""
    return shape.metadata.get("min", 0), shape.metadata.get("max", 2**31 - 1)


def is_valid_text(shape: Shape, text: str) -> bool:
    """Whether a text has a valid length and matches the pattern."""
    least, most = bounds(shape)
    return least <= len(text) <= most and matches(shape, text)


def matches(shape: Shape, text: str) -> bool:
    """Whether a text matches the pattern of a shape, if it has one, as in Java."""
    pattern = shape.metadata.get("pattern", ".*")
    supplementary = pattern.replace(r"\u10000-\u10FFFF", "\U00010000-\U0010ffff")
    return re.fullmatch(supplementary, text, re.DOTALL | re.ASCII) is not None


def text_of_length(shape: Shape, length: int) -> str | None:
    """A valid text of exactly this length, None if there is none."""
    texts = ("x" * length, *(text for text in EXAMPLES if len(text) == length))
    return next((text for text in texts if matches(shape, text)), None)


def text_against_pattern(shape: Shape) -> str | None:
    """A text of a valid length that does not match the pattern, None if all match."""
    least, most = bounds(shape)
    lengths = [length for length in (max(least, 1), least + 2, least + 9) if length <= most]
    texts = (character * length for character in "!x{\u00e9 " for length in lengths)
    return next((text for text in texts if not matches(shape, text)), None)


def wrong_types(shape: Shape) -> Iterator[Any]:
    """JSON values of types other than the shape's."""
    others: dict[str, tuple[Any, ...]] = {
        "string": (5, True, ["x"], {"x": "y"}),
        "integer": ("5", 1.5, True, [1]),
        "long": ("5", 1.5, True, [1]),
        "boolean": ("true", 1, []),
        "timestamp": (True, [1], "yesterday"),
        "list": ("x", 5, {"x": "y"}),
        "map": ("x", 5, ["x"]),
        "structure": ("x", 5, ["x"]),
    }
    if not shape.metadata.get("document"):
        yield from others[shape.type_name]
