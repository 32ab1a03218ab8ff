"""Every constraint of the models, and the wording of every violation."""

import re
from time import process_time
from typing import Any

import pytest

from qchime.core.service import Service
from qchime.core.table import SERVICES
from qchime.restjson import Operation, validation_message
from qchime.restjson.patterns import python_pattern
from tests.restjson.wire import INSTANCE, UUID, chime, qapps

LEX = {
    "InvokedBy": {"StandardMessages": "AUTO", "TargetedMessages": "ALL"},
    "LexBotAliasArn": "arn:aws:lex:us-east-1:123456789012:bot-alias/ABCDEFGHIJ/KLMNOPQRST",
    "LocaleId": "en_US",
}
VALID: dict[str, dict[str, Any]] = {
    "CreateAppInstance": {"Name": "Chat", "ClientRequestToken": "token"},
    "CreateAppInstanceUser": {
        "AppInstanceArn": INSTANCE,
        "AppInstanceUserId": "alice",
        "Name": "Alice",
        "ClientRequestToken": "token",
    },
    "CreateAppInstanceBot": {
        "AppInstanceArn": INSTANCE,
        "ClientRequestToken": "token",
        "Configuration": {"Lex": LEX},
    },
    "RegisterAppInstanceUserEndpoint": {
        "AppInstanceUserArn": f"{INSTANCE}/user/alice",
        "Type": "APNS",
        "ResourceArn": "arn:aws:mobiletargeting:us-east-1:123456789012:apps/1",
        "EndpointAttributes": {"DeviceToken": "device"},
        "ClientRequestToken": "token",
    },
    "ListAppInstances": {},
    "TagResource": {"ResourceARN": INSTANCE, "Tags": [{"Key": "team", "Value": "a"}]},
    "ListQApps": {"instanceId": "instance-1"},
    "CreateQApp": {"instanceId": "instance-1", "title": "App", "appDefinition": {"cards": []}},
    "CreateLibraryItem": {"instanceId": "instance-1", "appId": UUID, "appVersion": 1, "categories": [UUID]},
    "PredictQApp": {"instanceId": "instance-1"},
    "UpdateQAppSessionMetadata": {
        "instanceId": "instance-1",
        "sessionId": UUID,
        "sharingConfiguration": {"enabled": True},
    },
}


def operation(name: str) -> Operation:
    return qapps(name) if "instanceId" in VALID[name] or name == "TagQApp" else chime(name)


def violations(name: str, **changes: Any) -> list[str]:
    """The violations of a valid input with some members changed, without the words that all share."""
    found = operation(name).validate(VALID[name] | changes)
    return [violation.replace(" failed to satisfy constraint: Member must", " must") for violation in found]


def text_card(**changes: Any) -> dict[str, Any]:
    return {"textInput": {"id": UUID, "title": "Topic", "type": "text-input"} | changes}


def query_card(**changes: Any) -> dict[str, Any]:
    return {"qQuery": {"id": UUID, "title": "Answer", "type": "q-query", "prompt": "?"} | changes}


def form_card(schema: Any) -> dict[str, Any]:
    metadata = {"schema": schema}
    return {"formInput": {"id": UUID, "title": "Form", "type": "form-input", "metadata": metadata}}


def card_violations(*cards: Any) -> list[str]:
    return violations("CreateQApp", appDefinition={"cards": list(cards)})


@pytest.mark.parametrize("name", VALID)
def test_a_valid_input_has_no_violations(name: str) -> None:
    assert violations(name) == []


