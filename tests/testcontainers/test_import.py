"""The module is imported on demand, and needs an extra."""

import subprocess
import sys


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )


def test_nothing_else_imports_it() -> None:
    ran = run(
        "import sys, qchime, qchime.cli, qchime.pytest_plugin; from qchime import *\n"
        "print([name for name in sys.modules if name.partition('.')[0] in ('docker', 'testcontainers')])"
    )
    assert (ran.stdout, ran.stderr) == ("[]\n", "")


def test_without_the_extra_it_says_what_to_install() -> None:
    ran = run("import sys; sys.modules['testcontainers'] = None\nimport qchime.testcontainers")
    assert "ImportError: testcontainers cannot be loaded" in ran.stderr
    assert "pip install 'qchime[testcontainers]'" in ran.stderr
