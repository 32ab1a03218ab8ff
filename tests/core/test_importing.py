"""Callbacks that run once a module is imported."""

import importlib
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from copy import copy
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any

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


def test_other_finders_may_ask_those_after_themselves(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Finder:
        """As import hooks of other libraries do."""

        def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
            after = sys.meta_path[sys.meta_path.index(self) + 1 :]
            return next(filter(None, (finder.find_spec(name, path, target) for finder in after)), None)

    called: list[object] = []
    when_imported(module, called.append)
    monkeypatch.setattr(sys, "meta_path", [Finder(), *sys.meta_path])

    assert called == [importlib.import_module(module)]


def test_the_loader_of_a_module_that_is_looked_for_may_be_copied(module: str) -> None:
    when_imported(module, lambda loaded: None)
    spec = find_spec(module)
    assert spec is not None
    copied: Any = copy(spec.loader)

    assert copied.path == spec.origin


def test_callbacks_for_a_missing_module_never_run() -> None:
    called: list[object] = []
    when_imported("qchime_no_such_module", called.append)
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("qchime_no_such_module")

    assert called == []


def test_callbacks_wait_for_the_import_after_somebody_has_only_looked_for_the_module(module: str) -> None:
    called: list[int] = []
    when_imported(module, lambda loaded: called.append(loaded.value))
    found = find_spec(module)
    assert found is not None
    assert found.loader is not None
    assert found.loader.get_source(module) == "value = 1\n"  # type: ignore[attr-defined]
    assert called == []

    importlib.import_module(module)
    assert called == [1]


def test_callbacks_wait_for_another_thread_that_is_importing_the_module(
    module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    started, finish = Event(), Event()
    monkeypatch.setitem(sys.modules, "qchime_test_events", SimpleNamespace(started=started, finish=finish))
    file = Path(str(find_spec(module).origin))  # type: ignore[union-attr]
    file.write_text(
        "from qchime_test_events import started, finish\nstarted.set()\nfinish.wait(60)\nvalue = 1\n"
    )
    called: list[int] = []
    with ThreadPoolExecutor() as threads:
        importing = threads.submit(importlib.import_module, module)
        started.wait(60)
        waiting = threads.submit(when_imported, module, lambda loaded: called.append(loaded.value))
        wait([waiting], timeout=0.1)
        finish.set()

        importing.result()
        waiting.result()
    assert called == [1]
