"""Dumps the state of a mock as plain JSON, loads it, and saves it to files.

Every part of the world and every backend has `state()`, which returns plain records, and `restore()`, which
replaces them. The return annotation of `state()` determines how they are loaded.
"""

from qchime.control.snapshot.document import dump, dump_accounts, load, prepare_dump
from qchime.control.snapshot.errors import StateError
from qchime.control.snapshot.files import load_file, remove_leftovers, replacing, save_file, write

__all__ = [
    "StateError",
    "dump",
    "dump_accounts",
    "load",
    "load_file",
    "prepare_dump",
    "remove_leftovers",
    "replacing",
    "save_file",
    "write",
]
