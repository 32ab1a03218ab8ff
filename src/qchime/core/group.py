"""Where services are found: the entry points of packages, read without loading any of them."""

from functools import cache
from importlib.metadata import EntryPoint, entry_points

GROUP = "qchime.services"
"""botocore's name of a service is the name of its entry point, and its row is what that leads to."""


@cache
def service_entry_points() -> dict[str, EntryPoint]:
    """The entry points by name, ours first."""
    found = sorted(entry_points(group=GROUP), key=lambda entry: not entry.value.startswith("qchime."))
    return {entry.name: entry for entry in found}


def moto_name(service: str) -> str:
    """moto's spelling of botocore's name, as in `mock_<name>`."""
    return service.replace("-", "")
