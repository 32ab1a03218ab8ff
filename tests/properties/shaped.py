"""Generates inputs of all kinds for any operation, mostly of the model's shape, so that many are accepted."""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlencode

from hypothesis import strategies as st

from qchime.restjson import Request
from tests.conformance.values import Shape

SMALL = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
ANY_JSON = st.recursive(
    SMALL,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
DEEPEST = 6
"""The depth at which recursive shapes end."""


def shaped(shape: Shape, known: Sequence[str], depth: int = 0) -> st.SearchStrategy[Any]:
    """Values of a shape, and sometimes others. `known` are meaningful texts: ids, ARNs, JSON."""
    made = _of_shape(shape, known, depth)
    return st.integers(0, 15).flatmap(lambda dice: ANY_JSON if dice == 15 else made)


def _of_shape(shape: Shape, known: Sequence[str], depth: int) -> st.SearchStrategy[Any]:
    kind = shape.type_name
    if shape.metadata.get("document"):
        return ANY_JSON
    if kind == "structure":
        return _structure(shape, known, depth)
    if kind == "list":
        least = shape.metadata.get("min", 0)
        return st.lists(shaped(shape.member, known, depth + 1), min_size=least, max_size=least + 2)
    if kind == "map":
        return st.dictionaries(st.sampled_from(["a", "b"]), shaped(shape.value, known, depth + 1), max_size=2)
    if kind == "string":
        values = shape.metadata.get("enum")
        return st.sampled_from(values) if values else st.sampled_from(known) | st.text(max_size=8)
    return {"boolean": st.booleans(), "timestamp": st.integers(0, 10**10)}.get(kind, st.integers(-1, 101))


def _structure(shape: Shape, known: Sequence[str], depth: int) -> st.SearchStrategy[Any]:
    members = {name: shaped(member, known, depth + 1) for name, member in _reachable(shape, depth).items()}
    if shape.metadata.get("union"):
        return st.one_of(*(st.fixed_dictionaries({name: value}) for name, value in members.items()))
    required = {name: value for name, value in members.items() if name in shape.required_members}
    others = {name: value for name, value in members.items() if name not in required}
    return st.fixed_dictionaries(required, optional=others)


def _reachable(shape: Shape, depth: int) -> dict[str, Shape]:
    members = dict(shape.members)
    if depth < DEEPEST:
        return members
    if shape.metadata.get("union"):
        return {name: one for name, one in members.items() if one.type_name == "string"} or members
    return {name: one for name, one in members.items() if name in shape.required_members}


def requests_for(operation: Any, known: Sequence[str], headers: dict[str, str]) -> st.SearchStrategy[Request]:
    """Requests that reach this operation. The body is any JSON, or of the shape."""
    inputs = _structure(operation.input_shape, known, 0)
    bodies = st.none() | ANY_JSON | st.binary(max_size=8)
    return st.builds(
        lambda given, body: encoded(operation, given, body, headers),
        inputs,
        st.integers(0, 9).flatmap(lambda dice: bodies if dice == 9 else st.just(...)),
    )


def encoded(operation: Any, given: dict[str, Any], body: Any, headers: dict[str, str]) -> Request:
    """`body`, unless it is `...`, replaces the members in the body."""
    places: dict[str, dict[str, Any]] = {"uri": {}, "querystring": {}, "header": {}, "body": {}}
    for name, value in given.items():
        member = operation.input_shape.members[name]
        place = member.serialization.get("location", "body")
        places[place][member.serialization.get("name", name)] = value
    path, _, fixed = operation.http["requestUri"].partition("?")
    labels = {name: quote(_text(value) or "x", safe="") for name, value in places["uri"].items()}
    asked = urlencode([(name, _text(value)) for name, value in places["querystring"].items()])
    sent_headers = {name.lower(): _text(value) for name, value in places["header"].items()}
    sent = places["body"] if body is ... else body
    return Request(
        method=operation.http["method"],
        host="localhost",
        path=path.format(**labels),
        query="&".join(part for part in (fixed, asked) if part),
        headers=headers | sent_headers,
        body=sent if isinstance(sent, bytes) else json.dumps(sent).encode(),
    )


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text.encode("utf-8", "replace").decode()
