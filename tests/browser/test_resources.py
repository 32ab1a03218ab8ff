"""Each resource, with everything about it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from qchime import Server
from tests.browser.visiting import follow
from tests.services.qapps.samples import HERE, definition, text

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.fixture
def instance(client: Callable[..., Any]) -> str:
    """The ARN of an app instance with a user, a bot and tags."""
    chime = client("chime-sdk-identity")
    tags = [{"Key": "team", "Value": "support"}]
    arn: str = chime.create_app_instance(Name="Chat", Metadata="about it", Tags=tags)["AppInstanceArn"]
    chime.create_app_instance_user(AppInstanceArn=arn, AppInstanceUserId="alice", Name="Alice")
    return arn


def open_instance(page: Page) -> None:
    page.goto("/_qchime/")
    follow(page.get_by_role("link", name="1 App instances"))
    follow(page.get_by_role("link", name="Chat"))


def members(page: Page) -> dict[str, str]:
    rows = page.get_by_role("region", name="Members").locator("tbody tr")
    return dict(row.split("\t", 1) for row in rows.all_inner_texts())


def test_members_and_tags_are_those_that_clients_see(
    page: Page, client: Callable[..., Any], instance: str
) -> None:
    open_instance(page)
    seen = client("chime-sdk-identity").describe_app_instance(AppInstanceArn=instance)["AppInstance"]
    shown = members(page)
    assert (shown["app_instance_arn"], shown["name"], shown["metadata"]) == (
        seen["AppInstanceArn"],
        seen["Name"],
        seen["Metadata"],
    )
    assert page.get_by_role("region", name="Tags").locator("tbody tr").inner_text() == "team\tsupport"


def test_json_has_every_member(page: Page, instance: str) -> None:
    open_instance(page)
    copied = json.loads(page.locator("#json").inner_text())
    assert copied["app_instance_arn"] == instance
    assert copied["tags"] == {"team": "support"}
    assert copied.keys() - {"tags"} == members(page).keys()


def test_what_is_inside_is_a_click_away_and_the_trail_leads_back(page: Page, instance: str) -> None:
    open_instance(page)
    follow(page.get_by_role("link", name="Users 1"))
    follow(page.get_by_role("link", name="Alice"))
    assert members(page)["arn"] == f"{instance}/user/alice"
    follow(page.get_by_role("navigation", name="Breadcrumbs").get_by_role("link", name="Chat"))
    assert members(page)["app_instance_arn"] == instance


def test_calls_that_concern_it_are_shown_with_the_one_that_made_it(
    page: Page, client: Callable[..., Any], instance: str
) -> None:
    chime = client("chime-sdk-identity")
    chime.create_app_instance(Name="Another")
    chime.describe_app_instance(AppInstanceArn=instance)
    open_instance_named = page.goto(f"/_qchime/page/search?text={instance.rpartition('/')[2]}")
    assert open_instance_named
    follow(page.get_by_role("link", name="Chat"))
    calls = page.get_by_role("region", name="Calls that mention it").locator("tbody th")
    assert calls.all_inner_texts() == ["DescribeAppInstance", "CreateAppInstanceUser", "CreateAppInstance"]


def test_an_update_shows_without_a_reload(page: Page, client: Callable[..., Any], instance: str) -> None:
    open_instance(page)
    client("chime-sdk-identity").update_app_instance(AppInstanceArn=instance, Name="Chat", Metadata="new")
    page.get_by_role("region", name="Members").get_by_text("new", exact=True).wait_for()


def test_long_lists_have_pages(page: Page, client: Callable[..., Any], instance: str) -> None:
    chime = client("chime-sdk-identity")
    for number in range(120):
        chime.create_app_instance_user(
            AppInstanceArn=instance, AppInstanceUserId=f"guest-{number}", Name="Guest"
        )
    open_instance(page)
    follow(page.get_by_role("link", name="Users 121"))
    assert page.locator("main tbody tr").count() == 100
    follow(page.get_by_role("link", name="Next"))
    keys = page.locator("main tbody bdi.id").all_inner_texts()
    listed, more = [], {"MaxResults": 50}
    while more:
        found = chime.list_app_instance_users(AppInstanceArn=instance, **more)
        listed += [user["AppInstanceUserArn"] for user in found["AppInstanceUsers"]]
        more = {"NextToken": found["NextToken"]} if "NextToken" in found else {}
    assert keys == listed[100:]


def test_a_library_item_and_an_old_version_are_inside_the_app(
    page: Page, client: Callable[..., Any], server: Server
) -> None:
    server.categories.add("Texts")
    qapps = client("qapps")
    app = dict(HERE)
    app["appId"] = qapps.create_q_app(**app, title="Draft", appDefinition=definition(text()))["appId"]
    qapps.update_q_app(**app, title="Final")
    category = qapps.list_categories(**HERE)["categories"][0]["id"]
    qapps.create_library_item(**app, appVersion=2, categories=[category])
    page.goto("/_qchime/page/search?text=Final")
    follow(page.get_by_role("link", name="Final"))
    follow(page.get_by_role("link", name="Library item 1"))
    follow(page.get_by_role("link", name="Library item", exact=True).last)
    assert members(page)["app_version"] == "2"
    page.go_back()
    page.go_back()
    follow(page.get_by_role("link", name="Versions 2"))
    follow(page.get_by_role("link", name="Version 1"))
    assert members(page)["title"] == "Draft"


def test_a_file_shows_its_size(page: Page, client: Callable[..., Any]) -> None:
    qapps = client("qapps")
    app = dict(HERE)
    card = {"id": "11111111-1111-4111-8111-111111111111", "title": "File", "type": "file-upload"}
    made = qapps.create_q_app(**app, title="App", appDefinition=definition({"fileUpload": card}))
    app["appId"] = made["appId"]
    qapps.import_document(
        **app, cardId=card["id"], fileContentsBase64="aGVsbG8=", fileName="notes.txt", scope="APPLICATION"
    )
    page.goto("/_qchime/page/search?text=notes.txt")
    follow(page.get_by_role("link", name="notes.txt"))
    assert members(page)["content"] == "5 bytes"


def test_a_service_shows_its_operations_and_limits(page: Page, server: Server) -> None:
    server.limits.apps_per_user = 3
    page.goto("/_qchime/")
    follow(page.get_by_role("link", name="Amazon Q Apps"))
    rows = page.get_by_role("region", name="Limits").locator("tbody tr").all_inner_texts()
    assert "apps_per_user\t3\t100" in rows
    assert page.get_by_role("region", name="Operations").locator("tbody tr").count() == 35
