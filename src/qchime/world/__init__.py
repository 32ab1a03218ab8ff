"""What a test author controls and inspects: clock, ids, limits, rules, users, faults and calls.

This package knows no services. It asks a `Catalogue` about them.
"""

from qchime.world.calls import CallLog, CallRecord, Calls
from qchime.world.catalogue import Catalogue
from qchime.world.changes import Changes
from qchime.world.clock import Clock
from qchime.world.faults import LOSSES, Fault, Faults, assert_all_used, unused
from qchime.world.forks import renew_in_children
from qchime.world.identities import Identities, Session
from qchime.world.ids import Ids
from qchime.world.limits import Limits
from qchime.world.locks import Lock
from qchime.world.records import Log, Records, in_order
from qchime.world.rules import Rules, UnknownRule
from qchime.world.throttling import Throttling
from qchime.world.users import (
    DEFAULT_ACCOUNT_ID,
    DEFAULT_USER,
    Credentials,
    Keys,
    User,
    Users,
    account_in_key,
)
from qchime.world.world import Part, World

__all__ = [
    "DEFAULT_ACCOUNT_ID",
    "DEFAULT_USER",
    "LOSSES",
    "CallLog",
    "CallRecord",
    "Calls",
    "Catalogue",
    "Changes",
    "Clock",
    "Credentials",
    "Fault",
    "Faults",
    "Identities",
    "Ids",
    "Keys",
    "Limits",
    "Lock",
    "Log",
    "Part",
    "Records",
    "Rules",
    "Session",
    "Throttling",
    "UnknownRule",
    "User",
    "Users",
    "World",
    "account_in_key",
    "assert_all_used",
    "in_order",
    "renew_in_children",
    "unused",
]
