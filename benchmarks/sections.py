"""Sections at the end of a page that other measurements write than the rest of it."""

from pathlib import Path


def section_of(page: Path, heading: str) -> str:
    """The last section of a page, from its heading on; empty if the page does not have it."""
    text = page.read_text(encoding="utf-8") if page.exists() else ""
    _, found, rest = text.partition(f"\n{heading}\n")
    return found.lstrip() + rest


def write_section(page: Path, heading: str, text: str) -> None:
    """Replace the last section of a page, or append it."""
    rest = page.read_text(encoding="utf-8").partition(f"\n{heading}\n")[0]
    page.write_text(f"{rest.rstrip()}\n\n{heading}\n\n{text}", encoding="utf-8")


def write_rest(page: Path, heading: str, text: str) -> None:
    """Write a page, and keep its last section."""
    section = section_of(page, heading)
    page.write_text(f"{text}\n{section}" if section else text, encoding="utf-8")
