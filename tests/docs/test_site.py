"""The documentation site, in a browser: every link leads somewhere, and the search finds something."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import urldefrag

import pytest

from tests.docs import site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the site is; building it fails on every warning."""
    pytest.importorskip(
        "zensical", reason="zensical is not installed; `pip install --editable '.[docs]'` does that"
    )
    return site.build(tmp_path_factory.mktemp("docs"))


@pytest.fixture(scope="module")
def url(folder: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture
def page(browser: Browser, url: str) -> Iterator[Page]:
    """A tab, which must neither log an error nor request anything from another origin."""
    context = browser.new_context(base_url=url)
    context.set_default_timeout(15_000)
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda request: None if request.url.startswith(url) else wrong.append(request.url))
    yield page
    context.close()
    assert wrong == []


@dataclass
class Visited:
    """What a visitor finds who follows every link."""

    anchors: dict[str, set[str]] = field(default_factory=dict)
    """The ids on each page, by its URL."""
    links: set[tuple[str, str]] = field(default_factory=set)
    """Pages, and the URLs on this site that they link to."""
    prose: dict[str, str] = field(default_factory=dict)
    """The text of each page without its code."""


_RAW = re.compile(r"```.*|.*\]\(.*|\|[ -]*\|.*|^(?:-|\d+\.) .*", re.MULTILINE)
"""What Markdown looks like that has not been rendered: fences, links, tables, lists."""

PROSE = """() => {
    const article = document.querySelector("article").cloneNode(true);
    article.querySelectorAll("code, pre, svg").forEach(code => code.remove());
    return article.textContent;
}"""


def follow_every_link(page: Page, url: str) -> Visited:
    visited = Visited()
    waiting = [url]
    while waiting:
        here = waiting.pop()
        answer = page.goto(here)
        assert answer is not None
        assert answer.ok, [page for page, link in visited.links if urldefrag(link).url == here]
        hrefs = page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
        visited.anchors[here] = set(page.eval_on_selector_all("[id]", "all => all.map(one => one.id)"))
        visited.prose[here] = page.evaluate(PROSE)
        visited.links |= {(here, link) for link in hrefs if link.startswith(url)}
        targets = {urldefrag(link).url for _, link in visited.links if urldefrag(link).url.endswith("/")}
        waiting += sorted(targets - visited.anchors.keys() - set(waiting))
    return visited


def test_every_link_leads_to_a_page_and_every_anchor_to_a_place_on_it(page: Page, url: str) -> None:
    visited = follow_every_link(page, url)

    assert len(visited.anchors) == sum(place.endswith(".md") for place in site.sources().values())
    for here, link in visited.links:
        target, anchor = urldefrag(link)
        if target in visited.anchors:
            assert not anchor or anchor in visited.anchors[target], f"{here} links to {link}"
        else:
            assert page.request.get(target).ok, f"{here} links to {link}"
    raw = {here: _RAW.findall(text) for here, text in visited.prose.items()}
    assert {here: lines for here, lines in raw.items() if lines} == {}, "Markdown that is not rendered"


def test_every_page_is_in_the_navigation() -> None:
    places = [place for place in site.sources().values() if place.endswith(".md")]
    navigation = (site.ROOT / "zensical.toml").read_text("utf-8")
    assert [place for place in places if f'"{place}"' not in navigation] == []


def test_the_search_finds_a_section_and_leads_to_it(page: Page, url: str) -> None:
    page.goto(url)
    page.get_by_role("button", name="Search").first.click()
    page.locator("input:focus").fill("frozen time refills")
    page.locator("a:visible", has_text="Throttling").click()
    page.wait_for_url(re.compile(r"/world/"))
    assert page.get_by_role("heading", name="Throttling").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_follows_the_scheme_of_the_system(browser: Browser, url: str, scheme: str) -> None:
    page = browser.new_page(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(url)
    red, green, blue = re.findall(r"\d+", page.evaluate("getComputedStyle(document.body).backgroundColor"))[
        :3
    ]
    assert (int(red) + int(green) + int(blue) > 3 * 128) == (scheme == "light")
    page.close()
