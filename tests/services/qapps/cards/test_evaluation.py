"""How cards run, without clients or storage."""

from typing import Any

import pytest
from typing_extensions import Self

from qchime.services.qapps.answers import Answer, Answers, Text
from qchime.services.qapps.cards import (
    Card,
    CardRun,
    ExecutionStatus,
    evaluate,
    overall_status,
    read_cards,
    restart_dependents,
)
from tests.services.qapps.cards.samples import A, B, C, D, form, plugin, query, text, unions


class Run:
    """Cards being run: their answers by id, and the order in which they ran."""

    def __init__(
        self,
        *cards: Card,
        values: dict[str, str] | None = None,
        answers: dict[str, Answer] | None = None,
        inputs: dict[str, str] | None = None,
    ) -> None:
        self.cards = read_cards(unions(*cards))
        self.runs = {card.id: CardRun("WAITING") for card in cards}
        for card_id, value in (values or {}).items():
            self.runs[card_id] = CardRun("COMPLETED", value)
        self.answers = answers or {}
        self.inputs = inputs or {}
        self.asked: list[str] = []

    def evaluate(self, is_running: bool = False) -> Self:
        evaluate(self.cards, self.runs, self.inputs, self.answer, lambda card: is_running)
        return self

    def answer(self, card: Card) -> Answer:
        self.asked.append(card.id)
        return self.answers.get(card.id, says(f"answer of {card.id[0]}"))

    @property
    def states(self) -> dict[str, str]:
        return {card_id[0]: run.state for card_id, run in self.runs.items()}

    @property
    def values(self) -> dict[str, str]:
        return {card_id[0]: run.value for card_id, run in self.runs.items()}


def says(text: Text) -> Answer:
    return Answer(None, text, fails=False, waits=False)


FAILS = Answer(None, "never said", fails=True, waits=False)
WAITS = Answer(None, "confirmed", fails=False, waits=True)


def echo(prompt: str) -> str:
    return f"<{prompt}>"


# Order and values


def test_a_query_without_dependencies_runs_at_once() -> None:
    run = Run(query(A)).evaluate()
    assert run.states == {"a": "COMPLETED"}
    assert run.values == {"a": "answer of a"}


def test_cards_run_in_the_order_of_their_dependencies() -> None:
    cards = [query(D, f"@{C} @{B}"), query(C, f"@{B}"), plugin(B, f"@{A}"), text(A)]
    run = Run(*cards, values={A: "in"}).evaluate()
    assert run.asked == [B, C, D]
    assert set(run.states.values()) == {"COMPLETED"}


def test_a_prompt_contains_the_values_of_the_cards_it_refers_to() -> None:
    cards = [text(A), query(B, f"Sum up @{A}"), query(C, f"Translate @{B} of @{A}")]
    run = Run(*cards, values={A: "tea"}, answers={B: says(echo), C: says(echo)}).evaluate()
    assert run.values == {"a": "tea", "b": "<Sum up tea>", "c": "<Translate <Sum up tea> of tea>"}


def test_a_prompt_can_see_another_value_than_that_of_the_card() -> None:
    """Prompts see the submissions to a form, whose own value stays empty."""
    cards = [form(A), query(B, f"Sum up @{A}")]
    run = Run(*cards, values={A: ""}, answers={B: says(echo)}, inputs={A: "[1]"}).evaluate()
    assert run.values == {"a": "", "b": "<Sum up [1]>"}


def test_the_id_of_a_missing_card_stays_text_and_is_not_waited_for() -> None:
    """AWS's own example has one."""
    run = Run(query(A, f"Sum up @{D}"), answers={A: says(echo)}).evaluate()
    assert run.values == {"a": f"<Sum up @{D}>"}


def test_input_cards_do_not_run() -> None:
    run = Run(text(A), form(B), text(C), values={C: "in"}).evaluate()
    assert run.states == {"a": "WAITING", "b": "WAITING", "c": "COMPLETED"}
    assert run.asked == []


def test_a_card_that_has_run_does_not_run_again() -> None:
    run = Run(text(A), query(B, f"@{A}"), values={A: "in"}).evaluate()
    run.runs[A].value = "changed"
    run.evaluate()
    assert run.asked == [B]
    assert run.values["b"] == "answer of b"


# Waiting, failing, in progress


def test_a_card_waits_for_its_dependencies_while_others_run() -> None:
    cards = [text(A), query(B, f"@{A}"), query(C, f"@{B}"), query(D)]
    run = Run(*cards).evaluate()
    assert run.states == {"a": "WAITING", "b": "WAITING", "c": "WAITING", "d": "COMPLETED"}
    assert run.values == {"a": "", "b": "", "c": "", "d": "answer of d"}


def test_waiting_cards_run_once_the_value_is_there() -> None:
    run = Run(text(A), query(B, f"@{A}"), query(C, f"@{B}")).evaluate()
    run.runs[A] = CardRun("COMPLETED", "in")
    assert set(run.evaluate().states.values()) == {"COMPLETED"}


def test_a_failing_card_has_no_value_and_its_dependents_fail_too() -> None:
    """That its dependents end in the same state is inferred."""
    cards = [query(A), query(B, f"@{A}"), query(C, f"@{B}"), query(D)]
    run = Run(*cards, answers={A: FAILS}).evaluate()
    assert run.states == {"a": "ERROR", "b": "ERROR", "c": "ERROR", "d": "COMPLETED"}
    assert run.values["a"] == run.values["b"] == ""
    assert run.asked == [A, D]


