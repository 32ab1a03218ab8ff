"""What every backend shares: one account, one region, and the world around it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from qchime.core.partitions import partition_of
from qchime.world import User, World

if TYPE_CHECKING:
    from qchime.core.cloud import Account


class Call(NamedTuple):
    """What an operation is told beside its keywords.

    `operation` is its name in Python's spelling, `parameters` the keywords as one mapping; `base_url` is
    the address of the server that answers, None in the process.
    """

    operation: str
    user: User
    parameters: dict[str, Any]
    base_url: str | None = None


class Backend(ABC):
    """The state of one service in one account and region. Its methods are the service's operations.

    Whoever calls an operation holds `lock` until the answer is written: the account has one lock.
    """

    def __init__(self, region_name: str, account: Account) -> None:
        self.region_name = region_name
        self.account_id = account.id
        self.partition = partition_of(region_name)
        self.world: World = account.world
        self.lock = account.lock
        self._account = account

    def new_uuid(self) -> str:
        """An id from the cloud's own source: a UUID of version 4 in lower case."""
        return self.world.ids.uuid()

    @abstractmethod
    def state(self) -> Any:
        """All that it keeps, as plain records. Its annotation says how a state document is read."""

    @abstractmethod
    def restore(self, state: Any) -> None:
        """Keep this instead."""

    def integrity_errors(self) -> Iterator[tuple[str, str]]:
        """What no sequence of calls could have led to: the place in the state, and what is wrong there.

        Here: nothing. The types of the records have been checked already.
        """
        return iter(())

    def check_caller(self, operation: str, user: User) -> None:  # noqa: B027
        """Refuse a caller with the service's own exception, before their input is read. Here: nobody."""

    def reset(self) -> None:
        """Lose everything, as moto's users ask a backend to."""
        with self.lock:
            self.__init__(self.region_name, self._account)  # type: ignore[misc]
