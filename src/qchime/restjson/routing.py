"""From a method and a raw path to the operation that the model has there."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote

from botocore.model import ServiceModel

from qchime.restjson.errors import UnknownOperation
from qchime.restjson.messages import Request

Labels = Mapping[str, str]
_decoded = lru_cache(maxsize=1024)(unquote)
"""Clients name the same few resources again and again."""


class Route(NamedTuple):
    """One line of the table: `/app-instances/{appInstanceArn}/admins` and its operation."""

    operation: str
    segments: tuple[str, ...]
    query: tuple[tuple[str, str], ...]

    def match(self, segments: list[str], query: str) -> dict[str, str] | None:
        """The labels' decoded values where this route fits, else None."""
        labels = {}
        for ours, theirs in zip(self.segments, segments, strict=True):
            if ours.startswith("{") and theirs:
                labels[ours[1:-1]] = _decoded(theirs)
            elif ours != theirs:
                return None
        if self.query and not set(self.query) <= set(parse_qsl(query, keep_blank_values=True)):
            return None
        return labels


class Router:
    """The operations of one service, the most literal first.

    They are found by their method, the first segment of their path, which is always a literal, and the
    number of segments; few are left to be tried then.
    """

    def __init__(self, model: ServiceModel) -> None:
        self._routes: dict[tuple[str, str, int], list[Route]] = {}
        for name in model.operation_names:
            http = model.operation_model(name).http
            path, _, query = http["requestUri"].partition("?")
            route = Route(name, tuple(path.split("/")), tuple(parse_qsl(query)))
            self._routes.setdefault(_key(http["method"], route.segments), []).append(route)
        for routes in self._routes.values():
            routes.sort(key=lambda route: (sum(s.startswith("{") for s in route.segments), -len(route.query)))

    def begins(self, path: str) -> bool:
        """Whether some operation's path has the first segment of this one."""
        first = path.split("/", 2)[1:2]
        return any(first == [segment] for _, segment, _ in self._routes)

    def match(self, request: Request) -> tuple[str, Labels]:
        """The operation's name and the values of its uri labels.

        Raises:
            UnknownOperation: nothing of the model has this method and path.
        """
        segments = request.path.split("/")
        for route in self._routes.get(_key(request.method, segments), ()):
            labels = route.match(segments, request.query)
            if labels is not None:
                return route.operation, labels
        raise UnknownOperation(
            f"No operation of this service has {request.method} {request.path}. "
            "Check the path, the method, and that ARNs in it are percent-encoded as one segment."
        )


def _key(method: str, segments: Sequence[str]) -> tuple[str, str, int]:
    """Where a route is listed. A path begins with a slash, so its first segment is the second part."""
    return method, segments[1] if len(segments) > 1 else "", len(segments)
