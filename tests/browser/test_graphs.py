"""An app as a graph of its cards, and a session that runs through it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from qchime import Server
from tests.browser.visiting import follow
from tests.services.qapps.samples import INSTANCE, definition, file, form, query, text

if TYPE_CHECKING:
    from playwright.sync_api import Page

TOPIC, FILE, OUTLINE, SUMMARY, ARTICLE, FORM = (str(uuid4()) for _ in range(6))
HERE = {"instanceId": INSTANCE}


@pytest.fixture
def app(client: Callable[..., Any]) -> dict[str, Any]:
    """An app whose article depends on two queries, which depend on a text."""
    cards = definition(
        text(TOPIC, "Topic"),
        file(FILE, "Notes"),
        query(OUTLINE, "Outline", f"An outline about @{TOPIC}"),
        query(SUMMARY, "Summary", f"A summary of @{TOPIC} for @Topic"),
        query(ARTICLE, "Article", f"Write @{OUTLINE} and @{SUMMARY}"),
        form(FORM, "Feedback"),
    )
    made = client("qapps").create_q_app(**HERE, title="Writer", appDefinition=cards)
    return {**HERE, "appId": made["appId"]}


def open_app(page: Page) -> None:
    page.goto("/_qchime/page/search?text=Writer")
    follow(page.get_by_role("link", name="Writer"))


def cards(page: Page) -> dict[str, dict[str, float]]:
    """Where each card is, by its title."""
    found = page.locator(".graph .node")
    titles = page.locator(".graph .node b").all_inner_texts()
    return {title: found.nth(place).bounding_box() or {} for place, title in enumerate(titles)}  # type: ignore[misc]


def states(page: Page) -> dict[str, str]:
    """The states that the cards show, by title."""
    return {
        lines[0]: lines[1]
        for lines in (text.split("\n") for text in page.locator(".graph .node").all_inner_texts())
    }


def values(page: Page) -> dict[str, str]:
    """The values that the cards show in full, by title."""
    sections = page.locator(".nodes article", has=page.locator("dt", has_text="Value")).all()
    return {
        section.locator("h3").inner_text(): section.locator("dt:text('Value') + dd").inner_text()
        for section in sections
    }


def choose_session(page: Page) -> None:
    option = page.get_by_label("View").locator("option", has_text="Session").inner_text()
    with page.expect_navigation():
        page.get_by_label("View").select_option(option)


@pytest.mark.usefixtures("app")
def test_cards_stand_after_those_that_they_refer_to(page: Page) -> None:
    open_app(page)
    placed = cards(page)
    assert set(placed) == {"Topic", "Notes", "Outline", "Summary", "Article", "Feedback"}
    assert placed["Topic"]["x"] == placed["Notes"]["x"] == placed["Feedback"]["x"]
    assert placed["Topic"]["x"] < placed["Outline"]["x"] == placed["Summary"]["x"] < placed["Article"]["x"]
    assert page.locator(".graph .edge").count() == 4


@pytest.mark.usefixtures("app")
def test_cards_do_not_overlap(page: Page) -> None:
    open_app(page)
    boxes = list(cards(page).values())
    for number, one in enumerate(boxes):
        for other in boxes[:number]:
            is_apart = (
                one["x"] + one["width"] <= other["x"]
                or other["x"] + other["width"] <= one["x"]
                or one["y"] + one["height"] <= other["y"]
                or other["y"] + other["height"] <= one["y"]
            )
            assert is_apart, (one, other)


@pytest.mark.usefixtures("app")
def test_a_prompt_shows_titles_and_warns_of_what_refers_to_nothing(page: Page) -> None:
    open_app(page)
    summary = page.locator(".nodes article", has_text="A summary of").first
    assert "A summary of @Topic for @Topic" in summary.inner_text()
    assert "query, runs in step 2, after Topic" in summary.inner_text()
    warning = summary.locator(".callout").inner_text()
    assert "has '@Topic', which is plain text to Q Apps" in warning
    assert f"write @ and its id, without braces: @{TOPIC} for 'Topic'" in warning
    warned = page.locator(".graph .node", has_text="warning")
    assert warned.locator("b").all_inner_texts() == ["Summary"]


@pytest.mark.usefixtures("app")
def test_cards_of_a_kind_look_alike(page: Page) -> None:
    open_app(page)
    kinds = page.locator(".graph .kind")
    classes = dict(
        zip(
            kinds.all_inner_texts(), kinds.evaluate_all("all => all.map(each => each.className)"), strict=True
        )
    )
    assert set(classes) == {"text input", "file upload", "query", "form input"}
    assert len(set(classes.values())) == 4


def test_a_session_shows_what_its_cards_have_come_to(
    page: Page, client: Callable[..., Any], server: Server, app: dict[str, Any]
) -> None:
    qapps = client("qapps")
    server.answers.add(card="Outline", text="1. Whales")
    server.answers.in_progress("Article", polls=1)
    started = qapps.start_q_app_session(
        **app, appVersion=1, initialValues=[{"cardId": TOPIC, "value": "Whales"}]
    )
    session = {**HERE, "sessionId": started["sessionId"]}
    open_app(page)
    choose_session(page)
    assert states(page) == {
        "Topic": "COMPLETED",
        "Notes": "WAITING",
        "Outline": "COMPLETED",
        "Summary": "COMPLETED",
        "Article": "IN_PROGRESS",
        "Feedback": "WAITING",
    }
    assert values(page)["Outline"] == "1. Whales"
    qapps.get_q_app_session(**session)
    status = qapps.get_q_app_session(**session)["cardStatus"]
    page.locator(".graph .node.good", has_text="Article").wait_for()
    assert values(page)["Article"] == status[ARTICLE]["currentValue"]


def test_looking_does_not_count_as_polling(
    page: Page, client: Callable[..., Any], server: Server, app: dict[str, Any]
) -> None:
    server.answers.in_progress("Article", polls=1)
    qapps = client("qapps")
    started = qapps.start_q_app_session(
        **app, appVersion=1, initialValues=[{"cardId": TOPIC, "value": "Whales"}]
    )
    open_app(page)
    choose_session(page)
    for _ in range(3):
        page.reload()
    status = qapps.get_q_app_session(**HERE, sessionId=started["sessionId"])["cardStatus"]
    assert status[ARTICLE]["currentState"] == "IN_PROGRESS"


def test_submissions_to_a_form_come_as_a_timeline(
    page: Page, client: Callable[..., Any], app: dict[str, Any]
) -> None:
    qapps = client("qapps")
    session = qapps.start_q_app_session(**app, appVersion=1)["sessionId"]
    page.goto(f"/_qchime/page/search?text={session}")
    follow(page.locator("main tbody a").first)
    page.get_by_label("View").select_option("Submissions")
    page.get_by_text("There is nothing yet.").wait_for()
    value = '{"name": "<b>Alice</b>", "score": 3}'
    qapps.update_q_app_session(**HERE, sessionId=session, values=[{"cardId": FORM, "value": value}])
    page.locator(".timeline li", has_text="<b>Alice</b>").wait_for()
    assert "to Feedback" in page.locator(".timeline li").inner_text()


def test_an_older_version_can_be_chosen(page: Page, client: Callable[..., Any], app: dict[str, Any]) -> None:
    client("qapps").update_q_app(**app, appDefinition=definition(text(title="Only card")))
    open_app(page)
    assert list(cards(page)) == ["Only card"]
    with page.expect_navigation():
        page.get_by_label("View").select_option("Version 1")
    assert "Article" in cards(page)


@pytest.mark.usefixtures("app")
def test_the_keyboard_goes_from_a_card_to_its_text(page: Page) -> None:
    open_app(page)
    page.locator(".graph .node", has_text="Article").focus()
    page.keyboard.press("Enter")
    assert page.locator(".nodes article:target h3").inner_text().startswith("Article")