class TestWording:
    def test_one_violation_is_worded_as_in_aws(self) -> None:
        found = chime("ListAppInstances").validate({"MaxResults": 51})

        assert validation_message(found) == (
            "1 validation error detected: Value '51' at 'maxResults' failed to satisfy constraint: "
            "Member must have value less than or equal to 50"
        )

    def test_all_violations_are_collected_and_counted(self) -> None:
        found = qapps("CreateLibraryItem").validate(
            {"appId": "x", "appVersion": -1, "categories": [UUID] * 4}
        )
        message = validation_message(found)

        assert message.startswith("4 validation errors detected: Value null at 'instanceId' failed")
        assert message.count("; Value ") == 3
        assert [re.findall(r" at '(\w+)' ", violation)[0] for violation in found] == [
            "instanceId",
            "appId",
            "appVersion",
            "categories",
        ]

    def test_one_member_can_break_several_constraints(self) -> None:
        assert violations("CreateAppInstance", ClientRequestToken="!") == [
            "Value '!' at 'clientRequestToken' must have length greater than or equal to 2",
            "Value '!' at 'clientRequestToken' must satisfy regular expression pattern: [-_a-zA-Z0-9]*",
        ]

    @pytest.mark.parametrize(
        ("name", "path"),
        [
            ("TagResource", "resourceARN"),
            ("CreateAppInstanceUser", "appInstanceArn"),
            ("ListQApps", "instanceId"),
        ],
    )
    def test_paths_begin_in_lower_case(self, name: str, path: str) -> None:
        found = operation(name).validate({})

        assert any(f" at '{path}' failed" in violation for violation in found)

    def test_a_long_value_is_truncated(self) -> None:
        (violation,) = violations("CreateAppInstance", ClientRequestToken="x" * 10_000)

        assert f"'{'x' * 256}…'" in violation

    def test_values_other_than_strings_are_shown_as_json(self) -> None:
        assert violations("ListQApps", limit={"a": [True, None]}) == [
            """Value '{"a": [true, null]}' at 'limit' must be an integer"""
        ]


class TestRequired:
    def test_a_missing_member_is_named(self) -> None:
        assert chime("DescribeAppInstance").validate({}) == [
            "Value null at 'appInstanceArn' failed to satisfy constraint: Member must not be null"
        ]

    @pytest.mark.parametrize(
        "name", ["CreateAppInstanceUser", "CreateQApp", "RegisterAppInstanceUserEndpoint"]
    )
    def test_every_missing_member_is_named(self, name: str) -> None:
        found = operation(name).validate({})
        shape: Any = operation(name).model.input_shape
        required = shape.required_members

        assert len(found) == len(required)

    def test_null_counts_as_missing(self) -> None:
        assert violations("CreateAppInstance", Name=None) == ["Value null at 'name' must not be null"]

    def test_null_for_an_optional_member_is_fine(self) -> None:
        assert violations("CreateAppInstance", Metadata=None, Tags=None) == []

    def test_an_empty_string_is_not_missing(self) -> None:
        assert violations("CreateQApp", description="") == []

    def test_in_a_structure_that_is_given(self) -> None:
        assert violations("RegisterAppInstanceUserEndpoint", EndpointAttributes={"VoipDeviceToken": "x"}) == [
            "Value null at 'endpointAttributes.deviceToken' must not be null"
        ]

    def test_nothing_in_a_structure_that_is_left_out(self) -> None:
        assert violations("CreateAppInstanceUser", ExpirationSettings=None) == []

    def test_a_header_is_required_like_any_other_member(self) -> None:
        assert qapps("ListCategories").validate({}) == [
            "Value null at 'instanceId' failed to satisfy constraint: Member must not be null"
        ]


class TestTypes:
    @pytest.mark.parametrize("value", [5, 1.5, True, [], {}])
    def test_string(self, value: Any) -> None:
        (violation,) = violations("CreateAppInstance", ClientRequestToken=value)
        assert violation.endswith(" at 'clientRequestToken' must be a string")

    @pytest.mark.parametrize("value", ["5", 1.0, True, False, [5], {}])
    def test_integer(self, value: Any) -> None:
        (violation,) = violations("CreateLibraryItem", appVersion=value)
        assert violation.endswith(" at 'appVersion' must be an integer")

    @pytest.mark.parametrize("value", ["true", 1, 0, [], {}])
    def test_boolean(self, value: Any) -> None:
        (violation,) = violations("UpdateQAppSessionMetadata", sharingConfiguration={"enabled": value})
        assert violation.endswith(" at 'sharingConfiguration.enabled' must be a boolean")

    @pytest.mark.parametrize("value", ["a", 5, {"0": "a"}, True])
    def test_list(self, value: Any) -> None:
        (violation,) = violations("CreateLibraryItem", categories=value)
        assert violation.endswith(" at 'categories' must be a list")

    @pytest.mark.parametrize("value", ["a", 5, [["key", "value"]], True])
    def test_map(self, value: Any) -> None:
        (violation,) = violations("CreateQApp", tags=value)
        assert violation.endswith(" at 'tags' must be a map")

    @pytest.mark.parametrize("value", ["a", 5, [], True])
    def test_structure(self, value: Any) -> None:
        (violation,) = violations("CreateQApp", appDefinition=value)
        assert violation.endswith(" at 'appDefinition' must be an object")

    @pytest.mark.parametrize("value", [2**31, -(2**63), 10**300])
    def test_integers_of_any_size_are_integers(self, value: int) -> None:
        (violation,) = violations("CreateLibraryItem", appVersion=value)
        assert " must have value " in violation


