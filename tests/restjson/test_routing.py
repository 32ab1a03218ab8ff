"""Finding the operation for a method and a raw path."""

import re

import pytest

from qchime.core.service import Service
from qchime.core.table import SERVICES
from qchime.restjson import Request, UnknownOperation
from qchime.services.chimesdkidentity import SERVICE as CHIME_SDK_IDENTITY
from qchime.services.qapps import SERVICE as QAPPS
from tests.restjson.wire import ENCODED, INSTANCE, request

EVERY_OPERATION = [(service, name) for service in SERVICES for name in service.model.operation_names]


def match(service: Service, method: str, target: str) -> tuple[str, dict[str, str]]:
    name, labels = service.router.match(request(method, target))
    return name, dict(labels)


@pytest.mark.parametrize(
    ("service", "name"), EVERY_OPERATION, ids=lambda value: getattr(value, "name", value)
)
def test_every_operation_is_found_at_the_uri_of_its_model(service: Service, name: str) -> None:
    http = service.model.operation_model(name).http
    labels = re.findall(r"\{(\w+)\}", http["requestUri"])
    target = re.sub(r"\{\w+\}", ENCODED, http["requestUri"])

    assert match(service, http["method"], target) == (name, dict.fromkeys(labels, INSTANCE))


def test_an_encoded_arn_is_one_label() -> None:
    assert match(
        CHIME_SDK_IDENTITY, "GET", f"/app-instance-users/{ENCODED}%2Fuser%2Ffront.desk%40example-1"
    ) == (
        "DescribeAppInstanceUser",
        {"appInstanceUserArn": f"{INSTANCE}/user/front.desk@example-1"},
    )


def test_the_hex_digits_of_an_encoding_may_be_lower_case() -> None:
    assert match(CHIME_SDK_IDENTITY, "GET", f"/app-instances/{ENCODED.lower()}") == (
        "DescribeAppInstance",
        {"appInstanceArn": INSTANCE},
    )


@pytest.mark.parametrize("user_id", ["endpoints", "admins", "retention-settings", "expiration-settings"])
def test_a_user_id_may_be_a_word_of_another_route(user_id: str) -> None:
    name, labels = match(CHIME_SDK_IDENTITY, "GET", f"/app-instance-users/{ENCODED}%2Fuser%2F{user_id}")

    assert name == "DescribeAppInstanceUser"
    assert labels == {"appInstanceUserArn": f"{INSTANCE}/user/{user_id}"}


def test_an_arn_whose_slashes_are_not_encoded_is_several_segments() -> None:
    with pytest.raises(UnknownOperation, match="percent-encoded as one segment"):
        match(CHIME_SDK_IDENTITY, "GET", f"/app-instances/{INSTANCE}")


def test_two_labels_are_kept_apart() -> None:
    admin = f"{ENCODED}%2Fuser%2Falice"

    assert match(CHIME_SDK_IDENTITY, "DELETE", f"/app-instances/{ENCODED}/admins/{admin}") == (
        "DeleteAppInstanceAdmin",
        {"appInstanceArn": INSTANCE, "appInstanceAdminArn": f"{INSTANCE}/user/alice"},
    )


@pytest.mark.parametrize(
    ("raw", "decoded"),
    [
        ("100%2525", "100%25"),
        ("a+b", "a+b"),
        ("%C3%A9", "é"),
        ("%F0%9F%98%80", "😀"),
        ("%FF", "\ufffd"),
        ("%zz", "%zz"),
        ("%00", "\0"),
        ("%2E%2E", ".."),
    ],
)
def test_a_label_is_decoded_exactly_once_and_never_fails(raw: str, decoded: str) -> None:
    assert match(CHIME_SDK_IDENTITY, "GET", f"/app-instances/{raw}")[1] == {"appInstanceArn": decoded}


@pytest.mark.parametrize(
    ("method", "query", "operation"),
    [
        ("POST", "?operation=tag-resource", "TagResource"),
        ("POST", "?operation=untag-resource", "UntagResource"),
        ("POST", "?X-Amz-Expires=60&operation=tag-resource&x=", "TagResource"),
        ("POST", "?operation=tag%2Dresource", "TagResource"),
        ("GET", "?arn=x", "ListTagsForResource"),
        ("GET", "?operation=tag-resource", "ListTagsForResource"),
    ],
)
def test_operations_on_the_same_path_are_told_apart_by_the_query(
    method: str, query: str, operation: str
) -> None:
    assert match(CHIME_SDK_IDENTITY, method, f"/tags{query}") == (operation, {})


@pytest.mark.parametrize(
    "query", ["", "?operation=", "?operation=Tag-Resource", "?operation=tag-user", "?tag-resource"]
)
def test_a_path_that_needs_a_query_is_unknown_without_it(query: str) -> None:
    with pytest.raises(UnknownOperation):
        match(CHIME_SDK_IDENTITY, "POST", f"/tags{query}")


@pytest.mark.parametrize(
    ("method", "operation"),
    [("GET", "ListTagsForResource"), ("POST", "TagResource"), ("DELETE", "UntagResource")],
)
def test_operations_on_the_same_path_are_told_apart_by_the_method(method: str, operation: str) -> None:
    assert match(QAPPS, method, f"/tags/{ENCODED}?tagKeys=a") == (operation, {"resourceARN": INSTANCE})


@pytest.mark.parametrize("method", ["PATCH", "HEAD", "OPTIONS", "get", "", "GET "])
def test_an_unknown_method_is_an_unknown_operation(method: str) -> None:
    with pytest.raises(UnknownOperation):
        match(CHIME_SDK_IDENTITY, method, "/app-instances")


@pytest.mark.parametrize(
    "target",
    [
        "",
        "/",
        "*",
        "/nothing",
        "/App-Instances",
        "/app-instances/",
        f"/app-instances/{ENCODED}/",
        "//app-instances",
        "/app-instances//",
        f"/app-instances//{ENCODED}",
        f"/app-instances/{ENCODED}//admins",
        "/app-instances//admins",
        f"/app-instances/{ENCODED}/admins/",
        f"/app-instances/{ENCODED}/nothing",
        "/app%2Dinstances",
        "app-instances",
    ],
)
def test_paths_are_not_normalized_and_labels_are_not_empty(target: str) -> None:
    with pytest.raises(UnknownOperation):
        match(CHIME_SDK_IDENTITY, "GET", target)


def test_the_error_for_an_unknown_operation_names_the_method_and_path() -> None:
    with pytest.raises(UnknownOperation, match="No operation of this service has PATCH /nothing"):
        QAPPS.router.match(Request("PATCH", "localhost", "/nothing", "", {}, b""))
