"""The generated pages of the reference are those of the code."""

import re
from pathlib import Path

import pytest

from qchime.core.table import SERVICES
from tests.docs import reference

DOCS = Path(__file__).parent.parent.parent / "docs"


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
    assert "| `--moto` | answer every other AWS service too" in page
    assert "| `--state FILE` |" in page
    assert "| `--qchime-url URL` |" in page
    assert "%(" not in page
