"""State files, which are written and loaded whole or not at all."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qchime.control.handle import Handle
from qchime.control.snapshot import StateError
from tests.control.snapshot.populated import all_mocked


@pytest.fixture
def mock() -> Iterator[Handle]:
    with all_mocked() as mock:
        mock.users.add("dave@example.com")
        yield mock


def test_a_saved_state_can_be_loaded(mock: Handle, tmp_path: Path, state: Any) -> None:
    mock.load(state)
    mock.save(tmp_path / "state.json")
    mock.reset()
    mock.load(str(tmp_path / "state.json"))
    assert mock.dump() == state
    assert json.loads((tmp_path / "state.json").read_text()) == state
    assert os.listdir(tmp_path) == ["state.json"]


@pytest.mark.parametrize("broken", ["os.replace", "os.fsync", "json.dumps"])
def test_a_failed_save_changes_nothing(
    mock: Handle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise OSError("no space left")

    path = tmp_path / "state.json"
    path.write_text("before")
    monkeypatch.setattr(broken, fail)
    with pytest.raises(OSError, match="no space left"):
        mock.save(path)
    assert path.read_text() == "before"
    assert os.listdir(tmp_path) == ["state.json"]


@pytest.mark.skipif(os.name == "nt", reason="Windows lets few users make links")
def test_a_save_through_a_link_replaces_the_file_behind_it(mock: Handle, tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text("before")
    (tmp_path / "link.json").symlink_to("state.json")
    mock.save(tmp_path / "link.json")
    assert (tmp_path / "link.json").is_symlink()
    assert json.loads((tmp_path / "state.json").read_text()) == mock.dump()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        b"9" * 10_000,
        b'{"version": NaN}',
        b'{"version": 1e999}',
        b'{"version": "\\ud800"}',
        b"null",
        b'{"version": 2}',
    ],
)
def test_the_error_for_an_invalid_file_names_it(mock: Handle, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "state.json"
    path.write_bytes(content)
    before = mock.dump()
    with pytest.raises(StateError, match=r"state\.json"):
        mock.load(path)
    assert mock.dump() == before


def test_the_error_for_a_mistake_names_file_and_place(mock: Handle, tmp_path: Path, state: Any) -> None:
    state["world"]["limits"]["file_bytes"] = "7"
    (tmp_path / "state.json").write_text(json.dumps(state))
    with pytest.raises(StateError) as raised:
        mock.load(tmp_path / "state.json")
    first, second = str(raised.value).splitlines()
    assert str(tmp_path / "state.json") in first
    assert second == "world.limits.file_bytes: expected a whole number, not '7'"


def test_a_missing_file_is_a_clear_error(mock: Handle, tmp_path: Path) -> None:
    with pytest.raises(StateError, match=r"missing\.json cannot be read: No such file"):
        mock.load(tmp_path / "missing.json")
