"""Callbacks that run once a module is imported."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from qchime.core.importing import when_imported


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The name of a module that is not yet imported."""
    name = "qchime_test_module"
    (tmp_path / f"{name}.py").write_text("value = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield name
    sys.modules.pop(name, None)


def test_callbacks_for_an_imported_module_run_at_once() -> None:
    called: list[object] = []
    when_imported("sys", called.append)

    assert called == [sys]


def test_callbacks_for_another_module_run_once_after_its_import(module: str) -> None:
    called: list[int] = []
    when_imported(module, lambda loaded: called.append(loaded.value))
    when_imported(module, lambda loaded: called.append(-loaded.value))
    assert called == []

    imported = importlib.import_module(module)
    assert called == [1, -1]
    assert imported.__spec__ is not None
    assert type(imported.__spec__.loader).__module__ != "qchime.core.importing", (
        "the module has its usual loader"
    )

    importlib.reload(imported)
    assert called == [1, -1]


def test_callbacks_for_a_missing_module_never_run() -> None:
    called: list[object] = []
    when_imported("qchime_no_such_module", called.append)
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("qchime_no_such_module")

    assert called == []
