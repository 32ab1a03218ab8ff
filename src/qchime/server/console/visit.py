"""One request of a browser for a part of the page."""

from __future__ import annotations

from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any
from urllib.parse import parse_qsl, urlencode

from werkzeug.datastructures import MultiDict

from qchime.control.handle import CloudHandle
from qchime.control.tree import Place
from qchime.core.cloud import Cloud, Contents
from qchime.restjson import Request

PREFIX = "/_qchime/"

RUN = token_hex(4)
"""Distinguishes this process from an earlier one at the same address, which a browser may still show."""


def news_of(cloud: Cloud, account_id: str | None) -> str:
    """A text that differs after every call and change, so that nothing has to be done while nobody looks."""
    last_call = max((log.last_serial for log in cloud.contents.call_logs(account_id)), default=-1)
    return f"{RUN}.{cloud.changes.last}.{last_call}"


@dataclass
class Visit:
    """A request, for all accounts or for one, and the addresses of what the answer links to."""

    cloud: Cloud
    request: Request
    account_id: str | None
    token: str
    """What a form must send back."""
    failure: str | None = None
    """Why the last form was refused."""
    contents: Contents = field(init=False)
    news: str = field(init=False)
    """What has happened so far, as `news_of` tells it."""
    query: MultiDict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.news = news_of(self.cloud, self.account_id)  # before anything is read that may change
        self.contents = self.cloud.contents
        self.query = MultiDict(parse_qsl(self.request.query, keep_blank_values=True))

    @property
    def url(self) -> str:
        """The address of the server."""
        return self.request.base_url or ""

    @property
    def base(self) -> str:
        """The address of the page for all accounts, or for the one."""
        return PREFIX if self.account_id is None else f"{PREFIX}accounts/{self.account_id}/"

    @property
    def handle(self) -> CloudHandle:
        """The test author's handle of the same accounts."""
        return CloudHandle(self.cloud, self.account_id)

    def link(self, page: str = "", **query: Any) -> str:
        """The address of a part of the page, with the parameters that have a value."""
        given = {name: value for name, value in query.items() if value not in (None, "")}
        return f"{self.base}{page and f'page/{page}'}{(given and '?') or ''}{urlencode(given, doseq=True)}"

    def link_to(self, place: Place, **query: Any) -> str:
        """The address of a resource, or of a group of resources."""
        account_id, service, region, steps = place
        where = {"account": account_id, "service": service, "region": region, "step": steps}
        return self.link("resource", **where, **query)

    @property
    def place(self) -> Place:
        """The place in the query, with the steps to a resource or to a group."""
        query = self.query
        steps = tuple(query.getlist("step"))
        account_id = self.account_id or query.get("account", "")
        return Place(account_id, query.get("service", ""), query.get("region", ""), steps)

    @property
    def start(self) -> int:
        """The position in a list at which the answer begins."""
        return max(0, self.query.get("start", 0, int))
