"""The handle, through which a test author controls a mock: for all accounts, or for one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qchime.control.live import live
from qchime.control.pages import pages, path_of
from qchime.core.caller import ACCOUNT_ID
from qchime.core.cloud import Cloud
from qchime.core.cloud import cloud as default_cloud
from qchime.core.service import Word
from qchime.core.table import SERVICES
from qchime.world import Calls, World

if TYPE_CHECKING:
    from typing_extensions import Self

    from qchime.control.words import Clock, Faults, Limits, Rules, Users


class Handle(ABC):
    """The controls of a mock: its clock, faults, limits, rules, users, calls and state.

    Services add attributes of their own (see `qchime.core.service.Word`), such as `answers` for Q Apps.
    """

    @property
    @abstractmethod
    def clock(self) -> Clock:
        """The clock: `clock.advance(days=7)`."""

    @property
    @abstractmethod
    def faults(self) -> Faults:
        """The injected faults: `faults.add("CreateQApp", "ThrottlingException", times=2)`."""

    @property
    @abstractmethod
    def limits(self) -> Limits:
        """The limits: `limits.app_instances_per_account = 2`."""

    @property
    @abstractmethod
    def rules(self) -> Rules:
        """The rules that have choices: `rules["qapps.default-output-source"] = "llm"`."""

    @property
    @abstractmethod
    def users(self) -> Users:
        """The users: `users.add("alice@example.com").credentials`."""

    @property
    @abstractmethod
    def throttling(self) -> bool:
        """Whether requests that exceed AWS's rates are refused, by the mock's clock; False by default."""

    @throttling.setter
    @abstractmethod
    def throttling(self, enabled: bool) -> None: ...

    def _word(self, name: str) -> Any:
        word = None if name.startswith("_") else SERVICES.word(name)
        if word is None:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return self._attribute_of(name, word)

    if not TYPE_CHECKING:  # type checkers would take a misspelt attribute for one that exists
        __getattr__ = _word

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *SERVICES.words()]

    @abstractmethod
    def _attribute_of(self, name: str, word: Word) -> Any:
        """The attribute of this name that a service adds."""

    @abstractmethod
    def calls(self, operation: str | None = None) -> Calls:
        """The calls of this operation, or all calls, oldest first: `calls("CreateQApp")`.

        Raises:
            ValueError: no service has an operation of this name.
        """

    @abstractmethod
    def account(self, account_id: str) -> Self:
        """The handle of a single account.

        The account's faults and answers take precedence over those for all accounts, its limits and
        rules override them, its clock adds to the clock for all accounts, and its users' access keys belong
        to it. `calls`, `dump`, `load` and `reset` cover this account only.

        Raises:
            ValueError: `account_id` does not have 12 digits.
        """

    @property
    @abstractmethod
    def accounts(self) -> list[str]:
        """The ids of the accounts used so far, in the order of their first use."""

    @abstractmethod
    def seed(self, seed: int | str) -> None:
        """Make all later ids repeatable, in every account. A reset does not undo it.

        Raises:
            ValueError: this is the handle of one account.
        """

    @abstractmethod
    def dump(self) -> dict[str, Any]:
        """The state as plain JSON, with credentials, but without functions.

        Raises:
            StateError: a test author has set a value that JSON cannot represent.
        """

    def load(self, state: Mapping[str, Any] | str | PathLike[str]) -> None:
        """Replace the state with this one, or with the one in the state file at this path.

        Raises:
            StateError: a ValueError that lists every mistake with its place; the state is unchanged.
        """
        from qchime.control import snapshot

        if isinstance(state, str | PathLike):
            snapshot.load_file(state, self._load)
        else:
            self._load(state)

    @abstractmethod
    def _load(self, state: Mapping[str, Any]) -> None:
        """Replace the state with this one, or raise StateError and change nothing."""

    def save(self, path: str | PathLike[str]) -> None:
        """Write the state to a file atomically.

        Raises:
            StateError: as `dump`.
            OSError: the file cannot be written.
        """
        from qchime.control import snapshot

        snapshot.save_file(path, self.dump())

    @abstractmethod
    def page(self) -> str:
        """The address of the page that shows the current state in a browser.

        Raises:
            RuntimeError: the server has no page.
        """

    def save_page(self, path: str | PathLike[str]) -> None:
        """Write what the page shows to one HTML file.

        Raises:
            OSError: the file cannot be written.
            RuntimeError: the server has no page.
        """
        Path(path).write_text(self._saved_page(), encoding="utf-8", errors="replace")

    @abstractmethod
    def _saved_page(self) -> str:
        """The text of the HTML file."""

    @abstractmethod
    def reset(self) -> None:
        """Clear everything: all resources in all regions, and all settings."""


class CloudHandle(Handle):
    """The handle of a cloud in this process, by default of the one that the decorators use.

    Its attributes remain valid after a reset or a load.
    """

    def __init__(self, cloud: Cloud = default_cloud, account_id: str | None = None) -> None:
        self._cloud = cloud
        self._account_id = account_id

    @property
    def clock(self) -> Clock:
        """The clock."""
        return live(lambda: self._world.clock)

    @property
    def faults(self) -> Faults:
        """The injected faults."""
        return live(lambda: self._world.faults)

    @property
    def limits(self) -> Limits:
        """The limits."""
        return live(lambda: self._world.limits)

    @property
    def rules(self) -> Rules:
        """The rules that have choices."""
        return live(lambda: self._world.rules)

    @property
    def users(self) -> Users:
        """The users."""
        return live(lambda: self._world.users)

    @property
    def throttling(self) -> bool:
        """Whether requests that exceed AWS's rates are refused."""
        return self._world.throttling.enabled

    @throttling.setter
    def throttling(self, enabled: bool) -> None:
        self._world.throttling.enabled = enabled

    def _attribute_of(self, name: str, word: Word) -> Any:
        return live(lambda: self._world.words[name])

    def calls(self, operation: str | None = None) -> Calls:
        """The calls of this operation, or all calls, oldest first."""
        if operation is not None:
            SERVICES.having(operation)
        records = self._cloud.contents.calls(self._account_id)
        return Calls(record for record in records if operation in (None, record.operation))

    def account(self, account_id: str) -> CloudHandle:
        """The handle of a single account."""
        return CloudHandle(self._cloud, checked_account(account_id))

    @property
    def accounts(self) -> list[str]:
        """The ids of the accounts used so far."""
        return [account.id for account in self._cloud]

    def seed(self, seed: int | str) -> None:
        """Make all later ids repeatable."""
        if self._account_id is not None:
            raise ValueError(
                "All accounts share one source of ids. Call seed() on the handle for all accounts."
            )
        self._cloud.ids.seed(seed)

    def dump(self) -> dict[str, Any]:
        """The state as plain JSON."""
        from qchime.control import snapshot

        return snapshot.dump(self._cloud, self._account_id)

    def _load(self, state: Mapping[str, Any]) -> None:
        from qchime.control import snapshot

        snapshot.load(self._cloud, state, self._account_id)

    def page(self) -> str:
        """The address of the page, on a free port of this machine until the process ends."""
        return f"{pages().url_of(self._cloud)}{path_of(self._account_id)}"

    def _saved_page(self) -> str:
        return pages().saved(self._cloud, self._account_id)

    def reset(self) -> None:
        """Clear everything, or everything of this account."""
        self._cloud.reset(self._account_id)

    def anew(self) -> AbstractContextManager[None]:
        """Start a `with` block with clean state, and restore the earlier state after it.

        The `qchime` fixture uses this for tests inside a wider mock.
        """
        return self._cloud.anew()

    def reset_calls(self) -> None:
        """Forget all calls, or those of this account."""
        self._cloud.contents.reset_calls(self._account_id)

    def reset_throttling(self) -> None:
        """Stop throttling; in an account, return to the setting for all accounts."""
        self._world.throttling.reset()

    @property
    def _world(self) -> World:
        contents = self._cloud.contents
        return contents.world if self._account_id is None else contents.account(self._account_id).world


def checked_account(account_id: str) -> str:
    """Return an account id unchanged.

    Raises:
        ValueError: it does not have 12 digits.
    """
    if not isinstance(account_id, str) or not ACCOUNT_ID.fullmatch(account_id):
        raise ValueError(f"An account id has 12 digits, such as '111122223333', not {account_id!r}")
    return account_id
