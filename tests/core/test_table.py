"""The table of services, and its errors for invalid entry points."""

import sys
from dataclasses import replace
from importlib.metadata import EntryPoint
from types import ModuleType
from typing import Any

import pytest

from qchime.core import group, table
from qchime.core.group import GROUP
from qchime.core.service import InvalidRow
from qchime.core.table import Table
from qchime.services.qapps import SERVICE as QAPPS

ROWS: Any = ModuleType("rows")
ROWS.QAPPS = QAPPS
ROWS.OTHER_LIMITS = replace(QAPPS, name="rbin", limits={"tags_per_resource": 200})
ROWS.SAME_LIMITS = replace(QAPPS, name="rbin", limits={"tags_per_resource": 50, "rules_per_region": 250})
ROWS.NO_ROW = {"name": "rbin"}


@pytest.fixture
def table_of(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Creates a table of entry points, each given as a name and a value."""
    monkeypatch.setitem(sys.modules, "rows", ROWS)

    def install(**values: str) -> Table:
        entries = {name: EntryPoint(name, value, GROUP) for name, value in values.items()}
        monkeypatch.setattr(table, "service_entry_points", lambda: entries)
        return Table()

    return install


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("rbin", "no_such_module:ROW", "`rbin = 'no_such_module:ROW'` .* No module named 'no_such_module'"),
        ("rbin", "rows:NO_SUCH_ROW", "has no attribute 'NO_SUCH_ROW'. Correct it in its package's pyproject"),
        ("rbin", "rows:NO_ROW", "refers to {'name': 'rbin'}; it must refer to a qchime.core.service.Service"),
        (
            "apps",
            "rows:QAPPS",
            "refers to the row of 'qapps'. Rename the entry point to qapps in its package's pyproject.toml",
        ),
    ],
)
def test_the_error_for_an_invalid_entry_point_says_what_to_do(
    table_of: Any, name: str, value: str, message: str
) -> None:
    with pytest.raises(InvalidRow, match=message):
        table_of(**{name: value})[0]


def test_the_error_for_an_unknown_service_lists_the_known_ones(table_of: Any) -> None:
    with pytest.raises(LookupError, match=r"no service 's3'. Choose from: qapps"):
        table_of(qapps="rows:QAPPS").named("s3")


def test_services_can_share_a_limit_with_one_default(table_of: Any) -> None:
    limits = table_of(qapps="rows:QAPPS", rbin="rows:SAME_LIMITS").limits()
    assert limits == {**QAPPS.limits, "rules_per_region": 250}


def test_the_error_for_a_limit_with_two_defaults_says_what_to_do(table_of: Any) -> None:
    with pytest.raises(InvalidRow, match=r"rbin has the limit tags_per_resource=200, which is 50 .* another"):
        table_of(qapps="rows:QAPPS", rbin="rows:OTHER_LIMITS").limits()


def test_two_packages_cannot_have_the_same_service(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [EntryPoint("qapps", value, GROUP) for value in ("theirs:ROW", "qchime.services.qapps:SERVICE")]
    monkeypatch.setattr(group, "entry_points", lambda group: entries)
    with pytest.raises(LookupError, match=r"'qchime\.services\.qapps:SERVICE' and 'theirs:ROW'"):
        group.service_entry_points.__wrapped__()


def test_a_package_installed_twice_is_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [EntryPoint("qapps", "qchime.services.qapps:SERVICE", GROUP)] * 2
    monkeypatch.setattr(group, "entry_points", lambda group: entries)
    assert list(group.service_entry_points.__wrapped__()) == ["qapps"]
