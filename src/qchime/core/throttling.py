"""Refuses requests that exceed a rate of their service."""

from __future__ import annotations

from collections.abc import Hashable

from qchime.core.exchange import Exchange
from qchime.core.injection import injected
from qchime.core.rates import Rate

ERRORS = ("ThrottlingException", "ThrottledClientException", "TooManyRequestsException")
"""AWS's usual names for the error; an operation that declares none of them is never throttled."""

LONGEST = 2048
"""In characters: the input, which names resources, has not been validated yet."""


def check_rates(exchange: Exchange) -> None:
    """Count a request against the rates of its service.

    Raises:
        ServiceException: the operation's error for throttling, if a rate is exceeded.
    """
    service, operation, region = exchange.service, exchange.operation, exchange.caller.region
    error = next((name for name in ERRORS if name in operation.errors), None)
    if error is None:
        return
    keys: dict[Hashable, tuple[Rate, str]] = {
        (service.name, region, rate.subject, resource): (rate, resource)
        for rate in service.rates.of(operation.name)
        if (resource := _resource(rate, exchange)) is not None
    }
    rates = {key: rate.per_second for key, (rate, _) in keys.items()}
    exceeded = exchange.account.world.throttling.exceeded(rates)
    if exceeded is not None:
        rate, resource = keys[exceeded]
        message = (
            f"Rate exceeded: {rate.per_second} requests per second for {rate.subject}, in this account and "
            f"region{f' and for {resource}' if resource else ''}. "
            "Advance the mock's clock, or set its throttling to False."
        )
        raise injected(service, operation, error, exchange.input, message).because(rate.rule)


def _resource(rate: Rate, exchange: Exchange) -> str | None:
    """What a request counts for; empty if that is longer than any ARN."""
    resource = rate.resource(exchange.input)
    return "" if resource is not None and len(resource) > LONGEST else resource
