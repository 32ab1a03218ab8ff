"""Keeps the events of one account and region, and delivers them to sessions."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from functools import partial

from qchime.services.chimesdkmessaging.event import Event
from qchime.world import Lock, Log

logger = logging.getLogger("qchime")

Listener = Callable[[Event], None]


def _nothing() -> None: ...


class Session:
    """A session of a user or bot that listens to its events until it is closed."""

    def __init__(self, log: EventLog, arn: str, listener: Listener, ended: Callable[[], None]) -> None:
        self.arn = arn
        self._log = log
        self._listener = listener
        self._ended = ended
        self._is_open = True

    def close(self) -> None:
        """Listen no longer. No event is delivered after that."""
        self._is_open = False
        self._log._remove(self)

    def _deliver(self, event: Event) -> None:
        if self._is_open:
            self._guarded(partial(self._listener, event))

    def _end(self) -> None:
        if self._is_open:
            self._guarded(self._ended)

    def _guarded(self, function: Callable[[], None]) -> None:
        """A listener that fails must not affect the call that it hears about, or other listeners."""
        try:
            function()
        except Exception:
            logger.exception("The session of %s failed", self.arn)


class EventLog:
    """The latest events of one account and region, and the sessions that listen to them.

    Events are published under the account's lock. Sessions hear of them as soon as it is released, in order.
    """

    def __init__(self, lock: Lock, serials: Iterator[int]) -> None:
        self._lock = lock
        self._log: Log[Event] = Log(serials)
        self._sessions: dict[str, list[Session]] = {}

    @property
    def log(self) -> Log[Event]:
        """The latest events, oldest first."""
        return self._log

    def publish(self, event: Event) -> None:
        """Keep an event, and deliver it to the sessions of its recipients."""
        self._log.add(event, event.size)
        if self._sessions:
            for arn in event.recipients:
                for session in self._sessions.get(arn, ()):
                    self._lock.after_release(partial(session._deliver, event))

    def listen(self, arn: str, listener: Listener, ended: Callable[[], None] = _nothing) -> Session:
        """Call `listener` with each event from now on whose recipients include a user or bot.

        The calls come one after the other, in the order of the events, and without the account's lock; from
        any thread, so they should take little time. `ended` is called after the last event if the user or
        bot is deleted. Exceptions of either are logged.
        """
        session = Session(self, arn, listener, ended)
        with self._lock:
            self._sessions.setdefault(arn, []).append(session)
        return session

    def end(self, arn: str) -> None:
        """End the sessions of a user or bot that is deleted, or of all in an app instance."""
        for known in [known for known in self._sessions if known == arn or known.startswith(f"{arn}/")]:
            for session in self._sessions.pop(known):
                self._lock.after_release(session._end)

    def _remove(self, session: Session) -> None:
        with self._lock:
            others = [other for other in self._sessions.get(session.arn, ()) if other is not session]
            self._sessions[session.arn] = others
            if not others:
                del self._sessions[session.arn]
