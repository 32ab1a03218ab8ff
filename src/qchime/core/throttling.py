"""Refuses requests that exceed a rate of their service."""

from __future__ import annotations

from collections.abc import Hashable

from qchime.core.exchange import Exchange
from qchime.core.injection import injected

ERRORS = ("ThrottlingException", "ThrottledClientException", "TooManyRequestsException")
"""AWS's usual names for the error; an operation that declares none of them is never throttled."""

LONGEST = 2048
"""In characters: no ARN is longer, and the input has not been validated yet."""


def check_rates(exchange: Exchange) -> None:
    """Count a request against the rates of its service.

    Raises:
        ServiceException: the operation's error for throttling, if a rate is exceeded.
    """
    service, operation, region = exchange.service, exchange.operation, exchange.caller.region
    error = next((name for name in ERRORS if name in operation.errors), None)
    if error is None:
        return
    rates = service.rates.of(operation.name)
    resource = _resource(exchange)
    keys: dict[Hashable, str] = {
        (service.name, region, subject, resource if subject == operation.name else ""): subject
        for subject in rates
    }
    exceeded = exchange.account.world.throttling.exceeded({key: rates[keys[key]] for key in keys})
    if exceeded is not None:
        subject = keys[exceeded]
        message = (
            f"Rate exceeded: {rates[subject]} requests per second for {subject}, in this account and region"
            f"{f' and for {resource}' if resource and subject == operation.name else ''}. "
            "Advance the mock's clock, or set its throttling to False."
        )
        raise injected(service, operation, error, exchange.input, message).because(
            service.rates.rule_of(subject)
        )


def _resource(exchange: Exchange) -> str:
    """What the rate of the operation is for, besides account and region; empty if it is for nothing else."""
    value = exchange.input.get(exchange.service.rates.per.get(exchange.operation.name, ""), "")
    return value if isinstance(value, str) and len(value) <= LONGEST else ""
