"""The call log: its records, how it compares, and its bounds."""

import subprocess
import sys
from datetime import datetime, timezone
from itertools import count
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config

from qchime import Handle, mock_chimesdkidentity, mock_qapps
from qchime.core.cloud import cloud
from qchime.server import Server
from qchime.world import DEFAULT_USER, records
from qchime.world.calls import CallLog, CallRecord, Calls
from tests.services.qapps.samples import INSTANCE, definition, text

UNKNOWN = "11111111-1111-4111-8111-111111111111"


def record(operation: str = "ListQApps", **given: Any) -> CallRecord:
    return CallRecord(
        "qapps", operation, given, DEFAULT_USER, "123456789012", "us-east-1", 200, None, "id", 0.0
    )


class TestARecord:
    def test_has_operation_input_caller_and_outcome(self, qchime: Handle) -> None:
        alice = qchime.users.add("alice@example.com")
        client = boto3.client("qapps", region_name="us-west-2", **alice.credentials)
        given = {"instanceId": INSTANCE, "title": "App", "appDefinition": definition(text())}
        made = client.create_q_app(**given)
        (call,) = qchime.calls()

        assert call.service == "qapps"
        assert call.operation == "CreateQApp"
        assert call.input == given
        assert call.user == alice
        assert (call.account_id, call.region) == ("123456789012", "us-west-2")
        assert (call.status, call.error) == (200, None)
        assert call.request_id == made["ResponseMetadata"]["RequestId"]
        assert call.duration > 0

    def test_has_the_time_of_the_response(self, qchime: Handle, qapps_client: Any) -> None:
        before = datetime.now(timezone.utc)
        qapps_client.list_q_apps(instanceId=INSTANCE)
        qchime.clock.advance(days=7)
        qapps_client.list_q_apps(instanceId=INSTANCE)
        times = [call.time for call in qchime.calls()]
        after = datetime.now(timezone.utc)
        assert [time is not None and before <= time <= after for time in times] == [True, True]

    def test_members_of_path_and_query_are_in_boto3s_spelling_too(
        self, qchime: Handle, chime_sdk_identity_client: Any
    ) -> None:
        arn = chime_sdk_identity_client.create_app_instance(Name="chat")["AppInstanceArn"]
        chime_sdk_identity_client.list_app_instance_users(AppInstanceArn=arn, MaxResults=5)
        chime_sdk_identity_client.delete_app_instance(AppInstanceArn=arn)

        assert [call.input for call in qchime.calls()[1:]] == [
            {"AppInstanceArn": arn, "MaxResults": 5},
            {"AppInstanceArn": arn},
        ]

    @pytest.mark.parametrize(
        ("given", "status", "error"),
        [
            ({"appId": "11111111-1111-4111-8111-111111111111"}, 404, "ResourceNotFoundException"),
            ({"appId": "no"}, 400, "ValidationException"),
        ],
    )
    def test_of_a_call_that_failed_names_the_error(
        self, qchime: Handle, qapps_client: Any, given: dict[str, str], status: int, error: str
    ) -> None:
        with pytest.raises(qapps_client.exceptions.ClientError):
            qapps_client.get_q_app(instanceId=INSTANCE, **given)
        (call,) = qchime.calls()

        assert call.input == {"instanceId": INSTANCE, **given}
        assert (call.status, call.error) == (status, error)

    def test_of_a_refused_caller(self, qchime: Handle, qapps_client: Any) -> None:
        qchime.users.required = True
        with pytest.raises(qapps_client.exceptions.UnauthorizedException):
            qapps_client.list_q_apps(instanceId=INSTANCE)
        (call,) = qchime.calls()

        assert (call.status, call.error, call.user) == (401, "UnauthorizedException", DEFAULT_USER)

    def test_of_a_lost_response_has_no_status(self, qchime: Handle) -> None:
        client = boto3.client("qapps", region_name="us-east-1", config=Config(retries={"max_attempts": 0}))
        qchime.faults.add("ListQApps", "ReadTimeoutError")
        with pytest.raises(Exception, match="Read timeout"):
            client.list_q_apps(instanceId=INSTANCE)
        (call,) = qchime.calls()

        assert (call.status, call.error) == (None, "ReadTimeoutError")

    def test_of_an_exception_in_the_authors_function(self, qchime: Handle, qapps_client: Any) -> None:
        def broken(prompt: str) -> str:
            raise ZeroDivisionError

        query = {"id": "11111111-1111-4111-8111-111111111111", "type": "q-query", "title": "Q", "prompt": "p"}
        cards = {"cards": [{"qQuery": query}]}
        app = qapps_client.create_q_app(instanceId=INSTANCE, title="App", appDefinition=cards)["appId"]
        qchime.answers.add(text=broken)
        with pytest.raises(ZeroDivisionError):
            qapps_client.start_q_app_session(instanceId=INSTANCE, appId=app, appVersion=1)
        call = qchime.calls()[-1]

        assert (call.operation, call.status, call.error) == ("StartQAppSession", None, "ZeroDivisionError")

    def test_of_a_body_that_cannot_be_read_has_no_input(self, qchime: Handle, qchime_server: Server) -> None:
        answer = requests.post(f"{qchime_server.url}/app-instances", data=b"{", timeout=30)
        (call,) = qchime.calls()

        assert answer.status_code == call.status == 400
        assert (call.input, call.error) == ({}, "BadRequestException")

    def test_is_readable_as_a_string(self, qchime: Handle, qapps_client: Any) -> None:
        qapps_client.list_q_apps(instanceId="one")
        qapps_client.predict_q_app(instanceId="one", options={"problemStatement": "x" * 1000})
        shown = repr(qchime.calls())

        assert shown.startswith("[ListQApps(instanceId='one') by default@example.com: 200, PredictQApp(")
        assert "...) by default@example.com: 200]" in shown
        assert len(shown) < 300


