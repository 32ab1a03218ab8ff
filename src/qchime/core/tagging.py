"""Tags of a resource: a plain mapping in our code, whatever form a service gives them on the wire."""

from collections.abc import Iterable, Mapping

from qchime.rules import inferred

TagList = Iterable[Mapping[str, str]]


class TooManyTags(Exception):
    """A resource would have more tags than the limit allows."""


@inferred("core.repeated-tag-keys", "If a tag key appears twice in one call, the last value counts.")
def from_list(tags: TagList | None) -> dict[str, str]:
    """Convert `[{"key": …, "value": …}]` to a mapping; for a duplicate key the last value wins."""
    return {tag["key"]: tag["value"] for tag in tags or ()}


def to_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Convert a mapping to `[{"key": …, "value": …}]`, in the order in which the keys were first added."""
    return [{"key": key, "value": value} for key, value in tags.items()]


def merged(old: Mapping[str, str], new: Mapping[str, str], limit: int) -> dict[str, str]:
    """The old tags updated with the new ones.

    Raises:
        TooManyTags: the result has more than `limit` tags.
    """
    both = {**old, **new}
    if len(both) > limit:
        raise TooManyTags(f"A resource can have {limit} tags; this one would have {len(both)}.")
    return both
