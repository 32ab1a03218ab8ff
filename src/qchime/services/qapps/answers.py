"""Scripted answers for cards and predictions, in place of AWS's large language model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, TypedDict, cast

from qchime.core.words import OPTIONAL, call_with
from qchime.rules import inferred
from qchime.world import Changes

if TYPE_CHECKING:
    from mypy_boto3_qapps.type_defs import AppDefinitionInputUnionTypeDef
    from typing_extensions import ReadOnly

Text = str | Callable[[str], str]


class _RequiredOfApp(TypedDict):
    title: str
    appDefinition: ReadOnly[AppDefinitionInputUnionTypeDef]


class PredictedApp(_RequiredOfApp, total=False):
    """An app that PredictQApp returns. The type of its definition is that of boto3-stubs, if installed."""

    description: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of a query or plugin card when it runs."""

    card: str | None
    """The card's title or id; None is any card."""
    text: Text
    """The answer, or a function that takes the resolved prompt and returns the answer."""
    fails: bool
    """Whether the card ends in the state ERROR."""
    waits: bool
    """Whether a plugin card waits for the user's confirmation before it runs."""


@dataclass(frozen=True, slots=True)
class Work:
    """How long a card is in progress, counted from the last time that its session started to run."""

    card: str | None
    """The card's title or id; None is any card."""
    polls: int | None = None
    """How many times GetQAppSession answers that the card is in progress."""
    seconds: float | None = None
    """For how many seconds, by the mock's clock, it is in progress."""


@inferred(
    "qapps.default-answer",
    "A query or plugin card answers `Answer to: ` and its resolved prompt.",
    turn="answers.add",
)
def default_text(prompt: str) -> str:
    """The default answer of a card: derived from the prompt, and the same every time."""
    return f"Answer to: {prompt}"


@dataclass
class KeptAnswer:
    """An answer in a state; a `text` of None is the default answer."""

    card: str | None
    text: str | None
    fails: bool
    waits: bool


@dataclass
class KeptApp:
    """A predicted app in a state.

    Raises:
        ValueError: the app lacks its title or definition.
    """

    app: dict[str, Any]
    problem_statement: str | None

    def __post_init__(self) -> None:
        _check_app(self.app)


@dataclass
class AnswersState:
    """The state of the answers."""

    answers: list[KeptAnswer]
    apps: list[KeptApp]
    plugins: dict[str, str]
    work: list[Work] = field(default_factory=list, metadata=OPTIONAL)


