"""The handle over HTTP, as routes under `/_qchime/` that take and return JSON.

GET shows, POST adds or acts, PATCH changes settings, PUT replaces, DELETE resets. HEAD is handled as
GET, because whoever sends the response over HTTP leaves out its body.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from qchime._version import installed_version
from qchime.control.handle import CloudHandle, checked_account
from qchime.control.saving import Saver
from qchime.core.cloud import Cloud
from qchime.core.table import SERVICES
from qchime.core.words import call_with
from qchime.restjson import Request, Response
from qchime.world import UnknownRule

PREFIX = "/_qchime/"
JSON = dict[str, Any]
Route = Callable[..., JSON]


class ControlRoutes:
    """The control routes of a server, for all accounts or for one; `saver` keeps its state in a file.

    Each method `<HTTP method>_<name>` handles one route. Its keywords are the members of the JSON body or,
    for requests without a body, the parameters of the query.
    """

    def __init__(self, cloud: Cloud, saver: Saver | None = None, account_id: str | None = None) -> None:
        self._handle = CloudHandle(cloud, account_id)
        self._cloud = cloud
        self._saver = saver
        self._account_id = account_id

    def get_health(self) -> JSON:
        """Show that the server is running, its version and its services."""
        return {
            "status": "ok",
            "version": installed_version(),
            "services": [service.name for service in SERVICES],
        }

    def get_accounts(self) -> JSON:
        """List the accounts used so far; each has its own routes at `/_qchime/accounts/{id}/`."""
        return {"accounts": self._handle.accounts}

    def post_seed(self, seed: int | str) -> JSON:
        """Make all later ids repeatable."""
        self._handle.seed(seed)
        return {}

    def post_reset(self) -> JSON:
        """Clear everything."""
        self._handle.reset()
        return {}

    def get_users(self, access_key_id: str | None = None) -> JSON:
        """List the registered users, and whether they are required; or show the user with this key."""
        users = self._handle.users
        if access_key_id is not None:
            return asdict(users.by_access_key(access_key_id))
        return {
            "required": users.required,
            "users": [asdict(user) for user in users],
            "temporary": [asdict(user) for user in users.temporary],
            "context_assertions": users.context_assertions,
        }

    def post_users(self, **given: Any) -> JSON:
        """Register a user, and show their credentials."""
        return asdict(call_with(self._handle.users.add, given))

    def patch_users(self, required: bool) -> JSON:
        """Set whether callers must be registered."""
        self._handle.users.required = required
        return self.get_users()

    def delete_users(self) -> JSON:
        """Forget all users."""
        self._handle.users.reset()
        return self.get_users()

    def get_faults(self) -> JSON:
        """List the faults, with the number of calls that each has struck."""
        return {"faults": [asdict(fault) for fault in self._handle.faults]}

    def post_faults(self, **given: Any) -> JSON:
        """Add a fault."""
        return asdict(call_with(self._handle.faults.add, given))

    def delete_faults(self) -> JSON:
        """Remove all faults."""
        self._handle.faults.reset()
        return self.get_faults()

    def get_clock(self) -> JSON:
        """Show the mock's time, and how many seconds it is ahead of the machine's."""
        clock = self._handle.clock
        return {"now": clock.now(), "offset_seconds": clock.offset.total_seconds()}

    def post_clock(self, **duration: float) -> JSON:
        """Advance the clock by timedelta's keywords."""
        self._handle.clock.advance(**duration)
        return self.get_clock()

    def delete_clock(self) -> JSON:
        """Return to the machine's time."""
        self._handle.clock.reset()
        return self.get_clock()

    def get_limits(self) -> JSON:
        """Show all limits."""
        return self._handle.limits.as_dict()

    def patch_limits(self, **figures: int) -> JSON:
        """Change limits; if one of them is invalid, none changes."""
        self._handle.limits.update(**figures)
        return self.get_limits()

    def delete_limits(self) -> JSON:
        """Return to AWS's default quotas."""
        self._handle.limits.reset()
        return self.get_limits()

    def get_rules(self) -> JSON:
        """Show all rules that have choices."""
        return self._handle.rules.as_dict()

    def patch_rules(self, **choices: str | None) -> JSON:
        """Turn rules, null restoring the default; if a choice is invalid, none changes."""
        self._handle.rules.update(choices)
        return self.get_rules()

    def delete_rules(self) -> JSON:
        """Return to the defaults."""
        self._handle.rules.reset()
        return self.get_rules()

    def get_throttling(self) -> JSON:
        """Show whether requests over AWS's rates are refused."""
        return {"enabled": self._handle.throttling}

    def patch_throttling(self, enabled: bool) -> JSON:
        """Set whether requests over AWS's rates are refused."""
        self._handle.throttling = enabled
        return self.get_throttling()

    def delete_throttling(self) -> JSON:
        """Stop throttling; in an account, return to the setting for all accounts."""
        self._handle.reset_throttling()
        return self.get_throttling()

    def get_calls(self, operation: str | None = None) -> JSON:
        """List the calls of this operation, or all calls, oldest first."""
        return {"calls": [asdict(call) for call in self._handle.calls(operation)]}

    def delete_calls(self) -> JSON:
        """Forget all calls."""
        self._handle.reset_calls()
        return self.get_calls()

    def get_state(self) -> JSON:
        """Show the state."""
        return self._handle.dump()

    def put_state(self, **state: Any) -> JSON:
        """Replace the state."""
        self._handle.load(state)
        return {}

    def post_state(self) -> JSON:
        """Save the state to the state file now, and respond when that is done."""
        if self._account_id is not None:
            raise ValueError("The state file holds all accounts. Use /_qchime/state, without an account.")
        if self._saver is None:
            raise ValueError("This server has no state file. Start it with --state FILE.")
        self._saver.save()
        return {"file": str(self._saver.file)}

    def __call__(self, request: Request) -> Response:
        """Respond to a control request; if it is invalid, with an error, and without changing anything.

        The services' links to files have no account in their path.
        """
        if self._account_id is None and (links := SERVICES.routes_above(request.path)) is not None:
            request.path = request.path.removeprefix(links.path)
            return links.respond(self._cloud, request)
        name = request.path.removeprefix(PREFIX).rstrip("/")
        account_id, _, rest = name.removeprefix("accounts/").partition("/")
        if rest and name.startswith("accounts/") and self._account_id is None:
            return self._of_account(account_id, replace(request, path=f"{PREFIX}{rest}"))
        routes = self._routes(name)
        if not routes:
            words = ", ".join([*WORDS, *(name for service in SERVICES for name in service.words)])
            return _answer(404, {"message": f"There is no {PREFIX}{name}. Choose from: {words}."})
        if request.method not in routes:
            refused = _answer(405, {"message": f"{PREFIX}{name} takes {', '.join(routes)}."})
            refused.headers["Allow"] = ", ".join(routes)
            return refused
        try:
            return _answer(200, self._run(name, routes[request.method], _read(request)))
        except (AttributeError, ImportError, TypeError, UnknownRule, ValueError) as error:
            return _answer(400, {"message": str(error), "error": type(error).__name__})

    def _of_account(self, account_id: str, request: Request) -> Response:
        try:
            routes = type(self)(self._cloud, self._saver, checked_account(account_id))
        except ValueError as error:
            return _answer(400, {"message": str(error), "error": "ValueError"})
        return routes(request)

    def _run(self, name: str, route: Route, given: JSON) -> JSON:
        answered: JSON = call_with(route, given)
        return answered

    def _routes(self, name: str) -> dict[str, Route]:
        if SERVICES.word(name) is not None:
            return _with_head(_routes_of(getattr(self._handle, name)))
        routes = {method: getattr(self, f"{method.lower()}_{name}", None) for method in METHODS}
        return _with_head({method: route for method, route in routes.items() if route is not None})


def _with_head(routes: dict[str, Route]) -> dict[str, Route]:
    return {**routes, "HEAD": routes["GET"]} if "GET" in routes else routes


def _routes_of(word: Any) -> dict[str, Route]:
    """The routes of an attribute that a service adds to the handle: show it, reset it, perhaps add to it."""

    def post(**given: Any) -> JSON:
        word.post(**given)
        return word.show()  # type: ignore[no-any-return]

    def delete() -> JSON:
        word.reset()
        return word.show()  # type: ignore[no-any-return]

    routes: dict[str, Route] = {"GET": word.show, "POST": post, "DELETE": delete}
    return routes if hasattr(word, "post") else {"GET": word.show, "DELETE": delete}


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
