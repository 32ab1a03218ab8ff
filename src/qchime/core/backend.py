"""The base class of backends, which hold the state of one service in one account and region."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from qchime.core.partitions import partition_of
from qchime.world import Lock, User, World

if TYPE_CHECKING:
    from qchime.core.cloud import Account


class Call(NamedTuple):
    """The context of a call, which every operation takes as its first argument."""

    operation: str
    """The method's name."""
    user: User
    """The caller."""
    parameters: dict[str, Any]
    """The keyword arguments of the method."""
    base_url: str | None = None
    """The address of the server that received the call; None in-process."""


class Backend(ABC):
    """The state of one service in one account and region. Its methods are the service's operations.

    The caller of an operation holds `lock`, the account's only lock, until the response is serialized.
    """

    def __init__(self, region_name: str, account: Account) -> None:
        self.region_name = region_name
        """The region, such as `us-east-1`."""
        self.account_id: str = account.id
        """The account id, 12 digits."""
        self.partition: str = partition_of(region_name)
        """The partition of the region, for ARNs: `aws`, `aws-cn`, …"""
        self.world: World = account.world
        """What the test author has set for the account: `world.clock.now()`, `world.limits`, …"""
        self.lock: Lock = account.lock
        """The account's lock, which the caller of an operation holds."""
        self._account = account

    def new_uuid(self) -> str:
        """A lowercase version-4 UUID from the cloud's id source, which a seed makes repeatable."""
        return self.world.ids.uuid()

    def note_change(self) -> None:
        """Record that the state has changed, so that a server saves it.

        An operation whose HTTP method is GET calls this after a change; for all others, dispatch does.
        """
        self.world.changes.note()

    @abstractmethod
    def state(self) -> Any:
        """The state as plain records. `load` reads them back by the return annotation."""

    @abstractmethod
    def restore(self, state: Any) -> None:
        """Replace the state with records of the type that `state` returns."""

    def integrity_errors(self) -> Iterator[tuple[str, str]]:
        """Inconsistencies in the state that no calls can produce, as pairs of a place and a problem.

        None by default. The types of the records have already been checked.
        """
        return iter(())

    def tell(self, news: object) -> None:
        """Send news to the other services of this account and region, whose backends `hear` it."""
        for backend in self._account.in_region(self.region_name):
            if backend is not self:
                backend.hear(news)

    def hear(self, news: object) -> None:  # noqa: B027
        """React to news from another service, under the account's lock. By default, ignore it.

        `news` is of a type that the other service defines.
        """

    def retire(self) -> None:  # noqa: B027
        """Disconnect clients, because the state has been replaced. By default, do nothing.

        Called without the account's lock, which a call in progress may hold for long.
        """

    def resume(self) -> None:  # noqa: B027
        """Accept clients again, because the state is back in its place. By default, do nothing."""

    def check_caller(self, operation: str, user: User) -> None:  # noqa: B027
        """Raise the service's own exception to refuse a caller, before the input is validated.

        By default nobody is refused.
        """

    def reset(self) -> None:
        """Discard all state, as moto's backends do."""
        self.retire()
        with self.lock:
            self.__init__(self.region_name, self._account)  # type: ignore[misc]
            self.note_change()
