"""Finds the operation for a method and a raw path."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from urllib.parse import parse_qsl, unquote

from botocore.model import ServiceModel

from qchime.restjson.errors import UnknownOperation
from qchime.restjson.messages import Request

Labels = Mapping[str, str]
LONGEST_CACHED = 300
"""In characters: longer than ARNs, so that the cache stays small whatever clients send."""

_unquote_cached = lru_cache(maxsize=1024)(unquote)


def _decoded(part: str) -> str:
    """A part of a path, decoded. Cached, because clients name the same few resources again and again."""
    return _unquote_cached(part) if len(part) <= LONGEST_CACHED else unquote(part)


class Route:
    """One row of the routing table: `/app-instances/{appInstanceArn}/admins` and its operation."""

    def __init__(self, operation: str, uri: str) -> None:
        path, _, query = uri.partition("?")
        self.operation = operation
        self.segments = path.split("/")
        self.query = frozenset(parse_qsl(query))
        numbered = list(enumerate(self.segments))
        self.labels = [(number, part[1:-1]) for number, part in numbered if part.startswith("{")]
        self._literals = [(number, part) for number, part in numbered if not part.startswith("{")]

    def match(self, segments: list[str], query: str) -> dict[str, str] | None:
        """The decoded values of the labels, or None if the route does not match."""
        for number, literal in self._literals:
            if segments[number] != literal:
                return None
        if not all(segments[number] for number, _ in self.labels):
            return None
        if self.query and not self.query <= set(parse_qsl(query, keep_blank_values=True)):
            return None
        return {name: _decoded(segments[number]) for number, name in self.labels}


class Router:
    """The routes of one service.

    They are indexed by method, first segment (always a literal) and number of segments, so that only a
    few are left to try, the most literal first.
    """

    def __init__(self, model: ServiceModel) -> None:
        self._routes: dict[tuple[str, str, int], list[Route]] = {}
        for name in model.operation_names:
            http = model.operation_model(name).http
            route = Route(name, http["requestUri"])
            self._routes.setdefault(_key(http["method"], route.segments), []).append(route)
        for routes in self._routes.values():
            routes.sort(key=lambda route: (len(route.labels), -len(route.query)))

    def begins(self, path: str) -> bool:
        """Whether some operation's path has the first segment of this one."""
        first = path.split("/", 2)[1:2]
        return any(first == [segment] for _, segment, _ in self._routes)

    def find(self, request: Request) -> tuple[str, Labels] | None:
        """As `match`, but None if there is no such operation."""
        segments = request.path.split("/")
        for route in self._routes.get(_key(request.method, segments), ()):
            labels = route.match(segments, request.query)
            if labels is not None:
                return route.operation, labels
        return None

    def match(self, request: Request) -> tuple[str, Labels]:
        """The operation's name and the values of its URI labels.

        Raises:
            UnknownOperation: no operation of the model has this method and path.
        """
        if (found := self.find(request)) is not None:
            return found
        raise UnknownOperation(
            f"No operation of this service has {request.method} {request.path}. "
            "Check the path, the method, and that ARNs in it are percent-encoded as one segment."
        )


def _key(method: str, segments: Sequence[str]) -> tuple[str, str, int]:
    """The index key of a route. A path begins with a slash, so the part before its first segment is empty."""
    return method, segments[1] if len(segments) > 1 else "", len(segments)
