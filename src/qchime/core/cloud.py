"""Everything that one mock, or one server, holds: accounts with their backends, and the world around them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING

from qchime.core.dispatch import STEPS
from qchime.core.exchange import Step
from qchime.core.service import Service
from qchime.core.table import SERVICES
from qchime.world import CallLog, CallRecord, Ids, Keys, Lock, World, in_order

if TYPE_CHECKING:
    from qchime.core.backend import Backend


class Account:
    """One AWS account: its backends by service and region, its world, its calls, one lock."""

    def __init__(self, id: str, world: World, calls: CallLog) -> None:
        self.id = id
        self.world = world
        self.calls = calls
        self.lock = Lock()
        self._backends: dict[tuple[Service, str], Backend] = {}

    def backend(self, service: Service, region: str) -> Backend:
        """The state of a service in a region, which exists as soon as somebody asks for it.

        Any region does: boto3 lists none at all for Q Apps.
        """
        backend = self._backends.get((service, region))
        if backend is None:
            backend = self._backends.setdefault((service, region), service.backend(region, self))
        return backend

    def existing(self, service: Service) -> dict[str, Backend]:
        """The backends of a service that somebody has used, by region."""
        return {
            region: backend for (owner, region), backend in list(self._backends.items()) if owner is service
        }

    def put(self, service: Service, backend: Backend) -> None:
        """Have this backend in its region."""
        self._backends[service, backend.region_name] = backend


class Contents:
    """What a cloud holds now. A load replaces it as a whole, so that no call sees half of one.

    A call works on what it began with.
    """

    def __init__(self, ids: Ids) -> None:
        self._ids = ids
        self._serials = count()
        self.keys = Keys(self._has_key)
        self.world = World(SERVICES, ids, self.keys)
        self.strangers_calls = CallLog(self._serials)
        """The calls that were refused before their account was known."""
        self._accounts: dict[str, Account] = {}

    def __iter__(self) -> Iterator[Account]:
        """The accounts that somebody has used; others may come while this goes on."""
        return iter(list(self._accounts.values()))

    def account(self, account_id: str) -> Account:
        """An account, which exists as soon as somebody asks for it."""
        account = self._accounts.get(account_id)
        if account is None:
            account = self._accounts.setdefault(account_id, self.new_account(account_id))
        return account

    def existing(self, account_id: str) -> Account | None:
        """An account that somebody has used."""
        return self._accounts.get(account_id)

    def new_account(self, account_id: str) -> Account:
        """An account in this world that nobody has used, and that is not among the others yet."""
        world = World(SERVICES, self._ids, self.keys, self.world, account_id)
        return Account(account_id, world, CallLog(self._serials))

    def put(self, account: Account) -> None:
        """Have this account instead of the one with its id."""
        self._accounts[account.id] = account

    def remove(self, account_id: str) -> None:
        """Forget an account, and all that it has."""
        self._accounts.pop(account_id, None)

    def calls(self, account_id: str | None = None) -> list[CallRecord]:
        """The calls of one account, or of all and of strangers; the oldest first."""
        if account_id is None:
            return in_order([self.strangers_calls, *(account.calls for account in self)])
        account = self.existing(account_id)
        return [] if account is None else list(account.calls)

    def reset_calls(self, account_id: str | None = None) -> None:
        """Forget the calls of one account, or all."""
        if account_id is None:
            self.strangers_calls.reset()
        for account in self:
            if account_id in (None, account.id):
                account.calls.reset()

    def _has_key(self, account_id: str, access_key_id: str) -> bool:
        account = self.existing(account_id)
        return account is not None and account.world.users.has_key(access_key_id)


class Cloud:
    """All accounts of one mock or one server. Nothing is shared with another cloud.

    `steps` is the way that a request takes; a test may put steps of its own in.
    """

    def __init__(self) -> None:
        self.ids = Ids()
        self.steps: tuple[Step, ...] = STEPS
        self.contents = Contents(self.ids)

    def account(self, account_id: str) -> Account:
        """An account of the cloud, as it is now."""
        return self.contents.account(account_id)

    def __iter__(self) -> Iterator[Account]:
        return iter(self.contents)

    @contextmanager
    def anew(self) -> Iterator[None]:
        """Hold nothing at first, and afterwards what it held before."""
        before, self.contents = self.contents, Contents(self.ids)
        try:
            yield
        finally:
            self.contents = before

    def reset(self, account_id: str | None = None) -> None:
        """Begin anew, with everything or with one account. A call that is under way finishes undisturbed."""
        if account_id is None:
            self.contents = Contents(self.ids)
        else:
            self.contents.remove(account_id)


cloud = Cloud()
"""The one that the decorators, the fixtures and moto share."""
