"""Turning a request into the operation's input, with the model's names."""

import json
from typing import Any
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qchime.restjson import MalformedRequest, Operation
from tests.restjson.wire import ENCODED, INSTANCE, UUID, chime, qapps, request


def parse(operation: Operation, target: str, body: Any = b"", **headers: str) -> dict[str, Any]:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return operation.parse(request("ANY", target, headers=named, body=content), {"resourceARN": INSTANCE})


def test_members_are_gathered_from_path_query_header_and_body() -> None:
    deleted = qapps("UntagResource").parse(
        request("DELETE", f"/tags/{ENCODED}?tagKeys=team"), {"resourceARN": INSTANCE}
    )
    assert deleted == {"resourceARN": INSTANCE, "tagKeys": ["team"]}

    deleted = parse(qapps("DeleteQApp"), "/apps.delete", {"appId": UUID}, instance_id="instance-1")
    assert deleted == {"instanceId": "instance-1", "appId": UUID}


@pytest.mark.parametrize("value", [" instance-1", "instance-1\t", "  instance-1  "])
def test_spaces_around_the_value_of_a_header_are_no_part_of_it(value: str) -> None:
    """As HTTP has it. boto3 sends them as they are given."""
    assert parse(qapps("DeleteQApp"), "/apps.delete", instance_id=value) == {"instanceId": "instance-1"}


def test_a_member_is_read_by_its_name_on_the_wire() -> None:
    found = parse(
        chime("ListAppInstanceUsers"), "/app-instance-users?app-instance-arn=a&max-results=5&next-token=t"
    )

    assert found == {"AppInstanceArn": "a", "MaxResults": 5, "NextToken": "t"}


def test_members_that_are_not_sent_are_absent() -> None:
    assert parse(chime("ListAppInstances"), "/app-instances") == {}


def test_unknown_members_are_ignored() -> None:
    found = parse(
        chime("CreateAppInstance"), "/app-instances?Name=a", {"Name": "b", "Colour": "red"}, name="c"
    )

    assert found == {"Name": "b"}


def test_a_member_is_read_only_from_its_own_location() -> None:
    found = parse(qapps("GetQApp"), f"/apps.get?appId={UUID}&instanceId=query", {"instanceId": "body"})

    assert found == {"appId": UUID}


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("tagKeys=a", ["a"]),
        ("tagKeys=a&tagKeys=b&tagKeys=a", ["a", "b", "a"]),
        ("tagKeys=a,b", ["a,b"]),
        ("tagKeys=", [""]),
        ("tagKeys=one+two&tagKeys=three%20four&tagKeys=a%2Bb%26c", ["one two", "three four", "a+b&c"]),
        ("tagKeys=%C3%A9", ["é"]),
    ],
)
def test_a_list_in_the_query_has_one_item_per_parameter(query: str, keys: list[str]) -> None:
    assert parse(qapps("UntagResource"), f"/tags/{ENCODED}?{query}")["tagKeys"] == keys


@given(st.text("ak=&+%2Bé;#", max_size=12))
def test_a_query_is_read_as_the_standard_library_does(query: str) -> None:
    found = parse(qapps("UntagResource"), f"/tags/{ENCODED}?tagKeys={query}&tagKeys=last")

    theirs = parse_qs(f"tagKeys={query}&tagKeys=last", keep_blank_values=True)
    assert found["tagKeys"] == theirs["tagKeys"]


def test_the_first_of_repeated_parameters_counts_unless_it_is_a_list() -> None:
    assert parse(qapps("ListQApps"), "/apps.list?limit=1&limit=2") == {"limit": 1}


@pytest.mark.parametrize(("text", "value"), [("10", 10), ("-1", -1), ("%2B5", 5), ("007", 7)])
def test_an_integer_in_the_query_becomes_an_int(text: str, value: int) -> None:
    assert parse(qapps("ListQApps"), f"/apps.list?limit={text}") == {"limit": value}


