"""Takes the pictures of the documentation: `python -m tests.browser.screenshots docs/images`."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from playwright.sync_api import sync_playwright

from qchime import Cloud, Server
from tests.chromium import CHROMIUM
from tests.services.qapps.samples import HERE, definition, file, form, new_id, query, text

if TYPE_CHECKING:
    from playwright.sync_api import Page

SIZE: Any = {"width": 1180, "height": 680}


def main(folder: Path) -> None:
    """Fill a server, and take a picture of each part of its page."""
    folder.mkdir(parents=True, exist_ok=True)
    with Server(cloud=Cloud(), port=4590) as server, sync_playwright() as playwright:
        server.seed("the same pictures every time")
        fill(server)
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        page = browser.new_page(base_url=server.url, viewport=SIZE)
        for name, show in {"overview": overview, "graph": graph, "calls": calls, "refused": refused}.items():
            show(page)
            page.screenshot(path=folder / f"{name}.png")
        browser.close()


def fill(server: Server) -> None:
    """Chat users, and an app with a session that is running."""
    alice, bob = (server.users.add(f"{name}@example.com") for name in ("alice", "bob"))
    chat(client(server, "chime-sdk-identity", alice))
    qapps = client(server, "qapps", bob)
    server.answers.add(card="Outline", text="1. Whales\n2. Where they live\n3. What they sing")
    server.answers.in_progress("Article", polls=100)
    topic, outline, facts, article, notes = (new_id() for _ in range(5))
    cards = definition(
        text(topic, "Topic"),
        file(notes, "Notes"),
        query(outline, "Outline", f"Outline an article about @{topic}"),
        query(facts, "Facts", f"Ten facts about @{topic}, see @Notes"),
        query(article, "Article", f"Write an article from @{outline} and @{facts}"),
        form(title="Feedback"),
    )
    app = {**HERE, "appId": qapps.create_q_app(**HERE, title="Article writer", appDefinition=cards)["appId"]}
    qapps.start_q_app_session(**app, appVersion=1, initialValues=[{"cardId": topic, "value": "Whales"}])
    qapps.list_q_apps(**HERE)
    with suppress(ClientError):
        client(server, "qapps", alice).get_q_app(**app)


def chat(chime: Any) -> None:
    """An app instance with users, and calls that are refused."""
    arn = chime.create_app_instance(Name="Support chat")["AppInstanceArn"]
    for name in ("Alice", "Bob", "Carol"):
        user = {"AppInstanceUserId": name.lower(), "Name": name}
        chime.create_app_instance_user(AppInstanceArn=arn, **user)
    for refused in ({"Name": ""}, {"Name": "x" * 300, "Metadata": "\x00"}):
        with suppress(ClientError):
            chime.create_app_instance(**refused)
    with suppress(ClientError):
        chime.describe_app_instance_user(AppInstanceUserArn=f"{arn}/user/dave")


def client(server: Server, service: str, user: Any) -> Any:
    config = Config(parameter_validation=False)
    given = {"region_name": "us-east-1", "endpoint_url": server.url, "config": config}
    return boto3.client(service, **given, **user.credentials)


def overview(page: Page) -> None:
    page.goto("/_qchime/")


def graph(page: Page) -> None:
    page.goto("/_qchime/page/search?text=Article+writer")
    page.get_by_role("link", name="Article writer").click()
    with page.expect_navigation():
        page.get_by_label("View").select_option(index=1)


def calls(page: Page) -> None:
    page.goto("/_qchime/page/calls")


def refused(page: Page) -> None:
    page.goto("/_qchime/page/calls?status=errors")
    page.get_by_role("link", name="DescribeAppInstanceUser").click()
    page.locator("#code-1").wait_for()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
