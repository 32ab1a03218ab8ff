"""Delays that a fault injects pass in real time, whatever a test does to its clock."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
import requests
import time_machine
from freezegun import freeze_time

from qchime import mock_chimesdkidentity, mock_qapps
from qchime.control.handle import Handle
from tests.mocking.clients import REGION, chime
from tests.mocking.test_requests_door import presigned

DELAY = 0.05
CLOCKS = [
    pytest.param(lambda: freeze_time("2030-01-01"), id="freezegun"),
    pytest.param(lambda: freeze_time("2030-01-01", tick=True), id="freezegun, ticking"),
    pytest.param(lambda: freeze_time("2030-01-01", real_asyncio=True), id="freezegun, real asyncio"),
    pytest.param(lambda: time_machine.travel("2030-01-01", tick=False), id="time-machine"),
]
now = time.perf_counter_ns
"""Real time: freezegun is told to leave it alone."""


@pytest.fixture
async def delayed() -> AsyncIterator[Any]:
    """A client of aiobotocore whose calls are delayed."""
    session = pytest.importorskip("aiobotocore.session").get_session()
    with mock_chimesdkidentity() as mock:
        mock.faults.add("ListAppInstances", delay=DELAY)
        async with session.create_client("chime-sdk-identity", region_name=REGION) as client:
            yield client


@pytest.mark.parametrize("stopped", CLOCKS)
class TestAStoppedClock:
    async def test_does_not_stop_aiobotocore(self, delayed: Any, stopped: Any) -> None:
        with stopped():
            assert (await delayed.list_app_instances())["AppInstances"] == []

    async def test_does_not_stop_several_calls_at_once(self, delayed: Any, stopped: Any) -> None:
        with stopped():
            answers = await asyncio.gather(*(delayed.list_app_instances() for _ in range(20)))
        assert [answer["AppInstances"] for answer in answers] == [[]] * 20

    def test_does_not_stop_boto3(self, stopped: Any) -> None:
        with mock_chimesdkidentity() as mock, stopped():
            mock.faults.add("ListAppInstances", delay=DELAY)
            assert chime().list_app_instances()["AppInstances"] == []

    def test_does_not_stop_requests(self, stopped: Any) -> None:
        with mock_qapps() as mock, stopped():
            mock.faults.add("ListQApps", delay=DELAY)
            assert requests.get(presigned(), headers={"instance-id": "one"}).json() == {"apps": []}


async def test_a_clock_that_stops_during_a_delay_does_not_stop_it(delayed: Any) -> None:
    call = asyncio.ensure_future(delayed.list_app_instances())
    await asyncio.sleep(0)
    with freeze_time("2030-01-01"):
        assert (await call)["AppInstances"] == []


async def test_delays_take_as_long_as_they_should(delayed: Any) -> None:
    started = now()
    await delayed.list_app_instances()
    assert now() - started >= DELAY * 1e9


async def test_other_coroutines_run_during_a_delay(delayed: Any) -> None:
    call = asyncio.ensure_future(delayed.list_app_instances())
    turns = 0
    while not call.done():
        await asyncio.sleep(0.001)
        turns += 1
    assert turns > 1


async def test_a_delay_can_be_cancelled(delayed: Any, qchime: Handle) -> None:
    qchime.faults.reset()
    qchime.faults.add("ListAppInstances", delay=3600)
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(delayed.list_app_instances(), 0.01)
