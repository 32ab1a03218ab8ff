"""Profiles of hypothesis: the same examples every time, or many new ones with HYPOTHESIS_PROFILE=long."""

import os

from hypothesis import HealthCheck, settings

from tests.services.qapps.conftest import alice, client_of, create_app  # noqa: F401

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
"""Neither check is useful for tests whose examples are dozens of calls."""

settings.register_profile(
    "normal",
    deadline=None,
    derandomize=True,
    max_examples=40,
    stateful_step_count=30,
    suppress_health_check=SLOW,
)
settings.register_profile(
    "long",
    deadline=None,
    max_examples=500,
    print_blob=True,
    stateful_step_count=60,
    suppress_health_check=SLOW,
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "normal"))
