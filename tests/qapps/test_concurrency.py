"""Ten threads at once: whatever the way, nothing is lost and nothing comes twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import boto3
import pytest

from qchime.handle import Handle
from tests.qapps.running import FORM, NAME, answers, data, fill, join, look, share, start, submit
from tests.qapps.samples import INSTANCE, form, text

THREADS = 10
TIMES = 5


@pytest.fixture(params=["in the process", "over the server"])
def people(request: pytest.FixtureRequest, qchime: Handle) -> list[Any]:
    """A client for each of ten users."""
    server = request.getfixturevalue("qchime_server") if request.param == "over the server" else None
    where = {"endpoint_url": server.url} if server else {}
    session = boto3.Session()
    users = [qchime.users.add(f"user-{number}@example.com") for number in range(THREADS)]
    return [session.client("qapps", region_name="us-east-1", **user.credentials, **where) for user in users]


def at_once(act: Callable[[int, Any], Any], people: list[Any]) -> list[Any]:
    """What each gets who does this, all of them starting together."""
    ready = Barrier(len(people), timeout=60)

    def run(number: int) -> Any:
        ready.wait()
        return act(number, people[number])

    with ThreadPoolExecutor(len(people)) as threads:
        return list(threads.map(run, range(len(people))))


@pytest.fixture
def collection(alice: Any, create_app: Callable[..., str], publish: Callable[..., str]) -> tuple[str, str]:
    """The app and the session of a data collection that keeps all answers."""
    app_id = create_app(form(FORM, computeMode="append"), text(NAME))
    publish(app_id)
    session_id = start(alice, app_id)
    share(alice, session_id)
    return app_id, session_id


def test_every_like_is_counted_once(
    alice: Any, people: list[Any], create_app: Callable[..., str], publish: Callable[..., str]
):
    item = publish(create_app())

    def like(number: int, client: Any) -> None:
        client.associate_library_item_review(instanceId=INSTANCE, libraryItemId=item)

    at_once(like, people)
    liked = alice.get_library_item(instanceId=INSTANCE, libraryItemId=item)
    assert liked["ratingCount"] == THREADS


def test_likes_that_are_taken_back_at_once_are_gone(
    alice: Any, people: list[Any], create_app: Callable[..., str], publish: Callable[..., str]
):
    item = publish(create_app())

    def waver(number: int, client: Any) -> None:
        for _ in range(TIMES):
            client.associate_library_item_review(instanceId=INSTANCE, libraryItemId=item)
            client.disassociate_library_item_review(instanceId=INSTANCE, libraryItemId=item)

    at_once(waver, people)
    assert alice.get_library_item(instanceId=INSTANCE, libraryItemId=item)["ratingCount"] == 0


def test_one_like_that_is_sent_ten_times_is_one_like(
    alice: Any, people: list[Any], create_app: Callable[..., str], publish: Callable[..., str]
):
    item = publish(create_app())

    def like(number: int, client: Any) -> str:
        try:
            people[0].associate_library_item_review(instanceId=INSTANCE, libraryItemId=item)
        except people[0].exceptions.ConflictException:
            return "conflict"
        return "liked"

    assert sorted(at_once(like, people)) == ["conflict"] * (THREADS - 1) + ["liked"]
    assert alice.get_library_item(instanceId=INSTANCE, libraryItemId=item)["ratingCount"] == 1


def test_whoever_joins_is_counted_as_a_user(alice: Any, people: list[Any], collection: tuple[str, str]):
    app_id, session_id = collection
    at_once(lambda number, client: join(client, app_id, session_id), people)

    (item,) = alice.list_library_items(instanceId=INSTANCE)["libraryItems"]
    assert item["userCount"] == THREADS + 1, "and so is the owner"
    for client in people:
        assert [app["appId"] for app in client.list_q_apps(instanceId=INSTANCE)["apps"]] == [app_id]


def test_no_submission_is_lost(alice: Any, people: list[Any], collection: tuple[str, str]):
    _, session_id = collection

    def answer(number: int, client: Any) -> None:
        for time in range(TIMES):
            submit(client, session_id, {"name": str(number), "score": time})

    at_once(answer, people)
    expected = [{"name": str(number), "score": time} for number in range(THREADS) for time in range(TIMES)]
    found = answers(alice, session_id)
    assert sorted(found, key=lambda entry: (int(entry["name"]), entry["score"])) == expected
    assert len({entry["submissionId"] for entry in data(alice, session_id)}) == THREADS * TIMES


def test_joining_liking_and_submitting_at_once_lose_nothing(
    alice: Any, people: list[Any], collection: tuple[str, str]
):
    app_id, session_id = collection
    (item,) = alice.list_library_items(instanceId=INSTANCE)["libraryItems"]

    def take_part(number: int, client: Any) -> None:
        join(client, app_id, session_id)
        submit(client, session_id, {"score": number})
        client.associate_library_item_review(instanceId=INSTANCE, libraryItemId=item["libraryItemId"])

    at_once(take_part, people)
    (item,) = alice.list_library_items(instanceId=INSTANCE)["libraryItems"]
    assert (item["userCount"], item["ratingCount"]) == (THREADS + 1, THREADS)
    assert sorted(entry["score"] for entry in answers(alice, session_id)) == list(range(THREADS))


def test_a_card_that_waits_takes_one_value(alice: Any, people: list[Any], collection: tuple[str, str]):
    _, session_id = collection
    at_once(lambda number, client: fill(client, session_id, {NAME: str(number)}), people)

    card = look(alice, session_id)["cardStatus"][NAME]
    assert card["currentState"] == "COMPLETED"
    assert card["currentValue"] in map(str, range(THREADS))


def test_a_host_gets_one_collection_however_often_they_start_it(
    alice: Any, people: list[Any], create_app: Callable[..., str], publish: Callable[..., str]
):
    app_id = create_app(form())
    publish(app_id)

    def begin(number: int, client: Any) -> str | None:
        try:
            return start(people[0], app_id)
        except people[0].exceptions.ValidationException:
            return None

    assert sum(session_id is not None for session_id in at_once(begin, people)) == 1


def test_ten_apps_that_are_created_at_once_are_ten(people: list[Any], create_app: Callable[..., str]):
    created = at_once(lambda number, client: create_app(client=client), people)

    listed = [client.list_q_apps(instanceId=INSTANCE)["apps"] for client in people]
    assert [[app["appId"] for app in apps] for apps in listed] == [[app_id] for app_id in created]
    assert len(set(created)) == THREADS
