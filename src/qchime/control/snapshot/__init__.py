"""Dumps the state of a mock as plain JSON, loads it, and saves it to files.

Every part of the world and every backend has `state()`, which returns plain records, and `restore()`, which
replaces them. The return annotation of `state()` determines how they are loaded.
"""

from qchime.control.snapshot.document import dump, load
from qchime.control.snapshot.errors import StateError
from qchime.control.snapshot.files import load_file, save_file

__all__ = ["StateError", "dump", "load", "load_file", "save_file"]
