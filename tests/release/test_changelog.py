"""CHANGELOG.md against the tags, and the notes of a release."""

from pathlib import Path

import pytest

from release.changelog import notes_of
from release.running import Failed

CHANGELOG = """\
# Changelog

## [Unreleased]

## [1.1.0] - 2030-06-30

### Added

- A clock.

### Fixed

- A leak.

## [1.0.0] - 2030-01-31

### Added

- Everything.
"""
TAGS = ["v1.0.0", "v1.1.0"]


def test_a_release_has_the_notes_of_its_section() -> None:
    assert notes_of(CHANGELOG, TAGS, "1.1.0") == "### Added\n\n- A clock.\n\n### Fixed\n\n- A leak."


def test_between_releases_the_notes_are_what_waits() -> None:
    waiting = CHANGELOG.replace("## [Unreleased]\n", "## [Unreleased]\n\n### Changed\n\n- Names.\n")
    assert notes_of(waiting, TAGS, None) == "### Changed\n\n- Names."
    assert notes_of(CHANGELOG, TAGS, None) == ""


@pytest.mark.parametrize(
    ("good", "bad", "problem"),
    [
        ("[1.1.0] - 2030-06-30", "[Unreleased]", "nothing about 1.1.0: rename [Unreleased] to [1.1.0]"),
        ("- A clock.\n\n### Fixed\n\n- A leak.\n", "", "there is nothing below 'Added'"),
        ("[1.0.0] - 2030-01-31", "[0.9.0] - 2030-01-31", "the tag v1.0.0 has no section"),
        ("[1.0.0] - 2030-01-31", "[2.0.0] - 2030-01-31", "the newest version comes first"),
        ("2030-06-30", "2030-06-31", "write the heading '[1.1.0] - 2030-06-31' as"),
        ("[1.1.0] - 2030-06-30", "[1.1.0]", "write the heading '[1.1.0]' as"),
        ("[1.0.0]", "[first]", "write the heading '[first] - 2030-01-31' as"),
        ("### Fixed", "### Repaired", "'Repaired' is none of Added, Changed"),
        ("## [Unreleased]\n", "## [Unreleased]\n\n- Names.\n", "[Unreleased] is not empty"),
    ],
)
def test_a_mistake_is_named(good: str, bad: str, problem: str) -> None:
    with pytest.raises(Failed) as caught:
        notes_of(CHANGELOG.replace(good, bad), TAGS, "1.1.0")
    assert problem in str(caught.value)


def test_all_mistakes_are_named_at_once() -> None:
    with pytest.raises(Failed, match=r"the tag v2\.0\.0 has no section; the tag v3\.0\.0 has no section"):
        notes_of(CHANGELOG, [*TAGS, "v2.0.0", "v3.0.0"], None)


def test_ours_has_this_form() -> None:
    changelog = Path(__file__).parents[2] / "CHANGELOG.md"
    assert notes_of(changelog.read_text("utf-8"), [], None).startswith("###")
