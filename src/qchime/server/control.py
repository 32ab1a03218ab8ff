"""The handle's words over HTTP, under `/_qchime/`: JSON in, JSON out."""

import json
from collections.abc import Callable
from typing import Any

from werkzeug.wrappers import Request, Response

from qchime._version import __version__
from qchime.handle import Handle
from qchime.service import SERVICES

PREFIX = "/_qchime/"
Body = dict[str, Any]


def _health(handle: Handle, body: Body) -> Body:
    return {"status": "ok", "version": __version__, "services": [service.name for service in SERVICES]}


def _reset(handle: Handle, body: Body) -> Body:
    handle.reset()
    return {}


def _clock(handle: Handle, body: Body) -> Body:
    return {"now": handle.clock.now().isoformat(), "offset_seconds": handle.clock.offset.total_seconds()}


def _advance_clock(handle: Handle, body: Body) -> Body:
    handle.clock.advance(**body)
    return _clock(handle, body)


def _reset_clock(handle: Handle, body: Body) -> Body:
    handle.clock.reset()
    return _clock(handle, body)


def _limits(handle: Handle, body: Body) -> Body:
    return handle.limits.as_dict()


def _change_limits(handle: Handle, body: Body) -> Body:
    handle.limits.update(**body)
    return _limits(handle, body)


def _reset_limits(handle: Handle, body: Body) -> Body:
    handle.limits.reset()
    return _limits(handle, body)


ROUTES: dict[str, dict[str, Callable[[Handle, Body], Body]]] = {
    "health": {"GET": _health},
    "reset": {"POST": _reset},
    "clock": {"GET": _clock, "POST": _advance_clock, "DELETE": _reset_clock},
    "limits": {"GET": _limits, "PATCH": _change_limits, "DELETE": _reset_limits},
}


def control(request: Request) -> Response:
    """Answer one of the control routes; what is wrong with a request is named, and nothing changes."""
    word = request.path.removeprefix(PREFIX).rstrip("/")
    methods = ROUTES.get(word)
    if methods is None:
        return _answer(404, {"message": f"There is no {PREFIX}{word}. There are: {', '.join(ROUTES)}."})
    if request.method not in methods:
        allowed = ", ".join(methods)
        refused = _answer(405, {"message": f"{PREFIX}{word} takes {allowed}."})
        refused.headers["Allow"] = allowed
        return refused
    try:
        return _answer(200, methods[request.method](Handle(), _read(request)))
    except (TypeError, ValueError, AttributeError) as error:
        return _answer(400, {"message": str(error)})


def _read(request: Request) -> Body:
    content = request.get_data()
    if not content:
        return {}
    try:
        body = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"The body is not JSON: {error}") from None
    if not isinstance(body, dict):
        raise ValueError("The body must be a JSON object.")
    return body


def _answer(status: int, body: Body) -> Response:
    return Response(json.dumps(body), status, content_type="application/json")
