"""Properties in templates, for shapes of every type."""

from typing import Any

import pytest
from botocore.model import Shape, ShapeResolver

from qchime.moto.templates import problems, typed

SHAPES: dict[str, Any] = {
    "Input": {
        "type": "structure",
        "members": {
            "Text": {"shape": "Text"},
            "Count": {"shape": "Count"},
            "Ratio": {"shape": "Ratio"},
            "Enabled": {"shape": "Enabled"},
            "Counts": {"shape": "Counts"},
            "ByName": {"shape": "ByName"},
            "Since": {"shape": "Since"},
            "Anything": {"shape": "Anything"},
            "Token": {"shape": "Text", "idempotencyToken": True},
        },
    },
    "Text": {"type": "string"},
    "Count": {"type": "integer"},
    "Ratio": {"type": "double"},
    "Enabled": {"type": "boolean"},
    "Counts": {"type": "list", "member": {"shape": "Count"}},
    "ByName": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Count"}},
    "Since": {"type": "timestamp"},
    "Anything": {"type": "structure", "members": {}, "document": True},
}


@pytest.fixture
def shape() -> Shape:
    found: Shape = ShapeResolver(SHAPES).get_shape_by_name("Input")
    return found


@pytest.mark.rule("cloudformation.scalars")
@pytest.mark.parametrize(
    ("name", "written", "value"),
    [
        ("Text", 1, "1"),
        ("Text", 1.5, "1.5"),
        ("Text", False, "false"),
        ("Count", "-30", -30),
        ("Count", 30, 30),
        ("Ratio", "0.5", 0.5),
        ("Ratio", 1, 1),
        ("Enabled", "true", True),
        ("Enabled", "false", False),
        ("Counts", ["1", 2, None], [1, 2]),
        ("ByName", {"a": "1"}, {"a": 1}),
        ("Since", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"),
        ("Anything", {"a": [1, "1", None]}, {"a": [1, "1"]}),
    ],
)
def test_scalars_become_what_the_api_has(shape: Shape, name: str, written: Any, value: Any) -> None:
    properties = typed(shape, {name: written})
    assert (properties, type(properties[name])) == ({name: value}, type(value))
    assert list(problems(shape, properties)) == []


@pytest.mark.rule("cloudformation.wrong-types")
@pytest.mark.parametrize(
    ("name", "written", "problem"),
    [
        ("Text", {}, "#/Text: expected type: String, found: JSONObject"),
        ("Count", "soon", "#/Count: expected type: Integer, found: String"),
        ("Count", "1.5", "#/Count: expected type: Integer, found: String"),
        ("Count", 1.5, "#/Count: expected type: Integer, found: Number"),
        ("Count", True, "#/Count: expected type: Integer, found: Boolean"),
        ("Count", None, "#/Count: expected type: Integer, found: Null"),
        ("Ratio", "half", "#/Ratio: expected type: Number, found: String"),
        ("Enabled", "yes", "#/Enabled: expected type: Boolean, found: String"),
        ("Counts", "1", "#/Counts: expected type: JSONArray, found: String"),
        ("Counts", [1, "x"], "#/Counts/1: expected type: Integer, found: String"),
        ("ByName", [], "#/ByName: expected type: JSONObject, found: JSONArray"),
        ("ByName", {"a": "x"}, "#/ByName/a: expected type: Integer, found: String"),
        ("Other", 1, "#: extraneous key [Other] is not permitted"),
        ("Token", "x", "#: extraneous key [Token] is not permitted"),
    ],
)
def test_other_values_are_refused(shape: Shape, name: str, written: Any, problem: str) -> None:
    assert list(problems(shape, typed(shape, {name: written}))) == [problem]
