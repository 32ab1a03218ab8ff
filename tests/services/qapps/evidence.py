"""The rules of Q Apps that errors follow from."""

from qchime.rules import RULES
from qchime.services.qapps import SERVICE as QAPPS


def rules_of_errors() -> frozenset[str]:
    """The names of the rules whose sentence names an exception."""
    assert QAPPS.backend  # a module defines its rules when it is imported
    names = (name for name, rule in RULES.items() if "Exception" in rule.text)
    return frozenset(name for name in names if name.startswith("qapps."))
