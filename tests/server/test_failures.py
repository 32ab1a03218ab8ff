"""What the server answers when something goes wrong, and what every answer carries."""

import logging
import re
from typing import Any

import pytest
from botocore.exceptions import ClientError

from qchime.server import Server
from qchime.server.control.routes import ControlRoutes
from qchime.services.chimesdkidentity.app_instances import AppInstanceOperations
from qchime.services.qapps.backend import QAppsBackend
from tests.server.wire import ARN, client, create, names, send, signed

REQUEST_ID = re.compile(r"[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[\da-f]{4}-[\da-f]{12}")


def explode(*args: Any, **kwargs: Any) -> None:
    raise RuntimeError("the reactor has lost its coolant")


class TestUnexpectedExceptions:
    def test_are_the_services_own_failure(
        self, qchime_server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(AppInstanceOperations, "list_app_instances", explode)
        chime = client(qchime_server)
        with pytest.raises(chime.exceptions.ServiceFailureException) as caught:
            chime.list_app_instances()

        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
        assert caught.value.response["Code"] == "ServiceFailure"

    def test_are_the_other_services_own_failure_there(
        self, qchime_server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(QAppsBackend, "list_q_apps", explode, raising=False)
        qapps = client(qchime_server, "qapps")
        with pytest.raises(qapps.exceptions.InternalServerException) as caught:
            qapps.list_q_apps(instanceId="instance-1")

        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500

    def test_are_told_to_the_log_and_not_to_the_client(
        self, qchime_server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr(AppInstanceOperations, "list_app_instances", explode)
        with caplog.at_level(logging.ERROR, "qchime"):
            answer = send(qchime_server, "GET", "/app-instances")

        assert answer.status == 500
        assert b"coolant" not in answer.body
        assert b"Traceback" not in answer.body
        assert b"RuntimeError" not in answer.body
        assert "log" in answer.message
        assert "the reactor has lost its coolant" in caplog.text
        assert "Traceback" in caplog.text
        assert "GET /app-instances failed in chime-sdk-identity" in caplog.text

    def test_outside_of_the_services_are_the_servers_failure(
        self, qchime_server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr(ControlRoutes, "get_health", explode)
        answer = send(qchime_server, "GET", "/_qchime/health")

        assert (answer.status, answer.error) == (500, "InternalFailure")
        assert REQUEST_ID.fullmatch(answer.headers["x-amzn-requestid"])
        assert b"coolant" not in answer.body
        assert "GET /_qchime/health failed in the server" in caplog.text
        assert "the reactor has lost its coolant" in caplog.text

    def test_leave_the_server_and_its_state_usable(
        self, qchime_server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        create(qchime_server)
        with monkeypatch.context() as patched:
            patched.setattr(AppInstanceOperations, "list_app_instances", explode)
            assert send(qchime_server, "GET", "/app-instances").status == 500

        assert names(qchime_server) == ["Chat"]

    def test_an_error_that_the_operation_does_not_declare_is_one_too(
        self, qchime_server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from qchime.services.chimesdkidentity.exceptions import ConflictException

        def conflict(*args: Any, **kwargs: Any) -> None:
            raise ConflictException("?")

        monkeypatch.setattr(AppInstanceOperations, "list_app_instances", conflict)
        answer = send(qchime_server, "GET", "/app-instances")

        assert (answer.status, answer.error) == (500, "ServiceFailureException")


class TestEveryAnswer:
    @pytest.mark.parametrize(
        ("method", "target", "headers", "status"),
        [
            ("GET", "/app-instances", {}, 200),
            ("GET", f"/tags?arn={ARN}", {}, 403),
            ("POST", "/app-instances", {}, 400),
            ("GET", "/nothing", {}, 404),
            ("GET", "/nothing", signed(), 501),
            ("GET", "/app-instances", signed("s3"), 501),
            ("GET", "/app-instances", signed(region="NOWHERE"), 403),
            ("GET", "/app-instances", {"Host": "evil.example"}, 403),
            ("GET", "/app-instances", {"Origin": "https://evil.example"}, 403),
            ("POST", "/app-instances", {"Content-Length": "999999999999"}, 413),
        ],
    )
    def test_has_a_request_id_of_its_own(
        self, qchime_server: Server, method: str, target: str, headers: dict[str, str], status: int
    ) -> None:
        answers = [send(qchime_server, method, target, headers=headers) for _ in range(2)]
        ids = [answer.headers["x-amzn-requestid"] for answer in answers]

        assert [answer.status for answer in answers] == [status, status]
        assert all(REQUEST_ID.fullmatch(request_id) for request_id in ids)
        assert ids[0] != ids[1]

    def test_has_one_when_the_service_fails_too(
        self, qchime_server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(AppInstanceOperations, "list_app_instances", explode)

        assert REQUEST_ID.fullmatch(send(qchime_server, "GET", "/app-instances").headers["x-amzn-requestid"])

    def test_has_one_when_the_operation_is_missing_too(
        self, qchime_server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delattr(AppInstanceOperations, "list_app_instances")

        assert REQUEST_ID.fullmatch(send(qchime_server, "GET", "/app-instances").headers["x-amzn-requestid"])

    def test_shows_its_id_to_boto3(self, qchime_server: Server) -> None:
        chime = client(qchime_server)
        assert REQUEST_ID.fullmatch(chime.list_app_instances()["ResponseMetadata"]["RequestId"])

        with pytest.raises(ClientError) as caught:
            chime.describe_app_instance(AppInstanceArn=ARN)
        assert REQUEST_ID.fullmatch(caught.value.response["ResponseMetadata"]["RequestId"])

    def test_is_json_and_says_so(self, qchime_server: Server) -> None:
        assert send(qchime_server, "GET", "/app-instances").headers["content-type"] == "application/json"
        assert send(qchime_server, "GET", "/nothing").headers["content-type"] == "application/json"

    def test_without_a_body_has_no_type_of_one(self, qchime_server: Server) -> None:
        body = {"ResourceARN": create(qchime_server), "Tags": [{"Key": "a", "Value": "b"}]}
        answer = send(qchime_server, "POST", "/tags?operation=tag-resource", body)

        assert (answer.status, answer.body) == (204, b"")
        assert "content-type" not in answer.headers
