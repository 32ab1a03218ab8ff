"""A real browser that looks at the page of a server with state of its own.

Without Chromium or Playwright these tests are skipped. Every test fails if the page logs an error, or
requests anything from another origin.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from qchime import Cloud, Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(cloud=Cloud()) as server:
        yield server


@pytest.fixture
def client(server: Server) -> Callable[..., Any]:
    """Creates clients of the server: `client("qapps", user)`."""
    return partial(client_of, server)


def client_of(server: Server, service: str, user: Any = None, **more: Any) -> Any:
    keys = {"aws_access_key_id": "any", "aws_secret_access_key": "any"} if user is None else user.credentials
    return boto3.client(service, region_name="us-east-1", endpoint_url=server.url, **keys | more)


@pytest.fixture
def missing() -> list[str]:
    """What the page may fail to find; a test adds to it."""
    return []


@pytest.fixture
def page(browser: Browser, server: Server, missing: list[str]) -> Iterator[Page]:
    """A tab of the browser; open a part of the page with `page.goto("/_qchime/")`."""
    context = browser.new_context(base_url=server.url)
    context.set_default_timeout(15_000)
    page = context.new_page()
    wrong: list[Any] = []
    page.on("console", lambda message: wrong.append(message) if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda request: _check_origin(server.url, request.url, wrong))
    yield page
    context.close()
    assert [found for found in wrong if not _is_expected(found, missing)] == []


def _is_expected(found: Any, missing: list[str]) -> bool:
    return not isinstance(found, str) and any(part in found.location["url"] for part in missing)


def _check_origin(url: str, requested: str, wrong: list[Any]) -> None:
    if not requested.startswith(f"{url}/_qchime/"):
        wrong.append(f"requested {requested}")


@pytest.fixture
def violations(page: Page) -> Callable[[], list[str]]:
    """What axe-core finds wrong with what the page shows, in the light and in the dark theme."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed; `make test` does that")

    def run() -> list[str]:
        found: list[str] = []
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.evaluate(AXE.read_text("utf-8"))
            result = page.evaluate("axe.run()")
            found += [
                f"{scheme}: {violation['id']}: {json.dumps([node['html'] for node in violation['nodes']])}"
                for violation in result["violations"]
            ]
        return found

    return run
