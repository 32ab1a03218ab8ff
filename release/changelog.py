"""Checks CHANGELOG.md against the tags, and takes the notes of a release from it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from packaging.version import InvalidVersion, Version

from release.running import Failed

UNRELEASED = "Unreleased"
KINDS = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")
_HEADING = re.compile(r"^## (.*)\n", re.MULTILINE)


def notes_of(text: str, tags: Iterable[str], released: str | None) -> str:
    """What the changelog says about this release, or about what is unreleased if `released` is None.

    Raises:
        Failed: the changelog does not have the form of Keep a Changelog, a tag has no section, or there is
            nothing about this release.
    """
    _, *parts = _HEADING.split(text)
    sections = {heading: body.strip() for heading, body in zip(parts[::2], parts[1::2], strict=True)}
    waiting = sections.pop(f"[{UNRELEASED}]", "")
    versions = {_version_of(heading): body for heading, body in sections.items()}
    problems = [
        *_problems_of_order(list(versions)),
        *(problem for body in (waiting, *versions.values()) for problem in _problems_of_kinds(body)),
        *(f"the tag {tag} has no section" for tag in tags if Version(tag) not in versions),
    ]
    notes = waiting if released is None else versions.get(Version(released), "")
    if released is not None:
        problems += _problems_of_release(released, notes, waiting)
    if problems:
        raise Failed(f"CHANGELOG.md: {'; '.join(problems)}")
    return notes


def _version_of(heading: str) -> Version:
    """The version in a heading like `[1.2.3] - 2030-12-31`."""
    version, _, day = heading.partition(" - ")
    try:
        date.fromisoformat(day)
        return Version(version.removeprefix("[").removesuffix("]"))
    except (InvalidVersion, ValueError):
        raise Failed(
            f"CHANGELOG.md: write the heading {heading!r} as [{UNRELEASED}] or [1.2.3] - 2030-12-31"
        ) from None


def _problems_of_release(released: str, notes: str, waiting: str) -> Iterator[str]:
    if not notes:
        yield f"it has nothing about {released}: rename [{UNRELEASED}] to [{released}] - DATE"
    elif waiting:
        yield f"[{UNRELEASED}] is not empty: move its entries to [{released}]"


def _problems_of_order(versions: list[Version]) -> Iterator[str]:
    if versions != sorted(versions, reverse=True):
        yield "the newest version comes first"


def _problems_of_kinds(body: str) -> Iterator[str]:
    _, *parts = re.split(r"^### (.*)$", body, flags=re.MULTILINE)
    for kind, entries in zip(parts[::2], parts[1::2], strict=True):
        if kind not in KINDS:
            yield f"{kind!r} is none of {', '.join(KINDS)}"
        elif not entries.strip():
            yield f"there is nothing below {kind!r}"
