"""Runs programs, and shows what takes how long."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent


class Failed(Exception):
    """A check failed; the message says what to do."""


def run(
    *command: str | Path,
    cwd: Path = ROOT,
    environment: Mapping[str, str] = os.environ,
    umask: int = -1,
) -> str:
    """Run a program; returns its standard output.

    Raises:
        Failed: the program is missing, or its exit code is not 0; the message has all that it printed.
    """
    words = list(map(str, command))
    try:
        ended = subprocess.run(
            words,
            cwd=cwd,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            umask=umask,
            check=False,
        )
    except FileNotFoundError:
        raise Failed(f"{words[0]} is missing: install it, or run this with `make`") from None
    if ended.returncode != 0:
        raise Failed(f"`{' '.join(words)}` ended with {ended.returncode}:\n{ended.stdout}{ended.stderr}")
    return ended.stdout


def python(*arguments: str | Path, cwd: Path = ROOT) -> str:
    """Run a module or file with this Python, as `run` does."""
    return run(sys.executable, *arguments, cwd=cwd)


def clean_environment(**more: str) -> dict[str, str]:
    """The environment of somebody who has just opened a terminal: nothing of make, Python or AWS is set."""
    ours = ("AWS_", "COVERAGE_", "MAKE", "MFLAGS", "MOTO_", "PYTEST_", "PYTHON", "QCHIME_", "VIRTUAL_ENV")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    nothing = dict.fromkeys(("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"), os.devnull)
    return {**kept, **nothing, **more}


@contextmanager
def step(title: str) -> Iterator[None]:
    """Print a title, and how many seconds the block took."""
    print(f"{title} …", flush=True)
    started = time.monotonic()
    yield
    print(f"{title}: {time.monotonic() - started:.1f} s", flush=True)
