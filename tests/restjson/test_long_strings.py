"""Long strings, which stay in the body."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qchime.restjson.long_strings import LONG, LongString, decode, encoded

LONG_TEXT = "A" * (LONG + 1)


def body(**members: Any) -> bytes:
    return json.dumps(members, ensure_ascii=False).encode()


@pytest.mark.parametrize("text", [LONG_TEXT, "é" * LONG])
def test_a_long_member_is_shortened_and_can_be_taken_whole(text: str) -> None:
    content = decode(body(first="1", file=text, last="2"))

    assert (content["first"], content["last"]) == ("1", "2")
    file = content["file"]
    assert isinstance(file, LongString)
    assert str(file) == text[: file.index("…")] + "…"
    assert len(file) == len(text.encode())
    assert bytes(encoded(file)) == text.encode()


def test_the_memory_of_a_string_that_was_taken_is_free_for_others() -> None:
    file = decode(body(file=LONG_TEXT))["file"]
    encoded(file)

    with pytest.raises(AssertionError, match="taken once"):
        file.take()


@pytest.mark.parametrize(
    "content",
    [
        {"a": LONG_TEXT[1:]},
        {"a": [LONG_TEXT]},
        {"a": {"b": LONG_TEXT}},
        {"a": '"', "b": LONG_TEXT},
        {"a": LONG_TEXT + "\\"},
        {"a": LONG_TEXT + "\n"},
        {LONG_TEXT: "a"},
        [LONG_TEXT],
        LONG_TEXT,
        {**{str(number): "" for number in range(100)}, "a": LONG_TEXT},
    ],
    ids=["short", "item", "nested", "quote", "backslash", "line", "name", "list", "text", "late"],
)
def test_any_other_string_is_decoded(content: Any) -> None:
    assert decode(json.dumps(content).encode()) == content


@pytest.mark.parametrize(
    "broken",
    [
        b'{"a": "%s}',
        b'{"a": "%s"',
        b'{"a": "%s"} "',
        b'{"a" "%s"}',
        b'"a": "%s"',
        b'{"a: "%s"}',
        b'{"a": "b"%s"}',
        b'{"a": %s}',
    ],
)
def test_what_is_not_json_is_refused(broken: bytes) -> None:
    with pytest.raises(ValueError, match=r"JSON|truncated"):
        decode(broken % LONG_TEXT.encode())


JSON = st.recursive(st.text() | st.integers() | st.none(), lambda inner: st.lists(inner), max_leaves=4)


@given(st.dictionaries(st.text(), JSON, max_size=3), st.dictionaries(st.text(), JSON, max_size=3), st.text())
@settings(deadline=None, max_examples=50)
def test_members_around_a_long_one_are_decoded_as_ever(
    before: dict[str, Any], after: dict[str, Any], name: str
) -> None:
    content = {**before, name: LONG_TEXT, **after} | {name: LONG_TEXT}
    decoded = decode(json.dumps(content).encode())

    assert list(decoded) == list(content)
    assert bytes(encoded(decoded.pop(name))) == LONG_TEXT.encode()
    assert decoded == {other: value for other, value in content.items() if other != name}
