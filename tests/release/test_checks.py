"""The other checks of a release."""

import sys
import sysconfig
from pathlib import Path
from zipfile import ZipFile

import pytest
from botocore.exceptions import ParamValidationError

from qchime import __version__
from release import smoke
from release.__main__ import check_version
from release.building import Distributions
from release.installing import supported
from release.running import Failed, clean_environment, run

METADATA = """\
Metadata-Version: 2.4
Name: acme
Version: 1.2.3
Classifier: Programming Language :: Python :: 3
Classifier: Programming Language :: Python :: 3 :: Only
Classifier: Programming Language :: Python :: 3.9
Classifier: Programming Language :: Python :: 3.10

Programming Language :: Python :: 3.11
"""


def test_the_classifiers_say_which_pythons_are_tried(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "acme-1.2.3-py3-none-any.whl", "w") as wheel:
        wheel.writestr("acme-1.2.3.dist-info/METADATA", METADATA)
    built = Distributions(tmp_path)

    assert built.version == "1.2.3"
    assert supported(built) == ["3.9", "3.10", "3.10t"]


@pytest.mark.parametrize(("version", "tag"), [("1.2.3", "v1.2.3"), ("1.2.4.dev1+g44da005", None)])
def test_a_version_fits_its_tag(version: str, tag: str | None) -> None:
    check_version(version, tag)


def test_a_version_that_is_not_the_tag_is_refused() -> None:
    with pytest.raises(
        Failed, match=r"the tag v1\.2\.3-rc1 builds version 1\.2\.3rc1: name the tag v1\.2\.3rc1"
    ):
        check_version("1.2.3rc1", "v1.2.3-rc1")


def test_the_smoke_test_uses_every_service_of_the_version_that_was_built(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    smoke.main(__version__)
    with pytest.raises(AssertionError, match="is installed"):
        smoke.main("0.0.0.dev0")
    monkeypatch.setattr(smoke, "CALLS", [("qapps", "list_q_apps", {})])
    with pytest.raises(ParamValidationError, match="instanceId"):
        smoke.main(__version__)


def test_the_smoke_test_notices_that_free_threaded_python_has_its_lock_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sysconfig, "get_config_var", {"Py_GIL_DISABLED": 1}.get)
    monkeypatch.setattr(sys, "_is_gil_enabled", lambda: False, raising=False)
    assert not smoke.has_lock_back()

    monkeypatch.setattr(sys, "_is_gil_enabled", lambda: True)
    with pytest.raises(AssertionError, match="enabled the GIL"):
        smoke.main(__version__)


def test_a_program_that_fails_shows_all_that_it_printed() -> None:
    program = "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"
    with pytest.raises(Failed, match=r"` ended with 3:\nout\nerr\n"):
        run(sys.executable, "-c", program)


def test_a_missing_program_is_named() -> None:
    with pytest.raises(Failed, match="no-such-program is missing"):
        run("no-such-program")


def test_a_newcomer_has_no_settings_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "MAKEFLAGS", "PYTHONPATH", "QCHIME_URL", "VIRTUAL_ENV"):
        monkeypatch.setenv(name, "ours")
    assert "ours" not in clean_environment().values()
    assert clean_environment(AWS_PROFILE="theirs")["AWS_PROFILE"] == "theirs"
