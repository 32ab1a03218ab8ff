"""What cards answer, and what is predicted: what a large language model would say in AWS."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from qchime.core.words import OPTIONAL, call_with

Text = str | Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query or plugin card answers when it runs."""

    card: str | None
    """The card's title or id; None is any card."""
    text: Text
    """The answer, or a function that makes it of the resolved prompt."""
    fails: bool
    """The card ends in the state ERROR."""
    waits: bool
    """A plugin card waits for the user's confirmation before it runs."""


@dataclass(frozen=True, slots=True)
class Work:
    """How long the model works on a card, counted from when its session last began to work."""

    card: str | None
    """The card's title or id; None is any card."""
    polls: int | None = None
    """How many times GetQAppSession answers that the card is in progress."""
    seconds: float | None = None
    """For how many seconds, by the clock of the mock, it is in progress."""


def default_text(prompt: str) -> str:
    """The answer where the test author gave none: made of the prompt, the same every time (inferred)."""
    return f"Answer to: {prompt}"


@dataclass
class KeptAnswer:
    """An answer in a state; None is the text where the test author gave none."""

    card: str | None
    text: str | None
    fails: bool
    waits: bool


@dataclass
class KeptApp:
    """A predicted app in a state.

    Raises:
        ValueError: this is no app.
    """

    app: dict[str, Any]
    problem_statement: str | None

    def __post_init__(self) -> None:
        _check_app(self.app)


@dataclass
class AnswersState:
    """What a state keeps of the answers."""

    answers: list[KeptAnswer]
    apps: list[KeptApp]
    plugins: dict[str, str]
    work: list[Work] = field(default_factory=list, metadata=OPTIONAL)


