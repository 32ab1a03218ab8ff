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
    sections = dict(zip(parts[::2], parts[1::2], strict=True))
    versions = {_version_of(heading): heading for heading in sections if heading != f"[{UNRELEASED}]"}
    problems = [
        *_problems_of_order(list(versions)),
        *(problem for heading, body in sections.items() for problem in _problems_of_kinds(heading, body)),
        *(f"the tag {tag} has no section" for tag in tags if Version(tag) not in versions),
    ]
    waiting = sections.get(f"[{UNRELEASED}]", "").strip()
    if released is None:
        notes = waiting
    else:
        notes = sections.get(versions.get(Version(released), ""), "").strip()
        if not notes:
            problems.append(f"it says nothing about {released}: rename [{UNRELEASED}] to [{released}] - DATE")
        elif waiting:
            problems.append(f"[{UNRELEASED}] is not empty: move its entries to [{released}]")
    if problems:
        raise Failed(f"CHANGELOG.md: {'; '.join(problems)}")
    return notes


def _version_of(heading: str) -> Version:
    found = re.fullmatch(r"\[(.+)\] - (\d{4}-\d\d-\d\d)", heading)
    try:
        if found and date.fromisoformat(found[2]):
            return Version(found[1])
    except (InvalidVersion, ValueError):
        pass
    raise Failed(f"CHANGELOG.md: write the heading {heading!r} as `[{UNRELEASED}]` or `[1.2.3] - 2030-12-31`")


def _problems_of_order(versions: list[Version]) -> Iterator[str]:
    if versions != sorted(versions, reverse=True):
        yield "the newest version comes first"


def _problems_of_kinds(heading: str, body: str) -> Iterator[str]:
    _, *parts = re.split(r"^### (.*)\n", body, flags=re.MULTILINE)
    for kind, entries in zip(parts[::2], parts[1::2], strict=True):
        if kind not in KINDS:
            yield f"{kind!r} in {heading} is none of {', '.join(KINDS)}"
        elif not entries.strip():
            yield f"{kind!r} in {heading} has no entries"
