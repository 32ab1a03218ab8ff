"""Discovers services by the entry points of installed packages, without importing those packages."""

from functools import cache
from importlib.metadata import EntryPoint, entry_points

GROUP = "qchime.services"
"""The entry-point group. An entry point is named as botocore names the service, and refers to its row."""


@cache
def service_entry_points() -> dict[str, EntryPoint]:
    """The entry points by name, our own first.

    Raises:
        LookupError: two packages have the same service.
    """
    found = sorted(entry_points(group=GROUP), key=lambda entry: not entry.value.startswith("qchime."))
    by_name: dict[str, EntryPoint] = {}
    for entry in found:
        earlier = by_name.setdefault(entry.name, entry)
        if earlier.value != entry.value:
            raise LookupError(
                f"Two entry points of {GROUP} are named {entry.name}: {earlier.value!r} and {entry.value!r}. "
                "Uninstall one of the two packages, or rename its entry point."
            )
    return by_name


def moto_name(service: str) -> str:
    """moto's spelling of a botocore name, as in `mock_<name>`."""
    return service.replace("-", "")
