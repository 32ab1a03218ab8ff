"""Finds the part of the page that a request is for."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from secrets import token_urlsafe

from qchime.core.cloud import Cloud
from qchime.restjson import Request, Response
from qchime.server.console import pages, report
from qchime.server.console.actions import Control, act
from qchime.server.console.events import events
from qchime.server.console.rendering import html, static
from qchime.server.console.visit import PREFIX, Visit
from qchime.server.trust.refusals import refuse

_PATH = re.compile(rf"{PREFIX}(?:accounts/(?P<account>\d{{12}})/)?(?:page/(?P<page>[a-z.]*))?", re.ASCII)

PAGES: dict[str, Callable[[Visit], Response]] = {
    "": pages.overview,
    "call": pages.call,
    "calls": pages.calls,
    "controls": pages.controls,
    "events": events,
    "report": report.download,
    "resource": pages.resource,
    "search": pages.search,
    "service": pages.service,
}


ACT = "act"
"""Where the forms of the page are sent to."""


class Console:
    """The page of one server."""

    def __init__(self, cloud: Cloud, control: Control) -> None:
        self._cloud = cloud
        self._control = control
        self._token = token_urlsafe()

    def has(self, request: Request) -> bool:
        """Whether a request is for a part of the page."""
        found = _PATH.fullmatch(request.path)
        if found is None or request.method in ("GET", "HEAD"):
            return found is not None
        return request.method == "POST" and found["page"] == ACT

    def respond(self, request: Request) -> Response:
        """The response to a request for a part of the page."""
        if not _is_from_here(request):
            return refuse(403, "AccessDeniedException", "Only the page itself may use the page.")
        found = _PATH.fullmatch(request.path)
        assert found is not None
        name = found["page"] or ""
        visit = Visit(self._cloud, request, found["account"], self._token)
        if request.method == "POST":
            return act(visit, self._control, pages.controls)
        if name in PAGES:
            return _timed(PAGES[name], visit)
        return static(name) or html("missing.html", 404, visit=visit, what="page")


def _timed(show: Callable[[Visit], Response], visit: Visit) -> Response:
    """The response, with the processor time that it has taken: the more, the longer the page waits."""
    started = time.thread_time()
    response = show(visit)
    response.headers["Server-Timing"] = f"page;dur={(time.thread_time() - started) * 1000:.1f}"
    return response


def _is_from_here(request: Request) -> bool:
    """Whether no page of another origin has sent this request, even one that may use the server."""
    origin = request.headers.get("origin")
    return origin is None or origin.partition("://")[2] == request.host
