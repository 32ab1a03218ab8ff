"""Turning a valid input into the keywords of an operation's method."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from qchime.core.service import Service
from qchime.core.table import SERVICES
from tests.restjson.wire import INSTANCE, UUID, chime, qapps

MOMENT = datetime(2024, 5, 21, 23, 17, 27, 350_000, tzinfo=timezone.utc)


def query_card(**members: Any) -> dict[str, Any]:
    return {"appDefinition": {"cards": [{"qQuery": members}]}}


def test_keywords_have_the_names_that_boto3_would_give_them() -> None:
    bound = chime("CreateAppInstanceUser").bind(
        {"AppInstanceArn": INSTANCE, "AppInstanceUserId": "alice", "ClientRequestToken": "token"}
    )
    assert bound == {
        "app_instance_arn": INSTANCE,
        "app_instance_user_id": "alice",
        "client_request_token": "token",
    }


@pytest.mark.parametrize(
    ("service", "theirs", "ours"),
    [
        (chime, "ResourceARN", "resource_arn"),
        (qapps, "resourceARN", "resource_arn"),
    ],
)
def test_abbreviations_are_one_word(service: Any, theirs: str, ours: str) -> None:
    assert service("ListTagsForResource").bind({theirs: INSTANCE}) == {ours: INSTANCE}


def test_nested_names_are_converted_too() -> None:
    definition = {
        "initialPrompt": "?",
        "cards": [{"textInput": {"id": UUID, "defaultValue": "x"}}, {"qQuery": {"outputSource": "llm"}}],
    }
    assert qapps("CreateQApp").bind({"appDefinition": definition}) == {
        "app_definition": {
            "initial_prompt": "?",
            "cards": [
                {"text_input": {"id": UUID, "default_value": "x"}},
                {"q_query": {"output_source": "llm"}},
            ],
        }
    }


def test_null_is_absent() -> None:
    bound = chime("CreateAppInstance").bind({"Name": "Chat", "Metadata": None, "Tags": None})

    assert bound == {"name": "Chat"}


def test_null_is_absent_in_nested_structures_too() -> None:
    assert qapps("CreateQApp").bind(query_card(prompt="?", attributeFilter=None)) == {
        "app_definition": {"cards": [{"q_query": {"prompt": "?"}}]}
    }


@pytest.mark.parametrize("empty", ["", [], 0, False])
def test_empty_values_are_kept(empty: Any) -> None:
    assert chime("CreateAppInstance").bind({"Metadata": "", "Tags": []}) == {"metadata": "", "tags": []}
    assert qapps("UpdateLibraryItemMetadata").bind({"isVerified": False}) == {"is_verified": False}


def test_unknown_members_are_dropped() -> None:
    tag = {"Key": "team", "Value": "a", "Colour": "red"}

    assert chime("CreateAppInstance").bind({"Name": "Chat", "Colour": "red", "Tags": [tag]}) == {
        "name": "Chat",
        "tags": [{"key": "team", "value": "a"}],
    }


def test_maps_with_free_keys_keep_their_keys() -> None:
    tags = {"CostCenter": "a", "appId": "b", "": "c"}

    assert qapps("TagResource").bind({"tags": tags}) == {"tags": tags}


def test_documents_are_left_unchanged() -> None:
    schema = {"Type": "object", "someProperties": {"FirstName": None, "ages": [1, 2.5, {"aB": True}]}}
    cards = [{"formInput": {"metadata": {"schema": schema}}}]

    bound = qapps("CreateQApp").bind({"appDefinition": {"cards": cards}})

    assert bound == {"app_definition": {"cards": [{"form_input": {"metadata": {"schema": schema}}}]}}


@pytest.mark.parametrize(
    "wire",
    [
        1716333447.35,
        "1716333447.35",
        "2024-05-21T23:17:27.350Z",
        "2024-05-21T23:17:27.350",
        "2024-05-22T01:17:27.350+02:00",
    ],
)
def test_timestamps_become_aware_datetimes(wire: Any) -> None:
    attribute = {"name": "_created_at", "value": {"dateValue": wire}}
    bound = qapps("CreateQApp").bind(query_card(attributeFilter={"equalsTo": attribute}))
    moment = bound["app_definition"]["cards"][0]["q_query"]["attribute_filter"]["equals_to"]["value"][
        "date_value"
    ]

    assert moment == MOMENT
    assert moment.tzinfo is not None
    assert moment - MOMENT == timedelta()


def test_a_recursive_shape_is_bound_at_every_level() -> None:
    theirs = {"andAllFilters": [{"notFilter": {"equalsTo": {"value": {"stringListValue": ["x"]}}}}]}
    ours = {"and_all_filters": [{"not_filter": {"equals_to": {"value": {"string_list_value": ["x"]}}}}]}

    assert qapps("CreateQApp").bind(query_card(attributeFilter=theirs)) == {
        "app_definition": {"cards": [{"q_query": {"attribute_filter": ours}}]}
    }


def test_the_input_is_not_modified() -> None:
    given = {"Name": "Chat", "Tags": [{"Key": "a", "Value": "b"}]}
    chime("CreateAppInstance").bind(given)["tags"].append("more")

    assert given == {"Name": "Chat", "Tags": [{"Key": "a", "Value": "b"}]}


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_no_two_members_of_a_shape_have_the_same_python_name(service: Service) -> None:
    for name in service.model.operation_names:
        shape: Any = service.model.operation_model(name).input_shape
        given = dict.fromkeys(shape.members) if shape else {}
        operation = service.operation(name)
        bound = {operation.bind({member: _some(shape.members[member])}).popitem()[0] for member in given}

        assert len(bound) == len(given), name


def _some(shape: Any) -> Any:
    empty = {"structure": {}, "map": {}, "list": [], "timestamp": 0}
    return empty.get(shape.type_name, "x")
