"""Notices that a state has changed, for those who save or show it."""

from itertools import count


class Changes:
    """The changes of a state: `last` is the number of the latest one.

    Numbers are drawn, not added up: two threads that add at the same time can return to a number that
    somebody has seen already. So a later change may have a lower number, but never one that another had.
    """

    def __init__(self) -> None:
        self._numbers = count()
        self.last: int = next(self._numbers)

    def note(self) -> None:
        """Record a change that has been made."""
        self.last = next(self._numbers)
