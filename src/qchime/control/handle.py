"""What a test author holds: the words for everybody, and the same words for one account."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager
from os import PathLike
from typing import TYPE_CHECKING, Any, cast

from qchime.control.live import Live
from qchime.core.cloud import Cloud
from qchime.core.cloud import cloud as default_cloud
from qchime.core.service import Word
from qchime.core.table import SERVICES
from qchime.world import Calls, World

if TYPE_CHECKING:
    from typing_extensions import Self

    from qchime.control.words import Clock, Faults, Limits, Users

_ACCOUNT = re.compile(r"\d{12}", re.ASCII)


class Handle(ABC):
    """The world of a mock in one hand: its clock, faults, limits and users, its calls and its state.

    Services bring further words along, such as `answers` of Q Apps.
    """

    @property
    @abstractmethod
    def clock(self) -> Clock:
        """The time: `clock.advance(days=7)`."""

    @property
    @abstractmethod
    def faults(self) -> Faults:
        """What fails: `faults.add("CreateQApp", "ThrottlingException", times=2)`."""

    @property
    @abstractmethod
    def limits(self) -> Limits:
        """The quotas: `limits.app_instances_per_account = 2`."""

    @property
    @abstractmethod
    def users(self) -> Users:
        """Who calls: `users.add("alice@example.com").credentials`."""

    def __getattr__(self, word: str) -> Any:
        kind = None if word.startswith("_") else SERVICES.word(word)
        if kind is None:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {word!r}")
        return self._further_word(word, kind)

    @abstractmethod
    def _further_word(self, name: str, word: Word) -> Any:
        """A word that a service brings along."""

    @abstractmethod
    def calls(self, operation: str | None = None) -> Calls:
        """What was called, the oldest first: `calls("CreateQApp")`, or everything.

        Raises:
            ValueError: no service has an operation of this name.
        """

    @abstractmethod
    def account(self, account_id: str) -> Self:
        """The same words for one account alone.

        Its faults and answers come first, its limits win, its clock adds to everybody's, its users' keys
        belong to it; its calls, `dump`, `load` and `reset` are its own.

        Raises:
            ValueError: an account has 12 digits.
        """

    @property
    @abstractmethod
    def accounts(self) -> list[str]:
        """The accounts that somebody has used, in the order of their first use."""

    @abstractmethod
    def seed(self, seed: int | str) -> None:
        """Make the ids from here on repeatable, those of all accounts."""

    @abstractmethod
    def dump(self) -> dict[str, Any]:
        """The whole state as plain JSON, but for answers that are functions; credentials included.

        Raises:
            StateError: something that is no JSON was put into it.
        """

    def load(self, state: Mapping[str, Any] | str | PathLike[str]) -> None:
        """Go on from a state, or from the state file of this path; a mistake in it changes nothing.

        Raises:
            StateError: a ValueError that names every mistake with its place.
        """
        from qchime.control import snapshot

        if isinstance(state, str | PathLike):
            snapshot.load_file(state, self._load)
        else:
            self._load(state)

    @abstractmethod
    def _load(self, state: Mapping[str, Any]) -> None:
        """Go on from a state."""

    def save(self, path: str | PathLike[str]) -> None:
        """Write the state to a file, whole or not at all."""
        from qchime.control import snapshot

        snapshot.save_file(path, self.dump())

    @abstractmethod
    def reset(self) -> None:
        """Clear everything: the services in all regions, and the world around them."""


class CloudHandle(Handle):
    """The handle of a cloud in this process; the default one is that of the decorators.

    What it gives out goes on speaking to the cloud after a reset or a load.
    """

    def __init__(self, cloud: Cloud = default_cloud, account_id: str | None = None) -> None:
        self._cloud = cloud
        self._account_id = account_id

    @property
    def clock(self) -> Clock:
        """The time."""
        return cast("Clock", Live(lambda: self._world.clock))

    @property
    def faults(self) -> Faults:
        """What fails."""
        return cast("Faults", Live(lambda: self._world.faults))

    @property
    def limits(self) -> Limits:
        """The quotas."""
        return cast("Limits", Live(lambda: self._world.limits))

    @property
    def users(self) -> Users:
        """Who calls."""
        return cast("Users", Live(lambda: self._world.users))

    def _further_word(self, name: str, word: Word) -> Any:
        return Live(lambda: self._world.words[name])

    def calls(self, operation: str | None = None) -> Calls:
        """What was called."""
        if operation is not None:
            SERVICES.having(operation)
        records = self._cloud.contents.calls(self._account_id)
        return Calls(record for record in records if operation in (None, record.operation))

    def account(self, account_id: str) -> CloudHandle:
        """The words for one account alone."""
        return CloudHandle(self._cloud, checked_account(account_id))

    @property
    def accounts(self) -> list[str]:
        """The accounts that somebody has used."""
        return [account.id for account in self._cloud]

    def seed(self, seed: int | str) -> None:
        """Make the ids from here on repeatable."""
        self._cloud.ids.seed(seed)

    def dump(self) -> dict[str, Any]:
        """The state as plain JSON."""
        from qchime.control import snapshot

        return snapshot.dump(self._cloud, self._account_id)

    def _load(self, state: Mapping[str, Any]) -> None:
        from qchime.control import snapshot

        snapshot.load(self._cloud, state, self._account_id)

    def reset(self) -> None:
        """Clear everything, or this account."""
        self._cloud.reset(self._account_id)

    def anew(self) -> AbstractContextManager[None]:
        """Hold nothing at first, and afterwards what was held before: for a test inside a wider mock."""
        return self._cloud.anew()

    def reset_calls(self) -> None:
        """Forget what was called."""
        self._cloud.contents.reset_calls(self._account_id)

    @property
    def _world(self) -> World:
        contents = self._cloud.contents
        return contents.world if self._account_id is None else contents.account(self._account_id).world


def checked_account(account_id: str) -> str:
    """The id of an account, if it is one.

    Raises:
        ValueError: it has not 12 digits.
    """
    if not isinstance(account_id, str) or not _ACCOUNT.fullmatch(account_id):
        raise ValueError(f"An account has 12 digits, such as '111122223333', not {account_id!r}")
    return account_id
