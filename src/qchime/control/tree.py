"""The state as a tree of resources, as the records of the services' backends define it.

A record is an instance of a dataclass. The fields that hold other records are its groups, and everything
else its members. A resource is found by steps from the root: a group, a key, another group, and so on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from itertools import islice
from types import UnionType
from typing import Any, NamedTuple, Union, cast, get_args, get_origin, get_type_hints

from qchime.control.snapshot.records import to_json
from qchime.core.backend import Backend
from qchime.core.cloud import Account, Contents
from qchime.core.collection import Collection
from qchime.core.service import Service
from qchime.core.showing import Look, Looks, View, Views
from qchime.core.table import SERVICES
from qchime.world import Lock

PLAIN = Look()

MOST_ITEMS = 1000
"""How many items of a collection are shown as a member."""


class Place(NamedTuple):
    """Where a resource is; without steps, the root of a service's state."""

    account_id: str
    service: str
    region: str
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """How many records groups have; `steps` is None if several groups have some."""

    title: str
    count: int
    steps: tuple[str, ...] | None


@dataclass
class AnyRecord:
    """A record of any class."""


@dataclass
class Bare:
    """The state of a service that is nothing but a collection."""

    resources: Collection[AnyRecord]


class State(NamedTuple):
    """The state that a resource belongs to: how its records look, and the backend that changes it."""

    looks: Looks
    backend: Backend

    @property
    def lock(self) -> Lock:
        """The lock under which it changes."""
        return self.backend.lock

    def look(self, record: Any) -> Look:
        """How a record looks."""
        return self.looks.get(type(record), PLAIN)

    def label(self, record: Any, key: str) -> str:
        """The name of a record, or else its key."""
        return str((self.look(record).label or _usual_label)(record) or key)


@dataclass(frozen=True, slots=True)
class Resource:
    """One record, and where it is. `parent` is None for the root, which has no key either."""

    record: Any
    place: Place
    parent: Resource | None
    state: State

    @property
    def key(self) -> str:
        """Its key in its group; the position for a list, and empty for a group that is a single record."""
        return self.place.steps[-1] if self.place.steps else ""

    @property
    def kind(self) -> str:
        """What it is, such as `App instance user`."""
        return spaced(type(self.record).__name__)

    @property
    def label(self) -> str:
        """Its name, or else its key, or else what it is."""
        return self.state.label(self.record, self.key) or self.kind

    @property
    def identifier(self) -> str | None:
        """The id or ARN that calls name it by, None if it has none of its own."""
        is_keyed = self.parent is not None and not isinstance(getattr(self.parent.record, self.group), list)
        return self.key or None if is_keyed else None

    @property
    def group(self) -> str:
        """The field of the parent's record that holds it."""
        return self.place.steps[-2] if self.place.steps else ""

    @property
    def members(self) -> dict[str, Any]:
        """Everything but its groups, as JSON; of a file only the size."""
        groups = groups_of(self.record)
        names = [field.name for field in fields(self.record) if field.init and field.name not in groups]
        with self.state.lock:
            return {name: _plain(getattr(self.record, name)) for name in names}

    @property
    def views(self) -> list[str]:
        """The titles of the further views that its service has."""
        with self.state.lock:
            return list(self._views())

    def view(self, title: str) -> View:
        """The view with this title.

        Raises:
            KeyError: there is none, or there is no longer one.
        """
        with self.state.lock:
            return self._views()[title]()

    def _views(self) -> Views:
        parent = self.parent.record if self.parent is not None else None
        return self.state.look(self.record).views(self.record, parent, self.state.backend)

    @property
    def groups(self) -> list[Figure]:
        """Its groups, with the number of records in each."""
        return [
            Figure(spaced(name), size(self.record, name), (*self.place.steps, name))
            for name in groups_of(self.record)
        ]

    @property
    def path(self) -> list[Resource]:
        """The resources that contain it, the outermost first, without the root."""
        above = self.parent
        return [] if above is None or above.parent is None else [*above.path, above]

    def children(self, group: str, start: int = 0, most: int | None = None) -> list[Resource]:
        """The records of a group, oldest first: at most this many, from this position on."""
        stop = None if most is None else start + most
        with self.state.lock:
            found = list(islice(_items(getattr(self.record, group)), start, stop))
        return [self.holding(group, key, record) for key, record in found]

    def child(self, group: str, key: str) -> Resource | None:
        """The record with this key in a group, None if there is none."""
        held = getattr(self.record, group) if group in groups_of(self.record) else None
        if isinstance(held, list):
            found = held[int(key)] if key.isdecimal() and int(key) < len(held) else None
        elif isinstance(held, dict | Collection):
            found = held.get(key)
        else:
            found = held
        return None if found is None else self.holding(group, key, found)

    def holding(self, group: str, key: str, record: Any) -> Resource:
        """The resource of a record in a group."""
        place = self.place._replace(steps=(*self.place.steps, group, key))
        return Resource(record, place, self, self.state)


