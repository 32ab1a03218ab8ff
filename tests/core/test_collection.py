"""The collection behind every list: pages are right for any number of items, and after deletions."""

import random
from typing import Any

import pytest

from qchime.core.collection import Collection, NotOurToken

Thinned = tuple[Collection[str], list[str]]
"""A collection, and its remaining keys."""


def read(collection: Collection[Any], size: int, **how: Any) -> list[list[Any]]:
    page = collection.page(size, **how)
    pages = [page.items]
    while page.next_token:
        page = collection.page(size, page.next_token, **how)
        pages.append(page.items)
    return pages


@pytest.fixture(params=[1, 2, 3])
def thinned(request: pytest.FixtureRequest) -> Thinned:
    """Ten thousand items without some random ones, and the remaining keys, oldest first."""
    chance = random.Random(request.param)
    collection: Collection[str] = Collection("numbers")
    keys = [str(number) for number in range(10_000)]
    for key in keys:
        collection.add(key, key)
    deleted = set(chance.sample(keys, chance.randrange(1, 10_000)))
    for key in deleted:
        collection.remove(key)
    return collection, [key for key in keys if key not in deleted]


@pytest.mark.parametrize("size", [7, 50, 10_000])
def test_ten_thousand_items_have_the_right_pages_after_random_deletions(thinned: Thinned, size: int) -> None:
    collection, left = thinned
    assert read(collection, size) == [left[start : start + size] for start in range(0, len(left), size)]


def test_it_contains_exactly_the_remaining_items(thinned: Thinned) -> None:
    collection, left = thinned
    assert len(collection) == len(left)
    assert list(collection) == left
    found = [key for key in map(str, range(10_000)) if key in collection and collection.get(key) == key]
    assert found == left


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_paging_covers_remaining_items_exactly_once_despite_changes(seed: int) -> None:
    chance = random.Random(seed)
    collection: Collection[int] = Collection("numbers")
    for number in range(1_000):
        collection.add(str(number), number)
    staying = set(chance.sample(range(1_000), 500))
    seen, token = [], ""
    while token is not None:
        page = collection.page(10, token)
        seen += page.items
        token = page.next_token  # type: ignore[assignment]
        for number in chance.sample(range(1_000), 20):
            if number not in staying:
                collection.remove(str(number))
    assert [number for number in seen if number in staying] == sorted(staying)
    assert len(seen) == len(set(seen))


def test_it_refuses_the_token_of_another_collection() -> None:
    one, other = Collection("one"), Collection("other")  # type: ignore[var-annotated]
    for collection in (one, other):
        collection.add("a", "a")
        collection.add("b", "b")
    with pytest.raises(NotOurToken):
        other.page(1, one.page(1).next_token)


def test_it_refuses_a_token_that_it_has_not_issued() -> None:
    ahead, behind = Collection("same"), Collection("same")  # type: ignore[var-annotated]
    for key in ("a", "b", "c"):
        ahead.add(key, key)
    behind.add("a", "a")
    token = ahead.page(2).next_token
    with pytest.raises(NotOurToken):
        behind.page(1, token)


def test_pages_can_start_with_the_newest(thinned: Thinned) -> None:
    collection, left = thinned
    pages = read(collection, 50, newest_first=True)
    assert [item for page in pages for item in page] == left[::-1]
    assert {len(page) for page in pages[:-1]} <= {50}


def test_filtered_pages_are_full_and_the_last_has_no_token(thinned: Thinned) -> None:
    collection, left = thinned
    even = [key for key in left if int(key) % 2 == 0]
    pages = read(collection, 50, only=lambda key: int(key) % 2 == 0)
    assert pages == [even[start : start + 50] for start in range(0, len(even), 50)]


def test_a_filter_that_matches_nothing_gives_one_empty_page(thinned: Thinned) -> None:
    collection, _ = thinned
    assert read(collection, 50, only=lambda key: False) == [[]]


def test_collections_can_share_their_serial_numbers() -> None:
    """An index has the pages of what it indexes, although it contains only some of it."""
    everything, even = Collection("everything"), Collection("even")  # type: ignore[var-annotated]
    for number in range(1, 10):
        everything.add(str(number), number)
        if number % 2 == 0:
            even.add(str(number), number, serial=everything.last_serial)
    assert read(even, 3) == [[2, 4, 6], [8]]
    token = even.page(3).next_token
    rebuilt = Collection("even", everything.last_serial)  # type: ignore[var-annotated]
    for key in ("2", "6", "8"):
        rebuilt.add(key, int(key), serial=everything.entries[key].serial)
    assert rebuilt.page(3, token).items == [8]
    gone = Collection("even", everything.last_serial)  # type: ignore[var-annotated]
    gone.add("2", 2, serial=2)
    assert gone.page(3, token).items == [], "also after what the token refers to is gone"


@pytest.mark.parametrize("newest_first", [False, True])
@pytest.mark.parametrize("size", [1, 3, 100])
def test_collections_that_share_their_serials_are_paged_as_one(size: int, newest_first: bool) -> None:
    chance = random.Random(size)
    collections: list[Collection[int]] = [Collection(str(number)) for number in range(4)]
    for number in range(1, 40):
        chance.choice(collections).add(str(number), number, serial=number)
    first, *others = collections
    first.last_serial = 39
    pages = read(first, size, also=others, newest_first=newest_first)
    items = list(range(39, 0, -1)) if newest_first else list(range(1, 40))
    assert pages == [items[start : start + size] for start in range(0, 39, size)]
