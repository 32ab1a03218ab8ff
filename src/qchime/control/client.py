"""The handle of a mock in another process, over the control routes of its server."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request

from qchime.control.handle import Handle, checked_account
from qchime.control.opening import opener_for
from qchime.control.pages import path_of
from qchime.control.snapshot import StateError
from qchime.core.hosts import hostname
from qchime.core.service import Word
from qchime.core.words import with_arguments_of
from qchime.world import (
    CallRecord,
    Calls,
    Fault,
    Faults,
    UnknownRule,
    User,
    Users,
    assert_all_used,
    unused,
)

if TYPE_CHECKING:
    from typing_extensions import Self

_ERRORS: dict[str, Callable[[str], Exception]] = {
    "AttributeError": AttributeError,
    "ImportError": ImportError,
    "StateError": lambda message: StateError([("", message)]),
    "TypeError": TypeError,
    "UnknownRule": UnknownRule,
    "ValueError": ValueError,
}
_URL = re.compile(r"https?://(?P<host>[^/?#]+)(?:/[^?#\s]*)?", re.IGNORECASE)


class Connection:
    """The control routes of a server, for all accounts or for one."""

    def __init__(self, url: str, account_id: str | None = None) -> None:
        self.url = url
        self._opener = opener_for(url)
        self.prefix = f"{url}{path_of(account_id)}"
        """The address that the routes are relative to, and that of the page."""

    def send(self, method: str, route: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Send a request to a route, such as `clock`, and return the JSON of the response.

        Raises:
            AttributeError, ImportError, TypeError, UnknownRule, ValueError: as the in-process handle raises
                them.
            RuntimeError: the server refuses the request for another reason.
            OSError: the server cannot be reached.
        """
        content = None if body is None else json.dumps(body, default=_refuse).encode()
        headers = {"Content-Type": "application/json"}
        request = Request(f"{self.prefix}{route}", content, headers, method=method)
        try:
            with self._opener.open(request) as response:
                answer: dict[str, Any] = json.load(response)
        except HTTPError as error:
            with error:
                answer = json.load(error)
            raise _ERRORS.get(answer.get("error", ""), RuntimeError)(answer["message"]) from None
        return answer

    def text(self, route: str) -> str:
        """The text of a part of the page.

        Raises:
            RuntimeError: the server has no page.
            OSError: the server cannot be reached.
        """
        try:
            with self._opener.open(f"{self.prefix}{route}") as response:
                text: str = response.read().decode()
        except HTTPError as error:
            error.close()
            raise RuntimeError(f"The server at {self.url} has no page. Start it without --no-page.") from None
        return text


