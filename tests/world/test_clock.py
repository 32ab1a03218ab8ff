"""The clock that both services read."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from qchime.world import Clock

NEW_YEAR = datetime(2031, 1, 1, tzinfo=timezone.utc)


def test_it_shows_the_machines_time_in_utc() -> None:
    before = datetime.now(timezone.utc)
    now = Clock().now()

    assert before <= now <= datetime.now(timezone.utc)
    assert now.utcoffset() == timedelta()


def test_it_advances() -> None:
    clock = Clock()

    assert clock.now() <= clock.now()


def test_advance_takes_the_keywords_of_timedelta() -> None:
    clock = Clock()
    before = clock.now()
    clock.advance(days=7, hours=2, minutes=0.5)

    assert clock.offset == timedelta(days=7, hours=2, seconds=30)
    assert clock.now() - before >= clock.offset


def test_advances_add_up_and_can_be_negative() -> None:
    clock = Clock()
    clock.advance(days=2)
    clock.advance(days=-3)

    assert clock.offset == timedelta(days=-1)
    assert clock.now() < datetime.now(timezone.utc)


def test_reset_returns_to_the_machines_time() -> None:
    clock = Clock()
    clock.advance(weeks=1)
    clock.reset()

    assert clock.offset == timedelta()


@pytest.mark.parametrize("duration", [{"fortnights": 1}, {"days": "1"}, {"days": None}, {"days": [1]}])
def test_an_invalid_keyword_of_timedelta_is_refused_and_named(duration: dict[str, Any]) -> None:
    clock = Clock()
    with pytest.raises(TypeError, match=r"fortnights|days"):
        clock.advance(**duration)

    assert clock.offset == timedelta()


@pytest.mark.parametrize("days", [10**9, -(10**9), 10**30, float("inf"), 3_000_000, -1_000_000])
def test_a_time_out_of_range_is_refused(days: float) -> None:
    clock = Clock()
    clock.advance(days=1)
    with pytest.raises(ValueError, match="cannot be advanced that far"):
        clock.advance(days=days)

    assert clock.offset == timedelta(days=1), "as it was"
    assert clock.now()  # type: ignore[truthy-bool]


def test_freezegun_moves_it() -> None:
    freezegun = pytest.importorskip("freezegun")
    clock = Clock()
    with freezegun.freeze_time(NEW_YEAR) as frozen:
        assert clock.now() == NEW_YEAR
        frozen.tick(timedelta(hours=1))
        assert clock.now() == NEW_YEAR + timedelta(hours=1)
        clock.advance(hours=1)
        assert clock.now() == NEW_YEAR + timedelta(hours=2)


def test_time_machine_moves_it() -> None:
    time_machine = pytest.importorskip("time_machine")
    clock = Clock()
    with time_machine.travel(NEW_YEAR, tick=False) as traveller:
        assert clock.now() == NEW_YEAR
        traveller.shift(timedelta(hours=1))
        clock.advance(hours=1)
        assert clock.now() == NEW_YEAR + timedelta(hours=2)


@pytest.mark.parametrize("package", ["freezegun", "time_machine"])
def test_resources_are_created_at_the_mocks_time(chime_sdk_identity_client: Any, package: str) -> None:
    module = pytest.importorskip(package)
    travel = module.freeze_time(NEW_YEAR) if package == "freezegun" else module.travel(NEW_YEAR, tick=False)
    client = chime_sdk_identity_client
    with travel:
        arn = client.create_app_instance(Name="Chat")["AppInstanceArn"]

    assert client.describe_app_instance(AppInstanceArn=arn)["AppInstance"]["CreatedTimestamp"] == NEW_YEAR
