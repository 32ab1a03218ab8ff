"""The names in `qchime`, and what importing them costs."""

import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

import qchime


def modules_after(statement: str) -> set[str]:
    program = f"{statement}\nimport sys; print(*sys.modules)"
    process = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    return set(process.stdout.split())


@pytest.mark.parametrize(
    "statement",
    [
        "import qchime",
        "import qchime.pytest_plugin",
        "from qchime import mock_qapps",
        "from qchime.mocking import Mock, MockOf",
        "from qchime import mock_qapps\n@mock_qapps\ndef test(): ...",
        "from qchime import mock_qapps\n@mock_qapps\nclass Test:\n    def test(self): ...",
    ],
)
def test_nothing_heavy_is_imported_until_used(statement: str) -> None:
    heavy = {
        "moto",
        "boto3",
        "botocore",
        "werkzeug",
        "moto.core",
        "msgspec",
        "qchime.restjson",
        "qchime.world",
    }
    assert heavy & modules_after(statement) == set()


def test_everything_in_all_exists() -> None:
    for name in qchime.__all__:
        assert getattr(qchime, name) is not None


def test_the_version_is_that_of_the_installed_package() -> None:
    assert qchime.__version__ == version("qchime")


def test_every_attribute_of_the_handle_has_an_exact_type() -> None:
    """The module uses all except JSON; type checkers forbid `Any` in it."""
    module = Path(__file__).parent / "typing" / "test_without_any.py"
    used = set(re.findall(r"\bmock\.(\w+)", module.read_text("utf-8")))
    with qchime.mock_qapps() as mock:
        attributes = {name for name in [*dir(qchime.Handle), *dir(mock)] if not name.startswith("_")}
    internal = {"anew", "reset_calls", "reset_throttling"}
    assert attributes - used - internal == {"dump", "load"}


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'mock_everything'"):
        qchime.mock_everything  # type: ignore[attr-defined]  # noqa: B018


def test_decorators_are_those_of_the_package() -> None:
    from qchime.mocking import mock_chimesdkidentity

    assert qchime.mock_chimesdkidentity is mock_chimesdkidentity
