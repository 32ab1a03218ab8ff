"""The handle of a mock that runs elsewhere: the same words, spoken over HTTP."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NoReturn
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

from qchime.control.handle import Handle
from qchime.control.snapshot import StateError
from qchime.world import DEFAULT_USER, Answer, Answers, Clock, Limits, Text, User, Users, default_text
from qchime.world.calls import CallRecord, Calls
from qchime.world.faults import Fault, Faults

_ERRORS: dict[str, Callable[[str], Exception]] = {
    "AttributeError": AttributeError,
    "ImportError": ImportError,
    "StateError": lambda message: StateError([("", message)]),
    "TypeError": TypeError,
    "ValueError": ValueError,
}
_opener = build_opener(ProxyHandler({}))  # a proxy of the environment cannot reach this machine's loopback


class Control:
    """The control routes of a server at `url`, one method for each of HTTP's."""

    def __init__(self, url: str) -> None:
        self._url = url

    def send(self, method: str, word: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The answer to one request.

        Raises:
            AttributeError, TypeError, ValueError: as the handle does in the process.
            OSError: nobody answers there.
        """
        content = None if body is None else json.dumps(body, default=_refuse).encode()
        headers = {"Content-Type": "application/json"}
        request = Request(f"{self._url}/_qchime/{word}", content, headers, method=method)
        try:
            with _opener.open(request) as response:
                answer: dict[str, Any] = json.load(response)
        except HTTPError as error:
            with error:
                answer = json.load(error)
            raise _ERRORS.get(answer.get("error", ""), RuntimeError)(answer["message"]) from None
        return answer


class RemoteAnswers(Answers):
    """What cards answer there. A function cannot travel, only a text can."""

    def __init__(self, control: Control) -> None:
        super().__init__()
        self._control = control

    def add(self, card: str | None = None, text: Text = default_text, **flags: bool) -> None:
        """As `Answers.add`, for texts; a function raises TypeError."""
        body = {"card": card, **flags} if text is default_text else {"card": card, "text": text, **flags}
        self._control.send("POST", "answers", body)

    def add_app(self, app: dict[str, Any], problem_statement: str | None = None) -> None:
        """As `Answers.add_app`."""
        self._control.send("POST", "answers", {"app": app, "problem_statement": problem_statement})

    def add_plugin(self, plugin_id: str, plugin_type: str) -> None:
        """As `Answers.add_plugin`."""
        self._control.send("POST", "answers", {"plugin_id": plugin_id, "plugin_type": plugin_type})

    def __iter__(self) -> Iterator[Answer]:
        for answer in self._control.send("GET", "answers")["answers"]:
            yield Answer(**{**answer, "text": default_text if answer["text"] is None else answer["text"]})

    @property
    def apps(self) -> list[tuple[str | None, dict[str, Any]]]:
        """As `Answers.apps`."""
        listed = self._control.send("GET", "answers")["apps"]
        return [(scripted["problem_statement"], scripted["app"]) for scripted in listed]

    @property
    def plugins(self) -> dict[str, str]:
        """As `Answers.plugins`."""
        return dict(self._control.send("GET", "answers")["plugins"])

    def reset(self) -> None:
        """Forget everything that was scripted."""
        self._control.send("DELETE", "answers")


class RemoteClock(Clock):
    """The time there."""

    def __init__(self, control: Control) -> None:
        super().__init__()
        self._control = control

    @property
    def offset(self) -> timedelta:
        """How far that clock is ahead of its machine's."""
        return timedelta(seconds=self._control.send("GET", "clock")["offset_seconds"])

    def now(self) -> datetime:
        """The time there, timezone-aware."""
        return datetime.fromisoformat(self._control.send("GET", "clock")["now"])

    def advance(self, **duration: float) -> None:
        """As `Clock.advance`."""
        self._control.send("POST", "clock", duration)

    def reset(self) -> None:
        """Back to the machine's time."""
        self._control.send("DELETE", "clock")


class RemoteFaults(Faults):
    """What fails there."""

    def __init__(self, control: Control) -> None:
        super().__init__()
        self._control = control

    def add(self, operation: str, error: str | None = None, *args: Any, **options: Any) -> Fault:
        """As `Faults.add`; what it returns tells how things were then."""
        given = inspect.signature(Faults.add).bind(self, operation, error, *args, **options).arguments
        del given["self"]
        return _fault(self._control.send("POST", "faults", given))

    def __iter__(self) -> Iterator[Fault]:
        return map(_fault, self._control.send("GET", "faults")["faults"])

    def reset(self) -> None:
        """Let nothing fail any more."""
        self._control.send("DELETE", "faults")


class RemoteLimits(Limits):
    """The quotas there."""

    def __init__(self, control: Control) -> None:
        object.__setattr__(self, "_control", control)

    def __getattribute__(self, name: str) -> Any:
        is_limit = name in Limits.__dataclass_fields__
        return self.as_dict()[name] if is_limit else super().__getattribute__(name)

    def __setattr__(self, name: str, value: Any) -> None:
        self.update(**{name: value})

    def update(self, **figures: int) -> None:
        """As `Limits.update`."""
        self._control.send("PATCH", "limits", figures)

    def as_dict(self) -> dict[str, int]:
        """Every limit by name."""
        return dict(self._control.send("GET", "limits"))

    def reset(self) -> None:
        """Back to AWS's figures."""
        self._control.send("DELETE", "limits")


class RemoteUsers(Users):
    """Who calls there."""

    def __init__(self, control: Control) -> None:
        self._control = control

    @property
    def required(self) -> bool:
        """Whether callers have to be registered."""
        return bool(self._control.send("GET", "users")["required"])

    @required.setter
    def required(self, required: bool) -> None:
        self._control.send("PATCH", "users", {"required": required})

    def add(self, email: str, expires_in: float | None = None) -> User:
        """As `Users.add`."""
        return _user(self._control.send("POST", "users", {"email": email, "expires_in": expires_in}))

    def by_access_key(self, access_key_id: str) -> User:
        """As `Users.by_access_key`."""
        known = (user for user in (*self, *self.temporary) if user.access_key_id == access_key_id)
        return next(known, DEFAULT_USER)

    def __iter__(self) -> Iterator[User]:
        return map(_user, self._control.send("GET", "users")["users"])

    @property
    def temporary(self) -> list[User]:
        """As `Users.temporary`."""
        return list(map(_user, self._control.send("GET", "users")["temporary"]))

    def reset(self) -> None:
        """Forget everybody, and require nobody."""
        self._control.send("DELETE", "users")


class Client(Handle):
    """The handle of the server at `url`, such as `http://127.0.0.1:4590`.

    It says what the handle of a mock in the process says, with the same errors; only functions cannot be
    answers, and files of state are read and written here.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        """Where the server is, for `endpoint_url`."""
        self._control = Control(url)

    @property
    def answers(self) -> Answers:
        """What cards answer: `answers.add(card="Summary", text="All is well")`."""
        return RemoteAnswers(self._control)

    @property
    def clock(self) -> Clock:
        """The time: `clock.advance(days=7)`."""
        return RemoteClock(self._control)

    @property
    def faults(self) -> Faults:
        """What fails: `faults.add("CreateQApp", "ThrottlingException", times=2)`."""
        return RemoteFaults(self._control)

    @property
    def limits(self) -> Limits:
        """The quotas: `limits.app_instances_per_account = 2`."""
        return RemoteLimits(self._control)

    @property
    def users(self) -> Users:
        """Who calls: `users.add("alice@example.com").credentials`."""
        return RemoteUsers(self._control)

    def calls(self, operation: str | None = None) -> Calls:
        """What was called, the oldest first: `calls("CreateQApp")`, or everything."""
        query = "" if operation is None else "?" + urlencode({"operation": operation})
        return Calls(map(_call, self._control.send("GET", f"calls{query}")["calls"]))

    def dump(self) -> dict[str, Any]:
        """Everything that the server holds, as plain JSON."""
        return self._control.send("GET", "state")

    def _load(self, state: Mapping[str, Any]) -> None:
        self._control.send("PUT", "state", state)

    def reset(self) -> None:
        """Clear everything there."""
        self._control.send("POST", "reset")


def _user(shown: dict[str, Any]) -> User:
    expires_at = shown["expires_at"]
    return User(**{**shown, "expires_at": expires_at and datetime.fromisoformat(expires_at)})


def _fault(shown: dict[str, Any]) -> Fault:
    return Fault(**shown)


def _call(shown: dict[str, Any]) -> CallRecord:
    return CallRecord(**{**shown, "user": _user(shown["user"])})


def _refuse(value: object) -> NoReturn:
    raise TypeError(f"{value!r} cannot be sent to a server; texts, numbers, lists and mappings can")
