"""The categories of the library."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from qchime import Handle
from tests.services.qapps.samples import HERE, NOBODYS, call_without_metadata, new_id
from tests.services.qapps.test_apps import UUID


@pytest.fixture
def create(alice: Any) -> Callable[..., Any]:
    """Creates categories in one batch."""
    return lambda *categories: alice.batch_create_category(**HERE, categories=list(categories))


@pytest.fixture
def update(alice: Any) -> Callable[..., Any]:
    """Updates categories in one batch."""
    return lambda *categories: alice.batch_update_category(**HERE, categories=list(categories))


@pytest.fixture
def delete(alice: Any) -> Callable[..., Any]:
    """Deletes categories in one batch."""
    return lambda *ids: alice.batch_delete_category(**HERE, categories=list(ids))


@pytest.fixture
def categories(alice: Any) -> Callable[..., Any]:
    """All categories, as listed."""
    return lambda: alice.list_categories(**HERE)["categories"]


@pytest.fixture
def titles(categories: Callable[..., Any]) -> Callable[..., Any]:
    """The titles of all categories."""
    return lambda: [category["title"] for category in categories()]


def category(title: Any, **fields: Any) -> Any:
    return {"id": new_id(), "title": title, **fields}


def test_a_new_instance_has_no_categories(alice: Any) -> None:
    """Observed: clients index the response, so the list is empty and not absent."""
    assert call_without_metadata(alice, "ListCategories", **HERE) == {"categories": []}


@pytest.mark.rule("qapps.initial-categories")
def test_an_instance_begins_with_the_categories_that_a_test_author_sets(alice: Any, qchime: Handle) -> None:
    """AWS predefines some labels, but documents neither their ids nor their number."""
    human_resources = new_id()
    qchime.categories.add("HR", id=human_resources, color="#123456")
    qchime.categories.add("Marketing")
    here, there = (alice.list_categories(instanceId=name)["categories"] for name in ("here", "there"))
    assert here[0] == {"id": human_resources, "title": "HR", "color": "#123456", "appCount": 0}
    assert (here[1]["title"], here[1]["color"]) == ("Marketing", "#000000")
    assert there[0] == here[0]
    assert re.fullmatch(UUID, there[1]["id"])
    assert there[1]["id"] != here[1]["id"]


def test_initial_categories_behave_like_created_ones(
    alice: Any,
    qchime: Handle,
    app_id: str,
    create: Callable[..., Any],
    delete: Callable[..., Any],
    titles: Callable[..., Any],
) -> None:
    """They count towards the ten, as documented."""
    for number in range(9):
        qchime.categories.add(f"Initial {number}")
    elsewhere = {"instanceId": "another"}
    new = [{"title": "Ten"}, {"title": "Eleven"}]
    with pytest.raises(
        alice.exceptions.ValidationException, match="10 categories; with these there would be 11"
    ):
        alice.batch_create_category(**elsewhere, categories=new)
    with pytest.raises(alice.exceptions.ConflictException):
        alice.batch_create_category(**elsewhere, categories=[{"title": "Initial 3"}])
    first, *_ = alice.list_categories(**elsewhere)["categories"]
    alice.batch_delete_category(**elsewhere, categories=[first["id"]])
    alice.batch_create_category(**elsewhere, categories=new)
    assert len(alice.list_categories(**elsewhere)["categories"]) == 10


def test_an_instance_that_has_been_used_keeps_its_categories(
    alice: Any, qchime: Handle, create: Callable[..., Any], titles: Callable[..., Any]
) -> None:
    qchime.categories.add("Early")
    create(category("News"))
    qchime.categories.add("Late")
    assert titles() == ["Early", "News"]
    qchime.categories.reset()
    assert titles() == ["Early", "News"]
    assert alice.list_categories(instanceId="another")["categories"] == []


def test_an_account_has_initial_categories_of_its_own_besides_those_for_all(
    alice: Any, qchime: Handle, titles: Callable[..., Any]
) -> None:
    """Its own replace those with the same title."""
    qchime.categories.add("HR", color="#111111")
    qchime.categories.add("News")
    mine = qchime.account("123456789012")
    mine.categories.add("HR", color="#222222")
    qchime.account("111122223333").categories.add("Not mine")
    found = alice.list_categories(**HERE)["categories"]
    assert [(one["title"], one["color"]) for one in found] == [("News", "#000000"), ("HR", "#222222")]
    assert [one.title for one in mine.categories] == ["HR"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": "No-dashes"},
        {"title": "x" * 31},
        {"title": ""},
        {"title": "News", "id": "no-uuid"},
        {"title": "News", "color": "blue"},
        {"title": "News", "color": 5},
    ],
    ids=lambda wrong: "-".join(wrong),
)
def test_an_initial_category_fits_the_model(alice: Any, qchime: Handle, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"not a category: Value .* at '(title|id|color)'"):
        qchime.categories.add(**wrong)
    assert alice.list_categories(**HERE)["categories"] == []


def test_an_initial_category_has_a_title_and_an_id_of_its_own(qchime: Handle) -> None:
    qchime.categories.add("News", id=NOBODYS)
    for again in ({"title": "News"}, {"title": "Tools", "id": NOBODYS}):
        with pytest.raises(ValueError, match="Another initial category has"):
            qchime.categories.add(**again)
    assert [one.title for one in qchime.categories] == ["News"]


def test_a_category_has_id_title_color_and_count(
    create: Callable[..., Any], categories: Callable[..., Any]
) -> None:
    given = category("News and Tools_1", color="#Ff0")
    create(given)
    assert categories() == [{**given, "appCount": 0}]


def test_a_category_gets_an_id_if_none_is_given(
    create: Callable[..., Any], categories: Callable[..., Any]
) -> None:
    create({"title": "News"}, {"title": "Tools"})
    news, tools = (found["id"] for found in categories())
    assert re.fullmatch(UUID, news)
    assert re.fullmatch(UUID, tools)
    assert news != tools


@pytest.mark.rule("qapps.category-color")
def test_a_category_without_a_color_is_black(
    create: Callable[..., Any], categories: Callable[..., Any]
) -> None:
    """AWS's default is not documented."""
    create(category("News"))
    assert categories()[0]["color"] == "#000000"


