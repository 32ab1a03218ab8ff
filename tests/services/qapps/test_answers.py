"""Scripted answers of cards, predictions, and types of plugins."""

from collections.abc import Callable
from typing import Any

import boto3
import pytest

from qchime import Handle
from qchime.services.qapps.answers import Answers, PredictedApp

INSTANCE = "instance"
QUERY = "4cf94d96-8819-45c2-98cc-58c56b35c72f"
PLUGIN = "8b4b9cc0-2f5a-4b7d-9e56-6f7d3f1c1a2b"


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def run(qapps_client: Any) -> Callable[..., dict[str, Any]]:
    """Runs an app with a query card called Summary and a plugin card called Ticket; returns the session."""

    def run(prompt: str = "Sum up") -> dict[str, Any]:
        query = {"id": QUERY, "title": "Summary", "type": "q-query", "prompt": prompt}
        ticket = {"id": PLUGIN, "title": "Ticket", "type": "q-plugin", "prompt": "Open", "pluginId": PLUGIN}
        app = qapps_client.create_q_app(
            instanceId=INSTANCE,
            title="App",
            appDefinition={"cards": [{"qQuery": query}, {"qPlugin": ticket}]},
        )
        session = qapps_client.start_q_app_session(instanceId=INSTANCE, appId=app["appId"], appVersion=1)
        got: dict[str, Any] = qapps_client.get_q_app_session(
            instanceId=INSTANCE, sessionId=session["sessionId"]
        )
        return got

    return run


def value(session: dict[str, Any], card: str = QUERY) -> str:
    return str(session["cardStatus"][card]["currentValue"])


# Answers of cards


def test_a_card_answers_the_text_for_its_title(qchime: Handle, run: Any) -> None:
    qchime.answers.add(card="Summary", text="All is well")
    session = run()

    assert value(session) == "All is well"
    assert value(session, PLUGIN) == "Answer to: Open"


def test_a_card_answers_the_text_for_its_id(qchime: Handle, run: Any) -> None:
    qchime.answers.add(card=PLUGIN, text="TICKET-1")
    session = run()

    assert value(session, PLUGIN) == "TICKET-1"
    assert value(session) == "Answer to: Sum up"


def test_an_answer_without_a_card_is_for_all_cards(qchime: Handle, run: Any) -> None:
    qchime.answers.add(text="Hello")
    session = run()

    assert value(session) == value(session, PLUGIN) == "Hello"


def test_a_function_gets_the_resolved_prompt(qchime: Handle, run: Any) -> None:
    qchime.answers.add(card="Summary", text=lambda prompt: prompt.upper())

    assert value(run("Sum up the news")) == "SUM UP THE NEWS"


def test_an_empty_text_is_an_answer(qchime: Handle, run: Any) -> None:
    qchime.answers.add(text="")
    session = run()

    assert value(session) == ""
    assert session["status"] == "COMPLETED"


def test_the_answer_that_was_added_last_wins(qchime: Handle, run: Any) -> None:
    qchime.answers.add(card="Summary", text="First")
    qchime.answers.add(card=QUERY, text="Second")
    assert value(run()) == "Second"

    qchime.answers.add(text="Third")
    assert value(run()) == "Third"


def test_an_answer_for_another_card_is_not_used(qchime: Handle, run: Any) -> None:
    qchime.answers.add(card="Summary", text="All is well")
    qchime.answers.add(card="summary", text="Not this")
    qchime.answers.add(card="", text="Nor this")

    assert value(run()) == "All is well"


def test_the_default_answer_depends_only_on_the_prompt(run: Any) -> None:
    """A model's answers would vary."""
    assert value(run("Sum up")) == value(run("Sum up")) == "Answer to: Sum up"
    assert value(run("Translate")) == "Answer to: Translate"


def test_a_card_can_fail_and_its_session_too(qchime: Handle, run: Any) -> None:
    qchime.answers.add(card="Summary", fails=True)
    session = run()

    assert session["status"] == "ERROR"
    assert session["cardStatus"][QUERY] == {"currentState": "ERROR", "currentValue": ""}
    assert session["cardStatus"][PLUGIN]["currentState"] == "COMPLETED"


def test_a_plugin_card_can_wait_for_confirmation(qchime: Handle, qapps_client: Any, run: Any) -> None:
    qchime.answers.add(card="Ticket", text="TICKET-1", waits=True)
    session = run()
    assert session["cardStatus"][PLUGIN] == {"currentState": "WAITING", "currentValue": ""}

    this = {"instanceId": INSTANCE, "sessionId": session["sessionId"]}
    qapps_client.update_q_app_session(**this, values=[{"cardId": PLUGIN, "value": "yes"}])
    assert value(qapps_client.get_q_app_session(**this), PLUGIN) == "TICKET-1"


