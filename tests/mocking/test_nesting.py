"""Nested mocks: one state, cleared by the outermost, and one execution per call."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import boto3
import pytest
from moto import mock_aws

from qchime import mock_chimesdkidentity, mock_qapps
from qchime.services.chimesdkidentity.backend import ChimeSDKIdentityBackend
from tests.mocking.clients import chime, create, names

MOCKS: dict[str, Any] = {"chime": mock_chimesdkidentity, "qapps": mock_qapps, "moto": mock_aws}
ORDERS = [
    ("chime", "chime"),
    ("chime", "qapps"),
    ("qapps", "chime"),
    ("chime", "moto"),
    ("moto", "chime"),
    ("moto", "qapps", "chime"),
    ("qapps", "moto", "chime"),
    ("chime", "moto", "qapps"),
    ("chime", "moto", "chime", "moto"),
]


@pytest.fixture
def executions(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The operations that ran on a backend."""
    ran: list[str] = []
    create_app_instance = ChimeSDKIdentityBackend.create_app_instance

    def counted(*args: Any, **kwargs: Any) -> Any:
        ran.append(kwargs["name"])
        return create_app_instance(*args, **kwargs)

    monkeypatch.setattr(ChimeSDKIdentityBackend, "create_app_instance", counted)
    yield ran


@pytest.mark.parametrize("order", ORDERS, ids="-in-".join)
def test_each_call_is_executed_once(order: tuple[str, ...], executions: list[str]) -> None:
    with ExitStack() as stack:
        for name in order:
            stack.enter_context(MOCKS[name]())
        create("chat")
        assert executions == ["chat"]
        assert names() == ["chat"]


@pytest.mark.parametrize("order", ORDERS, ids="-in-".join)
def test_state_lasts_as_long_as_the_outermost_mock(order: tuple[str, ...]) -> None:
    outer, *inner = order
    with MOCKS[outer](), mock_chimesdkidentity():
        create("outside")
        with ExitStack() as stack:
            for name in inner:
                stack.enter_context(MOCKS[name]())
                assert names() == ["outside"]
            create("inside")
        assert names() == ["outside", "inside"]
    with mock_chimesdkidentity():
        assert names() == []


def test_settings_last_as_long_as_the_outermost_mock() -> None:
    with mock_chimesdkidentity() as mock:
        mock.limits.app_instances_per_account = 7
        with mock_aws(), mock_qapps() as inner:
            assert inner.limits.app_instances_per_account == 7
        assert mock.limits.app_instances_per_account == 7
    with mock_chimesdkidentity() as mock:
        assert mock.limits.app_instances_per_account == 100


def test_settings_inside_mock_aws_end_with_it() -> None:
    with mock_aws():
        with mock_chimesdkidentity() as mock:
            mock.limits.app_instances_per_account = 7
        with mock_chimesdkidentity() as mock:
            assert mock.limits.app_instances_per_account == 7
    with mock_aws(), mock_chimesdkidentity() as mock:
        assert mock.limits.app_instances_per_account == 100


def test_mock_aws_alone_covers_our_services() -> None:
    with mock_aws():
        create("chat")
        assert names() == ["chat"]
    with mock_aws():
        assert names() == []


def test_motos_services_work_alongside_ours() -> None:
    with mock_chimesdkidentity(), mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="files")
        create("chat")
        assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == ["files"]
        assert names() == ["chat"]


def test_stacked_decorators_share_one_state() -> None:
    @mock_aws
    @mock_chimesdkidentity
    @mock_qapps
    def stacked() -> list[str]:
        create("chat")
        return names()

    assert stacked() == ["chat"]
    assert stacked() == ["chat"], "and each run starts clean"


@mock_chimesdkidentity
@mock_aws
class TestStackedOnAClass:
    def setup_method(self) -> None:
        create("from setup_method")

    def test_state_from_setup_survives_motos_resets(self) -> None:
        assert names() == ["from setup_method"]

    def test_state_from_setup_exists_once(self) -> None:
        assert names() == ["from setup_method"]


def test_the_outer_mock_runs_after_the_inner_one_stops() -> None:
    with mock_chimesdkidentity():
        with mock_chimesdkidentity():
            pass
        create("still answered")
        client = chime()
        with mock_aws():
            pass
        assert len(client.list_app_instances()["AppInstances"]) == 1


def test_accounts_of_assumed_roles_come_from_moto() -> None:
    with mock_aws(), mock_chimesdkidentity():
        sts = boto3.client("sts", region_name="us-east-1")
        role = sts.assume_role(RoleArn="arn:aws:iam::222233334444:role/chat", RoleSessionName="test")
        credentials = role["Credentials"]
        other = boto3.client(
            "chime-sdk-identity",
            region_name="us-east-1",
            aws_access_key_id=credentials["AccessKeyId"],
            aws_secret_access_key=credentials["SecretAccessKey"],
            aws_session_token=credentials["SessionToken"],
        )
        assert ":222233334444:" in other.create_app_instance(Name="theirs")["AppInstanceArn"]
        assert names() == [], "ours is another account"
