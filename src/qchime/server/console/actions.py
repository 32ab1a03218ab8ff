"""Carries out what a form of the page asks for, by the control routes that `qchime.Client` uses too."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from hmac import compare_digest
from io import BytesIO
from typing import Any

from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.formparser import FormDataParser
from werkzeug.http import parse_options_header

from qchime.restjson import Request, Response
from qchime.server.console.rendering import HEADERS
from qchime.server.console.visit import Visit
from qchime.server.trust.refusals import refuse

Control = Callable[[Request], Response]


def act(visit: Visit, control: Control, show: Callable[[Visit], Response]) -> Response:
    """Carry out what a form asks for, and show the result by `show`, or by a redirect if it is done.

    The field `route` has the method and the name of the control route. A field `name:json` is JSON, `:json`
    the whole body, and `name:text` a text; they are left out if they are empty.
    """
    form, files = _read(visit.request)
    if not _is_trusted(visit, form.get("token", "")):
        return refuse(403, "AccessDeniedException", "This form is not one of the page, or is old. Reload it.")
    method, _, name = form.get("route", "").partition(" ")
    try:
        body = _body(form.items(multi=True), files)
    except ValueError as error:
        return _failed(visit, f"What you entered is not JSON: {error}", show)
    answer = control(_request(visit, method, name, body))
    if answer.status != 200:
        return _failed(visit, json.loads(answer.body)["message"], show)
    done = visit.link("controls", done=f"{method} {name}")
    return Response(303, {**HEADERS, "Location": f"{done}#{name}"})


def _failed(visit: Visit, why: str, show: Callable[[Visit], Response]) -> Response:
    return replace(show(replace(visit, failure=why)), status=400)


def _is_trusted(visit: Visit, token: str) -> bool:
    """Whether the page itself sends a form, as the browser and the form itself say."""
    origin = visit.request.headers.get("origin", "")
    return origin.partition("://")[2] == visit.request.host and compare_digest(
        token.encode(errors="replace"), visit.token.encode()
    )


def _read(request: Request) -> tuple[MultiDict[str, str], MultiDict[str, FileStorage]]:
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    _, form, files = FormDataParser().parse(BytesIO(request.body), kind, len(request.body), options)
    return form, files


def _body(form: Iterable[tuple[str, str]], files: MultiDict[str, FileStorage]) -> Any:
    body: Any = {}
    for field, text in form:
        name, _, kind = field.partition(":")
        if field in ("token", "route") or (kind and not text.strip()):
            continue
        value = json.loads(text) if kind == "json" else text
        body = {**body, name: value} if name else value
    for file in files.values():
        body = json.loads(file.read())
    return body


def _request(visit: Visit, method: str, name: str, body: Any) -> Request:
    path = f"{visit.base}{name}"
    return replace(visit.request, method=method, path=path, query="", body=json.dumps(body).encode())