class TestTimestamps:
    @staticmethod
    def violations(value: Any) -> list[str]:
        date = {"name": "_created_at", "value": {"dateValue": value}}
        return card_violations(query_card(attributeFilter={"greaterThan": date}))

    @pytest.mark.parametrize(
        "value", [0, 1716333447, 1716333447.35, -1, "2024-05-21T23:17:27.350Z", "1716333447"]
    )
    def test_seconds_and_iso_8601_are_accepted(self, value: Any) -> None:
        assert self.violations(value) == []

    @pytest.mark.parametrize(
        "value",
        [
            "",
            "soon",
            "nan",
            "2024-13-45T99:99:99Z",
            "\0",
            "\ud800",
            True,
            [],
            {},
            1e300,
            -1e300,
            10**400,
            float("inf"),
            "1e999",
            "9" * 400,
            "9" * 30 + "-01-01",
        ],
    )
    def test_everything_else_is_reported_as_a_violation(self, value: Any) -> None:
        (violation,) = self.violations(value)
        path = "appDefinition.cards.1.member.qQuery.attributeFilter.greaterThan.value.dateValue"

        assert violation.endswith(f" at '{path}' must be a timestamp")


class TestSizes:
    @pytest.mark.parametrize(
        ("size", "words"), [(1, "greater than or equal to 2"), (65, "less than or equal to 64")]
    )
    def test_of_strings(self, size: int, words: str) -> None:
        token = "x" * size

        assert violations("CreateAppInstance", ClientRequestToken=token) == [
            f"Value '{token}' at 'clientRequestToken' must have length {words}"
        ]

    @pytest.mark.parametrize("size", [2, 64])
    def test_of_strings_include_their_bounds(self, size: int) -> None:
        assert violations("CreateAppInstance", ClientRequestToken="x" * size) == []

    @pytest.mark.parametrize(
        ("value", "words"), [(0, "greater than or equal to 1"), (101, "less than or equal to 100")]
    )
    def test_of_integers(self, value: int, words: str) -> None:
        assert violations("ListQApps", limit=value) == [f"Value '{value}' at 'limit' must have value {words}"]

    @pytest.mark.parametrize("value", [1, 100])
    def test_of_integers_include_their_bounds(self, value: int) -> None:
        assert violations("ListQApps", limit=value) == []

    @pytest.mark.parametrize(
        ("size", "words"), [(0, "greater than or equal to 1"), (51, "less than or equal to 50")]
    )
    def test_of_lists(self, size: int, words: str) -> None:
        tags = [{"Key": "key", "Value": "value"}] * size

        assert violations("TagResource", Tags=tags) == [f"Value at 'tags' must have length {words}"]

    @pytest.mark.parametrize("size", [1, 50])
    def test_of_lists_include_their_bounds(self, size: int) -> None:
        assert violations("TagResource", Tags=[{"Key": "key", "Value": "value"}] * size) == []

    def test_are_counted_in_characters_not_in_bytes(self) -> None:
        assert violations("CreateAppInstance", Metadata="é😀" * 512) == []
        assert violations("CreateAppInstance", Metadata="é" * 1025) == [
            "Value at 'metadata' must have length less than or equal to 1024"
        ]


