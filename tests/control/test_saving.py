"""A cloud whose state is kept in a file, while it answers calls."""

import json
import logging
import os
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from qchime import Cloud, Server
from qchime.control import saving
from qchime.control.saving import NotSaved, Saver
from tests.concurrency.together import at_once
from tests.forking import forks
from tests.server.wire import TIMEOUT, client, create, names, send

saves_fork = pytest.mark.skipif(sys.platform != "linux", reason="Saves fork on Linux only")
ONE, OTHER = "111122223333", "444455556666"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    folder = tmp_path / "states"
    folder.mkdir()
    return folder / "state.json"


@pytest.fixture(
    params=[pytest.param(True, marks=saves_fork, id="in a child"), pytest.param(False, id="in a thread")]
)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Saves as on Linux, and as elsewhere."""
    monkeypatch.setattr(saving, "CAN_FORK", request.param)


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look for changes all the time."""
    monkeypatch.setattr(saving, "SHORTEST_PAUSE", 0.001)
    monkeypatch.setattr(saving, "AIM", 0)


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


@pytest.fixture
def server(file: Path, cloud: Cloud) -> Iterator[Server]:
    with Server(cloud=cloud, state_file=file) as server:
        yield server
        file.parent.mkdir(exist_ok=True)


def eventually(is_so: Callable[[], object]) -> None:
    """Wait until it is so."""
    end = time.monotonic() + TIMEOUT
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.01)


def saved(file: Path) -> list[str]:
    """The names of the app instances in a state file, which can be loaded."""
    with Server(cloud=Cloud()) as server:
        server.load(file)
        return names(server)


def temporary(file: Path) -> list[str]:
    """What is in the folder of the state file besides it."""
    return [path.name for path in file.parent.iterdir() if path != file]