class Answers:
    """The answers of cards and of PredictQApp, and the types of plugins, that a test author has added.

    An account's answers come before those for all accounts.
    """

    def __init__(self, everybody: Answers | None = None) -> None:
        self._everybody = everybody
        self.runs_functions = False
        """Whether a function has been added, to these answers or to those of an account on top of them."""
        self.changes: Changes = Changes()
        self._answers: list[Answer] = []
        self._predictions: list[tuple[str | None, PredictedApp]] = []
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
        """Add an answer of cards. A later answer for a card overrides an earlier one.

        Args:
            card: the card's title or id; every card if omitted.
            text: the answer, or a function that takes the resolved prompt and returns the answer. It is
                optional for cards that fail or wait.
            fails: the card and its session end in the state ERROR.
            waits: a plugin card is WAITING until UpdateQAppSession sends a value for it, whatever the value.

        Raises:
            TypeError: `text`, `fails` and `waits` are all missing, or an argument has the wrong type.
        """
        if text is None and not fails and not waits:
            raise TypeError(
                "answers.add takes text (a string, or a function of the prompt), fails=True or waits=True"
            )
        text = default_text if text is None else text
        if not isinstance(text, str) and not callable(text):
            raise TypeError(f"text takes a string or a function of the prompt, not {text!r}")
        if not isinstance(card, str | None) or not isinstance(fails, bool) or not isinstance(waits, bool):
            raise TypeError("card takes a title or an id as a string; fails and waits take true or false")
        self._answers.append(Answer(card, text, fails, waits))
        if callable(text):
            (self._everybody or self).runs_functions = True
        self.changes.note()

    def add_app(self, app: PredictedApp, problem_statement: str | None = None) -> None:
        """Make PredictQApp return this app for one problem statement, or for all.

        The app is a dict with the names of the API, as in the response of `predict_q_app`.

        Raises:
            ValueError: the app lacks its title or definition.
            TypeError: the problem statement is not a string.
        """
        _check_app(app)
        if not isinstance(problem_statement, str | None):
            raise TypeError(f"problem_statement takes a string, not {problem_statement!r}")
        self._predictions.append((problem_statement, app))
        self.changes.note()

    def add_plugin(self, plugin_id: str, plugin_type: str) -> None:
        """Set the type of a plugin, such as `JIRA`; the default is CUSTOM."""
        if not isinstance(plugin_id, str) or not isinstance(plugin_type, str):
            raise TypeError(f"plugin_id and plugin_type take strings, not {plugin_id!r} and {plugin_type!r}")
        self._plugin_types[plugin_id] = plugin_type
        self.changes.note()

    def in_progress(
        self, card: str | None = None, *, polls: int | None = None, seconds: float | None = None
    ) -> None:
        """Make cards take time, so that their sessions do not complete at once, but are in progress first.

        This overrides moto's state manager. A later setting for a card overrides an earlier one.

        Args:
            card: the card's title or id; every card if omitted.
            polls: how many times GetQAppSession returns IN_PROGRESS.
            seconds: for how many seconds of the mock's clock it returns IN_PROGRESS.

        Raises:
            TypeError: both or neither of `polls` and `seconds` are given, or `card` is not a string.
            ValueError: the value is negative or not a number.
        """
        if (polls is None) == (seconds is None):
            raise TypeError("answers.in_progress takes either polls=… or seconds=…")
        if not isinstance(card, str | None):
            raise TypeError(f"card takes a title or an id, not {card!r}")
        if polls is not None and (type(polls) is not int or polls < 0):
            raise ValueError(f"polls takes a whole number of 0 or more, not {polls!r}")
        if seconds is not None and (type(seconds) not in (int, float) or not 0 <= seconds < float("inf")):
            raise ValueError(f"seconds takes a number of 0 or more, not {seconds!r}")
        self._work.append(Work(card, polls, seconds))
        self.changes.note()

    def work_on(self, title: str, card_id: str) -> Work | None:
        """How long a card is in progress; None if no test author has set it."""
        above = self._everybody.work_on(title, card_id) if self._everybody is not None else None
        fitting = (work for work in reversed(self.work) if work.card in (None, title, card_id))
        return next(fitting, above)

    def of_card(self, title: str, card_id: str) -> Answer:
        """The answer of a card: the scripted one, else the default."""
        fitting = (answer for answer in reversed(self._all) if answer.card in (None, title, card_id))
        return next(fitting, Answer(None, default_text, fails=False, waits=False))

    def of_prediction(self, problem_statement: str) -> PredictedApp | None:
        """The app scripted for this problem statement, None if there is none."""
        fitting = (app for wanted, app in reversed(self.apps) if wanted in (None, problem_statement))
        above = self._everybody.of_prediction(problem_statement) if self._everybody is not None else None
        return next(fitting, above)

    @inferred(
        "qapps.plugin-type",
        "Plugins are CUSTOM. AWS looks up the type, which is not in the input.",
        turn="answers.add_plugin",
    )
    def plugin_type(self, plugin_id: str) -> str:
        """The type of a plugin, such as `JIRA`."""
        above = self._everybody.plugin_type(plugin_id) if self._everybody is not None else "CUSTOM"
        return self._plugin_types.get(plugin_id, above)

    @property
    def _all(self) -> list[Answer]:
        """The answers for all accounts, then the account's own, which override them."""
        return [*(self._everybody._all if self._everybody is not None else ()), *self._answers]

    def __iter__(self) -> Iterator[Answer]:
        return iter(list(self._answers))

    @property
    def apps(self) -> list[tuple[str | None, PredictedApp]]:
        """The apps that PredictQApp returns, as pairs of a problem statement, or None for any, and an app."""
        return list(self._predictions)

    @property
    def plugins(self) -> dict[str, str]:
        """The types of plugins by their ids."""
        return dict(self._plugin_types)

    @property
    def work(self) -> list[Work]:
        """The settings of how long cards are in progress, oldest first."""
        return list(self._work)

    def show(self) -> dict[str, Any]:
        """Everything scripted as JSON; the text of an answer that is a function is null."""
        texts = [answer.text if isinstance(answer.text, str) else None for answer in self]
        return {
            "answers": [asdict(answer) | {"text": text} for answer, text in zip(self, texts, strict=True)],
            "apps": [{"problem_statement": statement, "app": app} for statement, app in self.apps],
            "plugins": self.plugins,
            "in_progress": [asdict(work) for work in self.work],
        }

    def post(self, **given: Any) -> None:
        """Script an answer, an app, a plugin's type or a card's time, whichever the members are for."""
        methods: dict[str, Callable[..., None]] = {
            "app": self.add_app,
            "plugin_id": self.add_plugin,
            "polls": self.in_progress,
            "seconds": self.in_progress,
        }
        call_with(next((method for name, method in methods.items() if name in given), self.add), given)

    def state(self) -> AnswersState:
        """Everything scripted except answers that are functions, which JSON cannot represent."""
        answers = [
            KeptAnswer(answer.card, text, answer.fails, answer.waits)
            for answer in self
            if isinstance(text := None if answer.text is default_text else answer.text, str | None)
        ]
        apps = [KeptApp(dict(app), problem_statement) for problem_statement, app in self.apps]
        return AnswersState(answers, apps, self.plugins, self.work)

    def restore(self, state: AnswersState) -> None:
        """Replace everything scripted with a saved state."""
        self._answers = [
            Answer(kept.card, default_text if kept.text is None else kept.text, kept.fails, kept.waits)
            for kept in state.answers
        ]
        self._predictions = [(kept.problem_statement, cast("PredictedApp", kept.app)) for kept in state.apps]
        self._plugin_types = dict(state.plugins)
        self._work = list(state.work)

    def reset(self) -> None:
        """Remove everything that was added."""
        self._answers.clear()
        self._predictions.clear()
        self._plugin_types.clear()
        self._work.clear()
        self.changes.note()


def _check_app(app: Any) -> None:
    if not isinstance(app, dict) or not {"title", "appDefinition"} <= app.keys():
        raise ValueError(f"answers.add_app takes a dict with title and appDefinition, not {app!r}")
