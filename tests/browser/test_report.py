"""Everything on the page in one file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qchime import Server
from tests.services.qapps.samples import HERE, definition, query, text

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


def test_it_is_downloaded_and_opens_without_the_server(
    page: Page,
    browser: Browser,
    client: Callable[..., Any],
    server: Server,
    missing: list[str],
    tmp_path: Path,
) -> None:
    missing.append("page/events")  # ends with the server
    topic = text(title="Topic")
    cards = definition(topic, query(title="Summary", prompt=f"Summarize @{topic['textInput']['id']}"))
    client("qapps").create_q_app(**HERE, title="Writer", appDefinition=cards)
    page.goto("/_qchime/")
    with page.expect_download() as download:
        page.get_by_role("link", name="Save everything to one file").click()
    file = tmp_path / "page.html"
    download.value.save_as(file)
    server.stop()

    opened = browser.new_page()
    requested: list[str] = []
    opened.on("request", lambda request: requested.append(request.url))
    opened.goto(file.as_uri())
    assert requested == [file.as_uri()]
    opened.locator("details.resource", has_text="Writer").first.locator("summary").click()
    assert opened.locator(".graph .node", has_text="Summary").first.is_visible()
    opened.locator("details.call summary").click()
    assert '"title": "Writer"' in opened.locator("details.call pre").first.inner_text()
    opened.close()
