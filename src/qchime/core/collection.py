"""Resources of one kind under one parent: looked up by key, paged by age, idempotent by client token."""

# Without `from __future__ import annotations`: Python 3.10 does not resolve an `InitVar` in a string.

import base64
import hashlib
import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import InitVar, dataclass, field
from heapq import merge
from itertools import pairwise
from operator import attrgetter
from typing import Any, Generic, TypeVar

from qchime.rules import inferred

Resource = TypeVar("Resource")


class ClientTokenReused(Exception):
    """A client token was reused with different parameters."""


class NotOurToken(Exception):
    """A page token that this collection did not issue."""


@dataclass(frozen=True, slots=True)
class Page(Generic[Resource]):
    """One page of resources. `next_token` is the token of the next page, None on the last."""

    items: list[Resource]
    next_token: str | None


@dataclass(slots=True)
class Entry(Generic[Resource]):
    """A resource with its serial number, and the client token of the request that created it."""

    serial: int
    resource: Resource
    client_token: str | None = None
    fingerprint: bytes = b""
    """A digest of the parameters that were sent with the client token."""


_SERIAL = attrgetter("serial")


@dataclass(eq=False)
class Collection(Generic[Resource]):
    """A mapping of keys to resources that keeps the order of creation in serial numbers.

    A page token holds the serial number of the last resource seen, not an offset, so that resources can be
    deleted while a client paginates, and every page costs the same. `name` distinguishes the tokens of one
    collection from those of another.

    Raises:
        ValueError: the serial numbers of the entries do not ascend, or two entries share a client token.
    """

    name: InitVar[str] = ""
    last_serial: int = 0
    """The serial number of the last resource that was added."""
    entries: dict[str, Entry[Resource]] = field(default_factory=dict)
    """The resources by key, oldest first."""
    _order: list[Entry[Resource]] = field(init=False)
    _keys_by_client_token: dict[str, str] = field(init=False)

    def __post_init__(self, name: str) -> None:
        self.rename(name)
        self._order = list(self.entries.values())
        tokens = [(e.client_token, key) for key, e in self.entries.items() if e.client_token is not None]
        self._keys_by_client_token = dict(tokens)
        serials = [0, *(entry.serial for entry in self._order)]
        if any(later <= earlier for earlier, later in pairwise(serials)) or serials[-1] > self.last_serial:
            raise ValueError("the serials of entries must ascend from 1 to last_serial at most")
        if len(tokens) > len(self._keys_by_client_token):
            raise ValueError("two entries have the same client_token")

    def rename(self, name: str) -> None:
        """Change the name, which invalidates the page tokens issued so far."""
        self._name = hashlib.blake2b(name.encode(errors="replace"), digest_size=8).hexdigest()

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[Resource]:
        return (entry.resource for entry in self.entries.values())

    def newest_first(self) -> Iterator[Resource]:
        """The resources from the newest to the oldest."""
        return (entry.resource for entry in reversed(self._order))

    def __contains__(self, key: str) -> bool:
        return key in self.entries

    def __getitem__(self, key: str) -> Resource:
        return self.entries[key].resource

    def get(self, key: str) -> Resource | None:
        """The resource with this key, None if there is none."""
        entry = self.entries.get(key)
        return entry.resource if entry else None

    def add(
        self,
        key: str,
        resource: Resource,
        *,
        client_token: str | None = None,
        parameters: Any = None,
        serial: int | None = None,
    ) -> Resource:
        """Add a new resource, and remember the client token and parameters of the request. Return it.

        Collections that share their serial numbers pass a `serial` higher than all earlier ones.
        """
        serial = self.last_serial + 1 if serial is None else serial
        self.last_serial = max(self.last_serial, serial)
        entry = Entry(serial, resource, client_token, _fingerprint(parameters))
        self.entries[key] = entry
        self._order.append(entry)
        if client_token is not None:
            self._keys_by_client_token[client_token] = key
        return resource

    @inferred("core.forgotten-client-tokens", "Deleting a resource forgets its client token.")
    def remove(self, key: str) -> Resource | None:
        """Remove a resource and its client token. Return it, None if there was none."""
        entry = self.entries.pop(key, None)
        if entry is None:
            return None
        del self._order[bisect_left(self._order, entry.serial, key=_SERIAL)]
        if entry.client_token is not None:
            self._keys_by_client_token.pop(entry.client_token, None)
        return entry.resource

    def replayed(self, client_token: str, parameters: Any) -> Resource | None:
        """The resource that an earlier request with this client token created, None if the token is new.

        Raises:
            ClientTokenReused: the earlier request had different parameters.
        """
        key = self._keys_by_client_token.get(client_token)
        if key is None:
            return None
        entry = self.entries[key]
        if entry.fingerprint != _fingerprint(parameters):
            raise ClientTokenReused(client_token)
        return entry.resource

    def page(
        self,
        limit: int,
        token: str | None = None,
        *,
        newest_first: bool = False,
        only: Callable[[Resource], bool] = lambda resource: True,
        also: "Sequence[Collection[Resource]]" = (),
    ) -> Page[Resource]:
        """Up to `limit` resources that satisfy `only`, after the one that `token` refers to.

        They are in order of creation, or reversed with `newest_first`. The resources of the collections in
        `also`, which share their serial numbers with this one, are listed too.

        Raises:
            NotOurToken: this collection did not issue the token.
        """
        items: list[Resource] = []
        last = 0
        serial = self._serial(token) if token else None
        entries = self._after(serial, newest_first)
        if also:
            others = [part._after(serial, newest_first) for part in also]
            entries = merge(entries, *others, key=_SERIAL, reverse=newest_first)
        for entry in entries:
            if only(entry.resource):
                if len(items) == limit:
                    return Page(items, self._token(last))
                items.append(entry.resource)
                last = entry.serial
        return Page(items, None)

    def _after(self, serial: int | None, newest_first: bool) -> Iterator[Entry[Resource]]:
        if newest_first:
            end = len(self._order) if serial is None else bisect_left(self._order, serial, key=_SERIAL)
            return map(self._order.__getitem__, range(end - 1, -1, -1))
        start = 0 if serial is None else bisect_right(self._order, serial, key=_SERIAL)
        return map(self._order.__getitem__, range(start, len(self._order)))

    def _token(self, serial: int) -> str:
        return base64.urlsafe_b64encode(json.dumps([self._name, serial]).encode()).decode()

    def _serial(self, token: str) -> int:
        try:
            _, serial = json.loads(base64.urlsafe_b64decode(token.encode("ascii")))
        except (ValueError, TypeError, RecursionError):
            raise NotOurToken(token) from None
        if type(serial) is not int or not 0 < serial <= self.last_serial or token != self._token(serial):
            raise NotOurToken(token)
        return serial


def _fingerprint(parameters: Any) -> bytes:
    if parameters is None:
        return b""
    return hashlib.blake2b(
        json.dumps(parameters, sort_keys=True, default=str).encode(), digest_size=16
    ).digest()
