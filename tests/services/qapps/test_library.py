"""The library: publishing, reviews, verification, and what is listed."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from qchime.control.handle import Handle
from tests.services.qapps.samples import HERE, NOBODYS, call_without_metadata, new_id
from tests.services.qapps.test_apps import UUID


@pytest.fixture
def item_id(app_id: str, publish: Callable[..., str]) -> Any:
    """Alice's app in the library."""
    return publish(app_id)


@pytest.fixture
def create_category(alice: Any) -> Callable[..., Any]:
    """Creates a category; returns its id."""

    def create(title: Any) -> Any:
        category_id = new_id()
        alice.batch_create_category(**HERE, categories=[{"id": category_id, "title": title}])
        return category_id

    return create


def get(client: Any, item_id: Any) -> Any:
    return call_without_metadata(client, "GetLibraryItem", **HERE, libraryItemId=item_id)


def listed(client: Any, **options: Any) -> Any:
    return [item["libraryItemId"] for item in client.list_library_items(**HERE, **options)["libraryItems"]]


def verify(client: Any, item_id: Any, is_verified: bool = True) -> None:
    client.update_library_item_metadata(**HERE, libraryItemId=item_id, isVerified=is_verified)


# Publishing


def test_a_new_item_is_published_unrated_and_unverified(alice: Any, qchime: Handle, app_id: str) -> None:
    item = call_without_metadata(
        alice, "CreateLibraryItem", **HERE, appId=app_id, appVersion=1, categories=[]
    )
    assert re.fullmatch(UUID, item.pop("libraryItemId"))
    created_at, user_id = item.pop("createdAt"), qchime.users.add("alice@example.com").user_id
    assert item == {
        "status": "PUBLISHED",
        "createdBy": user_id,
        "updatedAt": created_at,
        "updatedBy": user_id,
        "ratingCount": 0,
        "isVerified": False,
    }


def test_get_returns_what_create_returned_and_more(alice: Any, app_id: str) -> None:
    created = call_without_metadata(
        alice, "CreateLibraryItem", **HERE, appId=app_id, appVersion=1, categories=[]
    )
    assert get(alice, created["libraryItemId"]) == {
        **created,
        "appId": app_id,
        "appVersion": 1,
        "categories": [],
        "isRatedByUser": False,
        "userCount": 1,
    }


def test_get_and_list_agree(alice: Any, bob: Any, item_id: Any) -> None:
    for client in (alice, bob):
        assert client.list_library_items(**HERE)["libraryItems"] == [get(client, item_id)]


@pytest.mark.rule("qapps.missing-version")
def test_a_missing_version_cannot_be_published(alice: Any, app_id: str) -> None:
    """CreateLibraryItem declares the error."""
    with pytest.raises(alice.exceptions.ResourceNotFoundException) as raised:
        alice.create_library_item(**HERE, appId=app_id, appVersion=2, categories=[])
    assert raised.value.response["resourceType"] == "QApp"
    assert listed(alice) == []


def test_the_library_keeps_its_version_until_another_is_published(
    alice: Any, app_id: str, item_id: Any, publish: Callable[..., str]
) -> None:
    alice.update_q_app(**HERE, appId=app_id, title="Second")
    assert get(alice, item_id)["appVersion"] == 1
    publish(app_id, version=2)
    assert get(alice, item_id)["appVersion"] == 2


@pytest.mark.rule("qapps.publishing-again")
def test_publishing_again_moves_the_item_and_keeps_id_and_ratings(
    alice: Any,
    bob: Any,
    qchime: Handle,
    app_id: str,
    item_id: Any,
    publish: Callable[..., str],
    create_category: Callable[..., Any],
) -> None:
    """That it loses its verification with every change is documented; the rest is inferred."""
    before = get(bob, item_id)
    bob.associate_library_item_review(**HERE, libraryItemId=item_id)
    verify(alice, item_id)
    category = create_category("News")
    qchime.clock.advance(days=1)
    alice.update_q_app(**HERE, appId=app_id, title="Second")
    assert publish(app_id, version=2, categories=(category,)) == item_id
    after = get(bob, item_id)
    assert listed(alice) == [item_id]
    assert (after["appVersion"], after["ratingCount"], after["isRatedByUser"]) == (2, 1, True)
    assert after["categories"] == [{"id": category, "title": "News"}]
    assert after["isVerified"] is False
    assert after["createdAt"] == before["createdAt"]
    assert (after["updatedAt"] - before["updatedAt"]).days == 1


