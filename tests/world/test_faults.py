"""Injected errors, as clients see them."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
import requests
from botocore import exceptions
from botocore.config import Config

from qchime import Handle, mock_chimesdkidentity, mock_qapps
from qchime.core.caller import AUTHENTICATION_ERRORS
from qchime.core.service import Service
from qchime.core.table import SERVICES
from qchime.restjson import python_name
from qchime.server import Server
from qchime.services.chimesdkmessaging import SERVICE as CHIME_SDK_MESSAGING
from qchime.world.faults import LOSSES
from tests.generated import smallest_input

INSTANCE = "an-instance"
ALL = [
    (service, name)
    for service in SERVICES
    for name in service.model.operation_names
    if service.supports(name)
]
ONCE = Config(retries={"total_max_attempts": 1})


def client_for(service: Service, **options: Any) -> Any:
    return boto3.client(service.name, region_name="us-east-1", config=ONCE, **options)


def input_for(service: Service, operation: str) -> dict[str, Any]:
    """What an operation requires. An ARN of the service's own tells whose tags they are."""
    given = smallest_input(service.model.operation_model(operation))
    if service is CHIME_SDK_MESSAGING and "ResourceARN" in given:
        given["ResourceARN"] = "arn:aws:chime:us-east-1:123456789012:app-instance/x/channel/y"
    return given


def qapps(**options: Any) -> Any:
    return boto3.client("qapps", region_name="us-east-1", config=Config(**options))


def outcomes(client: Any, calls: int) -> list[str]:
    """The errors of this many calls in sequence."""
    return [outcome(client) for _ in range(calls)]


def outcome(client: Any, instance: str = INSTANCE, **more: Any) -> str:
    try:
        client.list_q_apps(instanceId=instance, **more)
    except (exceptions.ClientError, exceptions.HTTPClientError) as error:
        return type(error).__name__
    return "ok"


class TestEveryErrorOfTheModel:
    """Every error that the model declares, on every operation, arrives as its typed exception."""

    @pytest.mark.rule("core.injected-members")
    @pytest.mark.parametrize(("service", "operation"), ALL, ids=[f"{s.name}-{name}" for s, name in ALL])
    @pytest.mark.parametrize("way", ["in the process", "over HTTP"])
    def test_can_be_injected(
        self, qchime: Handle, qchime_server: Server, service: Service, operation: str, way: str
    ) -> None:
        endpoint = {"endpoint_url": qchime_server.url} if way == "over HTTP" else {}
        client = client_for(service, **endpoint)
        model = service.model.operation_model(operation)
        assert model.error_shapes
        for shape in model.error_shapes:
            qchime.faults.add(operation, shape.name, times=1, service=service.name)
            with pytest.raises(getattr(client.exceptions, shape.name)) as caught:
                getattr(client, python_name(operation))(**input_for(service, operation))

            answer = caught.value.response
            metadata = answer["ResponseMetadata"]
            assert metadata["HTTPStatusCode"] == shape.metadata["error"]["httpStatusCode"]
            assert answer["Error"] == {"Code": shape.name, "Message": f"{shape.name}, injected by a fault."}
            for member in shape.required_members:
                assert answer[member]
            if "retryAfterSeconds" in shape.members:  # type: ignore[attr-defined]
                assert metadata["HTTPHeaders"]["retry-after"] == str(answer["retryAfterSeconds"]) == "1"
        qchime.faults.assert_all_used()

    @pytest.mark.parametrize("name", LOSSES)
    @pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
    def test_can_be_a_lost_response_on_any_operation(
        self, qchime: Handle, service: Service, name: str
    ) -> None:
        client = client_for(service)
        for operation in (operation for owner, operation in ALL if owner is service):
            qchime.faults.add(operation, name, times=1, service=service.name)
            with pytest.raises(getattr(exceptions, name)):
                getattr(client, python_name(operation))(**input_for(service, operation))
        qchime.faults.assert_all_used()


