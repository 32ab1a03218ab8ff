"""What every backend of ours shares: one account, one region, one lock, and moto's way of keeping them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from threading import RLock
from typing import Any, ClassVar, NamedTuple, TypeVar, cast

from moto.core.base_backend import AccountSpecificBackend, BackendDict, BaseBackend

from qchime.core.partitions import partition_of
from qchime.world import User, World, world

SomeBackend = TypeVar("SomeBackend", bound="Backend")


class Call(NamedTuple):
    """What an operation is told beside its keywords.

    `operation` is its name in Python's spelling, `parameters` the keywords as one mapping; `base_url` is
    the address of the server that answers, None in the process.
    """

    operation: str
    user: User
    parameters: dict[str, Any]
    base_url: str | None = None


class Backend(BaseBackend, ABC):
    """The state of one service in one account and region. Its methods are the service's operations.

    Whoever calls an operation holds `lock` until the answer is written.
    """

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.partition = partition_of(region_name)
        self.lock = RLock()

    @property
    def world(self) -> World:
        """The clock, the limits and the users."""
        return world

    @abstractmethod
    def state(self) -> Any:
        """All that it keeps, as plain records. Its annotation says how a state document is read."""

    @abstractmethod
    def restore(self, state: Any) -> None:
        """Keep this instead."""

    @abstractmethod
    def integrity_errors(self) -> Iterator[tuple[str, str]]:
        """What no sequence of calls could have led to: the place in the state, and what is wrong there."""

    def admit(self, operation: str, user: User) -> None:
        """Refuse a caller with the service's own exception, before their input is read. Here: nobody."""

    def reset(self) -> None:
        """Lose everything, as moto asks on its own resets."""
        if not Backends.held:
            with self.lock:
                super().reset()


class Regions(AccountSpecificBackend[SomeBackend]):
    """The backends of one account. Any region exists: boto3 lists none at all for Q Apps."""

    def __contains__(self, region: object) -> bool:
        return True

    def __getitem__(self, region_name: str) -> SomeBackend:
        backend = self.get(region_name)
        if backend is None:
            backend = self.setdefault(region_name, self.backend(region_name, self.account_id))
        return backend


class Backends(BackendDict[SomeBackend]):
    """The backends of one service by account and region, among those that moto resets.

    `held` is true while a mock of ours is the outermost one: then moto's resets, which come with every
    start and stop of `mock_aws`, leave our state alone.
    """

    held = False
    after_moto_reset: ClassVar[list[Callable[[], None]]] = []
    """Called after every reset of moto's, such as the one at the end of `mock_aws`."""

    def __init__(self, backend: type[SomeBackend], service_name: str) -> None:
        super().__init__(backend, service_name, use_boto3_regions=False)

    def __getitem__(self, account_id: str) -> Regions[SomeBackend]:
        regions = self.get(account_id)
        if regions is None:
            self.enrol()
            made: Regions[SomeBackend] = Regions(self.service_name, account_id, self.backend, False, None)
            regions = self.setdefault(account_id, made)
        return cast(Regions[SomeBackend], regions)

    def enrol(self) -> None:
        """Be reset with moto's own backends from now on; moto forgets who takes part at every reset."""
        taking_part: list[Any] = BackendDict._instances  # type: ignore[misc]
        if not any(known is self for known in taking_part):
            taking_part.append(self)

    def clear(self) -> None:
        """Lose all accounts, and with them what a test author has set, as moto asks on its own resets."""
        if not Backends.held:
            self.forget()
            world.reset()
        for listener in Backends.after_moto_reset:
            listener()

    def existing(self) -> list[SomeBackend]:
        """Those that somebody has used."""
        return [backend for regions in list(self.values()) for backend in list(regions.values())]

    def replace(self, backends: list[SomeBackend]) -> None:
        """Hold these and no others. A call that is under way finishes on what it began with."""
        self.enrol()
        accounts: dict[str, Regions[SomeBackend]] = {}
        for backend in backends:
            account_id = backend.account_id
            made: Regions[SomeBackend] = Regions(self.service_name, account_id, self.backend, False, None)
            accounts.setdefault(account_id, made)[backend.region_name] = backend
        self.update(accounts)
        for account_id in list(self.keys()):
            if account_id not in accounts:
                self.pop(account_id, None)

    def forget(self) -> None:
        """Lose all accounts, whoever asks. A call that is under way finishes on what it began with."""
        super().clear()