@pytest.mark.rule("qapps.publishing-again")
def test_publishing_a_disabled_item_again_enables_it(
    alice: Any, bob: Any, app_id: str, item_id: Any, publish: Callable[..., str]
) -> None:
    """CreateLibraryItem returns PUBLISHED."""
    alice.update_library_item(**HERE, libraryItemId=item_id, status="DISABLED")
    publish(app_id)
    assert get(bob, item_id)["status"] == "PUBLISHED"


def test_an_older_version_can_be_published(
    alice: Any, bob: Any, create_app: Callable[..., str], publish: Callable[..., str]
) -> None:
    app_id = create_app(title="First")
    alice.update_q_app(**HERE, appId=app_id, title="Second")
    publish(app_id, version=1)
    assert bob.get_q_app(**HERE, appId=app_id)["title"] == "First"


def test_an_item_is_found_with_the_id_of_its_app(alice: Any, app_id: str, item_id: Any) -> None:
    item = alice.get_library_item(**HERE, libraryItemId=item_id, appId=app_id)
    assert item["appId"] == app_id


@pytest.mark.rule("qapps.item-of-another-app")
def test_an_item_is_not_found_with_the_id_of_another_app(
    alice: Any, create_app: Callable[..., str], item_id: Any
) -> None:
    """The ids must match."""
    with pytest.raises(alice.exceptions.ResourceNotFoundException):
        alice.get_library_item(**HERE, libraryItemId=item_id, appId=create_app())


def test_each_instance_has_its_own_library(alice: Any, item_id: Any) -> None:
    assert alice.list_library_items(instanceId="another")["libraryItems"] == []
    with pytest.raises(alice.exceptions.ResourceNotFoundException):
        alice.get_library_item(instanceId="another", libraryItemId=item_id)


# Categories of an item


def test_an_item_has_its_categories_as_id_and_title(
    alice: Any, app_id: str, publish: Callable[..., str], create_category: Callable[..., Any]
) -> None:
    news, tools = create_category("News"), create_category("Tools")
    item_id = publish(app_id, categories=(tools, news))
    assert get(alice, item_id)["categories"] == [
        {"id": tools, "title": "Tools"},
        {"id": news, "title": "News"},
    ]


@pytest.mark.rule("qapps.category-named-twice")
def test_a_category_named_twice_counts_once(
    alice: Any, app_id: str, publish: Callable[..., str], create_category: Callable[..., Any]
) -> None:
    """Inferred."""
    news, tools = create_category("News"), create_category("Tools")
    item_id = publish(app_id, categories=(tools, news, tools))
    assert [category["id"] for category in get(alice, item_id)["categories"]] == [tools, news]


def test_an_item_has_at_most_three_categories(
    alice: Any, app_id: str, publish: Callable[..., str], create_category: Callable[..., Any]
) -> None:
    ids = tuple(create_category(f"Category {number}") for number in range(4))
    item_id = publish(app_id, categories=ids[:3])
    for change in (
        lambda: publish(app_id, categories=ids),
        lambda: alice.update_library_item(**HERE, libraryItemId=item_id, categories=list(ids)),
    ):
        with pytest.raises(alice.exceptions.ValidationException, match="at 'categories' failed"):
            change()
    assert [category["id"] for category in get(alice, item_id)["categories"]] == list(ids[:3])


@pytest.mark.rule("qapps.missing-category")
def test_a_missing_category_is_not_found(
    alice: Any, app_id: str, item_id: Any, publish: Callable[..., str], create_category: Callable[..., Any]
) -> None:
    """Both operations declare the error."""
    before, known = get(alice, item_id), create_category("News")
    for change in (
        lambda: publish(app_id, categories=(known, NOBODYS)),
        lambda: alice.update_library_item(
            **HERE, libraryItemId=item_id, status="DISABLED", categories=[NOBODYS]
        ),
    ):
        with pytest.raises(alice.exceptions.ResourceNotFoundException) as raised:
            change()
        assert raised.value.response["resourceType"] == "Category"
        assert raised.value.response["resourceId"] == NOBODYS
    assert get(alice, item_id) == before


