"""Request rates per second, account and region."""

from qchime.core.rates import Rates
from qchime.rules import inferred

RATES_RULE = inferred(
    "qapps.request-rates", "Each operation has a rate of 10 requests per second.", turn="throttling"
)

RATES = Rates(others=10, rule=RATES_RULE)
