"""`python -m qchime` is the command `qchime`."""

import sys

from qchime.server.cli import main

sys.exit(main())