class TestPatterns:
    @pytest.mark.parametrize("user_id", ["a", "1", "front.desk@example-1", "us-east-1:4f1d-bob", "a" * 64])
    def test_a_string_that_matches_as_a_whole(self, user_id: str) -> None:
        assert violations("CreateAppInstanceUser", AppInstanceUserId=user_id) == []

    @pytest.mark.parametrize("user_id", ["-a", "a-", "a b", "a\n", "\na", "a/b", "é"])
    def test_a_partial_match_is_not_enough(self, user_id: str) -> None:
        (violation,) = violations("CreateAppInstanceUser", AppInstanceUserId=user_id)
        assert " must satisfy regular expression pattern: [A-Za-z0-9]([A-Za-z0-9" in violation

    @pytest.mark.parametrize(
        "value", [UUID + "\n", " " + UUID, UUID + UUID, UUID.upper(), UUID.replace("4062", "1062")]
    )
    def test_an_id_is_matched_as_a_whole(self, value: str) -> None:
        (violation,) = violations("CreateLibraryItem", appId=value)
        assert violation.startswith(f"Value '{value}' at 'appId' must satisfy regular expression pattern: ")

    @pytest.mark.parametrize("metadata", ["one\ntwo", "one\r\ntwo\u2028three\x85four", "\n", "\0", ""])
    def test_a_dot_matches_line_breaks_too(self, metadata: str) -> None:
        assert violations("CreateAppInstance", Metadata=metadata) == []

    @pytest.mark.parametrize("name", ["\nAlice", "A\nB", "😀"])
    def test_a_user_name_needs_one_character_other_than_white_space(self, name: str) -> None:
        assert violations("CreateAppInstanceUser", Name=name) == []

    @pytest.mark.parametrize("name", [" ", "\n\t "])
    def test_a_user_name_of_white_space_breaks_the_pattern(self, name: str) -> None:
        assert violations("CreateAppInstanceUser", Name=name) == [
            r"Value at 'name' must satisfy regular expression pattern: .*\S.*"
        ]

    @pytest.mark.parametrize("name", ["😀 Chat", "\U00010000", "\U0010ffff", "\ufffd", "é", "\t\r\n", "漢字"])
    def test_the_supplementary_planes_are_allowed_in_names(self, name: str) -> None:
        assert violations("CreateAppInstance", Name=name) == []

    @pytest.mark.parametrize("name", ["\0", "\x1f", "\x7f", "\x84", "\ud800", "\ufffe", "\uffff", "ok\x00"])
    def test_control_characters_surrogates_and_noncharacters_are_not(self, name: str) -> None:
        (violation,) = violations("CreateAppInstance", Name=name)
        assert violation.startswith("Value at 'name' must satisfy regular expression pattern: [\\u0009")

    def test_only_ascii_digits_are_digits(self) -> None:
        (violation,) = violations(
            "CreateLibraryItem", appId=UUID.replace("8", "\N{ARABIC-INDIC DIGIT EIGHT}", 1)
        )
        assert " at 'appId' must satisfy regular expression pattern: " in violation

    def test_an_alternative_with_its_own_anchors(self) -> None:
        sha256 = operation("CreateQApp").model.service_model.shape_for(
            "CreatePresignedUrlInputFileContentsSha256String"
        )
        pattern: Any = python_pattern(sha256.metadata["pattern"])

        assert pattern is not None
        assert pattern.fullmatch("a" * 43 + "=")
        assert pattern.fullmatch("a" * 44)
        assert not pattern.fullmatch("a" * 43)
        assert not pattern.fullmatch("a" * 45)

    @pytest.mark.rule("protocol.long-strings")
    def test_a_string_that_is_too_long_is_not_matched(self) -> None:
        begun = process_time()
        found = violations("CreateAppInstanceUser", Name=" " * 1_000_000, AppInstanceUserId="-" * 1_000_000)

        assert [re.sub("'-+…'", "'…'", violation) for violation in found] == [
            "Value at 'appInstanceUserId' must have length less than or equal to 64",
            "Value at 'name' must have length less than or equal to 100",
        ]
        assert process_time() - begun < 5

    @pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
    def test_every_pattern_of_the_model_can_be_read(self, service: Service) -> None:
        shapes = [service.model.shape_for(name) for name in service.model.shape_names]
        patterns = {shape.metadata["pattern"] for shape in shapes if "pattern" in shape.metadata}

        assert patterns
        assert all(python_pattern(pattern) for pattern in patterns)


