"""Everything on the page as one HTML file, which needs no server."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from qchime.control import tree
from qchime.core.cloud import Cloud, Contents
from qchime.core.showing import Graph, View
from qchime.restjson import Response
from qchime.server.console.calls import newest_first, per_second
from qchime.server.console.graphs import Layout, layout
from qchime.server.console.rendering import page_of, rendered, source
from qchime.server.console.visit import Visit

MOST = 1000
"""The number of resources and of calls that a file has."""


class Shown(NamedTuple):
    """A resource, with its views: graphs that are laid out, or timelines."""

    resource: tree.Resource
    views: dict[str, View | Layout]


def report(cloud: Cloud, account_id: str | None = None) -> str:
    """The text of a file about all accounts or one: the latest calls, and the outermost resources."""
    contents = cloud.contents
    return rendered(
        "report.html",
        style=source("style.css"),
        account_id=account_id,
        roots=[(root, tree.figures(root)) for root in tree.roots(contents, account_id)],
        seconds=per_second(contents, account_id),
        calls=list(islice(newest_first(contents, account_id), MOST)),
        resources=list(islice(_resources(contents, account_id), MOST)),
        most=MOST,
    )


def download(visit: Visit) -> Response:
    """The response with the file."""
    response = page_of(report(visit.cloud, visit.account_id), "text/html")
    response.headers["Content-Disposition"] = 'attachment; filename="qchime.html"'
    return response


def _resources(contents: Contents, account_id: str | None) -> Iterator[Shown]:
    waiting = deque(tree.roots(contents, account_id))
    while waiting:
        resource = waiting.popleft()
        if resource.parent is not None:
            with resource.state.lock:
                views = {title: _laid_out(resource.view(title)) for title in resource.views[:MOST]}
            yield Shown(resource, views)
        for group in tree.groups_of(resource.record):
            waiting.extend(resource.children(group, most=MOST))


def _laid_out(view: View) -> View | Layout:
    return layout(view) if isinstance(view, Graph) else view
