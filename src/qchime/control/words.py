"""The interfaces of the handle's attributes, which are the same in-process and over HTTP."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from qchime.world import Fault, User


class Clock(Protocol):
    """The clock of a mock: the machine's time plus what a test has advanced it by."""

    @property
    def offset(self) -> timedelta:
        """How far it is ahead of the machine's clock."""

    def now(self) -> datetime:
        """The current time, timezone-aware, for the timestamps of resources and for expiry."""

    def advance(self, **duration: float) -> None:
        """Advance by timedelta's keywords: `advance(days=7, hours=2)`. Negative numbers move back."""

    def reset(self) -> None:
        """Return to the machine's time; an account's clock, to the one for all accounts."""


class Faults(Protocol):
    """The injected faults of a mock."""

    def add(
        self,
        operation: str,
        error: str | None = None,
        times: int | None = None,
        after: int = 0,
        where: dict[str, Any] | None = None,
        delay: float = 0,
        *,
        service: str | None = None,
    ) -> Fault:
        """Make calls of an operation fail before they take effect.

        `error` is an error that the operation declares, an error of AWS's front door, or
        `ConnectionClosedError` or `ReadTimeoutError`; without it, calls succeed after `delay` seconds.
        """

    @property
    def unused(self) -> list[Fault]:
        """The faults that have not struck as often as requested."""

    def assert_all_used(self) -> None:
        """Fail the test if a fault is unused."""

    def __iter__(self) -> Iterator[Fault]: ...

    def __len__(self) -> int: ...

    def reset(self) -> None:
        """Remove all faults."""


class Limits(Protocol):
    """The limits of a mock, one attribute each."""

    def __getattr__(self, name: str) -> int: ...

    def __setattr__(self, name: str, value: int) -> None: ...

    def update(self, **figures: int) -> None:
        """Change several limits at once; if one of them is invalid, none changes."""

    def as_dict(self) -> dict[str, int]:
        """All limits by name."""

    def reset(self) -> None:
        """Return to AWS's defaults; an account's limits, to those for all accounts."""


class Rules(Protocol):
    """The rules of a mock that have choices, by name: `rules["qapps.default-output-source"] = "llm"`."""

    def __getitem__(self, name: str) -> str: ...

    def __setitem__(self, name: str, choice: str) -> None: ...

    def __delitem__(self, name: str) -> None: ...

    def __contains__(self, name: object) -> bool: ...

    def __iter__(self) -> Iterator[str]: ...

    def __len__(self) -> int: ...

    def update(self, choices: Mapping[str, str | None]) -> None:
        """Turn several rules at once, None restoring a default; if a choice is invalid, none changes."""

    def as_dict(self) -> dict[str, str]:
        """All rules that have choices, with what is chosen."""

    def reset(self) -> None:
        """Return to the defaults; an account's rules, to those for all accounts."""


class Users(Protocol):
    """The users of a mock."""

    @property
    def required(self) -> bool:
        """Whether Q Apps refuses callers who are not registered."""

    @required.setter
    def required(self, required: bool) -> None: ...

    def add(
        self,
        email: str,
        expires_in: float | None = None,
        *,
        user_id: str | None = None,
        access_key_id: str | None = None,
        secret_access_key: str | None = None,
        session_token: str | None = None,
        context_assertion: str | None = None,
    ) -> User:
        """Register a user. Credentials that are not given are generated."""

    def by_access_key(self, access_key_id: str) -> User:
        """The user with this key, even if it has expired; the default user if it is not registered."""

    def __iter__(self) -> Iterator[User]: ...

    @property
    def context_assertions(self) -> dict[str, str]:
        """The e-mail address of the registered user for each context assertion."""

    @property
    def temporary(self) -> list[User]:
        """One user for each temporary access key with an expiry, including expired ones."""

    def reset(self) -> None:
        """Forget all users, and reset `required`."""
