"""Patterns, which AWS writes for Java."""

import warnings

import pytest

from qchime.restjson.patterns import python_pattern

TAG = r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)"


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        (TAG, "Größe 日本 Ⅳ/a-b", True),
        (TAG, "a#b", False),
        (TAG, "😀", False),
        (r"\p{L}+", "日本", True),
        (r"\p{L}+", "日本1", False),
        (r"\p{Lu}", "Ä", True),
        (r"\p{Lu}", "ä", False),
        (r"\P{C}*", "a b", True),
        (r"\P{C}*", "a\0b", False),
        (r"[^\p{N}]", "½", False),
        (r"[^\p{N}]", "a", True),
        (r"\[\p{N}\]", "[7]", True),
        (r"[a[|]", "[", True),
        (r"[a||b]", "|", True),
        (r"\\p{2}", r"\pp", True),
        (r"\d", "٣", False),
        (r"\Aa\z", "a", True),
        (r"\Aa\z|b\z\n", "b\n", False),
        (r"a\\z", r"a\z", True),
    ],
)
def test_categories_are_those_of_unicode(pattern: str, text: str, fits: bool) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        compiled = python_pattern(pattern)
    assert compiled is not None
    assert (compiled.fullmatch(text) is not None) is fits


@pytest.mark.parametrize("pattern", [r"\p{NoSuchCategory}+", r"[0-9a-zA-Z]{11}{0,1011}", r"\Aa\y"])
def test_patterns_that_python_cannot_read_are_not_checked(pattern: str) -> None:
    assert python_pattern(pattern) is None
