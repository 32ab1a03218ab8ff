"""What a test author holds while a mock is running."""

from collections.abc import Mapping
from os import PathLike
from typing import Any

from qchime.core.service import SERVICES
from qchime.world import Answers, Clock, Limits, Users, world
from qchime.world.calls import Calls, calls
from qchime.world.faults import Faults, faults


class Handle:
    """The world of the mock in one hand: its answers, its clock, its limits, its users.

    There is one world for both services, so every handle holds the same. Few tests look at its state, so
    what writes and reads it is imported with its first use.
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
    def faults(self) -> Faults:
        """What fails: `faults.add("CreateQApp", "ThrottlingException", times=2)`."""
        return faults

    @property
    def limits(self) -> Limits:
        """The quotas: `limits.app_instances_per_account = 2`."""
        return world.limits

    @property
    def users(self) -> Users:
        """Who calls: `users.add("alice@example.com").credentials`."""
        return world.users

    def calls(self, operation: str | None = None) -> Calls:
        """What was called, the oldest first: `calls("CreateQApp")`, or everything.

        Raises:
            ValueError: no service has an operation of this name.
        """
        return calls.of(operation)

    def dump(self) -> dict[str, Any]:
        """The whole state as plain JSON, but for answers that are functions; credentials included.

        Raises:
            StateError: something that is no JSON was put into a predicted app.
        """
        from qchime.control import snapshot

        return snapshot.dump()

    def load(self, state: Mapping[str, Any] | str | PathLike[str]) -> None:
        """Go on from a state, or from the state file of this path; a mistake in it changes nothing.

        Raises:
            StateError: a ValueError that names every mistake with its place.
        """
        from qchime.control import snapshot

        if isinstance(state, str | PathLike):
            snapshot.load_file(state, self._load)
        else:
            self._load(state)

    def _load(self, state: Mapping[str, Any]) -> None:
        from qchime.control import snapshot

        snapshot.load(state)

    def save(self, path: str | PathLike[str]) -> None:
        """Write the state to a file, whole or not at all."""
        from qchime.control import snapshot

        snapshot.save_file(path, self.dump())

    def reset(self) -> None:
        """Clear everything: both services in all accounts and regions, and the world around them."""
        for service in SERVICES:
            service.backends.forget()
        world.reset()
