"""The state document: dumps the state of a cloud or an account, and loads it as a whole."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, get_type_hints

from qchime._version import installed_version
from qchime.control.snapshot.errors import Mistake, StateError, below, joined, shown
from qchime.control.snapshot.plain import plain
from qchime.control.snapshot.records import from_json, prepare, to_json
from qchime.core.backend import Backend
from qchime.core.caller import ACCOUNT_ID, REGION
from qchime.core.cloud import Account, Cloud, Contents
from qchime.core.service import Service
from qchime.core.table import SERVICES
from qchime.world import CallRecord, World

VERSION = 2
READ = (1, 2)
"""The versions that can be loaded. Version 1 has accounts only as the owners of resources."""


@dataclass(frozen=True)
class Document:
    """A state: the world for all accounts, those of accounts, and backends by service, account and region."""

    version: int
    world: dict[str, Any]
    services: dict[str, dict[str, dict[str, Any]]]
    accounts: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def account_ids(self) -> list[str]:
        """The ids of all accounts in the document."""
        ids = [account_id for accounts in self.services.values() for account_id in accounts]
        return list(dict.fromkeys([*self.accounts, *ids]))


def dump(cloud: Cloud, account_id: str | None = None) -> dict[str, Any]:
    """The state of a cloud, or of one account of it, as plain JSON, including credentials.

    Answers that are functions are left out. The state of an account does not have the world for all accounts.

    Raises:
        StateError: a test author has set a value that JSON does not have.
    """
    contents = cloud.contents
    accounts = [account for account in contents if account_id in (None, account.id)]
    return dump_accounts(contents, accounts, account_id)


def dump_accounts(
    contents: Contents, accounts: Iterable[Account], account_id: str | None = None
) -> dict[str, Any]:
    """As `dump`, for these accounts among the contents."""
    document: dict[str, Any] = {
        "version": VERSION,
        "world": plain(_world(contents.world), "world") if account_id is None else {},
        "accounts": {},
        "services": {service.name: {} for service in SERVICES},
    }
    for account in accounts:
        _add(account, document)
    document["world"]["calls"] = plain(to_json(contents.calls(account_id)), "world", "calls")
    return document


def prepare_dump() -> None:
    """Import and compile everything that a dump needs, for processes in which it must not do so itself."""
    dump(Cloud())
    for service in SERVICES:
        prepare(get_type_hints(service.backend.state)["return"])
    prepare(CallRecord)


def _add(account: Account, document: dict[str, Any]) -> None:
    """Add the state of an account to the document, under its lock: no call changes it meanwhile."""
    with account.lock:
        document["accounts"][account.id] = plain(_world(account.world), "accounts", account.id)
        for service in SERVICES:
            if backends := account.existing(service):
                kept = {region: to_json(backend.state()) for region, backend in backends.items()}
                kept = plain(kept, "services", service.name, account.id)
                document["services"][service.name][account.id] = kept


def load(cloud: Cloud, state: Mapping[str, Any], account_id: str | None = None) -> None:
    """Replace the state of a cloud, or of one account; on an error nothing changes.

    Calls in progress finish on the state they started with.

    Raises:
        StateError: the state is malformed or inconsistent; it lists every mistake.
    """
    try:
        document = _document(plain(state), account_id)
        if account_id is None:
            cloud.replace(_Reader(cloud.new_contents()).read(document))
        else:
            _replace(cloud.contents, account_id, document)
            cloud.changes.note()
    except RecursionError:
        raise StateError([("", "nested too deeply")]) from None


def _replace(contents: Contents, account_id: str, document: Document) -> None:
    """Replace an account with that of the document, or remove it if the document does not have it."""
    account = _Reader(contents).read_account(account_id, document)
    if document.account_ids:
        contents.put(account)
    else:
        contents.remove(account_id)


def _world(world: World) -> dict[str, Any]:
    return {name: to_json(part.state()) for name, part in world.parts.items()}


def _document(state: Any, account_id: str | None) -> Document:
    version = state.get("version") if isinstance(state, dict) else None
    if type(version) is int and version not in READ:
        what = (
            f"qchime {installed_version()} reads versions {' and '.join(map(str, READ))}, and this is "
            f"version {shown(version)}. Load it with the qchime that wrote it, or create the state again."
        )
        raise StateError([("version", what)])
    document: Document = from_json({"accounts": {}, **state} if version == 1 else state, Document)
    is_more = set(document.account_ids) - {account_id} or document.world.keys() - {"calls"}
    if account_id is not None and is_more:
        what = (
            f"this is not the state of the account {account_id} alone; dump it with account({account_id!r})"
        )
        raise StateError([("", what)])
    return document


class _Reader:
    """Reads a document into unused contents or an unused account, and collects all mistakes in it."""

    def __init__(self, contents: Contents) -> None:
        self._contents = contents
        self._mistakes: list[Mistake] = []

    def read(self, document: Document) -> Contents:
        """Read the whole document into the contents.

        Raises:
            StateError: the document has mistakes.
        """
        contents, calls = self._contents, self._calls(document)
        world = {name: value for name, value in document.world.items() if name != "calls"}
        self._world("world", contents.world, world)
        self._check_names(document)
        for account_id in document.account_ids:
            contents.put(self._account(account_id, document))
        self._raise_mistakes()
        for call in calls:
            is_known = ACCOUNT_ID.fullmatch(call.account_id)
            log = contents.account(call.account_id).calls if is_known else contents.strangers_calls
            log.restore(call)
        return contents

    def read_account(self, account_id: str, document: Document) -> Account:
        """Read the document into a new account, which is not yet among the contents.

        Raises:
            StateError: the document has mistakes.
        """
        calls = self._calls(document)
        if any(call.account_id != account_id for call in calls):
            self._mistakes.append(("world.calls", f"expected only calls of the account {account_id}"))
        self._check_names(document)
        account = self._account(account_id, document)
        self._raise_mistakes()
        for call in calls:
            account.calls.restore(call)
        return account

    def _raise_mistakes(self) -> None:
        if self._mistakes:
            raise StateError(self._mistakes)

    def _calls(self, document: Document) -> list[CallRecord]:
        with self._noted("world.calls"):
            return list(from_json(document.world.get("calls", []), list[CallRecord]))
        return []

    def _check_names(self, document: Document) -> None:
        known = [service.name for service in SERVICES]
        for name in document.services:
            if name not in known:
                what = f"is unknown: install the package that adds this service, or use {', '.join(known)}"
                self._mistakes.append((below("services", name), what))

    def _world(self, place: str, world: World, given: Mapping[str, Any]) -> None:
        """Read a world. Attributes that services add may be missing, as in documents of an older version."""
        missing = [name for name in world.own_parts if given and name not in given]
        self._mistakes += [(below(place, name), "is missing") for name in missing]
        for name, value in given.items():
            with self._noted(below(place, name)):
                if name not in world.parts:
                    raise StateError([("", f"is unknown; a world has {', '.join([*world.parts, 'calls'])}")])
                _restore(world.parts[name], from_json(value, _kind(world.parts[name])))

    def _account(self, account_id: str, document: Document) -> Account:
        if not ACCOUNT_ID.fullmatch(account_id):
            place = "accounts" if account_id in document.accounts else "services"
            what = "an account id has 12 digits"
            self._mistakes.append((below(place, account_id), what))
        account = self._contents.new_account(account_id)
        self._world(below("accounts", account_id), account.world, document.accounts.get(account_id, {}))
        for service in SERVICES:
            regions = document.services.get(service.name, {}).get(account_id, {})
            for region, kept in regions.items():
                place = f"services.{service.name}.{shown(account_id, quoted=False)}"
                with self._noted(below(place, region)):
                    account.put(service, _backend(service, account, region, kept))
        return account

    @contextmanager
    def _noted(self, place: str) -> Iterator[None]:
        try:
            yield
        except StateError as error:
            self._mistakes += [(joined(place, inner), what) for inner, what in error.mistakes]


def _kind(part: Any) -> Any:
    """The type of the state of a part, by the return annotation of its `state` method."""
    return get_type_hints(part.state)["return"]


def _restore(part: Any, state: Any) -> None:
    errors = list(part.integrity_errors(state)) if hasattr(part, "integrity_errors") else []
    if errors:
        raise StateError(errors)
    part.restore(state)


def _backend(service: Service, account: Account, region: str, kept: Any) -> Backend:
    """A new backend with this state, which is not yet in the account."""
    if not REGION.fullmatch(region):
        raise StateError([("", "this is not the name of a region")])
    backend = service.backend(region, account)
    backend.restore(from_json(kept, get_type_hints(backend.state)["return"], service))
    if errors := list(backend.integrity_errors()):
        raise StateError(errors)
    return backend
