"""How a session runs the cards of an app: in the order of their dependencies, apart from where it is kept."""

from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence, Set
from dataclasses import dataclass
from typing import Literal

from qchime.services.qapps.answers import Answer
from qchime.services.qapps.cards.definition import Card, in_running_order

ExecutionStatus = Literal["IN_PROGRESS", "WAITING", "COMPLETED", "ERROR"]


@dataclass(slots=True)
class CardRun:
    """How far one card has come in one session. `value` is `""` until there is one."""

    state: ExecutionStatus
    value: str = ""
    is_confirmed: bool = False
    """The user has let a plugin card go on."""


def evaluate(
    cards: Sequence[Card],
    runs: Mapping[str, CardRun],
    inputs: Mapping[str, str],
    answer_of: Callable[[Card], Answer],
    is_running: bool = False,
) -> None:
    """Run every query and plugin card whose dependencies are all completed and that has not run yet.

    Args:
        cards: the cards of the app.
        runs: how far each has come; changed in place.
        inputs: the values of completed cards as prompts see them, where they differ from the run's own.
        answer_of: what a card answers.
        is_running: a model is still at work, so what can run stays in progress.
    """
    for card in in_running_order(cards):
        run = runs[card.id]
        if card.is_input or run.state in ("COMPLETED", "ERROR"):
            continue
        needed = _needed(card, runs)
        if needed == "COMPLETED":
            prompt = card.resolved({name: inputs.get(name, other.value) for name, other in runs.items()})
            _run(card, run, answer_of(card), prompt, is_running)
        else:
            run.state = needed


def _run(card: Card, run: CardRun, answer: Answer, prompt: str, is_running: bool) -> None:
    if answer.waits and card.kind == "q_plugin" and not run.is_confirmed:
        run.state = "WAITING"
    elif is_running:
        run.state = "IN_PROGRESS"
    elif answer.fails:
        run.state = "ERROR"
    else:
        text = answer.text if isinstance(answer.text, str) else answer.text(prompt)
        if not isinstance(text, str):
            raise TypeError(f"The answer of the card {card.title!r} must be a text, not {text!r}")
        run.state, run.value = "COMPLETED", text


def takes_value(card: Card, runs: Mapping[str, CardRun]) -> bool:
    """Whether somebody can fill this card: one that waits for a value, or a plugin for its confirmation."""
    is_asked = card.is_input or (card.kind == "q_plugin" and _needed(card, runs) == "COMPLETED")
    return is_asked and runs[card.id].state == "WAITING"


def _needed(card: Card, runs: Mapping[str, CardRun]) -> ExecutionStatus:
    return overall_status(runs[name].state for name in card.references if name in runs)


def restart_dependents(cards: Sequence[Card], runs: MutableMapping[str, CardRun], changed: Set[str]) -> None:
    """Let every card run anew whose answer stands on one that has changed, however indirectly."""
    stale = set(changed)
    for card in in_running_order(cards):
        if stale.intersection(card.references):
            stale.add(card.id)
            runs[card.id] = CardRun("WAITING")


def overall_status(states: Iterable[ExecutionStatus]) -> ExecutionStatus:
    """What cards in these states come to together (the precedence is inferred)."""
    found = set(states)
    precedence: tuple[ExecutionStatus, ...] = ("ERROR", "WAITING", "IN_PROGRESS")
    return next((state for state in precedence if state in found), "COMPLETED")
