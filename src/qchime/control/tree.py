"""The state as a tree of resources, as the records of the services' backends define it.

A record is an instance of a dataclass. The fields that hold other records are its groups, and everything
else its members. A resource is found by steps from the root: a group, a key, another group, and so on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from itertools import islice
from types import UnionType
from typing import Any, NamedTuple, Union, get_args, get_origin, get_type_hints

from qchime.control.snapshot.records import to_json
from qchime.core.backend import Backend
from qchime.core.cloud import Account, Contents
from qchime.core.collection import Collection
from qchime.core.service import Service
from qchime.core.showing import Look, Views
from qchime.core.table import SERVICES

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
    """How many records a group has; `steps` is None for groups of several records."""

    title: str
    count: int
    steps: tuple[str, ...] | None


@dataclass(frozen=True)
class Resource:
    """One record, and where it is. `parent` is None for the root, which has no key either."""

    record: Any
    place: Place
    parent: Resource | None
    looks: Callable[[type], Look]

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
        own = self.looks(type(self.record)).label
        return str((own or _usual_label)(self.record) or self.key or self.kind)

    @property
    def identifier(self) -> str | None:
        """The id or ARN that calls name it by, None if it has none of its own."""
        is_keyed = self.parent is not None and not isinstance(_held(self.parent.record, self.group), list)
        return self.key or None if is_keyed else None

    @property
    def group(self) -> str:
        """The field of the parent's record that holds it."""
        return self.place.steps[-2] if self.place.steps else ""

    @property
    def members(self) -> dict[str, Any]:
        """Everything but its groups, as JSON; of a file only the size."""
        names = [field.name for field in fields(self.record) if field.init]
        return {
            name: _plain(getattr(self.record, name)) for name in names if name not in groups_of(self.record)
        }

    @property
    def views(self) -> Views:
        """The further views that its service has."""
        parent = self.parent.record if self.parent is not None else None
        return self.looks(type(self.record)).views(self.record, parent)

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
        found = islice(_items(_held(self.record, group)), start, stop)
        return [self._child(group, key, record) for key, record in found]

    def child(self, group: str, key: str) -> Resource | None:
        """The record with this key in a group, None if there is none."""
        held = _held(self.record, group) if group in groups_of(self.record) else None
        if isinstance(held, list):
            found = held[int(key)] if key.isdecimal() and int(key) < len(held) else None
        elif isinstance(held, dict | Collection):
            found = held.get(key)
        else:
            found = held
        return None if found is None else self._child(group, key, found)

    def _child(self, group: str, key: str, record: Any) -> Resource:
        place = self.place._replace(steps=(*self.place.steps, group, key))
        return Resource(record, place, self, self.looks)


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
        within: dict[str, int] = {}
        for child in root.children(group):
            for name in groups_of(child.record):
                within[name] = within.get(name, 0) + size(child.record, name)
        found += [Figure(spaced(name), count, None) for name, count in within.items()]
    return found


def search(contents: Contents, text: str, most: int, account_id: str | None = None) -> list[Resource]:
    """Resources whose name, id or ARN contains this text, in any case, the outermost first."""
    needle, found = text.casefold(), list[Resource]()
    waiting = deque(roots(contents, account_id))
    while waiting and len(found) < most:
        resource = waiting.popleft()
        for group in groups_of(resource.record):
            children = resource.children(group)
            waiting.extend(child for child in children if groups_of(child.record))
            found += [child for child in children if _is_named(child, needle)]
    return found[:most]


def size(record: Any, group: str) -> int:
    """The number of records in a group."""
    held = _held(record, group)
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
    def look(kind: type) -> Look:
        return service.looks.get(kind, PLAIN)

    return Resource(backend.state(), Place(account.id, service.name, region), None, look)


def _is_named(resource: Resource, needle: str) -> bool:
    return needle in resource.key.casefold() or needle in resource.label.casefold()


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


def _held(record: Any, group: str) -> Any:
    return getattr(record, group)


def _items(held: Any) -> Iterator[tuple[str, Any]]:
    """The keys and records of a group, copied at once, because calls may change it at any time."""
    if isinstance(held, Collection):
        return ((key, entry.resource) for key, entry in list(held.entries.items()))
    if isinstance(held, dict):
        return iter(list(held.items()))
    if isinstance(held, list):
        return ((str(position), record) for position, record in enumerate(list(held)))
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