class TestBackground:
    def test_a_change_is_saved_while_the_server_runs(self, file: Path, server: Server, way: None) -> None:
        create(server, "chat")
        eventually(lambda: "chat" in file.read_text())
        assert saved(file) == ["chat"]
        assert temporary(file) == []

    def test_a_change_by_the_handle_is_saved_too(self, file: Path, server: Server) -> None:
        server.limits.file_bytes = 4321
        eventually(lambda: "4321" in file.read_text())

    def test_a_load_is_saved_too(self, file: Path, server: Server) -> None:
        state = server.dump()
        state["world"]["limits"]["file_bytes"] = 4321
        server.load(state)
        eventually(lambda: "4321" in file.read_text())

    def test_what_only_reads_is_not_saved(self, file: Path, often: None) -> None:
        with Server(cloud=Cloud(), state_file=file) as server:
            create(server, "chat")
            eventually(lambda: "chat" in file.read_text())
            server_is_idle = file.stat()
            for _ in range(20):
                assert names(server) == ["chat"]
                send(server, "GET", "/_qchime/state")
            assert file.stat() == server_is_idle

    def test_a_change_while_a_save_runs_is_saved_by_the_next(
        self, file: Path, often: None, way: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with Server(cloud=Cloud(), state_file=file) as server:
            for number in range(10):
                create(server, f"chat-{number}")
            eventually(lambda: "chat-9" in file.read_text())
            assert len(saved(file)) == 10

    def test_every_file_that_there_ever_is_can_be_loaded(self, file: Path, often: None) -> None:
        with Server(cloud=Cloud(), state_file=file) as server:
            chime = client(server)
            instance = chime.create_app_instance(Name="chat")["AppInstanceArn"]
            is_over = threading.Event()

            def change(number: int, _: object) -> None:
                user = {"AppInstanceArn": instance, "AppInstanceUserId": f"user-{number}", "Name": "User"}
                while not is_over.is_set():
                    arn = chime.create_app_instance_user(**user)["AppInstanceUserArn"]
                    chime.create_app_instance_admin(AppInstanceArn=instance, AppInstanceAdminArn=arn)
                    chime.delete_app_instance_user(AppInstanceUserArn=arn)

            def load(_: int, __: object) -> None:
                versions: set[int] = set()
                while len(versions) < 5:
                    versions.add(file.stat().st_ino)
                    Saver(Cloud(), file)
                is_over.set()

            at_once(lambda number, act: act(number, None), [change, change, change, load])


class TestEnd:
    def test_it_is_saved_for_the_last_time(self, file: Path, way: None) -> None:
        with Server(cloud=Cloud(), state_file=file) as server:
            create(server, "chat")
        assert saved(file) == ["chat"]

    @saves_fork
    def test_a_save_that_runs_is_given_up_for_the_last_one(
        self, file: Path, often: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        begun = file.with_name("begun")
        write, parent = saving._write, os.getpid()

        def write_never(*given: Any) -> None:
            if os.getpid() != parent:
                begun.touch()
                time.sleep(3600)
            write(*given)

        with Server(cloud=Cloud(), state_file=file) as server:
            monkeypatch.setattr(saving, "_write", write_never)
            create(server, "chat")
            eventually(begun.exists)
        assert saved(file) == ["chat"]
        assert "interrupted" not in caplog.text

    def test_a_server_starts_and_stops_again(self, file: Path) -> None:
        saver = Saver(cloud := Cloud(), file)
        for name in (ONE, OTHER):
            saver.start()
            cloud.account(name).world.limits.file_bytes = int(name)
            saver.stop()
            saver.stop()
            assert name in file.read_text()

    @forks
    def test_a_forked_child_of_the_author_leaves_the_file_alone(self, file: Path) -> None:
        saver = Saver(cloud := Cloud(), file)
        saver.start()
        before = file.stat()
        child = os.fork()
        if child == 0:
            cloud.contents.world.limits.file_bytes = 1
            saver.stop()
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        assert file.stat() == before
        saver.stop()


class TestBeginning:
    def test_a_file_that_is_there_is_loaded(self, file: Path) -> None:
        with Server(cloud=Cloud(), state_file=file) as server:
            create(server, "chat")
        with Server(cloud=Cloud(), state_file=file) as server:
            assert names(server) == ["chat"]

    def test_a_file_that_is_not_there_is_made(self, file: Path) -> None:
        Server(cloud=Cloud(), state_file=file)
        assert saved(file) == []

    def test_a_file_that_cannot_be_made_is_an_error(self, tmp_path: Path) -> None:
        with pytest.raises(
            NotSaved, match=r"cannot be saved to .*nowhere.*: No such file.* Its folder must exist"
        ):
            Server(cloud=Cloud(), state_file=tmp_path / "nowhere" / "state.json")

    def test_what_a_killed_server_has_left_is_removed(self, file: Path) -> None:
        (file.parent / ".state.json.abcdefgh.tmp").write_text("half")
        (file.parent / ".other.json.abcdefgh.tmp").write_text("of another")
        with Server(cloud=Cloud(), state_file=file):
            assert temporary(file) == [".other.json.abcdefgh.tmp"]


class TestOnDemand:
    def test_it_comes_after_the_save_that_runs_and_has_all_changes(
        self, file: Path, often: None, way: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        begun, alone = file.with_name("begun"), file.with_name("alone")
        write = saving._write

        def write_slowly(*given: Any) -> None:
            alone.touch(exist_ok=False)  # no two saves at once
            begun.touch()
            time.sleep(0.2)
            write(*given)
            alone.unlink()

        with Server(cloud=Cloud(), state_file=file) as server:
            with monkeypatch.context() as patched:  # the end of the server may break off a save
                patched.setattr(saving, "_write", write_slowly)
                create(server, "one")
                eventually(begun.exists)
                create(server, "other")
                replies = at_once(lambda number, _: send(server, "POST", "/_qchime/state"), range(3))

            assert [reply.status for reply in replies] == [200, 200, 200]
            assert saved(file) == ["one", "other"]

    def test_it_waits_for_the_operation_in_progress(self, file: Path, cloud: Cloud, server: Server) -> None:
        account = cloud.account(create(server, "chat").split(":")[4])
        replies: list[int] = []
        save = threading.Thread(target=lambda: replies.append(send(server, "POST", "/_qchime/state").status))
        with account.lock:
            save.start()
            save.join(0.2)
            assert replies == []
            account.world.limits.file_bytes = 4321
        save.join()
        assert replies == [200]
        assert "4321" in file.read_text()

    def test_what_cannot_be_saved_is_told(self, file: Path, server: Server, way: None) -> None:
        shutil.rmtree(file.parent)
        reply = send(server, "POST", "/_qchime/state")
        assert (reply.status, reply.json["error"]) == (400, "NotSaved")
        assert "No such file or directory. Its folder must exist" in reply.message


class TestErrors:
    def test_one_is_logged_and_the_next_change_is_saved_again(
        self, file: Path, server: Server, way: None, caplog: pytest.LogCaptureFixture
    ) -> None:
        shutil.rmtree(file.parent)
        create(server, "one")
        eventually(lambda: "No such file or directory" in caplog.text)
        assert "The next change starts another attempt." in caplog.text
        assert names(server) == ["one"]

        file.parent.mkdir()
        create(server, "other")
        eventually(file.exists)
        assert saved(file) == ["one", "other"]

    def test_a_value_that_is_no_json_is_named(
        self, file: Path, server: Server, way: None, caplog: pytest.LogCaptureFixture
    ) -> None:
        app: Any = {"title": object(), "appDefinition": {"cards": []}}
        server.answers.add_app(app)
        eventually(lambda: "world.answers.apps[0].app.title: expected JSON" in caplog.text)
        server.answers.reset()

    def test_a_bug_does_not_end_the_thread(
        self, file: Path, often: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        with Server(cloud=Cloud(), state_file=file) as server:
            with monkeypatch.context() as broken:
                broken.setattr("qchime.control.snapshot.replacing", lambda path: 1 / 0)
                create(server, "one")
                eventually(lambda: "ZeroDivisionError" in caplog.text)
            create(server, "other")
            eventually(lambda: "other" in file.read_text())

    def test_the_last_save_raises_it(self, file: Path) -> None:
        with (
            pytest.raises(NotSaved, match="No such file or directory"),
            Server(cloud=Cloud(), state_file=file),
        ):
            shutil.rmtree(file.parent)


@saves_fork
def test_a_save_never_waits_for_one_account_while_it_holds_another(file: Path, often: None) -> None:
    """An operation may call another account, such as one of a service of your own."""
    saver = Saver(cloud := Cloud(), file)
    accounts = [cloud.account(id) for id in (ONE, OTHER)]
    for account in accounts:
        account.world.limits.file_bytes = 1
    saver.start()
    for first, second in (accounts, reversed(accounts)):
        with first.lock:
            cloud.changes.note()
            time.sleep(0.1)
            assert second.lock.acquire(TIMEOUT)
            second.lock.release()
    saver.stop()


def test_the_file_has_an_item_per_line(file: Path) -> None:
    Saver(Cloud(), file)
    text = file.read_text()
    assert '"version": 2,\n' in text
    assert json.loads(text)["version"] == 2
    assert text.endswith("}\n")


def test_a_saver_is_silent_while_all_is_well(
    file: Path, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "qchime")
    create(server, "chat")
    eventually(lambda: "chat" in file.read_text())
    assert [record for record in caplog.records if record.name == "qchime"] == []
