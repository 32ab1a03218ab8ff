"""State files: JSON, written whole or not at all."""

import json
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from qchime.control.snapshot.errors import StateError


def save_file(path: str | os.PathLike[str], state: dict[str, Any]) -> None:
    """Write a state to a file. If anything fails, the file stays as it was."""
    text = json.dumps(state, indent=2)
    target = Path(path).resolve()  # replaces the file behind a link, not the link
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(f"{text}\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(temporary)
        raise


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