class TestEnums:
    def test_the_violation_names_the_valid_values(self) -> None:
        assert violations("RegisterAppInstanceUserEndpoint", Type="FAX") == [
            "Value 'FAX' at 'type' must satisfy enum value set: [APNS, APNS_SANDBOX, GCM]"
        ]

    @pytest.mark.parametrize("value", ["apns", "APNS ", ""])
    def test_values_are_compared_exactly(self, value: str) -> None:
        (violation,) = violations("RegisterAppInstanceUserEndpoint", Type=value)
        assert "must satisfy enum value set" in violation

    def test_inside_a_list(self) -> None:
        found = qapps("UpdateQAppPermissions").validate(
            {
                "instanceId": "i",
                "appId": UUID,
                "grantPermissions": [
                    {"action": "read", "principal": "a@example.com"},
                    {"action": "own", "principal": "a@example.com"},
                ],
            }
        )
        assert found == [
            "Value 'own' at 'grantPermissions.2.member.action' failed to satisfy constraint: "
            "Member must satisfy enum value set: [read, write]"
        ]


class TestUnions:
    def test_one_member_is_set(self) -> None:
        assert card_violations(text_card()) == []

    @pytest.mark.parametrize("card", [{}, {"textInput": None}, {"unknown": {}}, text_card() | query_card()])
    def test_none_or_several_members_are_a_violation(self, card: dict[str, Any]) -> None:
        (violation,) = card_violations(card)
        assert violation.endswith(
            " at 'appDefinition.cards.1.member' must have exactly one of its members set: "
            "[textInput, qQuery, qPlugin, fileUpload, formInput]"
        )

    def test_null_members_do_not_count(self) -> None:
        assert card_violations(text_card() | {"qQuery": None}) == []

    def test_the_member_that_is_set_is_checked(self) -> None:
        assert violations("PredictQApp", options={"conversation": []}) == [
            "Value '[]' at 'options.conversation' must have length greater than or equal to 1"
        ]

    def test_a_union_may_be_left_out_where_it_is_optional(self) -> None:
        assert violations("PredictQApp", options=None) == []


class TestNesting:
    def test_items_of_a_list_are_counted_from_one(self) -> None:
        tags = [{"Key": "ok", "Value": "ok"}, {"Key": "", "Value": "ok"}, {"Value": ""}]

        assert violations("TagResource", Tags=tags) == [
            "Value at 'tags.2.member.key' must have length greater than or equal to 1",
            "Value null at 'tags.3.member.key' must not be null",
            "Value at 'tags.3.member.value' must have length greater than or equal to 1",
        ]

    def test_scalar_items_of_a_list(self) -> None:
        assert violations("CreateLibraryItem", categories=[UUID, "x"]) == [
            f"Value 'x' at 'categories.2.member' must satisfy regular expression pattern: {UUID_PATTERN}"
        ]

    def test_null_inside_a_list(self) -> None:
        assert violations("CreateLibraryItem", categories=[None]) == [
            "Value null at 'categories.1.member' must not be null"
        ]

    def test_structures_inside_structures(self) -> None:
        configuration = {"Lex": LEX | {"InvokedBy": {"StandardMessages": "SOME", "TargetedMessages": "ALL"}}}

        assert violations("CreateAppInstanceBot", Configuration=configuration) == [
            "Value 'SOME' at 'configuration.lex.invokedBy.standardMessages' "
            "must satisfy enum value set: [AUTO, ALL, MENTIONS, NONE]"
        ]

    def test_unknown_members_are_ignored(self) -> None:
        assert violations("CreateAppInstance", Tags=[{"Key": "a", "Value": "b", "Colour": 5}]) == []


