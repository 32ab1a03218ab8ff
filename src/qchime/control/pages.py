"""Lets a handle show its cloud in a browser: `qchime.server` shows it, and is imported when it has to.

Nothing here imports anything heavy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from qchime.core.cloud import Cloud


class Pages(Protocol):
    """What shows clouds in a browser."""

    def url_of(self, cloud: Cloud) -> str:
        """The URL of a server that shows this cloud, which is started if it is not running."""

    def saved(self, cloud: Cloud, account_id: str | None) -> str:
        """The text of an HTML file that shows this cloud, or one account of it."""


class Registered:
    """What shows clouds in a browser, once `load` is set."""

    load: Callable[[], Pages] | None = None

    def __call__(self) -> Pages:
        """What shows clouds in a browser.

        Raises:
            RuntimeError: `qchime` has not been imported, only parts of it.
        """
        if self.load is None:
            raise RuntimeError("There is no page to show this state in a browser. Import qchime first.")
        return self.load()


pages = Registered()


def path_of(account_id: str | None) -> str:
    """The path of the page for all accounts or for one."""
    return "/_qchime/" if account_id is None else f"/_qchime/accounts/{account_id}/"
