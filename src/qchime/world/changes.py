"""Notices that a state has changed, for those who save it."""


class Changes:
    """The changes of a state: `last` stands for the latest one, and each is a different object.

    A number would not do: two threads that count at the same time can return to a number that somebody has
    seen already.
    """

    def __init__(self) -> None:
        self.last = object()

    def note(self) -> None:
        """Record a change that has been made."""
        self.last = object()
