"""Runs the cards of a session in the order of their dependencies. Nothing is stored here."""

from collections.abc import Callable, Iterable, Mapping, MutableMapping, Set
from dataclasses import dataclass
from typing import Literal

from qchime.rules import inferred
from qchime.services.qapps.answers import Answer
from qchime.services.qapps.cards.definition import Card, Cards

ExecutionStatus = Literal["IN_PROGRESS", "WAITING", "COMPLETED", "ERROR"]


@dataclass(slots=True)
class CardRun:
    """The progress of one card in one session. `value` is `""` until the card has one."""

    state: ExecutionStatus
    value: str = ""
    is_confirmed: bool = False
    """The user has confirmed that a plugin card may run."""


def evaluate(
    cards: Cards,
    runs: Mapping[str, CardRun],
    inputs: Mapping[str, str],
    answer_of: Callable[[Card], Answer],
    is_at_work: Callable[[Card], bool] = lambda card: False,
) -> None:
    """Run every query and plugin card that has not run yet and whose dependencies are all completed.

    Args:
        cards: the cards of the app.
        runs: the progress of each card, by id; updated in place.
        inputs: the values that prompts see, by card id, where they differ from the runs' own values.
        answer_of: returns the answer of a card.
        is_at_work: whether the model still works on a card that can run, so that it stays in progress.
    """
    for card in cards.running_order:
        run = runs[card.id]
        if card.is_input or run.state in ("COMPLETED", "ERROR"):
            continue
        needed = _needed(card, runs)
        if needed == "COMPLETED":
            values = {name: inputs.get(name, runs[name].value) for name in card.references if name in runs}
            _run(card, run, answer_of(card), card.resolved(values), is_at_work)
        else:
            run.state = needed


@inferred(
    "qapps.plugin-confirmation",
    "Plugin cards run without the user's confirmation, which AWS documents as possible.",
    turn="answers.add(waits=True)",
)
def _run(card: Card, run: CardRun, answer: Answer, prompt: str, is_at_work: Callable[[Card], bool]) -> None:
    if answer.waits and card.kind == "q_plugin" and not run.is_confirmed:
        run.state = "WAITING"
    elif is_at_work(card):
        run.state = "IN_PROGRESS"
    elif answer.fails:
        run.state = "ERROR"
    else:
        text = answer.text if isinstance(answer.text, str) else answer.text(prompt)
        if not isinstance(text, str):
            raise TypeError(f"The answer of the card {card.title!r} must be a text, not {text!r}")
        run.state, run.value = "COMPLETED", text


def takes_value(card: Card, runs: Mapping[str, CardRun]) -> bool:
    """Whether the card waits for a user: an input card for a value, a plugin for confirmation.

    A file card that allows it takes another file at any time.
    """
    is_asked = card.is_input or (card.kind == "q_plugin" and _needed(card, runs) == "COMPLETED")
    return is_asked and (runs[card.id].state == "WAITING" or card.is_replaceable)


def _needed(card: Card, runs: Mapping[str, CardRun]) -> ExecutionStatus:
    return overall_status(runs[name].state for name in card.references if name in runs)


def restart_dependents(cards: Cards, runs: MutableMapping[str, CardRun], changed: Set[str]) -> None:
    """Reset every card that depends on a changed one, directly or indirectly, so that it runs again."""
    stale = set(changed)
    for card in cards.running_order:
        if stale.intersection(card.references):
            stale.add(card.id)
            runs[card.id] = CardRun("WAITING")


@inferred(
    "qapps.status-precedence",
    "The status of a session is the first of ERROR, WAITING and IN_PROGRESS that one of its cards has, "
    "otherwise COMPLETED. Until all cards that it depends on are COMPLETED, the state of a card follows "
    "from theirs in the same way.",
)
def overall_status(states: Iterable[ExecutionStatus]) -> ExecutionStatus:
    """The status of cards in these states as a whole."""
    found = set(states)
    precedence: tuple[ExecutionStatus, ...] = ("ERROR", "WAITING", "IN_PROGRESS")
    return next((state for state in precedence if state in found), "COMPLETED")
