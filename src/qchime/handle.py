"""What a test author holds while a mock is running."""

from qchime.service import SERVICES
from qchime.world import Answers, Clock, Limits, Users, world


class Handle:
    """The world of the mock in one hand: its answers, its clock, its limits, its users.

    There is one world for both services, so every handle holds the same.
    """

    @property
    def answers(self) -> Answers:
        """What cards answer: `answers.add(card="Summary", text="All is well")`."""
        return world.answers

    @property
    def clock(self) -> Clock:
        """The time: `clock.advance(days=7)`."""
        return world.clock

    @property
    def limits(self) -> Limits:
        """The quotas: `limits.app_instances_per_account = 2`."""
        return world.limits

    @property
    def users(self) -> Users:
        """Who calls: `users.add("alice@example.com").credentials`."""
        return world.users

    def reset(self) -> None:
        """Clear everything: both services in all accounts and regions, and the world around them."""
        for service in SERVICES:
            service.backends.forget()
        world.reset()