class RemoteClock:
    """`Clock` on a server."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def offset(self) -> timedelta:
        """How far the mock's clock is ahead of the server's machine."""
        return timedelta(seconds=self._connection.send("GET", "clock")["offset_seconds"])

    def now(self) -> datetime:
        """As `Clock.now`."""
        return datetime.fromisoformat(self._connection.send("GET", "clock")["now"])

    def advance(self, **duration: float) -> None:
        """As `Clock.advance`."""
        self._connection.send("POST", "clock", duration)

    def reset(self) -> None:
        """As `Clock.reset`."""
        self._connection.send("DELETE", "clock")


class RemoteFaults:
    """`Faults` on a server. The faults that it returns are copies, and do not count further calls."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @with_arguments_of(Faults.add)
    def add(self, given: dict[str, Any]) -> Fault:
        """As `Faults.add`."""
        return Fault(**self._connection.send("POST", "faults", given))

    @property
    def unused(self) -> list[Fault]:
        """As `Faults.unused`."""
        return unused(self)

    def assert_all_used(self) -> None:
        """As `Faults.assert_all_used`."""
        assert_all_used(self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __iter__(self) -> Iterator[Fault]:
        return (Fault(**shown) for shown in self._connection.send("GET", "faults")["faults"])

    def reset(self) -> None:
        """As `Faults.reset`."""
        self._connection.send("DELETE", "faults")


class RemoteLimits:
    """`Limits` on a server."""

    _connection: Connection

    def __init__(self, connection: Connection) -> None:
        object.__setattr__(self, "_connection", connection)

    def __getattr__(self, name: str) -> int:
        figures = self.as_dict()
        if name not in figures:
            raise AttributeError(f"There is no limit {name!r}. Choose from: {', '.join(figures)}")
        return figures[name]

    def __setattr__(self, name: str, value: int) -> None:
        self.update(**{name: value})

    def update(self, **figures: int) -> None:
        """As `Limits.update`."""
        self._connection.send("PATCH", "limits", figures)

    def as_dict(self) -> dict[str, int]:
        """As `Limits.as_dict`."""
        return dict(self._connection.send("GET", "limits"))

    def reset(self) -> None:
        """As `Limits.reset`."""
        self._connection.send("DELETE", "limits")


class RemoteRules:
    """`Rules` on a server."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __getitem__(self, name: str) -> str:
        rules = self.as_dict()
        if name not in rules:
            raise UnknownRule(f"There is no rule {name!r} with a choice. Choose from: {', '.join(rules)}")
        return rules[name]

    def __setitem__(self, name: str, choice: str) -> None:
        self.update({name: choice})

    def __delitem__(self, name: str) -> None:
        self.update({name: None})

    def __contains__(self, name: object) -> bool:
        return name in self.as_dict()

    def __iter__(self) -> Iterator[str]:
        return iter(self.as_dict())

    def __len__(self) -> int:
        return len(self.as_dict())

    def update(self, choices: Mapping[str, str | None]) -> None:
        """As `Rules.update`."""
        self._connection.send("PATCH", "rules", choices)

    def as_dict(self) -> dict[str, str]:
        """As `Rules.as_dict`."""
        return dict(self._connection.send("GET", "rules"))

    def reset(self) -> None:
        """As `Rules.reset`."""
        self._connection.send("DELETE", "rules")


class RemoteUsers:
    """`Users` on a server."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def required(self) -> bool:
        """As `Users.required`."""
        return bool(self._connection.send("GET", "users")["required"])

    @required.setter
    def required(self, required: bool) -> None:
        self._connection.send("PATCH", "users", {"required": required})

    @with_arguments_of(Users.add)
    def add(self, given: dict[str, Any]) -> User:
        """As `Users.add`."""
        return _user(self._connection.send("POST", "users", given))

    def by_access_key(self, access_key_id: str) -> User:
        """As `Users.by_access_key`."""
        query = urlencode({"access_key_id": access_key_id})
        return _user(self._connection.send("GET", f"users?{query}"))

    def __iter__(self) -> Iterator[User]:
        return map(_user, self._connection.send("GET", "users")["users"])

    @property
    def context_assertions(self) -> dict[str, str]:
        """As `Users.context_assertions`."""
        return dict(self._connection.send("GET", "users")["context_assertions"])

    @property
    def temporary(self) -> list[User]:
        """As `Users.temporary`."""
        return list(map(_user, self._connection.send("GET", "users")["temporary"]))

    def reset(self) -> None:
        """As `Users.reset`."""
        self._connection.send("DELETE", "users")


class Client(Handle):
    """The handle of the server at `url`, such as `http://127.0.0.1:4590`; of one account with `account`.

    It has the same attributes and raises the same errors as the in-process handle. Answers cannot be
    functions. State files are read and written on this machine, not on the server's. For a server with
    `https`, AWS_CA_BUNDLE names the file of its authority, as for boto3.

    Raises:
        FileNotFoundError: AWS_CA_BUNDLE names nothing that exists.
        ValueError: `url` is not the URL of a server, or `account` does not have 12 digits.
    """

    def __init__(self, url: str, account: str | None = None) -> None:
        self.url: str = _checked_url(url)
        """The server's address, for `endpoint_url`, without a slash at the end."""
        self._connection = Connection(self.url, None if account is None else checked_account(account))

    @property
    def clock(self) -> RemoteClock:
        """The clock of the server."""
        return RemoteClock(self._connection)

    @property
    def faults(self) -> RemoteFaults:
        """The faults of the server."""
        return RemoteFaults(self._connection)

    @property
    def limits(self) -> RemoteLimits:
        """The limits of the server."""
        return RemoteLimits(self._connection)

    @property
    def rules(self) -> RemoteRules:
        """The rules of the server that have choices."""
        return RemoteRules(self._connection)

    @property
    def users(self) -> RemoteUsers:
        """The users of the server."""
        return RemoteUsers(self._connection)

    @property
    def throttling(self) -> bool:
        """Whether the server refuses requests over AWS's rates."""
        return bool(self._connection.send("GET", "throttling")["enabled"])

    @throttling.setter
    def throttling(self, enabled: bool) -> None:
        self._connection.send("PATCH", "throttling", {"enabled": enabled})

    def _attribute_of(self, name: str, word: Word) -> Any:
        def send(method: str, given: Mapping[str, Any] | None = None) -> dict[str, Any]:
            if method == "GET" and given:
                return self._connection.send(method, f"{name}?{urlencode(given)}")
            return self._connection.send(method, name, given)

        return resolve_name(word.remote)(send)

    def account(self, account_id: str) -> Self:
        """The handle of a single account."""
        return type(self)(self.url, account_id)

    @property
    def accounts(self) -> list[str]:
        """The ids of the accounts used so far on the server."""
        return list(Connection(self.url).send("GET", "accounts")["accounts"])

    def seed(self, seed: int | str) -> None:
        """Make all later ids of the server repeatable."""
        self._connection.send("POST", "seed", {"seed": seed})

    def calls(self, operation: str | None = None) -> Calls:
        """The calls of this operation, or all calls, oldest first."""
        query = "" if operation is None else "?" + urlencode({"operation": operation})
        return Calls(map(_call, self._connection.send("GET", f"calls{query}")["calls"]))

    def dump(self) -> dict[str, Any]:
        """The state of the server, or of this account, as plain JSON."""
        return self._connection.send("GET", "state")

    def _load(self, state: Mapping[str, Any]) -> None:
        self._connection.send("PUT", "state", state)

    def page(self) -> str:
        """The address of the server's page."""
        return f"{self._connection.prefix}"

    def _saved_page(self) -> str:
        return self._connection.text("page/report")

    def reset(self) -> None:
        """Clear the state of the server, or of this account."""
        self._connection.send("POST", "reset")


def _checked_url(url: str) -> str:
    found = _URL.fullmatch(url) if isinstance(url, str) else None
    if found is None or not hostname(found["host"]):
        raise ValueError(
            f"{url!r} is not the URL of a server. Use a scheme, a host and a port, "
            "such as http://127.0.0.1:4590"
        )
    return url.rstrip("/")


def _user(shown: dict[str, Any]) -> User:
    expires_at = shown["expires_at"]
    return User(**{**shown, "expires_at": expires_at and datetime.fromisoformat(expires_at)})


def _call(shown: dict[str, Any]) -> CallRecord:
    time = shown.get("time")  # servers of older versions have none
    return CallRecord(
        **{**shown, "user": _user(shown["user"]), "time": time and datetime.fromisoformat(time)}
    )


def _refuse(value: object) -> NoReturn:
    raise TypeError(f"{value!r} cannot be sent to a server. Use strings, numbers, lists and dicts")
