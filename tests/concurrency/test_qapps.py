"""Ten people use Q Apps at once: nothing is lost or duplicated, and no quota is exceeded."""

from collections.abc import Callable
from typing import Any

import pytest

from qchime.control.handle import Handle
from tests.concurrency.together import THREADS, at_once, flat, outcome
from tests.services.qapps.running import FORM, NAME, answers, data, fill, join, look, share, start, submit
from tests.services.qapps.samples import HERE, INSTANCE, definition, form, text

TIMES = 5


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
) -> None:
    item = publish(create_app())

    def like(number: int, client: Any) -> None:
        client.associate_library_item_review(instanceId=INSTANCE, libraryItemId=item)

    at_once(like, people)
    liked = alice.get_library_item(instanceId=INSTANCE, libraryItemId=item)
    assert liked["ratingCount"] == THREADS


def test_likes_that_are_withdrawn_at_once_are_gone(
    alice: Any, people: list[Any], create_app: Callable[..., str], publish: Callable[..., str]
) -> None:
    item = publish(create_app())

    def waver(number: int, client: Any) -> None:
        for _ in range(TIMES):
            client.associate_library_item_review(instanceId=INSTANCE, libraryItemId=item)
            client.disassociate_library_item_review(instanceId=INSTANCE, libraryItemId=item)

    at_once(waver, people)
    assert alice.get_library_item(instanceId=INSTANCE, libraryItemId=item)["ratingCount"] == 0


def test_a_like_sent_ten_times_counts_once(
    alice: Any, people: list[Any], create_app: Callable[..., str], publish: Callable[..., str]
) -> None:
    item = publish(create_app())

    def like(number: int, client: Any) -> str:
        try:
            people[0].associate_library_item_review(instanceId=INSTANCE, libraryItemId=item)
        except people[0].exceptions.ConflictException:
            return "conflict"
        return "liked"

    assert sorted(at_once(like, people)) == ["conflict"] * (THREADS - 1) + ["liked"]
    assert alice.get_library_item(instanceId=INSTANCE, libraryItemId=item)["ratingCount"] == 1


def test_everybody_who_joins_is_counted_as_a_user(
    alice: Any, people: list[Any], collection: tuple[str, str]
) -> None:
    app_id, session_id = collection
    at_once(lambda number, client: join(client, app_id, session_id), people)

    (item,) = alice.list_library_items(instanceId=INSTANCE)["libraryItems"]
    assert item["userCount"] == THREADS + 1, "and so is the owner"
    for client in people:
        assert [app["appId"] for app in client.list_q_apps(instanceId=INSTANCE)["apps"]] == [app_id]


def test_no_submission_is_lost(alice: Any, people: list[Any], collection: tuple[str, str]) -> None:
    _, session_id = collection

    def answer(number: int, client: Any) -> None:
        for time in range(TIMES):
            submit(client, session_id, {"name": str(number), "score": time})

    at_once(answer, people)
    expected = [{"name": str(number), "score": time} for number in range(THREADS) for time in range(TIMES)]
    found = answers(alice, session_id)
    assert sorted(found, key=lambda entry: (int(entry["name"]), entry["score"])) == expected
    assert len({entry["submissionId"] for entry in data(alice, session_id)}) == THREADS * TIMES


def test_concurrent_joins_likes_and_submissions_are_not_lost(
    alice: Any, people: list[Any], collection: tuple[str, str]
) -> None:
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


def test_a_waiting_card_takes_one_value(alice: Any, people: list[Any], collection: tuple[str, str]) -> None:
    _, session_id = collection
    at_once(lambda number, client: fill(client, session_id, {NAME: str(number)}), people)

    card = look(alice, session_id)["cardStatus"][NAME]
    assert card["currentState"] == "COMPLETED"
    assert card["currentValue"] in map(str, range(THREADS))


def test_a_host_gets_one_data_collection(
    alice: Any, people: list[Any], create_app: Callable[..., str], publish: Callable[..., str]
) -> None:
    app_id = create_app(form())
    publish(app_id)

    def begin(number: int, client: Any) -> str | None:
        try:
            return start(people[0], app_id)
        except people[0].exceptions.ValidationException:
            return None

    assert sum(session_id is not None for session_id in at_once(begin, people)) == 1