def test_the_list_can_be_filtered_by_category(
    alice: Any,
    create_app: Callable[..., str],
    publish: Callable[..., str],
    create_category: Callable[..., Any],
) -> None:
    news, tools = create_category("News"), create_category("Tools")
    in_both = publish(create_app(), categories=(news, tools))
    in_one = publish(create_app(), categories=(news,))
    in_none = publish(create_app())
    assert listed(alice, categoryId=news) == [in_one, in_both]
    assert listed(alice, categoryId=tools) == [in_both]
    assert listed(alice, categoryId=NOBODYS) == []
    assert listed(alice) == [in_none, in_one, in_both]


# Update


def test_an_update_keeps_omitted_members(
    alice: Any, app_id: str, publish: Callable[..., str], create_category: Callable[..., Any]
) -> None:
    category = create_category("News")
    item_id = publish(app_id, categories=(category,))
    updated = call_without_metadata(
        alice, "UpdateLibraryItem", **HERE, libraryItemId=item_id, status="DISABLED"
    )
    assert updated == get(alice, item_id)
    assert updated["status"] == "DISABLED"
    assert [found["id"] for found in updated["categories"]] == [category]
    updated = alice.update_library_item(**HERE, libraryItemId=item_id, categories=[])
    assert (updated["status"], updated["categories"]) == ("DISABLED", [])


def test_an_update_is_dated_and_loses_the_verification(alice: Any, qchime: Handle, item_id: Any) -> None:
    verify(alice, item_id)
    before = get(alice, item_id)
    qchime.clock.advance(days=1)
    alice.update_library_item(**HERE, libraryItemId=item_id, status="PUBLISHED")
    after = get(alice, item_id)
    assert (before["isVerified"], after["isVerified"]) == (True, False)
    assert after["createdAt"] == before["createdAt"]
    assert (after["updatedAt"] - before["updatedAt"]).days == 1


def test_a_disabled_item_is_in_nobodys_list(
    alice: Any, bob: Any, create_app: Callable[..., str], publish: Callable[..., str], item_id: Any
) -> None:
    """Documented: the list has items that are published and available."""
    kept = publish(create_app())
    alice.update_library_item(**HERE, libraryItemId=item_id, status="DISABLED")
    for client in (alice, bob):
        assert listed(client) == [kept]
    alice.update_library_item(**HERE, libraryItemId=item_id, status="PUBLISHED")
    for client in (alice, bob):
        assert listed(client) == [kept, item_id]


@pytest.mark.rule("qapps.disabled-item")
def test_a_disabled_item_is_only_for_its_owner(alice: Any, bob: Any, item_id: Any) -> None:
    """For others, it is as if it did not exist."""
    alice.update_library_item(**HERE, libraryItemId=item_id, status="DISABLED")
    assert get(alice, item_id)["status"] == "DISABLED"
    for operation in (bob.get_library_item, bob.associate_library_item_review):
        with pytest.raises(bob.exceptions.ResourceNotFoundException):
            operation(**HERE, libraryItemId=item_id)


@pytest.mark.parametrize("change", [{"title": "Second"}, {}], ids=["title", "nothing"])
def test_updating_a_verified_app_loses_its_verification(
    alice: Any, app_id: str, item_id: Any, change: Any
) -> None:
    """Documented. The library item stays as it is otherwise."""
    verify(alice, item_id)
    before = get(alice, item_id)
    alice.update_q_app(**HERE, appId=app_id, **change)
    assert get(alice, item_id) == {**before, "isVerified": False}
    assert alice.list_q_apps(**HERE)["apps"][0]["isVerified"] is False


def test_an_item_can_be_verified_and_unverified(alice: Any, bob: Any, item_id: Any) -> None:
    verify(bob, item_id)
    assert get(alice, item_id)["isVerified"] is True
    bob.update_library_item_metadata(**HERE, libraryItemId=item_id)
    assert get(alice, item_id)["isVerified"] is True
    verify(bob, item_id, is_verified=False)
    assert get(alice, item_id)["isVerified"] is False


def test_an_administrator_can_verify_a_disabled_item(alice: Any, bob: Any, item_id: Any) -> None:
    """Administrators have plain credentials, so any caller may do it."""
    alice.update_library_item(**HERE, libraryItemId=item_id, status="DISABLED")
    verify(bob, item_id)
    assert get(alice, item_id)["isVerified"] is True


