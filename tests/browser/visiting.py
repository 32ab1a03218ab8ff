"""What a visitor does on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Locator


def follow(link: Locator) -> None:
    """Click a link or a button, and wait for the page that it leads to."""
    with link.page.expect_navigation():
        link.click()
