"""How many calls there were in each of the last seconds."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
import time_machine
from freezegun import freeze_time

from qchime import Handle
from qchime.core.cloud import cloud
from qchime.world import tally
from qchime.world.tally import SECONDS, Tally, steady_seconds
from tests.services.qapps.samples import INSTANCE, NOBODYS


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, as a list of one number."""
    seconds = [1000.0]
    monkeypatch.setattr(tally, "steady_seconds", lambda: seconds[0])
    return seconds


def test_calls_and_errors_are_counted_by_the_second(seconds: list[float]) -> None:
    counted = Tally()
    for now, is_error in ((1000.1, False), (1000.9, True), (1002.0, False)):
        seconds[0] = now
        counted.add(is_error)
    seconds[0] = 1003.5
    assert counted.recent() == [(3, 2, 1), (1, 1, 0)]


def test_only_the_last_seconds_count(seconds: list[float]) -> None:
    counted = Tally()
    counted.add(False)
    seconds[0] += SECONDS - 1
    assert counted.recent() == [(SECONDS - 1, 1, 0)]
    seconds[0] += 1
    assert counted.recent() == []


def test_a_reset_forgets_all_calls(seconds: list[float]) -> None:
    counted = Tally()
    counted.add(True)
    counted.reset()
    assert counted.recent() == []


@pytest.mark.parametrize("freeze", [freeze_time("2020-02-02"), time_machine.travel(0, tick=False)])
def test_time_that_a_test_stops_goes_on(freeze: Any) -> None:
    with freeze:
        frozen, before = datetime.now(timezone.utc), steady_seconds()
        assert any(steady_seconds() != before for _ in range(100_000))
        assert datetime.now(timezone.utc) == frozen


def test_a_log_counts_its_calls_but_not_those_of_a_state(qchime: Handle, qapps_client: Any) -> None:
    qapps_client.list_q_apps(instanceId=INSTANCE)
    with pytest.raises(qapps_client.exceptions.ResourceNotFoundException):
        qapps_client.stop_q_app_session(instanceId=INSTANCE, sessionId=NOBODYS)
    (log,) = cloud.contents.call_logs("123456789012")
    counts = [(calls, errors) for _, calls, errors in log.recent()]
    assert (sum(calls for calls, _ in counts), sum(errors for _, errors in counts)) == (2, 1)
    qchime.load(qchime.dump())
    (log,) = cloud.contents.call_logs("123456789012")
    assert (len(log), log.recent()) == (2, [])