class TestMaps:
    @staticmethod
    def violations(tags: Any) -> list[str]:
        found = qapps("TagResource").validate({"resourceARN": INSTANCE, "tags": tags})
        return [
            violation.replace(" failed to satisfy constraint: Member must", " must") for violation in found
        ]

    def test_keys_are_checked(self) -> None:
        assert self.violations({"": "value"}) == [
            "Value '' at 'tags.key' must have length greater than or equal to 1"
        ]

    def test_values_are_checked_and_located_by_their_key(self) -> None:
        assert self.violations({"ok": "ok", "long": "x" * 257, "number": 5, "null": None}) == [
            f"Value '{'x' * 256}…' at 'tags.long.member' must have length less than or equal to 256",
            "Value '5' at 'tags.number.member' must be a string",
            "Value null at 'tags.null.member' must not be null",
        ]

    def test_an_empty_map_is_a_map(self) -> None:
        assert self.violations({}) == []


class TestDocuments:
    @pytest.mark.parametrize(
        "schema",
        [
            {"type": "object", "properties": {"Name": {"type": "string", "maxLength": -1}, "": None}},
            {"deep": [{"a": [1, 2.5, None, True, {"b": {}}]}]},
            {},
        ],
    )
    def test_are_not_checked(self, schema: Any) -> None:
        assert card_violations(form_card(schema)) == []

    def test_are_still_required(self) -> None:
        assert card_violations(form_card(None)) == [
            "Value null at 'appDefinition.cards.1.member.formInput.metadata.schema' must not be null"
        ]


class TestRecursion:
    def test_a_recursive_shape_is_checked_at_every_level(self) -> None:
        innermost = {"equalsTo": {"name": "not valid!", "value": {"stringValue": "x"}}}
        filters = {"andAllFilters": [{"notFilter": {"orAllFilters": [{}, innermost]}}]}
        (violation,) = card_violations(query_card(attributeFilter=filters))
        path = "andAllFilters.1.member.notFilter.orAllFilters.2.member.equalsTo.name"

        assert violation.startswith("Value 'not valid!' at ")
        assert f" at 'appDefinition.cards.1.member.qQuery.attributeFilter.{path}' must satisfy" in violation

    def test_as_deep_as_a_body_can_be(self) -> None:
        filters: dict[str, Any] = {}
        for _ in range(90):
            filters = {"notFilter": filters}

        assert card_violations(query_card(attributeFilter=filters)) == []


class TestSensitiveValues:
    @pytest.mark.parametrize("value", ["secret" * 1000, 4711, ["secret"], {"secret": 4711}])
    def test_are_not_shown(self, value: Any) -> None:
        (violation,) = violations("CreateAppInstance", Metadata=value)

        assert violation.startswith("Value at 'metadata' must ")
        assert "secret" not in violation
        assert "4711" not in violation

    @pytest.mark.parametrize(
        ("name", "changes"),
        [
            ("TagResource", {"Tags": [{"Key": "secret", "Value": "secret"}] * 51}),
            ("TagResource", {"Tags": "secret"}),
            ("TagResource", {"Tags": ["secret"]}),
            ("RegisterAppInstanceUserEndpoint", {"EndpointAttributes": "secret"}),
        ],
    )
    def test_are_not_shown_inside_larger_values_either(self, name: str, changes: dict[str, Any]) -> None:
        found = violations(name, **changes)

        assert found
        assert "secret" not in validation_message(found)

    def test_null_is_shown(self) -> None:
        assert violations("CreateAppInstanceUser", Name=None) == ["Value null at 'name' must not be null"]

    def test_values_beside_them_are_shown(self) -> None:
        (violation,) = violations(
            "CreateAppInstanceUser", ExpirationSettings={"ExpirationDays": 1, "ExpirationCriterion": "X"}
        )

        assert violation.startswith("Value 'X' at 'expirationSettings.expirationCriterion' ")


UUID_PATTERN = r"[\da-f]{8}-[\da-f]{4}-[45][\da-f]{3}-[89ABab][\da-f]{3}-[\da-f]{12}"