class TestTheLog:
    def test_is_a_sequence_oldest_first(self, qchime: Handle, qapps_client: Any) -> None:
        for name in ("one", "two", "three"):
            qapps_client.list_q_apps(instanceId=name)
        log = qchime.calls()

        assert len(log) == 3
        assert [call.input["instanceId"] for call in log] == ["one", "two", "three"]
        assert log[0].input["instanceId"] == "one"
        assert log[-1] in log
        assert log[1:] == [log[1], log[2]]

    def test_can_be_filtered_by_operation(self, qchime: Handle, qapps_client: Any) -> None:
        qapps_client.list_q_apps(instanceId="one")
        qapps_client.list_categories(instanceId="one")

        assert qchime.calls("ListCategories") == ["ListCategories"]
        assert qchime.calls("CreateQApp") == []

    def test_raises_an_error_for_a_misspelt_operation(self, qchime: Handle) -> None:
        with pytest.raises(ValueError, match="Choose from: CreateQApp"):
            qchime.calls("CreateQapp")

    def test_a_returned_sequence_does_not_grow(self, qchime: Handle, qapps_client: Any) -> None:
        before = qchime.calls()
        qapps_client.list_q_apps(instanceId="one")

        assert before == []

    def test_has_each_attempt_of_a_client(self, qchime: Handle) -> None:
        client = boto3.client("qapps", region_name="us-east-1", config=Config(retries={"max_attempts": 1}))
        qchime.faults.add("ListQApps", "InternalServerException", times=1)
        client.list_q_apps(instanceId=INSTANCE)

        assert [call.status for call in qchime.calls("ListQApps")] == [500, 200]

    def test_makes_each_record_once(self, qchime: Handle, qapps_client: Any) -> None:
        """The log makes a record when somebody looks, so that a call takes less time."""
        qapps_client.list_q_apps(instanceId=INSTANCE)
        (first,) = qchime.calls()
        qapps_client.get_paginator("list_q_apps").paginate(instanceId=INSTANCE).build_full_result()

        assert [call is first for call in qchime.calls()] == [True, False]
        assert len({call.request_id for call in qchime.calls()}) == 2

    def test_has_calls_from_every_entry_point(
        self, qchime: Handle, qchime_server: Server, chime_sdk_identity_client: Any
    ) -> None:
        remote = boto3.client("qapps", region_name="us-east-1", endpoint_url=qchime_server.url)
        remote.list_q_apps(instanceId=INSTANCE)
        chime_sdk_identity_client.list_app_instances()

        assert qchime.calls() == ["ListQApps", "ListAppInstances"]

    def test_has_operations_only(self, qchime: Handle, qchime_server: Server) -> None:
        assert requests.get(f"{qchime_server.url}/nothing", timeout=30).status_code == 404
        assert qchime.calls() == []

    def test_is_cleared_by_a_reset_and_by_the_next_mock(self) -> None:
        with mock_qapps() as mock:
            client = boto3.client("qapps", region_name="us-east-1")
            client.list_q_apps(instanceId=INSTANCE)
            mock.reset()
            assert mock.calls() == []
            client.list_q_apps(instanceId=INSTANCE)
        with mock_chimesdkidentity() as mock:
            assert mock.calls() == []


