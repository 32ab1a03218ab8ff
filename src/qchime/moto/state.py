"""The state of our services as moto's users see it: `moto.backends.get_backend("qapps")[account][region]`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from moto.core.base_backend import BackendDict

from qchime.control.neighbourhood import neighbourhood
from qchime.core.backend import Backend
from qchime.core.cloud import Account, cloud
from qchime.core.service import Service
from qchime.moto.urls import Urls


class Regions(Mapping[str, Backend]):
    """The backends of a service in one account, by region; created on first use."""

    def __init__(self, service: Service, account_id: str) -> None:
        self._service = service
        self._account_id = account_id

    @property
    def _account(self) -> Account:
        """The account, looked up each time because a reset replaces it."""
        return cloud.account(self._account_id)

    def __getitem__(self, region: str) -> Backend:
        return self._account.backend(self._service, region)

    def __iter__(self) -> Iterator[str]:
        return iter(self._account.existing(self._service))

    def __len__(self) -> int:
        return len(self._account.existing(self._service))


class Backends(Mapping[str, Any]):
    """The backends of a service, by account and region. Under `global` moto finds the service's URLs."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._urls = Urls(service)

    def __getitem__(self, account_id: str) -> Regions | Urls:
        register_for_moto_reset()
        return self._urls if account_id == "global" else Regions(self._service, account_id)

    def __iter__(self) -> Iterator[str]:
        return (account.id for account in cloud if account.existing(self._service))

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Participant(BackendDict[Any]):
    """Represents all our services among the backends that moto resets."""

    def __init__(self) -> None:
        super().__init__(Backend, "qchime", use_boto3_regions=False)

    def clear(self) -> None:
        """Clear our state, if moto owns it."""
        neighbourhood.has_reset()


_participant = Participant()


def register_for_moto_reset() -> None:
    """Register our state to be cleared by moto's next reset; every reset forgets the registration."""
    taking_part: list[Any] = BackendDict._instances  # type: ignore[misc]
    if not any(known is _participant for known in taking_part):
        taking_part.append(_participant)
