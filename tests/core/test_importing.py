"""Callbacks for when a module has been imported."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from qchime.core.importing import when_imported


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The name of a module that nobody has imported yet."""
    name = "qchime_test_module"
    (tmp_path / f"{name}.py").write_text("value = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield name
    sys.modules.pop(name, None)


def test_of_a_module_that_has_been_imported_are_called_at_once() -> None:
    called: list[object] = []
    when_imported("sys", called.append)

    assert called == [sys]


def test_of_another_are_called_after_it_has_been_loaded_and_once(module: str) -> None:
    called: list[int] = []
    when_imported(module, lambda loaded: called.append(loaded.value))
    when_imported(module, lambda loaded: called.append(-loaded.value))
    assert called == []

    imported = importlib.import_module(module)
    assert called == [1, -1]
    assert imported.__spec__ is not None
    assert type(imported.__spec__.loader).__module__ != "qchime.core.importing", "it is as everybody finds it"

    importlib.reload(imported)
    assert called == [1, -1]


def test_of_a_module_that_is_not_there_are_never_called() -> None:
    called: list[object] = []
    when_imported("qchime_no_such_module", called.append)
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("qchime_no_such_module")

    assert called == []
