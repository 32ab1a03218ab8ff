"""The cards that an app consists of: how they refer to each other, and how a session runs them."""

from qchime.services.qapps.cards.definition import (
    DEFAULT_OUTPUT_SOURCE,
    FIXED_FILE,
    Card,
    CardKind,
    Cards,
    InvalidDefinition,
    read_cards,
    required_capabilities,
    with_output_source,
)
from qchime.services.qapps.cards.evaluation import (
    CardRun,
    ExecutionStatus,
    evaluate,
    overall_status,
    restart_dependents,
    takes_value,
)
from qchime.services.qapps.cards.mentions import advice

__all__ = [
    "DEFAULT_OUTPUT_SOURCE",
    "FIXED_FILE",
    "Card",
    "CardKind",
    "CardRun",
    "Cards",
    "ExecutionStatus",
    "InvalidDefinition",
    "advice",
    "evaluate",
    "overall_status",
    "read_cards",
    "required_capabilities",
    "restart_dependents",
    "takes_value",
    "with_output_source",
]
