"""Threads page while others create and delete: lasting items are listed exactly once, in order."""

from collections.abc import Callable
from typing import Any

import pytest

from qchime.control.handle import Handle
from tests.concurrency.together import THREADS, at_once, flat
from tests.services.chimesdkidentity.samples import device
from tests.services.chimesdkidentity.test_paging import LISTS as CHIME_LISTS
from tests.services.qapps.test_paging import apps, library

STAYING, TIMES, WALKS = 9, 8, 3


@pytest.fixture(params=CHIME_LISTS, ids=lambda make: make.__name__)
def chime_list(request: pytest.FixtureRequest, qchime: Handle, chimes: list[Any]) -> Any:
    """Each list of Chime SDK Identity, with room for many."""
    qchime.limits.endpoints_per_user = 1000
    instance_arn = chimes[0].create_app_instance(Name="Chat")["AppInstanceArn"]

    def create_user(user_id: str) -> str:
        user = {"AppInstanceArn": instance_arn, "AppInstanceUserId": user_id, "Name": "Somebody"}
        return str(chimes[0].create_app_instance_user(**user)["AppInstanceUserArn"])

    return request.param(chimes[0], instance_arn=instance_arn, create_user=create_user)


@pytest.fixture(params=[apps, library], ids=lambda make: make.__name__)
def qapps_list(request: pytest.FixtureRequest, qchime: Handle, people: list[Any]) -> Any:
    """Each list of Q Apps that comes in pages."""
    qchime.limits.apps_per_user = 1000
    return request.param(people[0])


def walks_and_changes(listing: Any, create: Callable[[int], str]) -> list[list[str]]:
    """What several threads list while as many others create and delete."""

    def act(number: int, _: Any) -> list[list[str]]:
        if number % 2:
            return [flat(listing.pages(size=2)) for _ in range(WALKS)]
        for time in range(TIMES):
            listing.delete(create(STAYING + number * TIMES + time))
        return []

    return flat(at_once(act, range(THREADS)))


def check(walked: list[list[str]], staying: list[str]) -> None:
    assert len(walked) == THREADS // 2 * WALKS
    for keys in walked:
        assert len(keys) == len(set(keys)), "nothing is listed twice"
        assert [key for key in keys if key in staying] == staying


def test_lists_of_chime(chime_list: Any) -> None:
    before = flat(chime_list.pages(size=50))  # the app instance that contains the others
    staying = before + chime_list.fill(STAYING)
    check(walks_and_changes(chime_list, chime_list.create), staying)
    assert chime_list.page() == (staying, None)


def test_lists_of_qapps(qapps_list: Any) -> None:
    staying = qapps_list.fill(STAYING)
    check(walks_and_changes(qapps_list, lambda _: qapps_list.create()), staying)
    assert qapps_list.page() == (staying, None)


def test_deleting_each_page_while_paging_covers_everything(chimes: list[Any]) -> None:
    """Several threads clean up at once: each item is deleted exactly once."""
    instance_arn = chimes[0].create_app_instance(Name="Chat")["AppInstanceArn"]
    user = {"AppInstanceArn": instance_arn, "AppInstanceUserId": "alice", "Name": "Alice"}
    here = {"AppInstanceUserArn": chimes[0].create_app_instance_user(**user)["AppInstanceUserArn"]}
    ids = [
        chimes[0].register_app_instance_user_endpoint(**here, **device(f"device-{number}"))["EndpointId"]
        for number in range(STAYING)
    ]

    def clean_up(_: int, client: Any) -> list[str]:
        deleted: list[str] = []
        token: dict[str, str] = {}
        while True:
            page = client.list_app_instance_user_endpoints(**here, MaxResults=2, **token)
            for endpoint in page["AppInstanceUserEndpoints"]:
                try:
                    client.deregister_app_instance_user_endpoint(**here, EndpointId=endpoint["EndpointId"])
                except client.exceptions.ForbiddenException:
                    continue  # another thread was faster
                deleted.append(endpoint["EndpointId"])
            if "NextToken" not in page:
                return deleted
            token = {"NextToken": page["NextToken"]}

    assert sorted(flat(at_once(clean_up, chimes))) == sorted(ids)
    assert chimes[0].list_app_instance_user_endpoints(**here)["AppInstanceUserEndpoints"] == []