class TestWhichCalls:
    def test_without_times_they_are_all_until_a_reset(self, qchime: Handle) -> None:
        client = qapps(retries={"total_max_attempts": 1})
        qchime.faults.add("ListQApps", "ValidationException")

        assert outcomes(client, 3) == ["ValidationException"] * 3
        qchime.faults.reset()
        assert outcomes(client, 1) == ["ok"]

    def test_after_lets_some_calls_pass(self, qchime: Handle) -> None:
        client = qapps(retries={"total_max_attempts": 1})
        qchime.faults.add("ListQApps", "ValidationException", times=2, after=1)

        assert outcomes(client, 4) == ["ok", "ValidationException", "ValidationException", "ok"]

    def test_the_first_added_that_is_not_used_up_wins(self, qchime: Handle) -> None:
        client = qapps(retries={"total_max_attempts": 1})
        qchime.faults.add("ListQApps", "ValidationException", times=1)
        qchime.faults.add("ListQApps", "AccessDeniedException", times=1)
        qchime.faults.add("ListQApps", "UnauthorizedException")

        assert outcomes(client, 4) == [
            "ValidationException",
            "AccessDeniedException",
            "UnauthorizedException",
            "UnauthorizedException",
        ]

    def test_where_names_members_of_the_input(self, qchime: Handle) -> None:
        client = qapps(retries={"total_max_attempts": 1})
        qchime.faults.add("ListQApps", "ValidationException", where={"instanceId": "bad", "limit": 5})

        assert outcome(client, "bad", limit=5) == "ValidationException"
        assert outcome(client, "bad", limit=6) == "ok"
        assert outcome(client, "bad") == "ok"
        assert outcome(client, "good", limit=5) == "ok"

    def test_after_counts_matching_calls_only(self, qchime: Handle) -> None:
        client = qapps(retries={"total_max_attempts": 1})
        qchime.faults.add("ListQApps", "ValidationException", after=1, where={"instanceId": "bad"})

        assert [outcome(client, name) for name in ("bad", "good", "good", "bad")] == [
            "ok",
            "ok",
            "ok",
            "ValidationException",
        ]

    def test_a_mapping_in_where_matches_one_that_contains_it(self, qchime: Handle, qapps_client: Any) -> None:
        qchime.faults.add("PredictQApp", "ValidationException", where={"options": {"problemStatement": "x"}})

        with pytest.raises(qapps_client.exceptions.ValidationException):
            qapps_client.predict_q_app(instanceId=INSTANCE, options={"problemStatement": "x"})
        assert qapps_client.predict_q_app(instanceId=INSTANCE, options={"problemStatement": "y"})
        assert qapps_client.predict_q_app(instanceId=INSTANCE)

    def test_an_operation_of_both_services_can_fail_in_one(
        self, qchime: Handle, qapps_client: Any, chime_sdk_identity_client: Any
    ) -> None:
        arn = chime_sdk_identity_client.create_app_instance(Name="chat")["AppInstanceArn"]
        qchime.faults.add("ListTagsForResource", "InternalServerException")  # only Q Apps declares it
        assert chime_sdk_identity_client.list_tags_for_resource(ResourceARN=arn)["Tags"] == []

        qchime.faults.add("ListTagsForResource", "ReadTimeoutError", service="chime-sdk-identity", times=1)
        client = client_for(SERVICES.named("chime-sdk-identity"))
        with pytest.raises(exceptions.ReadTimeoutError):
            client.list_tags_for_resource(ResourceARN=arn)

    def test_an_omitted_member_is_not_null(self, qchime: Handle, qapps_client: Any) -> None:
        qchime.faults.add("ListQApps", "ValidationException", where={"nextToken": None})

        assert outcome(qapps_client) == "ok"

    def test_threads_share_the_times(self, qchime: Handle) -> None:
        client = qapps(retries={"total_max_attempts": 1})
        qchime.faults.add("ListQApps", "ValidationException", times=7, after=3)
        with ThreadPoolExecutor(10) as pool:
            answers = list(pool.map(lambda _: outcome(client), range(40)))

        assert answers.count("ValidationException") == 7
        assert answers.count("ok") == 33

    def test_a_failing_call_has_no_effect(self, qchime: Handle, chime_sdk_identity_client: Any) -> None:
        qchime.faults.add("CreateAppInstance", "ForbiddenException", times=1)
        with pytest.raises(chime_sdk_identity_client.exceptions.ForbiddenException):
            chime_sdk_identity_client.create_app_instance(Name="chat")

        assert chime_sdk_identity_client.list_app_instances()["AppInstances"] == []

    def test_a_fault_strikes_before_validation(self, qchime: Handle) -> None:
        client = boto3.client("qapps", region_name="us-east-1", config=Config(parameter_validation=False))
        qchime.faults.add("ListQApps", "AccessDeniedException")

        assert outcome(client, limit="many") == "AccessDeniedException"

    def test_a_fault_does_not_strike_refused_callers(self, qchime: Handle) -> None:
        qchime.users.required = True
        qchime.faults.add("ListQApps", "ThrottlingException", times=1)

        assert outcome(qapps(retries={"total_max_attempts": 1})) == "UnauthorizedException"
        assert len(qchime.faults.unused) == 1


