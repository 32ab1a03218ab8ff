"""Registers both services with moto, and restores moto when they are unregistered."""

import importlib
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import boto3
import botocore.exceptions
import moto.backend_index
import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError
from botocore.httpsession import URLLib3Session
from moto import mock_aws
from moto.core import exceptions
from moto.moto_api._internal.models import MotoAPIBackend, moto_api_backend

import qchime
from qchime import mock_chimesdkidentity
from qchime.control.handle import CloudHandle
from qchime.core.table import SERVICES
from qchime.moto import registration


@pytest.fixture
def registered() -> Iterator[None]:
    """Leave the services registered, as other tests expect."""
    yield
    registration.register()


def chime(config: Config | None = None) -> Any:
    return boto3.client("chime-sdk-identity", region_name="us-east-1", config=config)


def our_patterns() -> list[str]:
    ours = {service.module for service in SERVICES}
    return [name for name, _ in moto.backend_index.backend_url_patterns if name in ours]


def test_importing_qchime_registers_our_services() -> None:
    assert qchime.__version__
    assert set(our_patterns()) == {"qapps", "chimesdkidentity", "chimesdkmessaging"}


def test_our_url_patterns_come_first_and_once(registered: None) -> None:
    before = our_patterns()
    registration.register()
    assert our_patterns() == before
    first = [name for name, _ in moto.backend_index.backend_url_patterns[: len(before)]]
    assert first == before


def test_unregistering_restores_moto(registered: None) -> None:
    patterns = moto.backend_index.backend_url_patterns
    with mock_aws():
        chime().list_app_instances()
    registration.unregister()
    assert MotoAPIBackend.reset.__module__ == "moto.moto_api._internal.models"
    assert moto.backend_index.backend_url_patterns is patterns, "moto's server uses the same list"
    assert our_patterns() == []
    for service in SERVICES:
        assert f"moto.{service.module}" not in sys.modules
        assert not hasattr(moto, service.module)
        with pytest.raises(ModuleNotFoundError):
            importlib.import_module(f"moto.{service.module}")
    registration.unregister()


def test_after_unregistering_mock_aws_does_not_answer_for_us(registered: None) -> None:
    registration.unregister()
    with mock_aws(), pytest.raises(Exception, match=r"Not yet implemented|404"):
        chime().list_app_instances()


def test_after_unregistering_our_decorators_still_work(registered: None) -> None:
    registration.unregister()
    with mock_chimesdkidentity():
        chime().create_app_instance(Name="chat")
        with mock_aws():
            assert len(chime().list_app_instances()["AppInstances"]) == 1


def test_after_registering_again_mock_aws_answers_for_us(registered: None) -> None:
    registration.unregister()
    registration.register()
    with mock_aws():
        assert chime().list_app_instances()["AppInstances"] == []


def test_errors_arrive_through_moto_as_typed_exceptions() -> None:
    with mock_aws():
        client = chime()
        arn = client.create_app_instance(Name="chat")["AppInstanceArn"]
        with pytest.raises(client.exceptions.ForbiddenException) as caught:
            client.describe_app_instance_user(AppInstanceUserArn=f"{arn}/user/endpoints")
        assert caught.value.response["Code"] == "Forbidden"


def test_users_whose_ids_look_like_paths_are_found_through_moto_too() -> None:
    with mock_aws():
        client = chime()
        arn = client.create_app_instance(Name="chat")["AppInstanceArn"]
        user = client.create_app_instance_user(AppInstanceArn=arn, AppInstanceUserId="endpoints", Name="E")
        found = client.describe_app_instance_user(AppInstanceUserArn=user["AppInstanceUserArn"])
        assert found["AppInstanceUser"]["Name"] == "E"


def test_bad_input_is_refused_through_moto_too() -> None:
    with mock_aws():
        client = chime()
        with pytest.raises(client.exceptions.BadRequestException, match="1 validation error detected"):
            client.create_app_instance(Name="x" * 257)
        assert client.list_app_instances()["AppInstances"] == []