def test_ten_apps_can_be_created_at_once(people: list[Any], create_app: Callable[..., str]) -> None:
    created = at_once(lambda number, client: create_app(client=client), people)

    listed = [client.list_q_apps(instanceId=INSTANCE)["apps"] for client in people]
    assert [[app["appId"] for app in apps] for apps in listed] == [[app_id] for app_id in created]
    assert len(set(created)) == THREADS


NEW = {**HERE, "title": "App", "appDefinition": definition()}
ROOM = 7


def test_the_quota_per_user_is_not_exceeded(qchime: Handle, people: list[Any]) -> None:
    qchime.limits.apps_per_user = ROOM
    tries = at_once(lambda number, _: [outcome(people[0].create_q_app, **NEW) for _ in range(2)], people)

    assert sorted(flat(tries)).count("ok") == ROOM
    assert flat(tries).count("ServiceQuotaExceededException") == 2 * THREADS - ROOM
    assert len(people[0].list_q_apps(**HERE)["apps"]) == ROOM


def test_the_quota_per_instance_is_not_exceeded(qchime: Handle, people: list[Any]) -> None:
    qchime.limits.apps_per_instance = ROOM
    tries = at_once(lambda number, client: outcome(client.create_q_app, **NEW), people)

    assert sorted(tries) == ["ServiceQuotaExceededException"] * (THREADS - ROOM) + ["ok"] * ROOM
    assert sum(len(client.list_q_apps(**HERE)["apps"]) for client in people) == ROOM


def test_the_category_quota_is_not_exceeded(qchime: Handle, people: list[Any]) -> None:
    qchime.limits.categories_per_instance = ROOM

    def add(number: int, client: Any) -> str:
        return outcome(client.batch_create_category, **HERE, categories=[{"title": f"Title {number}"}])

    tries = at_once(add, people)
    assert sorted(tries) == ["ValidationException"] * (THREADS - ROOM) + ["ok"] * ROOM
    categories = people[0].list_categories(**HERE)["categories"]
    assert len({category["id"] for category in categories}) == len(categories) == ROOM
    assert {category["title"] for category in categories} == {
        f"Title {number}" for number, result in enumerate(tries) if result == "ok"
    }


def test_one_title_makes_one_category(people: list[Any]) -> None:
    def add(number: int, client: Any) -> str:
        return outcome(client.batch_create_category, **HERE, categories=[{"title": "The same"}])

    assert sorted(at_once(add, people)) == ["ConflictException"] * (THREADS - 1) + ["ok"]


def test_every_update_makes_a_version(alice: Any, people: list[Any], create_app: Callable[..., str]) -> None:
    app_id = create_app()

    def update(number: int, _: Any) -> tuple[int, str]:
        title = f"Number {number}"
        return alice.update_q_app(**HERE, appId=app_id, title=title)["appVersion"], title

    made = sorted(at_once(update, people))
    assert [version for version, _ in made] == list(range(2, THREADS + 2))
    for version, title in made:
        assert alice.get_q_app(**HERE, appId=app_id, appVersion=version)["title"] == title


def test_concurrent_grants_are_all_kept(people: list[Any], create_app: Callable[..., str]) -> None:
    app_id = create_app(client=people[0])

    def grant(number: int, _: Any) -> None:
        grants = [{"action": "read", "principal": f"friend-{number}@example.com"}]
        people[0].update_q_app_permissions(**HERE, appId=app_id, grantPermissions=grants)

    at_once(grant, people)
    permissions = people[0].describe_q_app_permissions(**HERE, appId=app_id)["permissions"]
    principals = [permission["principal"] for permission in permissions]
    friends = {f"friend-{number}@example.com" for number in range(THREADS)}
    assert {principal["email"] for principal in principals} == {"user-0@example.com", *friends}
    assert len({principal["userId"] for principal in principals}) == THREADS + 1


def test_an_app_is_deleted_once(people: list[Any], create_app: Callable[..., str]) -> None:
    app_id = create_app(client=people[0])
    tries = at_once(lambda *_: outcome(people[0].delete_q_app, **HERE, appId=app_id), people)
    assert sorted(tries) == ["ResourceNotFoundException"] * (THREADS - 1) + ["ok"]