class TestClients:
    @pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
    @pytest.mark.parametrize("error", ["ThrottlingException", "InternalServerException", *LOSSES])
    def test_boto3_retries_as_it_would_with_aws(self, qchime: Handle, mode: str, error: str) -> None:
        client = qapps(retries={"mode": mode, "total_max_attempts": 2})
        qchime.faults.add("ListQApps", error, times=1)
        answer = client.list_q_apps(instanceId=INSTANCE)

        assert answer["ResponseMetadata"]["RetryAttempts"] == 1
        assert [call.error for call in qchime.calls()] == [error, None]

    def test_boto3_does_not_retry_client_errors(self, qchime: Handle) -> None:
        client = qapps(retries={"total_max_attempts": 3})
        qchime.faults.add("ListQApps", "AccessDeniedException", times=1)

        assert outcomes(client, 2) == ["AccessDeniedException", "ok"]
        assert len(qchime.calls()) == 2

    def test_an_error_names_the_resource_of_the_call(self, qchime: Handle, qapps_client: Any) -> None:
        qchime.faults.add("GetQApp", "ResourceNotFoundException")
        app = "11111111-1111-4111-8111-111111111111"
        with pytest.raises(qapps_client.exceptions.ResourceNotFoundException) as caught:
            qapps_client.get_q_app(instanceId=INSTANCE, appId=app)

        assert caught.value.response["resourceId"] == app
        assert caught.value.response["resourceType"] == "QApp"

    async def test_aiobotocore_gets_the_same_errors(self, qchime: Handle) -> None:
        from aiobotocore.session import get_session

        qchime.faults.add("ListQApps", "ThrottlingException", times=1)
        qchime.faults.add("ListQApps", "ConnectionClosedError", times=1)
        async with get_session().create_client("qapps", region_name="us-east-1", config=ONCE) as client:
            with pytest.raises(client.exceptions.ThrottlingException):
                await client.list_q_apps(instanceId=INSTANCE)
            with pytest.raises(exceptions.ConnectionClosedError):
                await client.list_q_apps(instanceId=INSTANCE)
            assert await client.list_q_apps(instanceId=INSTANCE)

    async def test_other_coroutines_run_during_a_delay(self, qchime: Handle) -> None:
        from aiobotocore.session import get_session

        qchime.faults.add("ListQApps", delay=60, times=1)
        async with get_session().create_client("qapps", region_name="us-east-1") as client:
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(client.list_q_apps(instanceId=INSTANCE), 0.01)
            assert await client.list_q_apps(instanceId=INSTANCE)

    @pytest.mark.parametrize("name", AUTHENTICATION_ERRORS)
    def test_credential_errors_can_be_injected(self, qchime: Handle, qapps_client: Any, name: str) -> None:
        qchime.faults.add("ListQApps", name, times=1)
        with pytest.raises(exceptions.ClientError) as caught:
            qapps_client.list_q_apps(instanceId=INSTANCE)

        assert caught.value.response["Error"]["Code"] == name
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403

    def test_a_delay_alone_lets_the_call_succeed_later(
        self, qchime: Handle, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        waited: list[float] = []
        monkeypatch.setattr("time.sleep", waited.append)
        qchime.faults.add("ListQApps", delay=2.5, times=1)
        qchime.faults.add("ListQApps", "ValidationException", delay=1, times=1)

        assert outcomes(qapps(), 3) == ["ok", "ValidationException", "ok"]
        assert waited == [2.5, 1]

    def test_presigned_urls_get_them_with_requests(self, qchime: Handle, qapps_client: Any) -> None:
        url = qapps_client.generate_presigned_url("list_q_apps", {"instanceId": INSTANCE})
        qchime.faults.add("ListQApps", "ThrottlingException", times=1)
        qchime.faults.add("ListQApps", "ConnectionClosedError", times=1)
        qchime.faults.add("ListQApps", "ReadTimeoutError", times=1)

        assert requests.get(url, headers={"instance-id": INSTANCE}).status_code == 429
        with pytest.raises(requests.ConnectionError):
            requests.get(url, headers={"instance-id": INSTANCE})
        with pytest.raises(requests.ReadTimeout):
            requests.get(url, headers={"instance-id": INSTANCE})

    def test_clients_created_before_the_mock_get_them(self) -> None:
        keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
        client = client_for(SERVICES.named("qapps"), **keys)
        with mock_qapps() as mock:
            mock.faults.add("ListQApps", "ReadTimeoutError", times=1)
            assert outcomes(client, 2) == ["ReadTimeoutError", "ok"]


class TestAssertAllUsed:
    def test_unused_are_those_that_have_not_struck_as_often_as_requested(
        self, qchime: Handle, qapps_client: Any
    ) -> None:
        used = qchime.faults.add("ListQApps", "ValidationException", times=1)
        half = qchime.faults.add("ListQApps", "AccessDeniedException", times=2)
        never = qchime.faults.add("GetQApp", "ValidationException")
        outcomes(qapps_client, 2)

        assert list(qchime.faults) == [used, half, never]
        assert qchime.faults.unused == [half, never]

    def test_a_fault_without_times_is_used_once_it_has_struck(
        self, qchime: Handle, qapps_client: Any
    ) -> None:
        qchime.faults.add("ListQApps", "ValidationException")
        assert len(qchime.faults.unused) == 1
        outcomes(qapps_client, 1)
        qchime.faults.assert_all_used()

    def test_the_message_names_them(self, qchime: Handle) -> None:
        qchime.faults.add("ListQApps", "ValidationException", times=2, where={"instanceId": "x"})
        with pytest.raises(AssertionError) as caught:
            qchime.faults.assert_all_used()

        assert "ListQApps: ValidationException where {'instanceId': 'x'}, struck 0 of 2 times" in str(
            caught.value
        )


class TestAnInvalidFault:
    @pytest.mark.parametrize(
        ("order", "named"),
        [
            (("CreateQAp", "ValidationException"), "'CreateQAp'. Choose from: CreateQApp"),
            (("", "ValidationException"), "CreateQApp"),
            (("create_q_app", "ValidationException"), "CreateQApp"),
            ((None, "ValidationException"), "None"),
            (("ListQApps", "ConflictException"), "Choose from: .*ThrottlingException.*"),
            (("ListQApps", "ThrottledClientException"), "Choose from: .*ThrottlingException.*"),
            (("CreateAppInstance", "ThrottlingException"), "Choose from: .*ThrottledClientException.*"),
            (("ListQApps", 500), "500"),
            (("ListQApps", None), "an error, a delay"),
            (("ListQApps", "ValidationException", 0), "times"),
            (("ListQApps", "ValidationException", -1), "times"),
            (("ListQApps", "ValidationException", 1.5), "times"),
            (("ListQApps", "ValidationException", True), "times"),
            (("ListQApps", "ValidationException", "2"), "times"),
            (("ListQApps", "ValidationException", 1, -1), "after"),
            (("ListQApps", "ValidationException", 1, None), "after"),
            (("ListQApps", "ValidationException", 1, 0, {"instance_id": 1}), "instanceId"),
            (("ListQApps", "ValidationException", 1, 0, {"title": 1, 2: 3}), "'title', 2"),
            (("ListQApps", "ValidationException", 1, 0, "instanceId"), "dict"),
            (("ListQApps", "ValidationException", 1, 0, None, -1), "delay"),
            (("ListQApps", "ValidationException", 1, 0, None, float("nan")), "delay"),
            (("ListQApps", "ValidationException", 1, 0, None, float("inf")), "delay"),
            (("ListQApps", "ValidationException", 1, 0, None, "1"), "delay"),
        ],
    )
    def test_raises_a_value_error_that_lists_valid_names(
        self, qchime: Handle, order: tuple[Any, ...], named: str
    ) -> None:
        with pytest.raises(ValueError, match=named):
            qchime.faults.add(*order)
        assert list(qchime.faults) == []

    def test_can_be_a_service_without_the_operation(self, qchime: Handle) -> None:
        with pytest.raises(ValueError, match="Choose from: qapps"):
            qchime.faults.add("ListQApps", "ValidationException", service="chime-sdk-identity")


def test_faults_end_with_the_outermost_mock() -> None:
    with mock_qapps() as mock:
        mock.faults.add("ListQApps", "ValidationException")
        with mock_chimesdkidentity() as inner:
            assert len(inner.faults) == 1
    with mock_qapps() as mock:
        assert list(mock.faults) == []
        mock.faults.add("ListQApps", "ValidationException")
        mock.reset()
        assert list(mock.faults) == []