class TestConfig:
    """moto's configuration, when only `mock_aws` answers."""

    @pytest.fixture
    def sent(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """The URLs of requests that would have gone out."""
        urls: list[str] = []

        def send(session: Any, request: AWSPreparedRequest) -> None:
            urls.append(request.url)
            raise EndpointConnectionError(endpoint_url=request.url)

        monkeypatch.setattr(URLLib3Session, "send", send)
        return urls

    @pytest.mark.skipif(
        not hasattr(exceptions, "ServiceNotWhitelisted"), reason="this version of moto has no whitelist"
    )
    @pytest.mark.parametrize("whitelist", [["s3"], ["s3", "qapps"], []])
    def test_a_whitelist_without_our_services_refuses_them(self, whitelist: list[str]) -> None:
        config: Any = {"core": {"service_whitelist": whitelist}}
        with mock_aws(config=config), pytest.raises(exceptions.ServiceNotWhitelisted):
            chime().list_app_instances()

    @pytest.mark.parametrize("whitelist", [["chimesdkidentity"], ["s3", "chimesdkidentity"], None])
    def test_a_whitelist_with_our_services_allows_them(
        self, whitelist: list[str] | None, sent: list[str]
    ) -> None:
        with mock_aws(config={"core": {"service_whitelist": whitelist}}):
            assert chime().list_app_instances()["AppInstances"] == []
        assert sent == []

    @pytest.mark.parametrize(
        "passthrough",
        [
            {"services": ["chimesdkidentity"]},
            {"urls": [r"https://identity-chime\.us-east-1\.amazonaws\.com"]},
        ],
    )
    def test_requests_that_pass_through_go_out(
        self, passthrough: dict[str, list[str]], sent: list[str]
    ) -> None:
        config: Any = {"core": {"passthrough": passthrough}}
        with mock_aws(config=config), pytest.raises(EndpointConnectionError):
            chime(Config(retries={"total_max_attempts": 1})).list_app_instances()
        assert sent == ["https://identity-chime.us-east-1.amazonaws.com/app-instances"]

    @pytest.mark.parametrize("passthrough", [{"services": ["qapps"]}, {"urls": [r"https://data\.qapps"]}])
    def test_passing_other_services_through_does_not_affect_ours(
        self, passthrough: dict[str, list[str]], sent: list[str]
    ) -> None:
        with mock_aws(config={"core": {"passthrough": passthrough}}):
            assert chime().list_app_instances()["AppInstances"] == []
        assert sent == []


class TestResets:
    @pytest.mark.parametrize(
        "mocks", [[mock_aws], [mock_aws, mock_chimesdkidentity], [mock_chimesdkidentity]]
    )
    def test_on_request_clear_our_state_whichever_mock_is_outermost(self, mocks: list[Any]) -> None:
        with ExitStack() as stack:
            for mock in mocks:
                stack.enter_context(mock())
            chime().create_app_instance(Name="chat")
            CloudHandle().limits.app_instances_per_account = 7
            moto_api_backend.reset()
            assert chime().list_app_instances()["AppInstances"] == []
            assert CloudHandle().limits.app_instances_per_account == 100

    def test_over_http_clear_our_state_too(self) -> None:
        requests = pytest.importorskip("requests")

        with mock_chimesdkidentity(), mock_aws():
            chime().create_app_instance(Name="chat")
            answer = requests.post("http://motoapi.amazonaws.com/moto-api/reset")
            assert answer.json() == {"status": "ok"}
            assert chime().list_app_instances()["AppInstances"] == []

    def test_let_mocks_stop_in_any_order(self) -> None:
        ours, motos = mock_chimesdkidentity(), mock_aws()
        motos.start()
        ours.start()
        moto_api_backend.reset()
        motos.stop()
        chime().create_app_instance(Name="chat")
        with mock_aws():
            assert len(chime().list_app_instances()["AppInstances"]) == 1, "ours is the outermost now"
        ours.stop()


def test_requests_from_other_libraries_are_answered_through_moto() -> None:
    """moto answers `requests` too, such as from code that signs requests itself."""
    requests = pytest.importorskip("requests")

    with mock_aws():
        url = "https://identity-chime.eu-central-1.amazonaws.com/app-instances"
        made = requests.post(url, json={"Name": "chat", "ClientRequestToken": "t1"})
        assert made.status_code == 201
        assert ":eu-central-1:" in made.json()["AppInstanceArn"]


@pytest.mark.parametrize("error", ["ConnectionClosedError", "ReadTimeoutError"])
def test_responses_can_be_lost_through_moto(error: str) -> None:
    once = Config(retries={"total_max_attempts": 1})
    with mock_aws():
        client = boto3.client("chime-sdk-identity", region_name="us-east-1", config=once)
        CloudHandle().faults.add("ListAppInstances", error, times=1)
        with pytest.raises(getattr(botocore.exceptions, error)):
            client.list_app_instances()
        assert client.list_app_instances()["AppInstances"] == []


def test_responses_can_be_lost_on_motos_own_server() -> None:
    werkzeug_app = pytest.importorskip("moto.server")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = werkzeug_app.ThreadedMotoServer(ip_address="127.0.0.1", port=port)
    server.start()
    try:
        once = Config(retries={"total_max_attempts": 1})
        client = boto3.client(
            "chime-sdk-identity",
            region_name="us-east-1",
            config=once,
            endpoint_url=f"http://127.0.0.1:{port}",
            aws_access_key_id="a",
            aws_secret_access_key="b",
        )
        CloudHandle().faults.add("ListAppInstances", "ConnectionClosedError", times=1)
        with pytest.raises(botocore.exceptions.ConnectionClosedError):
            client.list_app_instances()
        assert client.list_app_instances()["AppInstances"] == []
    finally:
        server.stop()
        CloudHandle().reset()
