"""Reads what README.md tells its reader to type."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from release.running import Failed

_FENCE = re.compile(r"^```(\w*)\n(.*?)\n```$", re.MULTILINE | re.DOTALL)
_NUMBER = r"(?:(?:about )?(?:half )?an?|one|two|three|five|ten|twenty|thirty|forty|\d+)"
_DURATION = re.compile(rf"\b{_NUMBER}[ -](?:second|minute)s?\b", re.IGNORECASE)


@dataclass(frozen=True)
class Block:
    """A code block, and the heading above it."""

    language: str
    text: str
    heading: str

    @property
    def commands(self) -> Iterator[list[str]]:
        """The words of each line after `$`."""
        for line in self.text.replace("\\\n", " ").splitlines():
            if line.startswith("$ "):
                yield shlex.split(line[2:], comments=True)


def blocks(text: str) -> list[Block]:
    """All code blocks of a page."""
    found = []
    for match in _FENCE.finditer(text):
        headings = re.findall(r"^#+ (.*)$", _FENCE.sub("", text[: match.start()]), re.MULTILINE)
        found.append(Block(match[1], match[2] + "\n", headings[-1] if headings else ""))
    return found


def in_language(text: str, language: str) -> list[Block]:
    """The code blocks in a language.

    Raises:
        Failed: the page has none.
    """
    found = [block for block in blocks(text) if block.language == language]
    if not found:
        raise Failed(f"README.md has no {language} block")
    return found


def durations(text: str) -> dict[str, str]:
    """What the page says about how long things take: the phrase by the heading, which may have it too."""
    _, *sections = re.split(r"^(?=#+ )", _FENCE.sub("", text), flags=re.MULTILINE)
    by_heading = {section.partition("\n")[0].lstrip("# "): _DURATION.search(section) for section in sections}
    return {heading: found[0] for heading, found in by_heading.items() if found}
