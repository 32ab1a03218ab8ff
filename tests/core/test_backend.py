"""What a backend tells the others of its account and region."""

from collections.abc import Callable
from typing import Any

import boto3
import pytest

from qchime import Handle
from qchime.core.cloud import cloud
from qchime.core.table import SERVICES
from qchime.services.chimesdkidentity.backend import ChimeSDKIdentityBackend
from qchime.services.chimesdkidentity.face import AppInstanceDeleted, IdentityDeleted
from qchime.services.qapps.backend import QAppsBackend
from tests.services.chimesdkidentity.samples import days


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch, qapps_client: Any) -> list[tuple[str, Any]]:
    """What Q Apps, which has been used in us-east-1, hears: the region, and the news."""
    news: list[tuple[str, Any]] = []
    monkeypatch.setattr(QAppsBackend, "hear", lambda self, new: news.append((self.region_name, new)))
    qapps_client.list_q_apps(instanceId="0b7a3a52-6a3c-4a5b-9a9c-0a6f6f0d3a11")
    return news


@pytest.fixture
def chat(chime_sdk_identity_client: Any) -> Callable[..., Any]:
    """Create an app instance with the users alice and bob; returns its ARN."""

    def create(client: Any = chime_sdk_identity_client) -> Any:
        arn = client.create_app_instance(Name="Chat")["AppInstanceArn"]
        for name in ("alice", "bob"):
            client.create_app_instance_user(AppInstanceArn=arn, AppInstanceUserId=name, Name=name)
        return arn

    return create


def test_it_tells_what_is_deleted_in_order(
    heard: list[Any], chat: Callable[..., Any], chime_sdk_identity_client: Any
) -> None:
    arn = chat()
    chime_sdk_identity_client.delete_app_instance_user(AppInstanceUserArn=f"{arn}/user/alice")
    chime_sdk_identity_client.delete_app_instance(AppInstanceArn=arn)
    assert heard == [
        ("us-east-1", IdentityDeleted(arn, f"{arn}/user/alice")),
        ("us-east-1", AppInstanceDeleted(arn)),
    ]


def test_it_tells_what_has_expired_once_somebody_looks(
    heard: list[Any], chat: Callable[..., Any], chime_sdk_identity_client: Any, qchime: Handle
) -> None:
    arn = chat()
    chime_sdk_identity_client.put_app_instance_user_expiration_settings(
        AppInstanceUserArn=f"{arn}/user/bob", ExpirationSettings=days(1)
    )
    qchime.clock.advance(days=2)
    chime_sdk_identity_client.describe_app_instance(AppInstanceArn=arn)
    assert heard == [("us-east-1", IdentityDeleted(arn, f"{arn}/user/bob"))]


def test_it_tells_what_a_reset_deletes(
    heard: list[Any], chat: Callable[..., Any], chime_sdk_identity_client: Any
) -> None:
    arn = chat()
    cloud.account("123456789012").backend(SERVICES.named("chime-sdk-identity"), "us-east-1").reset()
    assert heard == [("us-east-1", AppInstanceDeleted(arn))]


def test_other_regions_and_accounts_hear_nothing(heard: list[Any], chat: Callable[..., Any]) -> None:
    account: Any = {"aws_access_key_id": "111122223333", "aws_secret_access_key": "secret"}
    for elsewhere in (
        boto3.client("chime-sdk-identity", region_name="eu-central-1"),
        boto3.client("chime-sdk-identity", region_name="us-east-1", **account),
    ):
        elsewhere.delete_app_instance(AppInstanceArn=chat(elsewhere))
    assert heard == []


def test_a_backend_does_not_hear_itself(
    monkeypatch: pytest.MonkeyPatch, chat: Callable[..., Any], chime_sdk_identity_client: Any
) -> None:
    news: list[Any] = []
    monkeypatch.setattr(ChimeSDKIdentityBackend, "hear", lambda self, new: news.append(new))
    chime_sdk_identity_client.delete_app_instance(AppInstanceArn=chat())
    assert news == []