class TestResponses:
    def test_of_every_call_are_kept_beside_the_log(self, qchime: Handle, qapps_client: Any) -> None:
        qapps_client.list_q_apps(instanceId=INSTANCE)
        with pytest.raises(qapps_client.exceptions.ResourceNotFoundException):
            qapps_client.stop_q_app_session(instanceId=INSTANCE, sessionId=UNKNOWN)
        (log,) = cloud.contents.call_logs("123456789012")
        bodies = [log.bodies().get(call.request_id or "") for call in qchime.calls()]
        assert bodies[0] == b'{"apps":[]}'
        assert b"resourceType" in (bodies[1] or b"")

    def test_are_forgotten_with_the_calls(self, qchime: Handle, qapps_client: Any) -> None:
        qapps_client.list_q_apps(instanceId=INSTANCE)
        cloud.contents.reset_calls()
        (log,) = cloud.contents.call_logs("123456789012")
        assert log.bodies() == {}

    def test_are_not_part_of_the_state(self, qchime: Handle, qapps_client: Any) -> None:
        qapps_client.list_q_apps(instanceId=INSTANCE)
        assert '{"apps":[]}' not in repr(qchime.dump())


class TestComparing:
    def test_with_names_or_records(self) -> None:
        first, second = record("CreateQApp"), record("GetQApp")
        made = Calls([first, second])

        assert made == ["CreateQApp", "GetQApp"]
        assert made == ("CreateQApp", second)
        assert made == Calls([first, second])
        assert made != ["GetQApp", "CreateQApp"]
        assert made != ["CreateQApp"]
        assert made != "CreateQAppGetQApp"
        assert made != 2

    def test_a_failed_assertion_shows_where_they_differ(self, tmp_path: Path) -> None:
        (tmp_path / "test_calls.py").write_text(
            "def test_calls(qchime, qapps_client):\n"
            "    qapps_client.list_q_apps(instanceId='one')\n"
            "    qapps_client.list_categories(instanceId='one')\n"
            "    assert qchime.calls() == ['ListQApps', 'GetQApp']\n"
        )
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(tmp_path)]
        run = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=120)
        lines = [line.removeprefix("E").strip() for line in run.stdout.splitlines() if line.startswith("E ")]

        assert lines[:8] == [
            "AssertionError: assert calls are not as expected (- expected, + called)",
            "ListQApps",
            "- GetQApp",
            "+ ListCategories",
            "",
            "The calls in full:",
            "ListQApps(instanceId='one') by default@example.com: 200",
            "ListCategories(instanceId='one') by default@example.com: 200",
        ]


class TestMemory:
    def test_only_the_latest_calls_are_kept(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(records, "MOST_RECORDS", 3)
        log = CallLog(count())
        for number in range(5):
            log.add(record(number=number))

        assert [call.input["number"] for call in log] == [2, 3, 4]

    def test_the_size_of_their_input_is_limited(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(records, "MOST_BYTES", 100)
        log = CallLog(count())
        for number in range(5):
            log.add(record(number=number), size=40)

        assert [call.input["number"] for call in log] == [3, 4]

    def test_the_last_call_is_kept_however_large_it_is(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(records, "MOST_BYTES", 100)
        log = CallLog(count())
        log.add(record(number=1), size=40)
        log.add(record(number=2), size=4000)

        assert [call.input["number"] for call in log] == [2]
        log.add(record(number=3), size=10)
        assert [call.input["number"] for call in log] == [3]