def test_each_instance_has_its_own_categories(alice: Any, create: Callable[..., Any]) -> None:
    create(category("News"))
    assert alice.list_categories(instanceId="another")["categories"] == []


@pytest.mark.rule("qapps.kept-color")
def test_an_update_changes_title_and_color_and_keeps_an_omitted_color(
    create: Callable[..., Any], update: Callable[..., Any], categories: Callable[..., Any]
) -> None:
    """That the colour is kept is inferred."""
    news, tools = category("News", color="#111111"), category("Tools", color="#222222")
    create(news, tools)
    update({"id": news["id"], "title": "Fresh"}, {**tools, "color": "#333"})
    assert [(found["id"], found["title"], found["color"]) for found in categories()] == [
        (news["id"], "Fresh", "#111111"),
        (tools["id"], "Tools", "#333"),
    ]


def test_two_categories_can_swap_their_titles(
    create: Callable[..., Any], update: Callable[..., Any], titles: Callable[..., Any]
) -> None:
    """Only the result must be unique."""
    news, tools = category("News"), category("Tools")
    create(news, tools)
    update({**news, "title": "Tools"}, {**tools, "title": "News"})
    assert titles() == ["Tools", "News"]


def test_deleted_categories_are_gone(
    create: Callable[..., Any], delete: Callable[..., Any], titles: Callable[..., Any]
) -> None:
    gone, kept, gone_too = category("Gone"), category("Kept"), category("Gone too")
    create(gone, kept, gone_too)
    delete(gone["id"], gone_too["id"])
    assert titles() == ["Kept"]


@pytest.mark.rule("qapps.deleted-category")
def test_a_deleted_category_is_removed_from_its_items(
    alice: Any,
    app_id: str,
    publish: Callable[..., str],
    create: Callable[..., Any],
    delete: Callable[..., Any],
) -> None:
    """The items stay."""
    gone, kept = category("Gone"), category("Kept")
    create(gone, kept)
    item_id = publish(app_id, categories=(gone["id"], kept["id"]))
    delete(gone["id"])
    item = alice.get_library_item(**HERE, libraryItemId=item_id)
    assert item["categories"] == [{"id": kept["id"], "title": "Kept"}]


def test_a_renamed_category_is_renamed_on_its_items(
    alice: Any,
    app_id: str,
    publish: Callable[..., str],
    create: Callable[..., Any],
    update: Callable[..., Any],
) -> None:
    news = category("News")
    create(news)
    item_id = publish(app_id, categories=(news["id"],))
    update({**news, "title": "Fresh"})
    item = alice.get_library_item(**HERE, libraryItemId=item_id)
    assert item["categories"] == [{"id": news["id"], "title": "Fresh"}]


def test_the_app_count_counts_published_items(
    alice: Any,
    create_app: Callable[..., str],
    publish: Callable[..., str],
    create: Callable[..., Any],
    categories: Callable[..., Any],
) -> None:
    """A disabled item does not count."""
    news, tools = category("News"), category("Tools")
    create(news, tools)
    first = publish(create_app(), categories=(news["id"], tools["id"]))
    second = publish(create_app(), categories=(news["id"],))

    def counts() -> Any:
        return [found["appCount"] for found in categories()]

    assert counts() == [2, 1]
    alice.update_library_item(**HERE, libraryItemId=first, status="DISABLED")
    assert counts() == [1, 0]
    alice.delete_library_item(**HERE, libraryItemId=second)
    assert counts() == [0, 0]


NEWS = category("News")


