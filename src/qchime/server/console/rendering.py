"""Templates, and the headers of what they render."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from qchime._version import installed_version
from qchime.core.table import SERVICES
from qchime.restjson import Response

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",  # with `no-referrer`, browsers send the origin `null` with forms
    "X-Content-Type-Options": "nosniff",
}

LONGEST = 65_536
"""In characters: of a text that the page shows."""

_FILES = {"page.js": "text/javascript", "style.css": "text/css", "icon.svg": "image/svg+xml"}


def html(template: str, status: int = 200, **values: Any) -> Response:
    """The response with a rendered template."""
    return page_of(rendered(template, **values), "text/html", status)


def rendered(template: str, **values: Any) -> str:
    """The text of a template."""
    return _environment().get_template(template).render(values)


def page_of(text: str, content_type: str, status: int = 200) -> Response:
    """The response with a text of the page."""
    headers = {"Content-Type": f"{content_type}; charset=utf-8", **HEADERS}
    return Response(status, headers, text.encode(errors="replace"))  # half of a surrogate pair as `?`


def static(name: str) -> Response | None:
    """The response with one of the page's own files, None if there is no such file."""
    return page_of(source(name), _FILES[name]) if name in _FILES else None


def source(name: str) -> str:
    """The text of one of the page's own files."""
    return files(__package__).joinpath("static").joinpath(name).read_text("utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader(__package__),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"json": as_json, "cut": cut}
    environment.globals |= {"services": SERVICES, "version": installed_version()}
    return environment


def as_json(value: Any) -> str:
    """JSON to read, shortened if it is very long."""
    return cut(json.dumps(value, indent=2, ensure_ascii=False, default=str), LONGEST)


def cut(text: str, most: int = 120) -> str:
    """A text of at most this many characters."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
