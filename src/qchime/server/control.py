"""The handle's words over HTTP, under `/_qchime/`: JSON in, JSON out.

GET shows, POST adds or does, PATCH changes settings, PUT replaces, DELETE puts back to the beginning.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime
from os import PathLike
from typing import Any
from urllib.parse import parse_qsl

from qchime._version import __version__
from qchime.control.handle import CloudHandle, checked_account
from qchime.core.cloud import Cloud
from qchime.core.table import SERVICES
from qchime.core.words import call_with
from qchime.restjson import Request, Response

PREFIX = "/_qchime/"
JSON = dict[str, Any]
Route = Callable[..., JSON]


class ControlRoutes:
    """The control routes of one server; `state_file` is where it saves its state, if anywhere.

    Each method answers one of them: its name is the method and the word, its keywords are what the body
    (of a GET: the query) may have.
    """

    def __init__(
        self, cloud: Cloud, state_file: str | PathLike[str] | None = None, account_id: str | None = None
    ) -> None:
        self._handle = CloudHandle(cloud, account_id)
        self._cloud = cloud
        self._state_file = state_file
        self._account_id = account_id

    def get_health(self) -> JSON:
        """Whether the server is there, and what it answers."""
        return {"status": "ok", "version": __version__, "services": [service.name for service in SERVICES]}

    def get_accounts(self) -> JSON:
        """The accounts that somebody has used; each has all these words at `/_qchime/accounts/{id}/`."""
        return {"accounts": self._handle.accounts}

    def post_seed(self, seed: int | str) -> JSON:
        """Make the ids from here on repeatable."""
        if self._account_id is not None:
            raise ValueError("Ids come from one source for all accounts: seed it without an account.")
        self._handle.seed(seed)
        return {}

    def post_reset(self) -> JSON:
        """Everything back to the beginning."""
        self._handle.reset()
        return {}

    def get_users(self, access_key_id: str | None = None) -> JSON:
        """Who is registered, and whether one has to be; or who signs with this key."""
        users = self._handle.users
        if access_key_id is not None:
            return asdict(users.by_access_key(access_key_id))
        return {
            "required": users.required,
            "users": [asdict(user) for user in users],
            "temporary": [asdict(user) for user in users.temporary],
        }

    def post_users(self, **given: Any) -> JSON:
        """Register somebody; the answer has their credentials."""
        return asdict(call_with(self._handle.users.add, given))

    def patch_users(self, required: bool) -> JSON:
        """Demand that callers are registered, or no longer."""
        self._handle.users.required = required
        return self.get_users()

    def delete_users(self) -> JSON:
        """Forget everybody."""
        self._handle.users.reset()
        return self.get_users()

    def get_faults(self) -> JSON:
        """What is to fail, and how often it has."""
        return {"faults": [asdict(fault) for fault in self._handle.faults]}

    def post_faults(self, **given: Any) -> JSON:
        """Let calls fail."""
        return asdict(call_with(self._handle.faults.add, given))

    def delete_faults(self) -> JSON:
        """Let nothing fail any more."""
        self._handle.faults.reset()
        return self.get_faults()

    def get_clock(self) -> JSON:
        """The time of the mock, and how far it is ahead of the machine's."""
        clock = self._handle.clock
        return {"now": clock.now(), "offset_seconds": clock.offset.total_seconds()}

    def post_clock(self, **duration: float) -> JSON:
        """Move on by a timedelta's keywords."""
        self._handle.clock.advance(**duration)
        return self.get_clock()

    def delete_clock(self) -> JSON:
        """Back to the machine's time."""
        self._handle.clock.reset()
        return self.get_clock()

    def get_limits(self) -> JSON:
        """Every quota."""
        return self._handle.limits.as_dict()

    def patch_limits(self, **figures: int) -> JSON:
        """Change some of them, or none if one figure is wrong."""
        self._handle.limits.update(**figures)
        return self.get_limits()

    def delete_limits(self) -> JSON:
        """Back to AWS's."""
        self._handle.limits.reset()
        return self.get_limits()

    def get_calls(self, operation: str | None = None) -> JSON:
        """What was called, the oldest first."""
        return {"calls": [asdict(call) for call in self._handle.calls(operation)]}

    def delete_calls(self) -> JSON:
        """Forget what was called."""
        self._handle.reset_calls()
        return self.get_calls()

    def get_state(self) -> JSON:
        """Everything that the server holds."""
        return self._handle.dump()

    def put_state(self, **state: Any) -> JSON:
        """Hold this instead."""
        self._handle.load(state)
        return {}

    def post_state(self) -> JSON:
        """Save to the state file, now and not only at the end."""
        if self._account_id is not None:
            raise ValueError("The state file holds all accounts: save it without an account.")
        if self._state_file is None:
            raise ValueError("This server has no state file. Start it with --state FILE.")
        self._handle.save(self._state_file)
        return {"file": str(self._state_file)}

    def __call__(self, request: Request) -> Response:
        """Answer one request; what is wrong with it is named, and nothing changes."""
        word = request.path.removeprefix(PREFIX).rstrip("/")
        account_id, _, rest = word.removeprefix("accounts/").partition("/")
        if rest and word.startswith("accounts/") and self._account_id is None:
            return self._of_account(account_id, replace(request, path=f"{PREFIX}{rest}"))
        routes = self._routes(word)
        if not routes:
            words = ", ".join([*WORDS, *(name for service in SERVICES for name in service.words)])
            return _answer(404, {"message": f"There is no {PREFIX}{word}. There are: {words}."})
        if request.method not in routes:
            refused = _answer(405, {"message": f"{PREFIX}{word} takes {', '.join(routes)}."})
            refused.headers["Allow"] = ", ".join(routes)
            return refused
        try:
            return _answer(200, call_with(routes[request.method], _read(request)))
        except (AttributeError, ImportError, TypeError, ValueError) as error:
            return _answer(400, {"message": str(error), "error": type(error).__name__})

    def _of_account(self, account_id: str, request: Request) -> Response:
        try:
            routes = ControlRoutes(self._cloud, self._state_file, checked_account(account_id))
        except ValueError as error:
            return _answer(400, {"message": str(error), "error": "ValueError"})
        return routes(request)

    def _routes(self, word: str) -> dict[str, Route]:
        if SERVICES.word(word) is not None:
            return _routes_of(getattr(self._handle, word))
        routes = {method: getattr(self, f"{method.lower()}_{word}", None) for method in METHODS}
        return {method: route for method, route in routes.items() if route is not None}


def _routes_of(word: Any) -> dict[str, Route]:
    """Those of a further word: what it holds is shown, added to, and put back to the beginning."""

    def post(**given: Any) -> JSON:
        word.post(**given)
        return word.show()  # type: ignore[no-any-return]

    def delete() -> JSON:
        word.reset()
        return word.show()  # type: ignore[no-any-return]

    return {"GET": lambda: word.show(), "POST": post, "DELETE": delete}


METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")
WORDS = tuple(
    dict.fromkeys(
        name.partition("_")[2] for name in vars(ControlRoutes) if name.partition("_")[0].upper() in METHODS
    )
)


def _read(request: Request) -> JSON:
    if not request.body:
        return dict(parse_qsl(request.query))
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"The body is not JSON: {error}") from None
    if not isinstance(body, dict):
        raise ValueError("The body must be a JSON object.")
    return body


def _answer(status: int, body: JSON) -> Response:
    content = json.dumps(body, default=datetime.isoformat)
    return Response(status, {"Content-Type": "application/json"}, content.encode())