@pytest.mark.parametrize("text", ["ten", "", "1.0", "1e2", "0x10", "1_000", "true", "²", "9" * 5000])
def test_anything_else_stays_a_string_for_validation_to_report(text: str) -> None:
    assert parse(qapps("ListQApps"), f"/apps.list?limit={text}") == {"limit": text}


@pytest.mark.parametrize("value", [5, 1.5, True, [], ["a"], {}, {"a": 1}, "text", None])
def test_a_value_of_the_wrong_type_is_kept_for_validation_to_report(value: Any) -> None:
    assert parse(chime("CreateAppInstance"), "/app-instances", {"Name": value, "Tags": value}) == {
        "Name": value,
        "Tags": value,
    }


def test_nested_values_keep_the_models_names() -> None:
    body = {"Tags": [{"Key": "team", "Value": "a", "Unknown": 1}], "Metadata": '{"a": 1}'}

    assert parse(chime("CreateAppInstance"), "/app-instances", body) == body


def test_an_empty_body_has_no_members() -> None:
    assert parse(chime("CreateAppInstance"), "/app-instances") == {}


@pytest.mark.rule("protocol.surrogates")
def test_half_of_a_surrogate_pair_is_refused() -> None:
    """It could not be answered in UTF-8."""
    for name in (rb"\ud800", rb"\udc00", rb"\ud800 and more", rb"\ud800\ud800", b"\xed\xa0\x80"):
        with pytest.raises(MalformedRequest, match="not JSON"):
            parse(chime("CreateAppInstance"), "/app-instances", b'{"Name": "' + name + b'"}')
    whole = parse(chime("CreateAppInstance"), "/app-instances", rb'{"Name": "\ud83d\ude00"}')
    assert whole == {"Name": "\U0001f600"}


def test_a_body_is_not_read_if_the_operation_has_none() -> None:
    found = chime("DescribeAppInstance").parse(
        request("GET", f"/app-instances/{ENCODED}", body=b"{broken"), {"appInstanceArn": INSTANCE}
    )
    assert found == {"AppInstanceArn": INSTANCE}


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"Name": "a"',
        b"{'Name': 'a'}",
        b'{"Name": "a"} trailing',
        b"Name=a",
        b" ",
        b"\x00",
        b'{"Name": "a\nb"}',
        b'{"Name": "\xff"}',
        b"\xef\xbb\xbf{}",
        '{"Name": "a"}'.encode("utf-16"),
        b'{"MaxResults": ' + b"9" * 5000 + b"}",
    ],
)
def test_broken_json_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedRequest, match="The request body is not JSON"):
        parse(chime("CreateAppInstance"), "/app-instances", body)


@pytest.mark.parametrize("constant", [b"NaN", b"Infinity", b"-Infinity"])
def test_constants_that_only_python_accepts_as_json_are_malformed(constant: bytes) -> None:
    with pytest.raises(MalformedRequest, match="The request body is not JSON"):
        parse(chime("CreateAppInstance"), "/app-instances", b'{"Name": ' + constant + b"}")


@pytest.mark.parametrize("body", [b"[]", b"null", b"1", b'"text"', b"true", b'[{"Name": "a"}]'])
def test_json_other_than_an_object_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedRequest, match="must be a JSON object"):
        parse(chime("CreateAppInstance"), "/app-instances", body)


def nested(levels: int) -> bytes:
    return b'{"Name": ' + b"[" * levels + b"]" * levels + b"}"


def test_a_body_may_be_nested() -> None:
    assert parse(chime("CreateAppInstance"), "/app-instances", nested(90))


@pytest.mark.parametrize("levels", [110, 900, 100_000])
def test_a_body_that_is_nested_too_deeply_is_malformed(levels: int) -> None:
    with pytest.raises(MalformedRequest):
        parse(chime("CreateAppInstance"), "/app-instances", nested(levels))


def test_objects_count_as_levels_too() -> None:
    body = b'{"a":' * 200 + b"1" + b"}" * 200

    with pytest.raises(MalformedRequest, match="nested more than 100 levels deep"):
        parse(chime("CreateAppInstance"), "/app-instances", body)
