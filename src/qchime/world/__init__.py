"""What a service takes from outside, and a test author sets: time, ids, limits, users, answers."""

from qchime.world.answers import Answer, Answers
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
    "User",
    "Users",
    "World",
    "new_uuid",
    "world",
]


class World:
    """One world for both services and for everybody in this process, as moto has one state."""

    def __init__(self) -> None:
        self.answers = Answers()
        self.clock = Clock()
        self.limits = Limits()
        self.users = Users()

    def reset(self) -> None:
        """Put everything back to what it was before anybody touched it."""
        self.answers.reset()
        self.clock.reset()
        self.limits.reset()
        self.users.reset()


world = World()
