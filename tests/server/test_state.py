"""`qchime serve --state FILE` and `--seed FILE`: what begins with a file, and what is saved to it."""

import json
import shutil
import signal
import time
from pathlib import Path

import pytest

from qchime import Client, mock_chimesdkidentity
from tests.control.test_saving import eventually
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


@needs_signals
def test_a_killed_server_loses_no_change_that_was_saved(file: Path) -> None:
    with serving("--state", str(file)) as first:
        create(first.url, "chat")
        Client(first.url).users.add("alice@example.com")
        eventually(lambda: "alice" in file.read_text())
        first.end(signal.SIGKILL)
    with serving("--state", str(file)) as second:
        assert names(second.url) == ["chat"]
        assert [user.email for user in Client(second.url).users] == ["alice@example.com"]


@needs_signals
def test_whenever_a_server_is_killed_the_next_one_begins(file: Path) -> None:
    """With what was saved, on the same port, and without anything left behind."""
    made, port = 0, "0"
    for _ in range(5):
        with serving("--state", str(file), "--port", port) as process:
            port = process.url.rpartition(":")[2]
            found = names(process.url)
            assert found == [f"chat-{number}" for number in range(len(found))]
            assert [path.name for path in file.parent.iterdir()] == [file.name]
            for made in range(len(found), len(found) + 15):
                create(process.url, f"chat-{made}")
                time.sleep(0.05)
            process.end(signal.SIGKILL)
    assert made > 15


@needs_signals
def test_a_full_disk_keeps_the_last_file_whole_and_the_server_running(file: Path) -> None:
    resource = pytest.importorskip("resource")
    if not hasattr(resource, "prlimit"):
        pytest.skip("Only Linux limits the files of another process")
    with serving("--state", str(file)) as process:
        create(process.url, "one")
        eventually(lambda: "one" in file.read_text())
        none, _ = resource.prlimit(process.popen.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(process.popen.pid, resource.RLIMIT_FSIZE, (100, none))
        create(process.url, "two")
        refused = send(process.url, "POST", "/_qchime/state")
        assert (refused.status, refused.json["error"]) == (400, "NotSaved")
        assert "File too large. Its folder must exist, be writable and have room" in refused.message
        assert "two" not in file.read_text()
        eventually(lambda: [path.name for path in file.parent.iterdir()] == [file.name])
        assert names(process.url) == ["one", "two"]

        resource.prlimit(process.popen.pid, resource.RLIMIT_FSIZE, (none, none))
        create(process.url, "three")
        eventually(lambda: "three" in file.read_text())
        assert process.end()[0] == 0
    with serving("--state", str(file)) as process:
        assert names(process.url) == ["one", "two", "three"]


@needs_signals
def test_a_state_that_cannot_be_saved_at_the_end_is_the_exit_code(tmp_path: Path) -> None:
    file = tmp_path / "states" / "state.json"
    file.parent.mkdir()
    with serving("--state", str(file)) as process:
        shutil.rmtree(file.parent)
        code, err = process.end()

    assert code == 1
    assert f"The state cannot be saved to {file}: No such file or directory. Its folder must exist" in err
    assert "Traceback" not in err


@needs_signals
def test_a_signal_during_a_save_ends_the_server_with_everything_saved(file: Path) -> None:
    with serving("--state", str(file)) as process:
        users = ({"email": f"user-{number}@example.com"} for number in range(300))
        for user in users:
            assert send(process.url, "POST", "/_qchime/users", user).status == 200
        assert process.end()[0] == 0
    assert "user-299@example.com" in file.read_text()


def test_a_state_that_cannot_be_saved_is_refused_at_the_start(tmp_path: Path) -> None:
    ended = run("serve", "--port", "0", "--state", str(tmp_path / "nowhere" / "state.json"))

    assert ended.returncode == 1
    assert "The state cannot be saved to" in ended.stderr
    assert "Traceback" not in ended.stderr
