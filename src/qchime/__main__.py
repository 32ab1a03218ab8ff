"""`python -m qchime` is the command `qchime`."""

import sys

from qchime.cli import main

sys.exit(main())
