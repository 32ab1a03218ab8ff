"""The words of the handle, as a test author types them: in this process, and on a server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Protocol

from qchime.world import Fault, User


class Clock(Protocol):
    """The time of a mock: the machine's, plus what a test advanced it by."""

    @property
    def offset(self) -> timedelta:
        """How far it is ahead of the machine's."""

    def now(self) -> datetime:
        """The time that resources get and expiry is judged by, timezone-aware."""

    def advance(self, **duration: float) -> None:
        """Move on by a timedelta's keywords: `advance(days=7, hours=2)`. Negative figures move back."""

    def reset(self) -> None:
        """Back to the machine's time."""


class Faults(Protocol):
    """What is to fail."""

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
        """Let calls of an operation fail, before they have done anything.

        `error` is an exception that the operation declares, an error of AWS's front door, or
        `ConnectionClosedError` or `ReadTimeoutError`; without one, calls are late by `delay` seconds.
        """

    @property
    def unused(self) -> list[Fault]:
        """Those that have not struck as often as they were to."""

    def assert_all_used(self) -> None:
        """Fail the test if a fault is unused."""

    def __iter__(self) -> Iterator[Fault]: ...

    def __len__(self) -> int: ...

    def reset(self) -> None:
        """Let nothing fail any more."""


class Limits(Protocol):
    """The quotas, one attribute each."""

    def __getattr__(self, name: str) -> int: ...

    def __setattr__(self, name: str, value: int) -> None: ...

    def update(self, **figures: int) -> None:
        """Change several at once, or none if one of them is wrong."""

    def as_dict(self) -> dict[str, int]:
        """Every limit by name."""

    def reset(self) -> None:
        """Back to AWS's figures."""


class Users(Protocol):
    """Who calls."""

    @property
    def required(self) -> bool:
        """Whether callers have to be registered."""

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
    ) -> User:
        """Register somebody; what is not given of their credentials is made."""

    def by_access_key(self, access_key_id: str) -> User:
        """Who signs with this key."""

    def __iter__(self) -> Iterator[User]: ...

    @property
    def temporary(self) -> list[User]:
        """The same people with the temporary credentials that were made for them."""

    def reset(self) -> None:
        """Forget everybody, and require nobody."""
