"""The handle's `answers` and `categories` in a client of a server. Answers are strings, not functions."""

from collections.abc import Callable, Iterator
from typing import Any

from qchime.core.words import with_arguments_of
from qchime.services.qapps.answers import Answer, Answers, PredictedApp, Work, default_text
from qchime.services.qapps.initial_categories import InitialCategories, InitialCategory

Send = Callable[..., dict[str, Any]]
"""Sends an HTTP method and an optional body to the route of the word; returns the JSON of the response."""


class RemoteAnswers:
    """`Answers` on a server."""

    def __init__(self, send: Send) -> None:
        self._send = send

    @with_arguments_of(Answers.add)
    def add(self, given: dict[str, Any]) -> None:
        """As `Answers.add`, for strings; a function raises TypeError."""
        self._send("POST", given)

    @with_arguments_of(Answers.add_app)
    def add_app(self, given: dict[str, Any]) -> None:
        """As `Answers.add_app`."""
        self._send("POST", given)

    @with_arguments_of(Answers.add_plugin)
    def add_plugin(self, given: dict[str, Any]) -> None:
        """As `Answers.add_plugin`."""
        self._send("POST", given)

    @with_arguments_of(Answers.in_progress)
    def in_progress(self, given: dict[str, Any]) -> None:
        """As `Answers.in_progress`."""
        self._send("POST", {"polls": None, **given})  # a member that shows what the others are for

    def __iter__(self) -> Iterator[Answer]:
        for answer in self._send("GET")["answers"]:
            yield Answer(**{**answer, "text": default_text if answer["text"] is None else answer["text"]})

    @property
    def apps(self) -> list[tuple[str | None, PredictedApp]]:
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

    @with_arguments_of(InitialCategories.add)
    def add(self, given: dict[str, Any]) -> None:
        """As `InitialCategories.add`."""
        self._send("POST", given)

    def __iter__(self) -> Iterator[InitialCategory]:
        return (InitialCategory(**category) for category in self._send("GET")["categories"])

    def reset(self) -> None:
        """As `InitialCategories.reset`."""
        self._send("DELETE")
