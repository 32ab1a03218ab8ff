"""Turning the result of an operation into a response."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

import pytest

from qchime.restjson import CommonError, Operation, Response, ServiceException, serialize_common_error
from qchime.services.chimesdkidentity.exceptions import ConflictException
from tests.restjson.wire import INSTANCE, UUID, chime, qapps

MOMENT = datetime(2024, 5, 21, 23, 17, 27, 350_999, tzinfo=timezone.utc)


class ThrottlingException(ServiceException):
    """Declared by every operation of Q Apps, with members in header and body."""


class MadeUpException(ServiceException):
    """Declared by no operation."""


def written(operation: Operation, result: Any) -> Any:
    response = operation.serialize(result)
    assert response.headers == {"Content-Type": "application/json"}
    return json.loads(response.body)


def describe(**members: Any) -> dict[str, Any]:
    return written(chime("DescribeAppInstance"), {"app_instance": members})["AppInstance"]


class TestResults:
    def test_a_dict_is_written_with_the_models_names(self) -> None:
        page = {"app_instances": [{"app_instance_arn": INSTANCE, "name": "Chat"}], "next_token": "t"}

        assert written(chime("ListAppInstances"), page) == {
            "AppInstances": [{"AppInstanceArn": INSTANCE, "Name": "Chat"}],
            "NextToken": "t",
        }

    def test_a_resource_is_written_by_its_attributes(self) -> None:
        @dataclass
        class Tagged:
            name: str
            app_instance_arn: str = INSTANCE
            tags: dict[str, str] = field(default_factory=dict)

            @property
            def metadata(self) -> str:
                return f"about {self.name}"

        assert written(chime("DescribeAppInstance"), {"app_instance": Tagged("Chat")}) == {
            "AppInstance": {"AppInstanceArn": INSTANCE, "Name": "Chat", "Metadata": "about Chat"}
        }

    def test_a_resource_can_be_the_whole_result(self) -> None:
        resource = SimpleNamespace(app_instance_arn=INSTANCE, name="Chat", secret="x")

        assert written(chime("CreateAppInstance"), resource) == {"AppInstanceArn": INSTANCE}

    def test_unknown_members_are_dropped(self) -> None:
        assert describe(name="Chat", colour="red", tags={"a": "b"}) == {"Name": "Chat"}

    def test_none_is_left_out(self) -> None:
        assert describe(name="Chat", metadata=None) == {"Name": "Chat"}

    @pytest.mark.parametrize(
        ("operation", "result", "body"),
        [
            (
                chime("DescribeAppInstance"),
                {"app_instance": {"metadata": ""}},
                {"AppInstance": {"Metadata": ""}},
            ),
            (chime("DescribeAppInstance"), {"app_instance": {}}, {"AppInstance": {}}),
            (chime("ListAppInstances"), {"app_instances": []}, {"AppInstances": []}),
            (qapps("ListTagsForResource"), {"tags": {}}, {"tags": {}}),
            (
                qapps("CreateLibraryItem"),
                {"rating_count": 0, "is_verified": False},
                {"ratingCount": 0, "isVerified": False},
            ),
        ],
    )
    def test_empty_values_are_kept(self, operation: Operation, result: Any, body: Any) -> None:
        assert written(operation, result) == body

    def test_maps_keep_their_keys(self) -> None:
        tags = {"CostCenter": "a", "app_id": "b", "é": "c"}

        assert written(qapps("ListTagsForResource"), {"tags": tags}) == {"tags": tags}

    def test_structures_inside_maps_have_the_models_names(self) -> None:
        status = {UUID: {"current_state": "COMPLETED", "current_value": "42"}}

        assert written(qapps("GetQAppSession"), {"card_status": status}) == {
            "cardStatus": {UUID: {"currentState": "COMPLETED", "currentValue": "42"}}
        }

    @pytest.mark.parametrize("document", [{"first_name": None, "Ages": [1, 2.5, True]}, {}])
    def test_documents_are_written_as_they_are(self, document: Any) -> None:
        data = {"session_data": [{"card_id": UUID, "value": document}]}

        assert written(qapps("ListQAppSessionData"), data) == {
            "sessionData": [{"cardId": UUID, "value": document}]
        }

    def test_a_union_is_written_with_the_member_that_is_set(self) -> None:
        definition = {"app_definition_version": "1", "cards": [{"text_input": {"default_value": "x"}}]}

        assert written(qapps("GetQApp"), {"app_definition": definition}) == {
            "appDefinition": {"appDefinitionVersion": "1", "cards": [{"textInput": {"defaultValue": "x"}}]}
        }

    def test_a_recursive_shape_is_written_at_every_level(self) -> None:
        filters = {"and_all_filters": [{"not_filter": {"equals_to": {"name": "x"}}}]}
        definition = {"cards": [{"q_query": {"attribute_filter": filters}}]}
        (card,) = written(qapps("GetQApp"), {"app_definition": definition})["appDefinition"]["cards"]

        assert card["qQuery"]["attributeFilter"] == {
            "andAllFilters": [{"notFilter": {"equalsTo": {"name": "x"}}}]
        }

    @pytest.mark.parametrize("name", ["é", "😀", "\u2028", '"\\', "\0", "\ud800"])
    def test_any_string_survives_the_round_trip(self, name: str) -> None:
        assert describe(name=name) == {"Name": name}

    def test_the_body_is_in_utf_8_without_white_space(self) -> None:
        body = chime("CreateAppInstance").serialize({"app_instance_arn": "é 😀"}).body

        assert body == '{"AppInstanceArn":"é 😀"}'.encode()

    def test_a_subclass_of_str_or_int_is_written_as_its_base(self) -> None:
        class Markup(str):
            __slots__ = ()

        class Minutes(int):
            pass

        settings = {"expiration_days": Minutes(5), "expiration_criterion": Markup("CREATED")}

        assert written(
            chime("DescribeAppInstanceUser"), {"app_instance_user": {"expiration_settings": settings}}
        ) == {
            "AppInstanceUser": {"ExpirationSettings": {"ExpirationDays": 5, "ExpirationCriterion": "CREATED"}}
        }

    def test_a_value_that_json_does_not_have_is_an_error(self) -> None:
        with pytest.raises(TypeError, match="not JSON serializable"):
            describe(name=object())


class TestTimestamps:
    def test_are_seconds_with_milliseconds_as_the_fraction(self) -> None:
        """They are cut as in ISO 8601, so that a moment is the same in both forms."""
        assert describe(created_timestamp=MOMENT) == {"CreatedTimestamp": 1716333447.35}

    def test_are_iso_8601_with_milliseconds_where_the_model_says_so(self) -> None:
        assert written(qapps("CreateLibraryItem"), {"created_at": MOMENT}) == {
            "createdAt": "2024-05-21T23:17:27.350Z"
        }

    def test_are_iso_8601_in_lists_too(self) -> None:
        assert written(qapps("ListQApps"), {"apps": [{"created_at": MOMENT.replace(microsecond=0)}]}) == {
            "apps": [{"createdAt": "2024-05-21T23:17:27.000Z"}]
        }

    def test_in_other_zones_are_converted_to_utc(self) -> None:
        elsewhere = MOMENT.astimezone(timezone(timedelta(hours=5, minutes=30)))

        assert describe(created_timestamp=elsewhere) == describe(created_timestamp=MOMENT)
        assert qapps("CreateLibraryItem").serialize({"created_at": elsewhere}) == qapps(
            "CreateLibraryItem"
        ).serialize({"created_at": MOMENT})


class TestStatus:
    @pytest.mark.parametrize(
        ("operation", "status"),
        [
            (chime("CreateAppInstance"), 201),
            (chime("RegisterAppInstanceUserEndpoint"), 201),
            (chime("UpdateAppInstance"), 200),
            (chime("DescribeAppInstance"), 200),
            (qapps("CreateQApp"), 200),
        ],
        ids=lambda value: getattr(value, "name", value),
    )
    def test_is_that_of_the_model_or_200(self, operation: Operation, status: int) -> None:
        assert operation.serialize({}).status == status

    @pytest.mark.parametrize("name", ["DeleteAppInstance", "TagResource", "UntagResource"])
    def test_204_has_neither_body_nor_content_type(self, name: str) -> None:
        assert chime(name).serialize(None) == Response(204, {}, b"")

    def test_an_operation_without_output_has_no_body_whatever_it_returns(self) -> None:
        assert qapps("DeleteQApp").serialize({"app_id": UUID}) == Response(200, {}, b"")

    @pytest.mark.parametrize("name", ["TagResource", "UntagResource"])
    def test_an_output_without_members_is_an_empty_object(self, name: str) -> None:
        assert written(qapps(name), None) == {}
        assert written(qapps(name), {"anything": 1}) == {}


class TestErrors:
    def test_the_type_is_a_header_and_the_members_are_the_body(self) -> None:
        response = chime("CreateAppInstanceUser").serialize_error(ConflictException("It exists already."))

        assert response.status == 409
        assert response.headers["x-amzn-ErrorType"] == "ConflictException"
        assert json.loads(response.body) == {"Code": "Conflict", "Message": "It exists already."}

    def test_members_of_an_error_can_be_headers(self) -> None:
        error = ThrottlingException(
            "Slow down.", service_code="qapps", quota_code="L-1", retry_after_seconds=5
        )
        response = qapps("ListQApps").serialize_error(error)

        assert response.status == 429
        assert response.headers["Retry-After"] == "5"
        assert json.loads(response.body) == {
            "message": "Slow down.",
            "serviceCode": "qapps",
            "quotaCode": "L-1",
        }

    def test_a_header_member_that_is_not_given_is_absent(self) -> None:
        response = qapps("ListQApps").serialize_error(ThrottlingException("Slow down."))

        assert "Retry-After" not in response.headers
        assert json.loads(response.body) == {"message": "Slow down."}

    def test_a_header_member_can_be_zero(self) -> None:
        response = qapps("ListQApps").serialize_error(ThrottlingException("Again.", retry_after_seconds=0))

        assert response.headers["Retry-After"] == "0"

    def test_an_undeclared_error_is_a_bug_of_the_service(self) -> None:
        with pytest.raises(
            LookupError, match="ListQApps cannot return MadeUpException: its model declares AccessDenied"
        ):
            qapps("ListQApps").serialize_error(MadeUpException("?"))

    def test_an_error_that_only_other_operations_declare_is_a_bug_too(self) -> None:
        with pytest.raises(LookupError, match="ListAppInstances cannot return ConflictException"):
            chime("ListAppInstances").serialize_error(ConflictException("?"))

    def test_a_common_error_has_only_a_message(self) -> None:
        class MissingToken(CommonError):
            code = "MissingAuthenticationTokenException"
            status = 403

        response = serialize_common_error(MissingToken("Who are you?"))

        assert response.status == 403
        assert response.headers["x-amzn-ErrorType"] == "MissingAuthenticationTokenException"
        assert json.loads(response.body) == {"message": "Who are you?"}
