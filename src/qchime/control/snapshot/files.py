"""State files: JSON, written whole or not at all."""

import glob
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from qchime.control.snapshot.errors import StateError


def save_file(path: str | os.PathLike[str], state: dict[str, Any]) -> None:
    """Write a state to a file. If anything fails, the file stays as it was."""
    with replacing(path) as descriptor:
        write(descriptor, json.dumps(state, indent=2))


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[int]:
    """Replace a file by what is written to this descriptor in the `with` block, unless the block fails."""
    target = Path(path).resolve()  # replaces the file behind a link, not the link
    descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".tmp")
    try:
        try:
            yield descriptor
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        os.replace(temporary, target)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(temporary)
        raise


def write(descriptor: int, text: str) -> None:
    """Write a line of text or several to an open file."""
    with os.fdopen(descriptor, "w", encoding="utf-8", closefd=False) as file:
        file.write(f"{text}\n")


def remove_leftovers(path: str | os.PathLike[str]) -> None:
    """Remove what a killed process has written in order to replace this file."""
    target = Path(path).resolve()
    for leftover in target.parent.glob(f".{glob.escape(target.name)}.*.tmp"):
        with suppress(OSError):
            leftover.unlink()


def load_file(path: str | os.PathLike[str], load: Callable[[dict[str, Any]], None]) -> None:
    """Read a state from a file and pass it to `load`.

    Raises:
        StateError: the file cannot be read, or its state cannot be loaded; the message names the file.
    """
    named = f"The state file {path}"
    try:
        state = json.loads(Path(path).read_bytes())
    except OSError as error:
        raise StateError([("", f"{named} cannot be read: {error.strerror}")]) from error
    except (ValueError, RecursionError) as error:
        raise StateError([("", f"{named} is not JSON: {error}")]) from None
    try:
        load(state)
    except StateError as error:
        raise StateError([("", f"{named} cannot be loaded:"), *error.mistakes]) from None
