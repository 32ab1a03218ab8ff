"""The whole state of the mock as plain JSON: out, in, and in files.

What keeps something says itself how: `state()` returns plain records, whose annotation there says how they
are read; `restore()` takes them back. The parts of the world are listed in `document.py`, backends are found.
"""

from qchime.control.snapshot.document import dump, load
from qchime.control.snapshot.errors import StateError
from qchime.control.snapshot.files import load_file, save_file

__all__ = ["StateError", "dump", "load", "load_file", "save_file"]
