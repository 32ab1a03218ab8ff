"""Everything that one mock, or one server, holds: accounts with their backends, and the world around them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from qchime.core.dispatch import STEPS
from qchime.core.exchange import Step
from qchime.core.service import Service
from qchime.core.table import SERVICES
from qchime.world import CallLog, Ids, Keys, Lock, World

if TYPE_CHECKING:
    from qchime.core.backend import Backend


class Account:
    """One AWS account: its backends by service and region, its world, one lock."""

    def __init__(self, id: str, world: World) -> None:
        self.id = id
        self.world = world
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
        self._keys = Keys()
        self.world = World(SERVICES, ids, self._keys)
        self.calls = CallLog(SERVICES)
        self.accounts: dict[str, Account] = {}

    def account(self, account_id: str) -> Account:
        """An account, which exists as soon as somebody asks for it."""
        account = self.accounts.get(account_id)
        if account is None:
            account = self.accounts.setdefault(account_id, self.new_account(account_id))
        return account

    def new_account(self, account_id: str) -> Account:
        """An account in this world that nobody has used."""
        return Account(account_id, World(SERVICES, self._ids, self._keys, self.world, account_id))

    def account_of_key(self, access_key_id: str) -> str | None:
        """The account that has registered this key; None if it is nobody's, or holds in every account."""
        account = self.accounts.get(self._keys.account_of(access_key_id) or "")
        return account.id if account is not None and account.world.users.has_key(access_key_id) else None


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
        return iter(list(self.contents.accounts.values()))

    def reset(self, account_id: str | None = None) -> None:
        """Begin anew, with everything or with one account. A call that is under way finishes undisturbed."""
        if account_id is None:
            self.contents = Contents(self.ids)
        else:
            self.contents.accounts.pop(account_id, None)
            self.contents.calls.reset(account_id)


cloud = Cloud()
"""The one that the decorators, the fixtures and moto share."""
