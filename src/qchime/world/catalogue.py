"""What the world needs to know about the services, as an interface."""

from collections.abc import Mapping
from typing import Any, Protocol

from qchime.rules import Rule


class Catalogue(Protocol):
    """The installed services and their operations; `qchime.core.table.SERVICES` implements it."""

    def services_with(self, operation: str) -> list[str]:
        """The names of the services that have an operation of this name.

        Raises:
            ValueError: no service has it; the message suggests similar names.
        """

    def errors_of(self, service: str, operation: str) -> tuple[str, ...]:
        """The errors that a fault can inject into the operation."""

    def members_of(self, service: str, operation: str) -> list[str]:
        """The names of the members of the operation's input."""

    def limits(self) -> Mapping[str, int]:
        """AWS's default quotas, by name."""

    def rules(self) -> Mapping[str, Rule]:
        """The rules that have choices, by name."""

    def words(self) -> Mapping[str, Any]:
        """The classes of the attributes that services add to the handle, by name."""
