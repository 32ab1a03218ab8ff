"""The state document: who keeps what, and how all of it is replaced at once."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, make_dataclass
from functools import cache
from typing import Any, get_type_hints

from qchime._version import __version__
from qchime.control.snapshot.errors import Mistake, StateError, below, joined, shown
from qchime.control.snapshot.plain import plain
from qchime.control.snapshot.records import from_json, to_json, wrong_keys
from qchime.core.backend import Backend
from qchime.core.service import SERVICES, Service
from qchime.world import world
from qchime.world.calls import calls
from qchime.world.faults import faults

VERSION = 1

PARTS: dict[str, Any] = {
    "clock": world.clock,
    "limits": world.limits,
    "users": world.users,
    "answers": world.answers,
    "faults": faults,
    "calls": calls,
}
"""What a state keeps beside the services. A part that has `state()` and `restore()` needs a line here."""

_ACCOUNT = re.compile(r"\d{12}", re.ASCII)
_REGION = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


@dataclass(frozen=True)
class Document:
    """The outer levels: parts by name, and backends by service, account and region."""

    version: int
    world: dict[str, Any]
    services: dict[str, dict[str, dict[str, Any]]]


def dump() -> dict[str, Any]:
    """The state of the mock as plain JSON, credentials included.

    Answers that are functions are left out, for a state is JSON.

    Raises:
        StateError: a test author has set something that is no JSON.
    """
    parts = {name: to_json(part.state()) for name, part in PARTS.items()}
    services = {service.name: _dumped(service) for service in SERVICES}
    document: dict[str, Any] = plain({"version": VERSION, "world": parts, "services": services})
    return document


def load(state: Mapping[str, Any]) -> None:
    """Replace the state of the mock, all of it or, if anything is wrong, nothing.

    A call that is under way finishes on what it began with.

    Raises:
        StateError: this is no state, or none that calls could have led to.
    """
    try:
        parts, backends = _read(state)
    except RecursionError:
        raise StateError([("", "nested too deep")]) from None
    for name, part in PARTS.items():
        part.restore(getattr(parts, name))
    for service, made in zip(SERVICES, backends, strict=True):
        service.backends.replace(made)


def _dumped(service: Service) -> dict[str, dict[str, Any]]:
    accounts: dict[str, dict[str, Any]] = {}
    for backend in service.backends.existing():
        with backend.lock:
            kept = plain(to_json(backend.state()))
        accounts.setdefault(backend.account_id, {})[backend.region_name] = kept
    return accounts


def _read(state: Any) -> tuple[Any, list[list[Backend]]]:
    """The records of the world's parts, and the backends by service."""
    document = _document(plain(state))
    mistakes: list[Mistake] = []
    parts = None
    with _noted("world", mistakes):
        parts = from_json(document.world, _parts_kind())
    names = [service.name for service in SERVICES]
    mistakes += [(joined("services", key), what) for key, what in wrong_keys(document.services, names)]
    backends = [_backends(service, document.services.get(service.name, {}), mistakes) for service in SERVICES]
    if mistakes:
        raise StateError(mistakes)
    return parts, backends


def _document(state: Any) -> Document:
    version = state.get("version") if isinstance(state, dict) else None
    if type(version) is int and version != VERSION:
        what = (
            f"qchime {__version__} reads version {VERSION}, and this is version {shown(version)}. "
            "Load it with the qchime that wrote it, or make the state anew."
        )
        raise StateError([("version", what)])
    document: Document = from_json(state, Document)
    return document


@cache
def _parts_kind() -> type:
    """A record with an attribute for each part of the world; once, for cattrs remembers types."""
    return make_dataclass(
        "Parts", [(name, get_type_hints(part.state)["return"]) for name, part in PARTS.items()]
    )


def _backends(
    service: Service, accounts: dict[str, dict[str, Any]], mistakes: list[Mistake]
) -> list[Backend]:
    backends = []
    for account_id, regions in accounts.items():
        place = f"services.{service.name}.{shown(account_id, quoted=False)}"
        if not _ACCOUNT.fullmatch(account_id):
            mistakes.append((place, "the id of an account has 12 digits"))
        for region, kept in regions.items():
            with _noted(below(place, region), mistakes):
                backends.append(_backend(service, account_id, region, kept))
    return backends


def _backend(service: Service, account_id: str, region: str, kept: Any) -> Backend:
    """A backend that nobody knows yet."""
    if not _REGION.fullmatch(region):
        raise StateError([("", "this is not the name of a region")])
    backend: Backend = service.backends.backend(region, account_id)
    backend.restore(from_json(kept, get_type_hints(backend.state)["return"], service))
    if errors := list(backend.integrity_errors()):
        raise StateError(errors)
    return backend


@contextmanager
def _noted(place: str, mistakes: list[Mistake]) -> Iterator[None]:
    try:
        yield
    except StateError as error:
        mistakes += [(joined(place, inner), what) for inner, what in error.mistakes]
