"""Interpreters with strict options: warnings are errors, and assertions are left out."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

USES = {
    "mocks": """
        import boto3
        from qchime import mock_chimesdkidentity, mock_qapps
        with mock_qapps() as mock, mock_chimesdkidentity():
            boto3.client("chime-sdk-identity").create_app_instance(Name="chat")
            boto3.client("qapps").list_q_apps(instanceId="one")
            mock.save("state.json")
            mock.load("state.json")
        """,
    "a server": """
        from qchime import Client, Cloud, Server
        for _ in range(2):
            with Server(state_file="server.json", cloud=Cloud(), tls=True) as server:
                server.save("copy.json")
        with Server(cloud=Cloud()) as server:
            Client(server.url).load(Client(server.url).dump())
        """,
    "the command line": """
        from qchime.cli import main
        main(["operations"])
        """,
}


def run(program: str, *options: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a program in an interpreter with these options."""
    environment = {
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
        "AWS_DEFAULT_REGION": "us-east-1",
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    return subprocess.run(
        [sys.executable, *options, "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        timeout=120,
        env=environment,
        cwd=folder,
        check=False,
    )


@pytest.mark.parametrize("use", USES)
def test_files_have_an_explicit_encoding(use: str, tmp_path: Path) -> None:
    options = ("-X", "warn_default_encoding", "-W", "error::EncodingWarning")
    ended = run(USES[use], *options, folder=tmp_path)
    assert ended.returncode == 0, ended.stderr


def test_the_fixtures_work_while_warnings_are_errors(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(
        "import pytest\n\n"
        "@pytest.mark.qchime\n"
        "def test_it(qchime, qapps_client, qchime_server, tmp_path):\n"
        "    qapps_client.list_q_apps(instanceId='one')\n"
        "    qchime.save(tmp_path / 'state.json')\n",
        encoding="utf-8",
    )
    program = f"""
        import sys, pytest
        sys.exit(pytest.main(["-p", "no:cacheprovider", "-W", "error::EncodingWarning", {str(tmp_path)!r}]))
        """
    ended = run(program, "-X", "warn_default_encoding", folder=tmp_path)
    assert "1 passed" in ended.stdout, ended.stdout + ended.stderr


USED = """
    from qchime import Client, Server, mock_qapps

    def is_noticed(handle):
        handle.faults.add("ListQApps", "ThrottlingException", times=1)
        try:
            handle.faults.assert_all_used()
        except AssertionError:
            return True

    with mock_qapps() as mock:
        print(is_noticed(mock.account("111122223333")), is_noticed(mock))
    with Server() as server:
        print(is_noticed(Client(server.url)), is_noticed(server))
    """


@pytest.mark.parametrize("option", ["-O", "-OO"])
class TestWithoutAssertions:
    def test_unused_faults_are_noticed(self, option: str, tmp_path: Path) -> None:
        ended = run(USED, option, folder=tmp_path)
        assert ended.stdout.split() == ["True"] * 4, ended.stderr

    def test_the_marker_notices_them(self, option: str, tmp_path: Path) -> None:
        (tmp_path / "test_it.py").write_text(
            "import pytest\n\n"
            "@pytest.mark.qchime(assert_all_faults_used=True)\n"
            "def test_it(qchime):\n"
            "    qchime.faults.add('ListQApps', 'ThrottlingException', times=1)\n",
            encoding="utf-8",
        )
        program = f"import pytest; pytest.main(['-p', 'no:cacheprovider', {str(tmp_path)!r}])"
        ended = run(program, option, folder=tmp_path)
        assert "ListQApps: ThrottlingException, struck 0 of 1 times" in ended.stdout, ended.stderr