def roots(contents: Contents, account_id: str | None = None) -> Iterator[Resource]:
    """The states of all services in all regions, of one account or of all."""
    for account in contents:
        if account_id in (None, account.id):
            for service in SERVICES:
                for region, backend in account.existing(service).items():
                    yield _root(account, service, region, backend)


def find(contents: Contents, place: Place) -> Resource | None:
    """The resource at this place, None if there is none."""
    account = contents.existing(place.account_id)
    service = next((row for row in SERVICES if row.name == place.service), None)
    backend = account.existing(service).get(place.region) if account and service else None
    if account is None or service is None or backend is None:
        return None
    found: Resource | None = _root(account, service, place.region, backend)
    for group, key in zip(place.steps[::2], place.steps[1::2], strict=True):
        found = found.child(group, key) if found is not None else None
    return found


def figures(root: Resource) -> list[Figure]:
    """How much there is in the state of a service: the outermost resources, and what these contain."""
    found = root.groups
    for group in groups_of(root.record):
        within: dict[str, Figure] = {}
        for child in root.children(group):
            for figure in child.groups:
                within[figure.title] = _sum(within.get(figure.title), figure)
        found += within.values()
    return found


def _sum(one: Figure | None, other: Figure) -> Figure:
    """The figure of two groups, which leads to the one that has all the records, if one has."""
    if one is None or not one.count:
        return other
    return Figure(one.title, one.count + other.count, None) if other.count else one


def search(contents: Contents, text: str, most: int, account_id: str | None = None) -> list[Resource]:
    """Resources whose name, id or ARN contains this text, in any case, the outermost first."""
    needle, found = text.casefold(), list[Resource]()
    waiting = deque(roots(contents, account_id))
    while waiting and len(found) < most:
        resource = waiting.popleft()
        for group in groups_of(resource.record):
            with resource.state.lock:
                items = list(_items(getattr(resource.record, group)))
            for key, record in items:  # of which most are neither found nor have anything in them
                is_found = needle in f"{key}\n{resource.state.label(record, key)}".casefold()
                if is_found or has_records(record):
                    child = resource.holding(group, key, record)
                    found += [child] if is_found else []
                    waiting.append(child)
    return found[:most]


def has_records(record: Any) -> bool:
    """Whether any group of a record has something in it."""
    return any(size(record, group) for group in groups_of(record))


def size(record: Any, group: str) -> int:
    """The number of records in a group."""
    held = getattr(record, group)
    return len(held) if isinstance(held, list | dict | Collection) else int(held is not None)


def groups_of(record: Any) -> Sequence[str]:
    """The names of a record's groups."""
    kind: Any = type(record)  # which mypy does not take for hashable
    return _groups(kind)


def spaced(name: str) -> str:
    """A name of Python's as words: `AppInstanceUser` as `App instance user`."""
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name)
    return words.replace("_", " ").strip().capitalize()


def _root(account: Account, service: Service, region: str, backend: Backend) -> Resource:
    state = State(service.looks, backend)
    record = backend.state()
    if isinstance(record, Collection | dict | list):
        record = Bare(cast("Collection[AnyRecord]", record))
    return Resource(record, Place(account.id, service.name, region), None, state)


def _usual_label(record: Any) -> str | None:
    for name in ("name", "title"):
        if text := getattr(record, name, None):
            return str(text)
    kind: Any = type(record)  # which mypy does not take for hashable
    return next((getattr(record, name) for name in _names(kind) if getattr(record, name)), None)


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind) if field.name.endswith("_name"))


@cache
def _groups(kind: Any) -> tuple[str, ...]:
    hints = get_type_hints(kind)
    return tuple(field.name for field in fields(kind) if field.init and _holds_records(hints[field.name]))


def _holds_records(hint: Any) -> bool:
    if get_origin(hint) in (Union, UnionType):
        return any(map(_holds_records, get_args(hint)))
    if get_origin(hint) in (list, dict, Collection):
        return _is_record(get_args(hint)[-1])
    return _is_record(hint)


def _is_record(hint: Any) -> bool:
    return isinstance(hint, type) and is_dataclass(hint) and get_origin(hint) is None


def _items(held: Any) -> Iterator[tuple[str, Any]]:
    """The keys and records of a group. Only who holds the lock may iterate over them."""
    if isinstance(held, Collection):
        return ((key, entry.resource) for key, entry in held.entries.items())
    if isinstance(held, dict):
        return iter(held.items())
    if isinstance(held, list):
        return ((str(position), record) for position, record in enumerate(held))
    return iter([] if held is None else [("", held)])


def _plain(value: Any) -> Any:
    """A member as JSON; of a file the size, and of a large collection the beginning."""
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    if isinstance(value, Collection):
        return [_plain(record) for _, record in islice(_items(value), MOST_ITEMS)]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in islice(list(value.items()), MOST_ITEMS)}
    return to_json(value)