def test_plugin_cards_do_not_wait_unless_asked_to(run: Any) -> None:
    assert run()["status"] == "COMPLETED"


def test_a_later_answer_overrides_failing_and_waiting(qchime: Handle, run: Any) -> None:
    qchime.answers.add(fails=True, waits=True)
    qchime.answers.add(text="Well")

    assert run()["status"] == "COMPLETED"


@pytest.mark.parametrize("text", [5, b"bytes", ["text"], {"text": "text"}])
def test_anything_but_a_text_or_a_function_is_refused(answers: Answers, text: Any) -> None:
    with pytest.raises(TypeError, match="text takes a string or a function of the prompt, not"):
        answers.add(card="Summary", text=text)

    assert answers.of_card("Summary", QUERY) == Answers().of_card("Summary", QUERY)


@pytest.mark.parametrize("said", [{}, {"card": "Summary"}, {"card": "Summary", "fails": False}], ids=str)
def test_an_answer_without_content_is_refused(answers: Answers, said: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=r"takes text .*, fails=True or waits=True"):
        answers.add(**said)

    assert list(answers) == []


def test_the_flags_are_keyword_only(answers: Answers) -> None:
    add: Any = answers.add
    with pytest.raises(TypeError):
        add("Summary", "text", True)


# Predictions


APP: PredictedApp = {
    "title": "Trip",
    "description": "Plans a trip",
    "appDefinition": {
        "initialPrompt": "Plan a trip",
        "cards": [{"qQuery": {"id": QUERY, "title": "Plan", "type": "q-query", "prompt": "Plan a trip"}}],
    },
}


def predict(client: Any, statement: str) -> dict[str, Any]:
    answer: dict[str, Any] = client.predict_q_app(
        instanceId=INSTANCE, options={"problemStatement": statement}
    )["app"]
    return answer


def test_a_scripted_app_is_predicted_and_can_be_created(qchime: Handle, qapps_client: Any) -> None:
    qchime.answers.add_app(APP)
    predicted = predict(qapps_client, "Anything")

    assert predicted == dict(APP)
    assert qapps_client.create_q_app(instanceId=INSTANCE, **predicted)["title"] == "Trip"


def test_the_last_matching_scripted_app_wins(qchime: Handle, qapps_client: Any) -> None:
    qchime.answers.add_app({**APP, "title": "Any"})
    qchime.answers.add_app({**APP, "title": "Trip"}, problem_statement="Plan a trip")
    qchime.answers.add_app({**APP, "title": "Party"}, problem_statement="Plan a party")

    assert predict(qapps_client, "Plan a trip")["title"] == "Trip"
    assert predict(qapps_client, "Plan a party")["title"] == "Party"
    assert predict(qapps_client, "Plan a walk")["title"] == "Any"


def test_nothing_is_predicted_unless_scripted(answers: Answers) -> None:
    answers.add_app(APP, problem_statement="Plan a trip")

    assert answers.of_prediction("Plan a trip") == APP
    assert answers.of_prediction("Plan a party") is None


# Types of plugins


def test_a_plugin_is_custom_unless_described(answers: Answers) -> None:
    """AWS would look it up."""
    answers.add_plugin(PLUGIN, "JIRA")

    assert answers.plugin_type(PLUGIN) == "JIRA"
    assert answers.plugin_type(QUERY) == "CUSTOM"


def test_the_last_type_of_a_plugin_wins(answers: Answers) -> None:
    answers.add_plugin(PLUGIN, "JIRA")
    answers.add_plugin(PLUGIN, "ASANA")

    assert answers.plugin_type(PLUGIN) == "ASANA"


# Reset


def test_reset_forgets_everything(answers: Answers) -> None:
    answers.add(text="Hello", fails=True, waits=True)
    answers.add_app(APP)
    answers.add_plugin(PLUGIN, "JIRA")
    answers.reset()

    assert answers.of_card("Summary", QUERY) == Answers().of_card("Summary", QUERY)
    assert answers.of_prediction("Plan a trip") is None
    assert answers.plugin_type(PLUGIN) == "CUSTOM"


def test_the_reset_of_the_mock_forgets_answers_too(qchime: Handle, run: Any) -> None:
    qchime.answers.add(text="Hello")
    qchime.reset()

    assert value(run()) == "Answer to: Sum up"


def test_a_mock_starts_without_the_answers_of_an_earlier_one() -> None:
    from qchime import mock_qapps

    with mock_qapps() as mock:
        mock.answers.add_app(APP)
    with mock_qapps():
        client = boto3.client("qapps", region_name="us-east-1")
        assert predict(client, "Plan a trip")["title"] == "Plan a trip"
