"""Request rates per second, account and region: 10 for each operation (inferred: AWS documents none)."""

from qchime.core.rates import Rates

RATES = Rates(others=10)
