"""The rules of Q Apps that errors follow from."""

import re
from collections.abc import Iterator
from importlib import import_module
from inspect import getsource
from pkgutil import walk_packages

from qchime.services import qapps

_NAMED = re.compile(r"\.because\((\w+)\)")


def rules_of_errors() -> Iterator[str]:
    """The names of all rules in `raise …Exception(…).because(RULE)`."""
    for found in walk_packages(qapps.__path__, "qchime.services.qapps."):
        module = import_module(found.name)
        yield from (vars(module)[constant].name for constant in _NAMED.findall(getsource(module)))
