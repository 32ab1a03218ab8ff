"""The generated pages of the reference are those of the code."""

import re
from pathlib import Path

import pytest

from qchime.core.table import SERVICES
from tests.docs import reference

DOCS = Path(__file__).parent.parent.parent / "docs"
OF_THE_INSIDE = {"backends", "changes", "contents", "ids", "kind", "participle", "steps"}
"""Attributes that qchime itself uses, which the pages leave out."""


@pytest.mark.parametrize("name", reference.PAGES)
def test_the_page_is_up_to_date(name: str) -> None:
    assert (DOCS / name).read_text("utf-8") == reference.PAGES[name](), "run `make reference`"


def test_every_operation_of_every_service_is_listed() -> None:
    sections = reference.operations().split("\n## ")[1:]
    for service, section in zip(SERVICES, sections, strict=True):
        rows = dict(re.findall(r"^\| (\w+) \| (yes|\*\*no\*\*) \|", section, re.MULTILINE))
        names = service.model.operation_names
        assert rows == {name: "yes" if service.supports(name) else "**no**" for name in names}


def test_the_command_line_has_every_option_with_what_it_takes() -> None:
    page = reference.command_line()
    assert "| `--port PORT` | port to bind, 0 for a free one | `4590` |" in page
    assert "| `--moto` | serve every other AWS service too" in page
    assert "| `--state FILE` |" in page
    assert "| `--qchime-url URL` |" in page
    assert "%(" not in page


def test_everything_on_the_pages_from_docstrings_has_one() -> None:
    """Members without a docstring would be missing there, without a warning."""
    griffe = pytest.importorskip("griffe", reason="mkdocstrings-python is not installed")
    package = griffe.load("qchime", search_paths=[DOCS.parent / "src"], resolve_aliases=True)
    for page in DOCS.glob("api*.md"):
        for name in re.findall(r"^::: qchime\.(\S+)", page.read_text("utf-8"), re.MULTILINE):
            documented = package[name].final_target if package[name].is_alias else package[name]
            assert documented.docstring, name
            members = documented.all_members if documented.is_class else {}
            missing = [key for key, member in members.items() if key[0] != "_" and not member.has_docstring]
            assert set(missing) <= OF_THE_INSIDE, name