@pytest.mark.parametrize(
    "repeated",
    [
        [category("Tools"), {"title": "News"}],
        [category("Tools"), {**NEWS, "title": "Another"}],
        [category("Tools"), category("Tools")],
        [category("Tools", id=NOBODYS), category("Another", id=NOBODYS)],
    ],
    ids=["title there", "id there", "title twice", "id twice"],
)
@pytest.mark.rule("qapps.repeated-category")
@pytest.mark.rule("qapps.category-batches")
def test_a_repeated_title_or_id_is_a_conflict_and_nothing_is_created(
    alice: Any, create: Callable[..., Any], titles: Callable[..., Any], repeated: Any
) -> None:
    """A batch succeeds or fails as a whole."""
    create(NEWS)
    with pytest.raises(alice.exceptions.ConflictException) as raised:
        create(*repeated)
    response = raised.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 409
    assert response["resourceType"] == "Category"
    assert response["resourceId"]
    assert titles() == ["News"]


@pytest.mark.rule("qapps.repeated-category")
@pytest.mark.rule("qapps.category-batches")
def test_a_repeated_title_is_a_conflict_on_update_and_nothing_is_updated(
    alice: Any, create: Callable[..., Any], update: Callable[..., Any], titles: Callable[..., Any]
) -> None:
    """A batch succeeds or fails as a whole."""
    news, tools, more = category("News"), category("Tools"), category("More")
    create(news, tools, more)
    with pytest.raises(alice.exceptions.ConflictException):
        update({**news, "title": "Fresh"}, {**tools, "title": "More"})
    assert titles() == ["News", "Tools", "More"]


@pytest.mark.rule("qapps.missing-category")
@pytest.mark.rule("qapps.category-batches")
def test_a_missing_category_is_not_found_and_nothing_is_updated(
    alice: Any, create: Callable[..., Any], update: Callable[..., Any], titles: Callable[..., Any]
) -> None:
    """A batch succeeds or fails as a whole."""
    create(NEWS)
    with pytest.raises(alice.exceptions.ResourceNotFoundException) as raised:
        update({**NEWS, "title": "Fresh"}, {"id": NOBODYS, "title": "Another"})
    assert raised.value.response["resourceType"] == "Category"
    assert raised.value.response["resourceId"] == NOBODYS
    assert titles() == ["News"]


@pytest.mark.rule("qapps.missing-category")
@pytest.mark.rule("qapps.category-batches")
def test_a_missing_category_is_not_found_and_nothing_is_deleted(
    alice: Any, create: Callable[..., Any], delete: Callable[..., Any], titles: Callable[..., Any]
) -> None:
    """A batch succeeds or fails as a whole."""
    create(NEWS)
    with pytest.raises(alice.exceptions.ResourceNotFoundException) as raised:
        delete(NEWS["id"], NOBODYS)
    assert raised.value.response["resourceId"] == NOBODYS
    assert titles() == ["News"]


@pytest.mark.rule("qapps.category-limit")
def test_an_instance_has_at_most_ten_categories(
    alice: Any, create: Callable[..., Any], titles: Callable[..., Any], delete: Callable[..., Any]
) -> None:
    """The quota is documented; the batch operations declare no quota error, so it is invalid."""
    ten = [category(f"Category {number}") for number in range(10)]
    create(*ten[:6])
    with pytest.raises(
        alice.exceptions.ValidationException, match="10 categories; with these there would be 11"
    ):
        create(*ten[6:], category("One too many"))
    assert len(titles()) == 6
    create(*ten[6:])
    with pytest.raises(alice.exceptions.ValidationException):
        create(category("One too many"))
    delete(ten[0]["id"])
    create(category("Next"))
    assert titles() == [f"Category {number}" for number in range(1, 10)] + ["Next"]


@pytest.mark.rule("qapps.category-limit")
def test_the_limit_of_categories_can_be_set(
    alice: Any, qchime: Handle, create: Callable[..., Any], titles: Callable[..., Any]
) -> None:
    qchime.limits.categories_per_instance = 1
    create(category("News"))
    with pytest.raises(alice.exceptions.ValidationException):
        create(category("Tools"))
    qchime.limits.categories_per_instance = 2
    create(category("Tools"))
    assert titles() == ["News", "Tools"]


def test_an_empty_batch_changes_nothing(
    create: Callable[..., Any],
    update: Callable[..., Any],
    delete: Callable[..., Any],
    titles: Callable[..., Any],
) -> None:
    create(NEWS)
    create()
    update()
    delete()
    assert titles() == ["News"]


@pytest.mark.parametrize("title", ["No-dashes", " ", "Two  blanks", "Blank at end ", "x" * 31, "Ünïcode"])
def test_a_title_consists_of_words_separated_by_single_spaces(
    alice: Any, create: Callable[..., Any], titles: Callable[..., Any], title: str
) -> None:
    with pytest.raises(alice.exceptions.ValidationException, match=r"at 'categories\.1\.member\.title'"):
        create(category(title))
    assert titles() == []


@pytest.mark.parametrize("color", ["blue", "#12", "#1234", "#12345g", "123456"])
def test_a_color_has_three_or_six_hexadecimal_digits(
    unchecked_alice: Any, titles: Callable[..., Any], color: str
) -> None:
    with pytest.raises(
        unchecked_alice.exceptions.ValidationException, match=r"at 'categories\.1\.member\.color'"
    ):
        unchecked_alice.batch_create_category(**HERE, categories=[category("News", color=color)])
    assert titles() == []