def test_a_deleted_item_is_not_found_and_its_app_stays(alice: Any, app_id: str, item_id: Any) -> None:
    alice.delete_library_item(**HERE, libraryItemId=item_id)
    with pytest.raises(alice.exceptions.ResourceNotFoundException) as raised:
        get(alice, item_id)
    assert raised.value.response["resourceType"] == "LibraryItem"
    assert raised.value.response["resourceId"] == item_id
    assert listed(alice) == []
    assert alice.get_q_app(**HERE, appId=app_id)["status"] == "DRAFT"


@pytest.mark.rule("qapps.unpublishing")
def test_publishing_after_a_deletion_creates_a_new_item(
    alice: Any, bob: Any, app_id: str, item_id: Any, publish: Callable[..., str]
) -> None:
    """The ratings of the old one are gone."""
    bob.associate_library_item_review(**HERE, libraryItemId=item_id)
    alice.delete_library_item(**HERE, libraryItemId=item_id)
    new = publish(app_id)
    assert new != item_id
    assert get(bob, new)["ratingCount"] == 0


# Reviews and users


def test_a_like_counts_once_per_user_and_can_be_withdrawn(alice: Any, bob: Any, item_id: Any) -> None:
    for number, client in enumerate((alice, bob), 1):
        client.associate_library_item_review(**HERE, libraryItemId=item_id)
        assert get(alice, item_id)["ratingCount"] == number
    bob.disassociate_library_item_review(**HERE, libraryItemId=item_id)
    assert get(alice, item_id)["ratingCount"] == 1


def test_whether_an_item_is_rated_is_about_the_caller(alice: Any, bob: Any, item_id: Any) -> None:
    bob.associate_library_item_review(**HERE, libraryItemId=item_id)
    assert get(bob, item_id)["isRatedByUser"] is True
    assert get(alice, item_id)["isRatedByUser"] is False


@pytest.mark.rule("qapps.repeated-like")
def test_a_second_like_is_a_conflict(alice: Any, bob: Any, item_id: Any) -> None:
    """The operation declares it."""
    bob.associate_library_item_review(**HERE, libraryItemId=item_id)
    with pytest.raises(bob.exceptions.ConflictException) as raised:
        bob.associate_library_item_review(**HERE, libraryItemId=item_id)
    response = raised.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 409
    assert (response["resourceType"], response["resourceId"]) == ("LibraryItem", item_id)
    assert get(alice, item_id)["ratingCount"] == 1


@pytest.mark.rule("qapps.repeated-like")
def test_withdrawing_a_missing_like_is_a_conflict(alice: Any, bob: Any, item_id: Any) -> None:
    """The operation declares it."""
    alice.associate_library_item_review(**HERE, libraryItemId=item_id)
    with pytest.raises(bob.exceptions.ConflictException) as raised:
        bob.disassociate_library_item_review(**HERE, libraryItemId=item_id)
    response = raised.value.response
    assert (response["resourceType"], response["resourceId"]) == ("LibraryItem", item_id)
    assert get(alice, item_id)["ratingCount"] == 1


def test_likes_do_not_change_the_item(alice: Any, bob: Any, item_id: Any) -> None:
    verify(alice, item_id)
    before = get(alice, item_id)
    bob.associate_library_item_review(**HERE, libraryItemId=item_id)
    assert get(alice, item_id) == {**before, "ratingCount": 1}


def test_the_user_count_counts_users_who_have_the_app(
    alice: Any, bob: Any, carol: Any, app_id: str, item_id: Any
) -> None:
    """The owner is one of them."""

    def count() -> Any:
        return get(alice, item_id)["userCount"]

    assert count() == 1
    bob.associate_q_app_with_user(**HERE, appId=app_id)
    bob.associate_q_app_with_user(**HERE, appId=app_id)
    assert count() == 2
    carol.start_q_app_session(**HERE, appId=app_id, appVersion=1)
    assert count() == 3
    bob.disassociate_q_app_from_user(**HERE, appId=app_id)
    assert count() == 2
    alice.disassociate_q_app_from_user(**HERE, appId=app_id)
    assert count() == 2
