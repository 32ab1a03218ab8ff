"""The handle's `answers` and `categories` in a client of a server. Answers are strings, not functions."""

from collections.abc import Callable, Iterator
from typing import Any

from qchime.services.qapps.answers import Answer, Text, Work, default_text
from qchime.services.qapps.initial_categories import InitialCategory

Send = Callable[..., dict[str, Any]]
"""Sends an HTTP method and an optional body to the route of the word; returns the JSON of the response."""


class RemoteAnswers:
    """`Answers` on a server."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def add(self, card: str | None = None, text: Text | None = None, **flags: bool) -> None:
        """As `Answers.add`, for strings; a function raises TypeError."""
        said = {} if text is None else {"text": text}
        self._send("POST", {"card": card, **said, **flags})

    def add_app(self, app: dict[str, Any], problem_statement: str | None = None) -> None:
        """As `Answers.add_app`."""
        self._send("POST", {"app": app, "problem_statement": problem_statement})

    def add_plugin(self, plugin_id: str, plugin_type: str) -> None:
        """As `Answers.add_plugin`."""
        self._send("POST", {"plugin_id": plugin_id, "plugin_type": plugin_type})

    def in_progress(
        self, card: str | None = None, *, polls: int | None = None, seconds: float | None = None
    ) -> None:
        """As `Answers.in_progress`."""
        said: dict[str, float] = {} if polls is None else {"polls": polls}
        said |= {} if seconds is None else {"seconds": seconds}
        if not said:
            raise TypeError("answers.in_progress takes either polls or seconds")
        self._send("POST", {"card": card, **said})

    def __iter__(self) -> Iterator[Answer]:
        for answer in self._send("GET")["answers"]:
            yield Answer(**{**answer, "text": default_text if answer["text"] is None else answer["text"]})

    @property
    def apps(self) -> list[tuple[str | None, dict[str, Any]]]:
        """As `Answers.apps`."""
        return [(scripted["problem_statement"], scripted["app"]) for scripted in self._send("GET")["apps"]]

    @property
    def plugins(self) -> dict[str, str]:
        """As `Answers.plugins`."""
        return dict(self._send("GET")["plugins"])

    @property
    def work(self) -> list[Work]:
        """As `Answers.work`."""
        return [Work(**work) for work in self._send("GET")["in_progress"]]

    def reset(self) -> None:
        """As `Answers.reset`."""
        self._send("DELETE")


class RemoteInitialCategories:
    """`InitialCategories` on a server."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def add(self, title: str, id: str | None = None, color: str | None = None) -> None:
        """As `InitialCategories.add`."""
        self._send("POST", {"title": title, "id": id, "color": color})

    def __iter__(self) -> Iterator[InitialCategory]:
        return (InitialCategory(**category) for category in self._send("GET")["categories"])

    def reset(self) -> None:
        """As `InitialCategories.reset`."""
        self._send("DELETE")
