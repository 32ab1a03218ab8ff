"""Resources of one kind under one parent: found by key, paged by age, made once per client token."""

import base64
import hashlib
import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import InitVar, dataclass, field
from itertools import pairwise
from typing import Any, Generic, TypeVar

Resource = TypeVar("Resource")


class ClientTokenReused(Exception):
    """The client token of an earlier request came again with other parameters."""


class NotOurToken(Exception):
    """A page token that this collection has not given out."""


@dataclass(frozen=True, slots=True)
class Page(Generic[Resource]):
    """Some resources, and the token for those after them; None on the last page."""

    items: list[Resource]
    next_token: str | None


@dataclass(slots=True)
class Entry(Generic[Resource]):
    """A resource, and how it came into its collection."""

    serial: int
    resource: Resource
    client_token: str | None = None
    fingerprint: bytes = b""
    """Of the parameters that came with the client token."""


@dataclass(eq=False)
class Collection(Generic[Resource]):
    """A dictionary that remembers the order of creation by serial numbers.

    A page token names the serial of the last resource seen, not an offset, so that resources can be
    deleted while a client pages; finding it again costs the same wherever it is. `name` tells the
    tokens of one collection from those of another; tokens are of one length, however long it is.

    Raises:
        ValueError: entries that cannot have come about here.
    """

    name: InitVar[str] = ""
    last_serial: int = 0
    entries: dict[str, Entry[Resource]] = field(default_factory=dict)
    _order: list[tuple[int, str]] = field(init=False)
    _keys_by_client_token: dict[str, str] = field(init=False)

    def __post_init__(self, name: str) -> None:
        self.rename(name)
        self._order = [(entry.serial, key) for key, entry in self.entries.items()]
        tokens = [(e.client_token, key) for key, e in self.entries.items() if e.client_token is not None]
        self._keys_by_client_token = dict(tokens)
        serials = [0, *(serial for serial, _ in self._order)]
        if any(later <= earlier for earlier, later in pairwise(serials)) or serials[-1] > self.last_serial:
            raise ValueError("the serials of entries must ascend from 1 to last_serial at most")
        if len(tokens) > len(self._keys_by_client_token):
            raise ValueError("two entries have the same client_token")

    def rename(self, name: str) -> None:
        """Another name, and so other tokens."""
        self._name = hashlib.blake2b(name.encode(errors="replace"), digest_size=8).hexdigest()

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[Resource]:
        return (entry.resource for entry in self.entries.values())

    def __contains__(self, key: str) -> bool:
        return key in self.entries

    def __getitem__(self, key: str) -> Resource:
        return self.entries[key].resource

    def get(self, key: str) -> Resource | None:
        """The resource of this key, None where there is none."""
        entry = self.entries.get(key)
        return entry.resource if entry else None

    def add(
        self, key: str, resource: Resource, *, client_token: str | None = None, parameters: Any = None
    ) -> Resource:
        """Keep a new resource, and with it the client token and the parameters it was made with."""
        self.last_serial += 1
        self.entries[key] = Entry(self.last_serial, resource, client_token, _fingerprint(parameters))
        self._order.append((self.last_serial, key))
        if client_token is not None:
            self._keys_by_client_token[client_token] = key
        return resource

    def remove(self, key: str) -> Resource | None:
        """Forget a resource and its client token; returns it, None where there was none."""
        entry = self.entries.pop(key, None)
        if entry is None:
            return None
        del self._order[bisect_left(self._order, (entry.serial, key))]
        if entry.client_token is not None:
            self._keys_by_client_token.pop(entry.client_token, None)
        return entry.resource

    def replayed(self, client_token: str, parameters: Any) -> Resource | None:
        """What an earlier request with this client token made, None if it is new.

        A token is forgotten with its resource (inferred).

        Raises:
            ClientTokenReused: the earlier request had other parameters.
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
    ) -> Page[Resource]:
        """Up to `limit` resources that `only` lets through, after the one that `token` stands for.

        They come in order of creation, or the other way round.

        Raises:
            NotOurToken: the token is none of this collection's.
        """
        items: list[Resource] = []
        last = 0
        for serial, key in self._after(token, newest_first):
            resource = self.entries[key].resource
            if only(resource):
                if len(items) == limit:
                    return Page(items, self._token(last))
                items.append(resource)
                last = serial
        return Page(items, None)

    def _after(self, token: str | None, newest_first: bool) -> Iterator[tuple[int, str]]:
        if newest_first:
            end = bisect_left(self._order, (self._serial(token), "")) if token else len(self._order)
            return map(self._order.__getitem__, range(end - 1, -1, -1))
        start = bisect_right(self._order, (self._serial(token), chr(0x10FFFF))) if token else 0
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
