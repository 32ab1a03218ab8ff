"""How long an app instance keeps its channels' messages."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from qchime.control.handle import Handle
from qchime.world import Clock
from tests.services.chimesdkidentity.samples import call_without_metadata, retention

MOMENT = datetime(2024, 5, 21, 23, 17, 27, 350_000, tzinfo=timezone.utc)


@pytest.fixture
def put(client: Any, instance_arn: str) -> Callable[..., Any]:
    def put_settings(settings: Any) -> Any:
        here = {"AppInstanceArn": instance_arn, "AppInstanceRetentionSettings": settings}
        return call_without_metadata(client, "PutAppInstanceRetentionSettings", **here)

    return put_settings


@pytest.fixture
def get(client: Any, instance_arn: str) -> Callable[..., Any]:
    return lambda: call_without_metadata(
        client, "GetAppInstanceRetentionSettings", AppInstanceArn=instance_arn
    )


@pytest.mark.rule("chime.initial-retention")
def test_retention_is_off_by_default(get: Callable[..., Any]) -> None:
    """Empty settings before anything was put, and no timestamp."""
    assert get() == {"AppInstanceRetentionSettings": {}}


@pytest.mark.parametrize("days", [1, 5475])
def test_put_returns_the_settings_and_get_returns_the_same(
    put: Callable[..., Any], get: Callable[..., Any], days: int
) -> None:
    answer = put(retention(days))
    assert answer["AppInstanceRetentionSettings"] == retention(days)
    assert get() == answer


@pytest.mark.rule("chime.retention-timestamps")
def test_deletion_begins_thirty_days_after_the_put(
    put: Callable[..., Any], get: Callable[..., Any], qchime: Handle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The grace period of 30 days is documented."""
    monkeypatch.setattr(Clock, "now", lambda clock: MOMENT)
    assert put(retention(7))["InitiateDeletionTimestamp"] == MOMENT + timedelta(days=30)
    monkeypatch.setattr(Clock, "now", lambda clock: MOMENT + timedelta(days=5))
    assert get()["InitiateDeletionTimestamp"] == MOMENT + timedelta(days=30)


@pytest.mark.rule("chime.retention-timestamps")
def test_another_put_restarts_the_thirty_days(
    put: Callable[..., Any], qchime: Handle, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(retention(7))
    monkeypatch.setattr(Clock, "now", lambda clock: MOMENT)
    assert put(retention(8))["InitiateDeletionTimestamp"] == MOMENT + timedelta(days=30)


@pytest.mark.rule("chime.retention-timestamps")
def test_empty_channel_settings_turn_retention_off(put: Callable[..., Any], get: Callable[..., Any]) -> None:
    """No timestamp while it is off."""
    put(retention(7))
    assert put({"ChannelRetentionSettings": {}}) == {
        "AppInstanceRetentionSettings": {"ChannelRetentionSettings": {}}
    }
    assert get() == {"AppInstanceRetentionSettings": {"ChannelRetentionSettings": {}}}


def test_settings_without_channel_settings_turn_retention_off_too(
    put: Callable[..., Any], get: Callable[..., Any]
) -> None:
    """A Put replaces all settings."""
    put(retention(7))
    assert put({}) == {"AppInstanceRetentionSettings": {}}
    assert get() == {"AppInstanceRetentionSettings": {}}


def test_retention_can_be_turned_on_again(put: Callable[..., Any], get: Callable[..., Any]) -> None:
    put({"ChannelRetentionSettings": {}})
    put(retention(7))
    assert get()["AppInstanceRetentionSettings"] == retention(7)


def test_every_instance_has_settings_of_its_own(client: Any, put: Callable[..., Any]) -> None:
    put(retention(7))
    other = client.create_app_instance(Name="Other")["AppInstanceArn"]
    assert call_without_metadata(client, "GetAppInstanceRetentionSettings", AppInstanceArn=other) == {
        "AppInstanceRetentionSettings": {}
    }
