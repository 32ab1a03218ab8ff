"""`qchime serve --state FILE` and `--seed FILE`: what begins with a file, and what is saved to it."""

import json
import signal
from pathlib import Path

import pytest

from qchime import Client, mock_chimesdkidentity
from tests.server.wire import create, names, send
from tests.test_cli import needs_signals, run, serving

pytest.importorskip("cattrs")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state.json"


@pytest.fixture
def kept(file: Path) -> Path:
    """A file with one limit that is not AWS's."""
    with mock_chimesdkidentity() as mock:
        mock.limits.tags_per_resource = 7
        mock.save(file)
    return file


@needs_signals
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_one_server_ends_with_the_next_begins_with(file: Path, number: signal.Signals) -> None:
    with serving("--state", str(file)) as first:
        create(first.url, "chat")
        Client(first.url).clock.advance(days=1)
        code, _ = first.end(number)
    assert code == 0
    with serving("--state", str(file)) as second:
        assert names(second.url) == ["chat"]
        assert Client(second.url).clock.offset.days == 1


@needs_signals
def test_a_seed_is_begun_with_and_never_written(kept: Path) -> None:
    before = kept.read_bytes()
    with serving("--seed", str(kept)) as process:
        assert Client(process.url).limits.tags_per_resource == 7
        create(process.url, "chat")
        assert process.end()[0] == 0

    assert kept.read_bytes() == before


@needs_signals
def test_a_state_that_is_there_wins_over_the_seed(kept: Path, tmp_path: Path) -> None:
    state = tmp_path / "other.json"
    with serving("--seed", str(kept), "--state", str(state)) as process:
        handle = Client(process.url)
        assert handle.limits.tags_per_resource == 7
        handle.limits.tags_per_resource = 8
        process.end()
    with serving("--seed", str(kept), "--state", str(state)) as process:
        assert Client(process.url).limits.tags_per_resource == 8


def test_it_is_saved_on_demand_too(file: Path) -> None:
    with serving("--state", str(file)) as process:
        create(process.url, "chat")
        answer = send(process.url, "POST", "/_qchime/state")
        assert (answer.status, answer.json) == (200, {"file": str(file)})

        saved = json.loads(file.read_text())
        assert saved == Client(process.url).dump()


def test_without_a_file_there_is_nothing_to_save_to() -> None:
    with serving() as process:
        answer = send(process.url, "POST", "/_qchime/state")
        assert answer.status == 400
        assert "Start it with --state FILE" in answer.message


@pytest.mark.parametrize("option", ["--state", "--seed"])
def test_rubbish_is_refused_before_anything_is_bound(file: Path, option: str) -> None:
    file.write_text('{"version": 1, "world": {}, "services": {"s3": {}}}')
    ended = run("serve", "--port", "0", option, str(file))

    assert ended.returncode == 1
    assert f"The state file {file} cannot be loaded:" in ended.stderr
    assert "services.s3: is unknown" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert file.read_text().endswith('"s3": {}}}')


def test_a_seed_that_is_not_there_is_refused(file: Path) -> None:
    ended = run("serve", "--port", "0", "--seed", str(file))

    assert ended.returncode == 1
    assert f"The state file {file} cannot be read: No such file" in ended.stderr


def test_a_state_that_cannot_be_saved_is_refused_at_the_start(tmp_path: Path) -> None:
    ended = run("serve", "--port", "0", "--state", str(tmp_path / "nowhere" / "state.json"))

    assert ended.returncode == 1
    assert "The state cannot be saved to" in ended.stderr
    assert "Traceback" not in ended.stderr
