"""Tags on a resource: a plain mapping inside, whatever form a service gives them on the wire."""

from collections.abc import Iterable, Mapping

TagList = Iterable[Mapping[str, str]]


class TooManyTags(Exception):
    """A resource would have more tags than the limit allows."""


def from_list(tags: TagList | None) -> dict[str, str]:
    """`[{"key": …, "value": …}]` as a mapping; of a key that comes twice the last one counts."""
    return {tag["key"]: tag["value"] for tag in tags or ()}


def to_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """A mapping as `[{"key": …, "value": …}]`, in the order in which the keys first came."""
    return [{"key": key, "value": value} for key, value in tags.items()]


def merged(old: Mapping[str, str], new: Mapping[str, str], limit: int) -> dict[str, str]:
    """Old tags with the new ones over them, by key.

    Raises:
        TooManyTags: that would be more than `limit`.
    """
    both = {**old, **new}
    if len(both) > limit:
        raise TooManyTags(f"A resource can have {limit} tags; this one would have {len(both)}.")
    return both
