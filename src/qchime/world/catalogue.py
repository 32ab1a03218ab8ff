"""What the world asks about the services, without knowing any."""

from collections.abc import Mapping
from typing import Any, Protocol


class Catalogue(Protocol):
    """The services with their operations, by the names that AWS gives them."""

    def services_with(self, operation: str) -> list[str]:
        """The names of the services that have an operation of this name.

        Raises:
            ValueError: no service has it; the message names operations that are spelled alike.
        """

    def errors_of(self, service: str, operation: str) -> tuple[str, ...]:
        """The errors that a call of the operation can end with."""

    def members_of(self, service: str, operation: str) -> list[str]:
        """The members of the operation's input."""

    def limits(self) -> Mapping[str, int]:
        """AWS's figure of each quota, by name."""

    def words(self) -> Mapping[str, Any]:
        """The classes of the further words that services bring along, by name."""
