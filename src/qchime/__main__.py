"""Runs the command `qchime` for `python -m qchime`."""

import sys

from qchime.cli import main

sys.exit(main())
