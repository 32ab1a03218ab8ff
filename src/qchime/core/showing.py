"""What a service tells the page about its resources, beyond what their records say themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Tone = Literal["", "good", "busy", "waiting", "bad"]
"""How the page colours a state, empty for no state."""


@dataclass(frozen=True, slots=True)
class Node:
    """One node of a graph."""

    id: str
    title: str
    kind: str
    """What it is, in a word or two."""
    text: str = ""
    """What its author wrote."""
    state: str = ""
    tone: Tone = ""
    value: str = ""
    """What it has come to."""
    notes: Sequence[str] = ()
    """What looks like a mistake."""


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes, and the edges between their ids, which do not form a cycle."""

    nodes: Sequence[Node]
    edges: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a timeline."""

    time: datetime | None
    author: str
    text: str
    note: str = ""
    """What else there is to know about it, such as who sees it."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """Entries, oldest first."""

    entries: Sequence[Entry]


View = Graph | Timeline
Views = Mapping[str, Callable[[], View]]
"""Ways to look at a record, by their titles. The page shows the first one until its user chooses another."""


def _no_views(record: Any, parent: Any, backend: Any) -> Views:
    return {}


@dataclass(frozen=True, slots=True)
class Look:
    """How the page shows the records of one class. Both parts have a default."""

    label: Callable[[Any], str | None] | None = None
    """The name of a record; by default its `name` or `title`, or its key in the record that contains it."""
    views: Callable[[Any, Any, Any], Views] = _no_views
    """The views of a record, given the record, the one that contains it, and the service's backend."""


Looks = Mapping[type, Look]