def test_a_card_that_depends_on_a_failed_and_a_waiting_card_fails() -> None:
    """The precedence is inferred."""
    run = Run(text(A), query(B), query(C, f"@{A} @{B}"), answers={B: FAILS}).evaluate()
    assert run.states["c"] == "ERROR"


def test_cards_that_can_run_are_in_progress_while_the_model_is_at_work() -> None:
    cards = [text(A), query(B), query(C, f"@{B}"), query(D, f"@{A}")]
    run = Run(*cards).evaluate(is_running=True)
    assert run.states == {"a": "WAITING", "b": "IN_PROGRESS", "c": "IN_PROGRESS", "d": "WAITING"}
    assert set(run.values.values()) == {""}
    run.evaluate(is_running=False)
    assert run.states == {"a": "WAITING", "b": "COMPLETED", "c": "COMPLETED", "d": "WAITING"}


def test_a_failing_card_is_also_in_progress_first() -> None:
    run = Run(query(A), answers={A: FAILS}).evaluate(is_running=True)
    assert run.states == {"a": "IN_PROGRESS"}
    assert run.evaluate().states == {"a": "ERROR"}


def test_a_card_has_no_answer_if_its_function_raises() -> None:
    def broken(prompt: str) -> str:
        raise LookupError(prompt)

    run = Run(query(A, "Say hello"), answers={A: says(broken)})
    with pytest.raises(LookupError, match="Say hello"):
        run.evaluate()
    assert run.states["a"] != "COMPLETED"
    assert run.values["a"] == ""


@pytest.mark.parametrize("result", [None, 5, {"answer": "hello"}, b"hello"])
def test_a_function_must_return_a_text(result: Any) -> None:
    run = Run(query(A), answers={A: says(lambda prompt: result)})
    with pytest.raises(TypeError, match="'Query' must be a text, not"):
        run.evaluate()
    assert run.states["a"] != "COMPLETED"


# Confirmation of plugins


@pytest.mark.parametrize("is_running", [True, False])
def test_a_plugin_waits_for_confirmation_if_its_answer_says_so(is_running: bool) -> None:
    run = Run(plugin(A), query(B, f"@{A}"), answers={A: WAITS}).evaluate(is_running)
    assert run.states == {"a": "WAITING", "b": "WAITING"}


def test_a_confirmed_plugin_and_its_dependents_run() -> None:
    run = Run(plugin(A), query(B, f"@{A}"), answers={A: WAITS, B: says(echo)}).evaluate()
    run.runs[A].is_confirmed = True
    run.evaluate()
    assert run.states == {"a": "COMPLETED", "b": "COMPLETED"}
    assert run.values == {"a": "confirmed", "b": "<confirmed>"}


def test_a_query_never_waits_for_confirmation() -> None:
    run = Run(query(A), answers={A: WAITS}).evaluate()
    assert run.states == {"a": "COMPLETED"}


def test_a_plugin_does_not_run_before_its_dependencies() -> None:
    run = Run(text(A), plugin(B, f"@{A}"), answers={B: WAITS}).evaluate()
    assert run.asked == []


# Restarting


def test_a_change_restarts_direct_and_indirect_dependents() -> None:
    cards = [query(C, f"@{B}"), query(B, f"@{A}"), form(A), query(D)]
    run = Run(*cards, values={A: ""}, inputs={A: "[1]"}, answers={B: says(echo)}).evaluate()
    restart_dependents(run.cards, run.runs, {A})
    assert run.states == {"a": "COMPLETED", "b": "WAITING", "c": "WAITING", "d": "COMPLETED"}
    assert run.values == {"a": "", "b": "", "c": "", "d": "answer of d"}
    run.inputs[A] = "[2]"
    assert run.evaluate().values["b"] == "<[2]>"


def test_nothing_restarts_without_a_change() -> None:
    run = Run(text(A), query(B, f"@{A}"), values={A: "in"}).evaluate()
    restart_dependents(run.cards, run.runs, set())
    assert run.states == {"a": "COMPLETED", "b": "COMPLETED"}


def test_a_failed_card_can_succeed_after_a_restart() -> None:
    run = Run(form(A), query(B, f"@{A}"), values={A: ""}, answers={B: FAILS}).evaluate()
    restart_dependents(run.cards, run.runs, {A})
    run.answers.clear()
    assert run.evaluate().states["b"] == "COMPLETED"


# The overall status


@pytest.mark.parametrize(
    ("states", "together"),
    [
        ([], "COMPLETED"),
        (["COMPLETED", "COMPLETED"], "COMPLETED"),
        (["COMPLETED", "IN_PROGRESS"], "IN_PROGRESS"),
        (["IN_PROGRESS", "WAITING", "COMPLETED"], "WAITING"),
        (["WAITING", "ERROR", "IN_PROGRESS", "COMPLETED"], "ERROR"),
    ],
)
def test_the_overall_status_is_the_worst_state(
    states: list[ExecutionStatus], together: ExecutionStatus
) -> None:
    """The precedence is inferred."""
    assert overall_status(states) == together
    assert overall_status(reversed(states)) == together


def test_the_answers_of_a_mock_can_be_used() -> None:
    answers = Answers()
    answers.add(card="Query", text=echo)
    run = Run(query(A, "Say hello"))
    run.answer = lambda card: answers.of_card(card.title, card.id)  # type: ignore[method-assign]
    assert run.evaluate().values == {"a": "<Say hello>"}
