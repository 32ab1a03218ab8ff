"""What a service takes from outside, and a test author sets: time, ids, limits, users, answers."""

from typing import Protocol, TypeVar

from qchime.world.answers import Answer, Answers, Text, default_text
from qchime.world.clock import Clock
from qchime.world.ids import new_uuid
from qchime.world.limits import Limits
from qchime.world.users import DEFAULT_USER, User, Users

__all__ = [
    "DEFAULT_USER",
    "Answer",
    "Answers",
    "Clock",
    "Limits",
    "Text",
    "User",
    "Users",
    "World",
    "default_text",
    "new_uuid",
    "world",
]


class Resettable(Protocol):
    """What a test author can change, and a reset puts back."""

    def reset(self) -> None:
        """Back to what it was before anybody touched it."""


Part = TypeVar("Part", bound=Resettable)


class World:
    """One world for both services and for everybody in this process, as moto has one state."""

    def __init__(self) -> None:
        self.answers = Answers()
        self.clock = Clock()
        self.limits = Limits()
        self.users = Users(self.clock)
        self._parts: list[Resettable] = [self.answers, self.clock, self.limits, self.users]

    def join(self, part: Part) -> Part:
        """Reset this with the rest from now on: what stands on the services cannot stand here."""
        self._parts.append(part)
        return part

    def reset(self) -> None:
        """Put everything back to what it was before anybody touched it."""
        for part in self._parts:
            part.reset()


world = World()
