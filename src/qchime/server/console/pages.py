"""The parts of the page that show something."""

from __future__ import annotations

from itertools import islice

from qchime.control import tree
from qchime.core.evidence import rules_of_operation
from qchime.core.showing import Graph, Timeline, View
from qchime.core.table import SERVICES
from qchime.restjson import Response
from qchime.server.console import snippets
from qchime.server.console.calls import Filter, LoggedCall, mentions, newest_first, per_second
from qchime.server.console.graphs import layout
from qchime.server.console.rendering import html
from qchime.server.console.visit import Visit

PAGE = 100
"""The number of resources or calls that are shown at once."""

LATEST = 8
"""The number of calls that the overview shows."""

FEW = 20
"""The number of calls that are shown with a resource."""


def overview(visit: Visit) -> Response:
    """What there is: figures for each service in each account and region, and the latest calls."""
    places: dict[tuple[str, str], list[tuple[tree.Resource, list[tree.Figure]]]] = {}
    for root in tree.roots(visit.contents, visit.account_id):
        held = places.setdefault((root.place.account_id, root.place.region), [])
        held.append((root, tree.figures(root)))
    return html(
        "overview.html",
        visit=visit,
        places=places,
        seconds=per_second(visit.contents, visit.account_id),
        calls=list(islice(newest_first(visit.contents, visit.account_id), LATEST)),
        environment="".join(f"export {row.endpoint_variable}={visit.url}\n" for row in SERVICES),
    )


def service(visit: Visit) -> Response:
    """A service: its operations with their rules, and its limits."""
    row = next((row for row in SERVICES if row.name == visit.query.get("name")), None)
    if row is None:
        return html("missing.html", 404, visit=visit, what="service")
    operations = [
        (name, row.supports(name), rules_of_operation(row, name) if row.supports(name) else [])
        for name in row.model.operation_names
    ]
    limits = visit.handle.limits.as_dict()
    return html("service.html", visit=visit, row=row, operations=operations, limits=limits)


def calls(visit: Visit) -> Response:
    """The calls that fit a filter, newest first."""
    chosen = Filter.of(visit.query)
    fitting = (call for call in newest_first(visit.contents, visit.account_id) if chosen.fits(call))
    shown = list(islice(fitting, visit.start, visit.start + PAGE + 1))
    seconds = per_second(visit.contents, visit.account_id)
    return html(
        "calls.html", visit=visit, filter=chosen, shown=shown, most=PAGE, seconds=seconds, services=SERVICES
    )


def call(visit: Visit) -> Response:
    """One call in full, and the same call as code."""
    number = visit.query.get("number", -1, int)
    every = newest_first(visit.contents, visit.account_id)
    found = next((call for call in every if call.number == number), None)
    if found is None:
        return html("missing.html", 404, visit=visit, what="call")
    code = {
        "boto3": snippets.as_boto3(found.record, visit.url, is_invalid=bool(found.violations)),
        "AWS CLI": snippets.as_cli(found.record, visit.url),
    }
    return html("call.html", visit=visit, call=found, code=code)


def controls(visit: Visit) -> Response:
    """What a test author sets, with a form for each part of it."""
    handle, chosen = visit.handle, visit.query.get("fault", "").split()
    is_known = len(chosen) == 2 and chosen[0] in SERVICES.names
    is_known = is_known and chosen[1] in SERVICES.named(chosen[0]).model.operation_names
    return html(
        "controls.html",
        visit=visit,
        handle=handle,
        rules=SERVICES.rules(),
        defaults=SERVICES.limits(),
        words={
            name: (word, getattr(handle, name))
            for row in SERVICES
            for name, word in row.words.items()
            if hasattr(getattr(handle, name), "post")
        },
        fault=chosen if is_known else None,
        errors=SERVICES.errors_of(*chosen) if is_known else (),
        users=list(islice(handle.users, PAGE)),
        most=PAGE,
        snippets=snippets,
        state=f"{visit.base}state",
    )


def search(visit: Visit) -> Response:
    """Resources by name, id or ARN."""
    text = visit.query.get("text", "").strip()
    found = tree.search(visit.contents, text, PAGE, visit.account_id) if text else []
    return html("search.html", visit=visit, text=text, found=found, most=PAGE)


def resource(visit: Visit) -> Response:
    """A resource, or one of the groups in it."""
    place = visit.place
    group = place.steps[-1] if len(place.steps) % 2 else None
    found = tree.find(
        visit.contents, place._replace(steps=place.steps if group is None else place.steps[:-1])
    )
    if found is None or (group is not None and group not in tree.groups_of(found.record)):
        return html("missing.html", 404, visit=visit, what="resource")
    if group is None:
        return _resource(visit, found)
    shown = found.children(group, visit.start, PAGE)
    count = tree.size(found.record, group)
    return html("group.html", visit=visit, resource=found, group=group, shown=shown, count=count, most=PAGE)


def _resource(visit: Visit, found: tree.Resource) -> Response:
    chosen, shown = _view(visit, found)
    return html(
        "resource.html",
        visit=visit,
        resource=found,
        views=found.views,
        chosen=chosen,
        graph=layout(shown) if isinstance(shown, Graph) else None,
        timeline=shown if isinstance(shown, Timeline) else None,
        calls=_concerning(visit, found.identifier) if found.identifier else [],
    )


def _view(visit: Visit, found: tree.Resource) -> tuple[str | None, View | None]:
    """The view that the visitor has chosen, or else the first."""
    with found.state.lock:
        views, chosen = found.views, visit.query.get("view")
        title = chosen if chosen in views else next(iter(views), None)
        return title, found.view(title) if title is not None else None


def _concerning(visit: Visit, identifier: str) -> list[LoggedCall]:
    """The latest calls that name a resource, in their input or in their answer."""
    every = newest_first(visit.contents, visit.account_id)
    return list(islice((call for call in every if mentions(call, identifier)), FEW))
