"""What there is, at a glance, and the way to each resource."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from qchime import Server
from tests.browser.visiting import follow

if TYPE_CHECKING:
    from playwright.sync_api import Page


def figures(page: Page) -> dict[str, str]:
    """The figures that the page shows, by their names."""
    names = page.locator("#held dt").all_inner_texts()
    counts = page.locator("#held dd").all_inner_texts()
    return {name: count.split()[0] for name, count in zip(names, counts, strict=True)}


def test_an_empty_server_says_how_to_begin(page: Page) -> None:
    page.goto("/_qchime/")
    assert page.get_by_role("heading", level=1).inner_text() == "Overview"
    assert page.get_by_text("There is nothing yet.").is_visible()


def test_figures_are_those_that_clients_see(page: Page, client: Callable[..., Any]) -> None:
    chime = client("chime-sdk-identity")
    instances = [chime.create_app_instance(Name=name)["AppInstanceArn"] for name in ("Chat", "Support")]
    for number in range(3):
        chime.create_app_instance_user(
            AppInstanceArn=instances[0], AppInstanceUserId=f"user-{number}", Name="A user"
        )
    page.goto("/_qchime/")
    listed = chime.list_app_instance_users(AppInstanceArn=instances[0])["AppInstanceUsers"]
    assert figures(page) == {
        "App instances": str(len(chime.list_app_instances()["AppInstances"])),
        "Users": str(len(listed)),
        "Admins": "0",
        "Bots": "0",
    }


def test_the_latest_calls_come_as_they_are_made(page: Page, client: Callable[..., Any]) -> None:
    chime = client("chime-sdk-identity")
    page.goto("/_qchime/")
    chime.list_app_instances()
    page.get_by_role("link", name="ListAppInstances").wait_for()
    for number in range(9):
        chime.create_app_instance(Name=f"Chat {number}")
    page.locator("#held dd").first.get_by_text("9").wait_for()
    assert page.locator("#calls tbody th").all_inner_texts() == ["CreateAppInstance"] * 8


def test_a_figure_leads_to_what_it_counts(page: Page, client: Callable[..., Any]) -> None:
    chime = client("chime-sdk-identity")
    instances = [chime.create_app_instance(Name=name)["AppInstanceArn"] for name in ("Chat", "Empty")]
    chime.create_app_instance_user(AppInstanceArn=instances[0], AppInstanceUserId="alice", Name="Alice")
    page.goto("/_qchime/")
    follow(page.get_by_role("link", name="1 Users"))
    assert page.locator("main tbody th").all_inner_texts() == ["Alice"]


def test_code_for_an_empty_server_uses_it(page: Page, server: Server) -> None:
    page.goto("/_qchime/")
    assert f"export AWS_ENDPOINT_URL_QAPPS={server.url}" in page.locator("#environment").inner_text()
    made: dict[str, Any] = {"boto3": boto3.Session("any", "any", region_name="us-east-1")}
    exec(page.locator("#first-client").inner_text(), made)  # noqa: S102
    made["client"].create_app_instance(Name="Chat")
    page.locator("#held dd").first.get_by_text("1").wait_for()


def test_a_page_that_nobody_sees_asks_for_nothing(page: Page, client: Callable[..., Any]) -> None:
    page.goto("/_qchime/")
    page.get_by_role("status").get_by_text("Live").wait_for()
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    hide(page, True)
    client("chime-sdk-identity").create_app_instance(Name="Chat")
    page.wait_for_timeout(1_000)
    assert requested == []
    hide(page, False)
    page.locator("#held dd").first.get_by_text("1").wait_for()


def hide(page: Page, is_hidden: bool) -> None:
    """Let the page believe that its tab is hidden, or that it is visible again."""
    page.evaluate(
        """hidden => {
            Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        is_hidden,
    )


def test_a_server_that_ends_is_missed(page: Page, server: Server, missing: list[str]) -> None:
    missing.append("page/events")
    page.goto("/_qchime/")
    page.get_by_role("status").get_by_text("Live").wait_for()
    server.stop()
    page.get_by_role("status").get_by_text("The server does not answer; trying again").wait_for()


def test_what_changes_shows_without_a_reload(page: Page, client: Callable[..., Any]) -> None:
    chime = client("chime-sdk-identity")
    chime.create_app_instance(Name="Chat")
    page.goto("/_qchime/")
    page.evaluate("window.isSamePage = true")
    chime.create_app_instance(Name="Support")
    page.locator("#held dd").first.get_by_text("2").wait_for()
    assert page.evaluate("window.isSamePage")


def test_a_reset_empties_the_page(page: Page, client: Callable[..., Any], server: Server) -> None:
    client("chime-sdk-identity").create_app_instance(Name="Chat")
    page.goto("/_qchime/")
    assert page.locator("#held section").count() == 1
    server.reset()
    page.get_by_text("There is nothing yet.").wait_for()


def test_a_part_that_is_gone_says_so(page: Page, client: Callable[..., Any], missing: list[str]) -> None:
    missing.append("page/resource")
    chime = client("chime-sdk-identity")
    arn = chime.create_app_instance(Name="Chat")["AppInstanceArn"]
    page.goto("/_qchime/page/search?text=Chat")
    follow(page.get_by_role("link", name="Chat"))
    chime.delete_app_instance(AppInstanceArn=arn)
    page.get_by_text("This resource does not exist, or no longer exists.").wait_for()


@pytest.mark.parametrize("part", ["name", "arn", "id in another case"])
def test_search_finds_a_resource(page: Page, client: Callable[..., Any], part: str) -> None:
    chime = client("chime-sdk-identity")
    arn = chime.create_app_instance(Name="Chat")["AppInstanceArn"]
    user = chime.create_app_instance_user(AppInstanceArn=arn, AppInstanceUserId="alice", Name="Alice Liddell")
    user_arn = user["AppInstanceUserArn"]
    page.goto("/_qchime/")
    text = {"name": "Liddell", "arn": user_arn, "id in another case": "USER/ALICE"}[part]
    page.get_by_role("searchbox").fill(text)
    follow(page.get_by_role("button", name="Search"))
    follow(page.get_by_role("link", name="Alice Liddell"))
    assert page.get_by_role("heading", level=1).inner_text().startswith("Alice Liddell")
    assert page.get_by_role("cell", name=user_arn, exact=True).is_visible()


def test_search_that_finds_nothing_says_so(page: Page) -> None:
    page.goto("/_qchime/page/search?text=nothing")
    assert page.get_by_text("No name, id or ARN contains this text.").is_visible()


def test_an_account_has_a_page_of_its_own(page: Page, client: Callable[..., Any]) -> None:
    for account in ("111122223333", "444455556666"):
        chime = client("chime-sdk-identity", aws_access_key_id=account)
        chime.create_app_instance(Name=f"Chat of {account}")
    page.goto("/_qchime/")
    assert page.locator("#held section").count() == 2
    follow(page.get_by_role("link", name="111122223333"))
    assert page.locator("#held section").count() == 1
    page.get_by_role("searchbox").fill("Chat of")
    follow(page.get_by_role("button", name="Search"))
    assert page.locator("main tbody tr").all_inner_texts()[0].startswith("Chat of 111122223333")
    assert page.locator("main tbody tr").count() == 1


def test_the_keyboard_reaches_everything(page: Page, client: Callable[..., Any]) -> None:
    client("chime-sdk-identity").create_app_instance(Name="Chat")
    page.goto("/_qchime/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "Skip to content"
    page.keyboard.press("Enter")
    for _ in range(3):  # the account, the service, and the first figure
        page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.get_by_role("heading", level=1).inner_text() == "App instances"
