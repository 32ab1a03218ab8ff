"""Converts the patterns of a model, which AWS writes for Java, to Python's `re`."""

from __future__ import annotations

import re
from functools import cache
from itertools import groupby
from sys import maxunicode
from unicodedata import category

from qchime.rules import inferred

_TOKEN = re.compile(r"\\([pP])\{(\w+)\}|\\.|[][|]", re.DOTALL)
"""A Unicode property, another escape, or a character with a meaning in or around a character class."""


@inferred(
    "protocol.patterns",
    "In the patterns of the model, `.` matches any character including line breaks, `\\d` matches ASCII "
    "digits only, and `\\u10000-\\u10FFFF` means the supplementary planes, so that emoji are allowed.",
)
def python_pattern(pattern: str) -> re.Pattern[str] | None:
    """A pattern that must match the whole string; None if Python cannot read it, and nothing is checked.

    Five things differ, all but the first because of Java: `.` matches line breaks too; a range written
    `\\u10000-\\u10FFFF` means the supplementary planes, so that names may contain emoji; `\\d` matches ASCII
    digits only; `\\p{L}` is a Unicode category; and `\\z` is the end, in older Pythons `\\Z`.
    """
    pattern = pattern.replace(r"\u10000-\u10FFFF", r"\U00010000-\U0010FFFF")
    try:
        return re.compile(_without_properties(pattern), re.DOTALL | re.ASCII)
    except re.error:
        return None


def _without_properties(pattern: str) -> str:
    is_in_class = False

    def replaced(token: re.Match[str]) -> str:
        nonlocal is_in_class
        if is_in_class and token[0] in "[|":
            return f"\\{token[0]}"  # Python reads it like this too, but with a warning
        if token[0] == r"\z":
            return r"\Z"
        if token[0] in "[]":
            is_in_class = token[0] == "["
        ranges = _ranges(token[2], token[1] == "P") if token[2] else ""
        return (ranges if is_in_class else f"[{ranges}]") if ranges else token[0]

    return _TOKEN.sub(replaced, pattern)


@cache
def _ranges(name: str, is_complement: bool) -> str:
    """The characters of a category such as `L` or `Lu`, or all others, as inside a character class."""
    runs = [run for run in _runs() if run[0].startswith(name) is not is_complement]
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for _, first, last in runs)


@cache
def _runs() -> list[tuple[str, int, int]]:
    """Every range of consecutive characters of one category: the category, the first and the last."""
    runs = []
    for name, points in groupby(range(maxunicode + 1), key=lambda point: category(chr(point))):
        first, *others = points
        runs.append((name, first, others[-1] if others else first))
    return runs
