"""The two lists that come in pages: the caller's apps, and the library."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from qchime.control.handle import Handle
from tests.services.qapps.samples import HERE, NOBODYS, definition


@dataclass
class Listing:
    """One of the lists: how to fill it, read a page of it, and delete its items."""

    client: Any
    operation: str
    member: str
    key: str
    create: Callable[[], str]
    delete: Callable[[str], Any]

    def fill(self, number: int) -> list[str]:
        """Returns the keys, newest first, as they are listed."""
        return [self.create() for _ in range(number)][::-1]

    def read(self, **given: Any) -> dict[str, Any]:
        page: dict[str, Any] = getattr(self.client, self.operation)(**{**HERE, **given})
        return page

    def page(self, **given: Any) -> tuple[list[str], str | None]:
        answer = self.read(**given)
        return [item[self.key] for item in answer[self.member]], answer.get("nextToken")

    def pages(self, size: int) -> list[list[str]]:
        keys, token = self.page(limit=size)
        pages = [keys]
        while token:
            keys, token = self.page(limit=size, nextToken=token)
            pages.append(keys)
        return pages


def create_app(client: Any) -> Any:
    return client.create_q_app(**HERE, title="App", appDefinition=definition())["appId"]


def apps(client: Any) -> Any:
    return Listing(
        client=client,
        operation="list_q_apps",
        member="apps",
        key="appId",
        create=lambda: create_app(client),
        delete=lambda app_id: client.delete_q_app(**HERE, appId=app_id),
    )


def library(client: Any) -> Any:
    def publish() -> Any:
        item = client.create_library_item(**HERE, appId=create_app(client), appVersion=1, categories=[])
        return item["libraryItemId"]

    return Listing(
        client=client,
        operation="list_library_items",
        member="libraryItems",
        key="libraryItemId",
        create=publish,
        delete=lambda item_id: client.delete_library_item(**HERE, libraryItemId=item_id),
    )


@pytest.fixture(params=[apps, library], ids=lambda make: make.__name__)
def listing(request: pytest.FixtureRequest, qchime: Handle, alice: Any) -> Any:
    """Each list in turn, empty and with room for many."""
    qchime.limits.apps_per_user = 1000
    return request.param(alice)


def test_an_empty_list_is_one_page_without_a_token(listing: Any) -> None:
    answer = listing.read()
    assert answer[listing.member] == []
    assert "nextToken" not in answer


def test_the_newest_comes_first(listing: Any) -> None:
    created = listing.fill(5)
    assert listing.page() == (created, None)


def test_pages_of_two_cover_everything_in_order(listing: Any) -> None:
    created = listing.fill(5)
    assert listing.pages(size=2) == [created[:2], created[2:4], created[4:]]


def test_a_full_last_page_has_no_token(listing: Any) -> None:
    created = listing.fill(4)
    assert listing.pages(size=2) == [created[:2], created[2:]]


@pytest.mark.rule("qapps.page-size")
def test_a_page_has_a_hundred_items_unless_asked_otherwise(listing: Any) -> None:
    """A hundred is the documented maximum; that it is the default is inferred."""
    created = listing.fill(101)
    keys, token = listing.page()
    assert keys == created[:100]
    assert listing.page(nextToken=token) == (created[100:], None)


def test_paging_through_105_while_deleting_them_leaves_none(listing: Any) -> None:
    """Observed: clients delete each page before they request the next."""
    created = listing.fill(105)
    seen, token = listing.page(limit=10)
    for key in seen:
        listing.delete(key)
    while token:
        keys, token = listing.page(limit=10, nextToken=token)
        seen += keys
        for key in keys:
            listing.delete(key)
    assert seen == created
    assert listing.page() == ([], None)


def test_the_paginator_of_boto3_reads_every_page(listing: Any) -> None:
    created = listing.fill(5)
    paginator = listing.client.get_paginator(listing.operation)
    pages = list(paginator.paginate(**HERE, PaginationConfig={"PageSize": 2}))
    assert [[item[listing.key] for item in page[listing.member]] for page in pages] == [
        created[:2],
        created[2:4],
        created[4:],
    ]


def test_the_paginator_of_boto3_can_delete_as_it_goes(listing: Any) -> None:
    created = listing.fill(7)
    paginator = listing.client.get_paginator(listing.operation)
    seen = []
    for page in paginator.paginate(**HERE, PaginationConfig={"PageSize": 3}):
        for item in page[listing.member]:
            seen.append(item[listing.key])
            listing.delete(item[listing.key])
    assert seen == created
    assert listing.page() == ([], None)


def test_items_deleted_ahead_of_the_page_are_not_listed(listing: Any) -> None:
    created = listing.fill(5)
    _, token = listing.page(limit=2)
    listing.delete(created[3])
    assert listing.page(nextToken=token) == ([created[2], created[4]], None)


def test_items_created_while_paging_are_not_listed(listing: Any) -> None:
    created = listing.fill(3)
    _, token = listing.page(limit=2)
    listing.fill(1)
    assert listing.page(nextToken=token) == (created[2:], None)


def test_a_page_is_empty_if_the_remaining_items_were_deleted(listing: Any) -> None:
    created = listing.fill(2)
    _, token = listing.page(limit=1)
    listing.delete(created[1])
    assert listing.page(nextToken=token) == ([], None)


@pytest.mark.parametrize(
    "rubbish",
    ["rubbish", "2", "ä🙂", " ", "x" * 300, base64.b64encode(b'["x", 1]').decode()],
    ids=["word", "offset", "not ASCII", "blank", "longest", "our form"],
)
@pytest.mark.rule("qapps.page-token")
def test_an_unknown_token_is_invalid(alice: Any, listing: Any, rubbish: Any) -> None:
    """The message is inferred."""
    listing.fill(2)
    with pytest.raises(alice.exceptions.ValidationException, match="nextToken"):
        listing.read(nextToken=rubbish)


@pytest.mark.parametrize(
    "elsewhere",
    [
        lambda listing, bob: listing.page(instanceId="another", limit=1),
        lambda listing, bob: library(listing.client).page(limit=1),
        lambda listing, bob: apps(bob).page(limit=1),
    ],
    ids=["instance", "list", "user"],
)
@pytest.mark.rule("qapps.page-token")
def test_a_token_of_another_list_is_invalid(alice: Any, bob: Any, elsewhere: Any) -> None:
    """A token belongs to one list of one instance and one user."""
    listing = apps(alice)
    listing.fill(2)
    library(alice).fill(2)
    apps(bob).fill(2)
    for title in ("One", "Two"):
        alice.create_q_app(instanceId="another", title=title, appDefinition=definition())
    _, token = elsewhere(listing, bob)
    assert token
    with pytest.raises(alice.exceptions.ValidationException, match="nextToken"):
        listing.read(nextToken=token)


def test_a_hundred_on_a_page_are_accepted_and_no_more(alice: Any, listing: Any) -> None:
    created = listing.fill(2)
    assert listing.page(limit=100) == (created, None)
    with pytest.raises(alice.exceptions.ValidationException, match="Value '101' at 'limit' failed"):
        listing.page(limit=101)


@pytest.mark.parametrize("size", ["many", "0", ""])
def test_an_invalid_page_size_is_refused(unchecked_alice: Any, size: str) -> None:
    with pytest.raises(unchecked_alice.exceptions.ValidationException, match="at 'limit' failed"):
        unchecked_alice.list_q_apps(**HERE, limit=size)


def test_a_filtered_list_of_the_library_has_full_pages(alice: Any) -> None:
    category = {"id": NOBODYS, "title": "Chosen"}
    alice.batch_create_category(**HERE, categories=[category])
    created = library(alice).fill(6)
    chosen = created[::2]
    for item_id in chosen:
        alice.update_library_item(**HERE, libraryItemId=item_id, categories=[NOBODYS])
    listing = library(alice)
    keys, token = listing.page(limit=2, categoryId=NOBODYS)
    assert keys == chosen[:2]
    assert listing.page(limit=2, categoryId=NOBODYS, nextToken=token) == (chosen[2:], None)
