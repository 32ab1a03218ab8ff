"""The state of one mock or one server: its accounts, their backends, and the world around them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING

from qchime import compat
from qchime.core.dispatch import STEPS
from qchime.core.exchange import Step
from qchime.core.service import Service
from qchime.core.table import SERVICES
from qchime.rules import inferred
from qchime.world import CallLog, CallRecord, Changes, Ids, Keys, Lock, World, in_order

if TYPE_CHECKING:
    from qchime.core.backend import Backend


class Account:
    """One AWS account: its backends by service and region, its world, its call log, and one lock."""

    def __init__(self, id: str, world: World, calls: CallLog) -> None:
        self.id = id
        self.world = world
        self.calls = calls
        self.lock: Lock = Lock()
        self._backends: dict[tuple[Service, str], Backend] = {}
        world.backends = self.having

    @inferred(
        "core.regions",
        "Every region exists. AWS has Amazon Chime SDK Identity in us-east-1 and eu-central-1, and Amazon Q "
        "Apps in us-east-1 and us-west-2.",
        sources=[
            "https://docs.aws.amazon.com/chime-sdk/latest/dg/sdk-available-regions.html",
            "https://docs.aws.amazon.com/amazonq/latest/qbusiness-ug/quotas-regions.html",
        ],
    )
    def backend(self, service: Service, region: str) -> Backend:
        """The backend of a service in a region, created on first use."""
        backend = self._backends.get((service, region))
        if backend is None:
            backend = self._backends.setdefault((service, region), service.backend(region, self))
        return backend

    def existing(self, service: Service) -> dict[str, Backend]:
        """The backends of a service that have been used, by region."""
        return {
            region: backend for (owner, region), backend in list(self._backends.items()) if owner is service
        }

    def having(self, word: str) -> list[Backend]:
        """The backends that have been used, of the service that adds this word to the handle."""
        return [backend for (service, _), backend in list(self._backends.items()) if word in service.words]

    def in_region(self, region: str) -> list[Backend]:
        """The backends of all services that have been used in a region."""
        return [backend for (_, place), backend in list(self._backends.items()) if place == region]

    def retire(self) -> None:
        """Disconnect the clients of all services, because other state takes the place of this account's."""
        for backend in list(self._backends.values()):
            backend.retire()

    def resume(self) -> None:
        """Accept clients again, because this account is back in its place."""
        for backend in list(self._backends.values()):
            backend.resume()

    @property
    def is_used(self) -> bool:
        """Whether there is anything in it. Merely reading an account does not use it."""
        return bool(self._backends or self.calls) or self.world.is_changed

    def put(self, service: Service, backend: Backend) -> None:
        """Set the backend of a service, replacing the one in the same region."""
        self._backends[service, backend.region_name] = backend


class Contents:
    """What a cloud holds at one moment. A load replaces it as a whole, so that no call sees half a state.

    A call finishes on the contents it started with.
    """

    def __init__(self, ids: Ids, changes: Changes) -> None:
        self._ids = ids
        self._changes = changes
        self._serials = count()
        self.keys: Keys = Keys(self._has_key)
        self._identities = compat.MotoIdentities()
        self.world: World = World(SERVICES, ids, self.keys, self._identities, changes)
        self.world.backends = lambda word: [backend for account in self for backend in account.having(word)]
        self.strangers_calls: CallLog = CallLog(self._serials)
        """Calls that were refused before their account was known."""
        self._accounts: dict[str, Account] = {}

    def __iter__(self) -> Iterator[Account]:
        """The accounts used so far. Accounts may be added during the iteration."""
        return iter([account for account in list(self._accounts.values()) if account.is_used])

    def account(self, account_id: str) -> Account:
        """The account with this id, created on first use."""
        account = self._accounts.get(account_id)
        if account is None:
            account = self._accounts.setdefault(account_id, self.new_account(account_id))
        return account

    def existing(self, account_id: str) -> Account | None:
        """The account with this id, None if it has not been used."""
        return self._accounts.get(account_id)

    def new_account(self, account_id: str) -> Account:
        """An unused account on top of this world, which is not among the contents until `put`."""
        known = SERVICES, self._ids, self.keys, self._identities
        world = World(*known, self._changes, self.world, account_id)
        return Account(account_id, world, CallLog(self._serials))

    def put(self, account: Account) -> None:
        """Add an account, replacing the one with the same id."""
        replaced = self._accounts.get(account.id)
        self._accounts[account.id] = account
        if replaced is not None:
            replaced.retire()

    def remove(self, account_id: str) -> None:
        """Remove an account and everything in it; an unused id is ignored."""
        removed = self._accounts.pop(account_id, None)
        if removed is not None:
            removed.retire()

    def retire(self) -> None:
        """Disconnect all clients, because the cloud holds other contents."""
        for account in list(self._accounts.values()):
            account.retire()

    def resume(self) -> None:
        """Accept clients again, because the cloud holds these contents once more."""
        for account in list(self._accounts.values()):
            account.resume()

    def calls(self, account_id: str | None = None) -> list[CallRecord]:
        """The calls of one account, or all calls, oldest first."""
        return in_order(self.call_logs(account_id))

    def call_logs(self, account_id: str | None = None) -> list[CallLog]:
        """The log of one account, or all logs."""
        if account_id is None:
            return [self.strangers_calls, *(account.calls for account in self)]
        account = self.existing(account_id)
        return [] if account is None else [account.calls]

    def reset_calls(self, account_id: str | None = None) -> None:
        """Forget the calls of one account, or all calls."""
        if account_id is None:
            self.strangers_calls.reset()
        for account in self:
            if account_id in (None, account.id):
                account.calls.reset()
        self._changes.note()

    def _has_key(self, account_id: str, access_key_id: str) -> bool:
        account = self.existing(account_id)
        return account is not None and account.world.users.has_key(access_key_id)


class Cloud:
    """The state of a mock or a server: all its accounts. Clouds share nothing with each other.

    `steps` are the dispatch steps that every request passes through; tests may insert their own.
    """

    def __init__(self) -> None:
        self.ids: Ids = Ids()
        self.changes: Changes = Changes()
        """The changes to what it holds; the log of calls alone does not count as one."""
        self.steps: tuple[Step, ...] = STEPS
        self.before_reset: Callable[[Contents], None] | None = None
        """Called with what a reset of all accounts is about to clear."""
        self.contents: Contents = self.new_contents()

    def account(self, account_id: str) -> Account:
        """The account with this id in the current contents, created on first use."""
        return self.contents.account(account_id)

    def __iter__(self) -> Iterator[Account]:
        return iter(self.contents)

    def new_contents(self) -> Contents:
        """Empty contents, which the cloud does not hold until `replace`."""
        return Contents(self.ids, self.changes)

    def replace(self, contents: Contents) -> None:
        """Hold other contents. Calls in progress finish on those they started with."""
        replaced, self.contents = self.contents, contents
        self.changes.note()
        replaced.retire()

    @contextmanager
    def anew(self) -> Iterator[None]:
        """Hold empty contents inside the `with` block, and restore the earlier contents afterwards."""
        before = self.contents
        self.replace(self.new_contents())
        try:
            yield
        finally:
            before.resume()
            self.replace(before)

    def reset(self, account_id: str | None = None) -> None:
        """Clear everything, or one account. Calls in progress finish on the state they started with."""
        if account_id is None:
            if self.before_reset is not None:
                self.before_reset(self.contents)
            self.replace(self.new_contents())
        else:
            self.contents.remove(account_id)
            self.changes.note()


cloud: Cloud = Cloud()
"""The default cloud, which the decorators, the fixtures and moto share."""