class Answers:
    """The answers of a mock: of the cards, of PredictQApp, and of the look-up of plugins.

    Those of one account come before everybody's.
    """

    def __init__(self, everybody: Answers | None = None) -> None:
        self._everybody = everybody
        self._answers: list[Answer] = []
        self._predictions: list[tuple[str | None, dict[str, Any]]] = []
        self._plugin_types: dict[str, str] = {}
        self._work: list[Work] = []

    def add(
        self,
        card: str | None = None,
        text: Text | None = None,
        *,
        fails: bool = False,
        waits: bool = False,
    ) -> None:
        """Answer cards of this title or id, or all; a later answer for a card wins over an earlier one.

        Args:
            card: the card's title or id; every card where it is left out.
            text: the answer, or a function of the resolved prompt. A card that fails or waits needs none.
            fails: the card ends in the state ERROR, and its session too.
            waits: a plugin card goes WAITING, until UpdateQAppSession sends any value for it.
        """
        if text is None and not fails and not waits:
            raise TypeError(
                "answers.add has nothing to say. It takes text (a text, or a function of the prompt), "
                "fails=True or waits=True"
            )
        text = default_text if text is None else text
        if not isinstance(text, str) and not callable(text):
            raise TypeError(f"An answer is a text or a function of the prompt, not {text!r}")
        if not isinstance(card, str | None) or not isinstance(fails, bool) or not isinstance(waits, bool):
            raise TypeError("card takes a title or an id, fails and waits take true or false")
        self._answers.append(Answer(card, text, fails, waits))

    def add_app(self, app: dict[str, Any], problem_statement: str | None = None) -> None:
        """Let PredictQApp answer with this app, in the API's names, for one problem statement or for all."""
        _check_app(app)
        if not isinstance(problem_statement, str | None):
            raise TypeError(f"problem_statement takes a text, not {problem_statement!r}")
        self._predictions.append((problem_statement, app))

    def add_plugin(self, plugin_id: str, plugin_type: str) -> None:
        """Let this plugin be of a type such as `JIRA`; plugins nobody described are CUSTOM (inferred)."""
        if not isinstance(plugin_id, str) or not isinstance(plugin_type, str):
            raise TypeError("plugin_id and plugin_type take texts")
        self._plugin_types[plugin_id] = plugin_type

    def in_progress(
        self, card: str | None = None, *, polls: int | None = None, seconds: float | None = None
    ) -> None:
        """Let sessions be in progress before they are completed; without a word they complete at once.

        This wins over moto's state manager. A later word for a card wins over an earlier one.

        Args:
            card: the title or the id of the card that takes its time; every card if it is left out.
            polls: how many times GetQAppSession answers IN_PROGRESS.
            seconds: for how many seconds, by the clock of the mock, it does.
        """
        if (polls is None) == (seconds is None):
            raise TypeError("answers.in_progress takes polls or seconds, one of the two")
        if not isinstance(card, str | None):
            raise TypeError(f"card takes a title or an id, not {card!r}")
        if polls is not None and (type(polls) is not int or polls < 0):
            raise ValueError(f"polls takes a whole number of 0 or more, not {polls!r}")
        if seconds is not None and (type(seconds) not in (int, float) or not 0 <= seconds < float("inf")):
            raise ValueError(f"seconds takes a number of 0 or more, not {seconds!r}")
        self._work.append(Work(card, polls, seconds))

    def work_on(self, title: str, card_id: str) -> Work | None:
        """How long the model works on a card; None if nobody has said so."""
        above = self._everybody.work_on(title, card_id) if self._everybody is not None else None
        fitting = (work for work in reversed(self.work) if work.card in (None, title, card_id))
        return next(fitting, above)

    def of_card(self, title: str, card_id: str) -> Answer:
        """The answer of one card."""
        fitting = (answer for answer in reversed(self._all) if answer.card in (None, title, card_id))
        return next(fitting, Answer(None, default_text, fails=False, waits=False))

    def of_prediction(self, problem_statement: str) -> dict[str, Any] | None:
        """The app that the author scripted for this statement."""
        fitting = (app for wanted, app in reversed(self.apps) if wanted in (None, problem_statement))
        above = self._everybody.of_prediction(problem_statement) if self._everybody is not None else None
        return next(fitting, above)

    def plugin_type(self, plugin_id: str) -> str:
        """What kind of plugin this is."""
        above = self._everybody.plugin_type(plugin_id) if self._everybody is not None else "CUSTOM"
        return self._plugin_types.get(plugin_id, above)

    @property
    def _all(self) -> list[Answer]:
        """Everybody's, then those that win over them."""
        return [*(self._everybody._all if self._everybody is not None else ()), *self._answers]

    def __iter__(self) -> Iterator[Answer]:
        return iter(list(self._answers))

    @property
    def apps(self) -> list[tuple[str | None, dict[str, Any]]]:
        """The scripted apps, each with the problem statement that it is for; None is any."""
        return list(self._predictions)

    @property
    def plugins(self) -> dict[str, str]:
        """The types of plugins by their ids."""
        return dict(self._plugin_types)

    @property
    def work(self) -> list[Work]:
        """How long the model works on which card."""
        return list(self._work)

    def show(self) -> dict[str, Any]:
        """What was scripted, as JSON; a text that a function makes is null."""
        texts = [answer.text if isinstance(answer.text, str) else None for answer in self]
        return {
            "answers": [asdict(answer) | {"text": text} for answer, text in zip(self, texts, strict=True)],
            "apps": [{"problem_statement": statement, "app": app} for statement, app in self.apps],
            "plugins": self.plugins,
            "in_progress": [asdict(work) for work in self.work],
        }

    def post(self, **given: Any) -> None:
        """Script the answer of a card, the app of a prediction or the type of a plugin."""
        words: dict[str, Callable[..., None]] = {
            "app": self.add_app,
            "plugin_id": self.add_plugin,
            "polls": self.in_progress,
            "seconds": self.in_progress,
        }
        call_with(next((word for name, word in words.items() if name in given), self.add), given)

    def state(self) -> AnswersState:
        """Everything that was scripted but the answers that are functions, for a state is JSON."""
        answers = [
            KeptAnswer(answer.card, text, answer.fails, answer.waits)
            for answer in self
            if isinstance(text := None if answer.text is default_text else answer.text, str | None)
        ]
        apps = [KeptApp(app, problem_statement) for problem_statement, app in self.apps]
        return AnswersState(answers, apps, self.plugins, self.work)

    def restore(self, state: AnswersState) -> None:
        """Have this scripted, and nothing else."""
        self._answers = [
            Answer(kept.card, default_text if kept.text is None else kept.text, kept.fails, kept.waits)
            for kept in state.answers
        ]
        self._predictions = [(kept.problem_statement, kept.app) for kept in state.apps]
        self._plugin_types = dict(state.plugins)
        self._work = list(state.work)

    def reset(self) -> None:
        """Forget everything that was scripted."""
        self._answers.clear()
        self._predictions.clear()
        self._plugin_types.clear()
        self._work.clear()


def _check_app(app: Any) -> None:
    if not isinstance(app, dict) or not {"title", "appDefinition"} <= app.keys():
        raise ValueError(f"A predicted app is a dict with title and appDefinition, not {app!r}")
