"""PredictQApp: an app from a description of what it should do."""

from typing import Any

import pytest

from qchime import Handle
from qchime.services.qapps.answers import PredictedApp
from tests.services.qapps.samples import HERE, call_without_metadata, definition, query, text

TRIP = {"problemStatement": "Plan a trip"}


def predict(client: Any, **options: Any) -> Any:
    return call_without_metadata(client, "PredictQApp", **HERE, **({"options": options} if options else {}))


def said(*messages: Any) -> Any:
    return [{"type": kind, "body": body} for kind, body in messages]


@pytest.mark.rule("qapps.prediction")
def test_a_problem_statement_becomes_an_app_of_a_text_and_a_query(alice: Any) -> None:
    """AWS would use a model."""
    answer = predict(alice, **TRIP)
    assert answer["problemStatement"] == "Plan a trip"
    app = answer["app"]
    assert (app["title"], app["description"]) == ("Plan a trip", "Plan a trip")
    assert app["appDefinition"]["initialPrompt"] == "Plan a trip"
    input_card, query_card = app["appDefinition"]["cards"]
    assert input_card["textInput"]["type"] == "text-input"
    assert query_card["qQuery"]["prompt"] == f"Plan a trip\n\n@{input_card['textInput']['id']}"


@pytest.mark.rule("qapps.prediction")
def test_the_same_statement_makes_the_same_app(alice: Any, bob: Any) -> None:
    """Ours is deterministic."""
    assert predict(alice, **TRIP) == predict(bob, **TRIP)
    assert predict(alice, **TRIP)["app"] != predict(alice, problemStatement="Plan a party")["app"]


@pytest.mark.rule("qapps.prediction")
def test_the_users_last_message_is_the_statement(alice: Any) -> None:
    """AWS would use a model."""
    conversation = said(
        ("USER", "Help me"), ("SYSTEM", "With what?"), ("USER", "Plan a trip"), ("SYSTEM", "OK")
    )
    assert predict(alice, conversation=conversation) == predict(alice, **TRIP)


@pytest.mark.rule("qapps.prediction")
def test_no_input_makes_an_app_too(alice: Any) -> None:
    """The input is optional."""
    answer = predict(alice)
    assert answer["problemStatement"] == answer["app"]["title"] == "Answer a question"


def test_a_conversation_without_the_user_makes_an_app_too(alice: Any) -> None:
    """There is no problem statement."""
    assert predict(alice, conversation=said(("SYSTEM", "Hello"))) == predict(alice)


@pytest.mark.parametrize(
    "options",
    [
        {},
        TRIP,
        {"problemStatement": ""},
        {"problemStatement": '{"<>\\"}'},
        {"problemStatement": '{Plan} a "trip" to <\\there>'},
        {"problemStatement": "x" * 10000},
        {"problemStatement": "  blanks \n and lines "},
        {"problemStatement": "Mail bob@example.com and @4cf94d96-8819-45c2-98cc-58c56b35c72f"},
        {"conversation": said(("USER", "Plan a trip"))},
    ],
    ids=[
        "nothing",
        "text",
        "empty",
        "no title",
        "odd title",
        "longest",
        "blanks",
        "references",
        "conversation",
    ],
)
def test_a_predicted_app_can_be_created_as_it_is(alice: Any, options: Any) -> None:
    predicted = predict(alice, **options)["app"]
    created = alice.create_q_app(**HERE, **predicted)
    app = alice.get_q_app(**HERE, appId=created["appId"])
    assert app["title"] == predicted["title"]
    assert [card.keys() for card in app["appDefinition"]["cards"]] == [{"textInput"}, {"qQuery"}]


@pytest.mark.parametrize(
    ("statement", "title"),
    [
        ("  Plan a <b>trip</b> ", "Plan a btrip/b"),
        (" {} ", "Answer a question"),
        ("x" * 101, "x" * 100),
    ],
    ids=["markup", "nothing left", "too long"],
)
def test_the_title_is_the_part_of_the_statement_that_the_model_allows(
    alice: Any, statement: str, title: str
) -> None:
    """AWS would use a model."""
    assert predict(alice, problemStatement=statement)["app"]["title"] == title


def test_predicting_creates_no_app(alice: Any) -> None:
    predict(alice, **TRIP)
    assert alice.list_q_apps(**HERE)["apps"] == []


SCRIPTED: PredictedApp = {
    "title": "Scripted",
    "description": "By the test author",
    "appDefinition": definition(text(defaultValue="Rome"), query(), initialPrompt="Make an app"),
}


def test_the_test_author_can_script_an_app_which_can_be_created(alice: Any, qchime: Handle) -> None:
    qchime.answers.add_app(SCRIPTED)
    answer = predict(alice, **TRIP)
    assert answer == {"app": SCRIPTED, "problemStatement": "Plan a trip"}
    created = alice.create_q_app(**HERE, **answer["app"])
    assert (created["title"], created["initialPrompt"]) == ("Scripted", "Make an app")


def test_an_app_can_be_scripted_for_one_statement(alice: Any, qchime: Handle) -> None:
    unscripted = predict(alice, problemStatement="Plan a party")
    qchime.answers.add_app(SCRIPTED, problem_statement="Plan a trip")
    assert predict(alice, **TRIP)["app"] == SCRIPTED
    assert predict(alice, conversation=said(("USER", "Plan a trip")))["app"] == SCRIPTED
    assert predict(alice, problemStatement="Plan a party") == unscripted


def test_twenty_five_messages_are_accepted(alice: Any) -> None:
    assert predict(alice, conversation=said(*[("USER", "Plan a trip")] * 25)) == predict(alice, **TRIP)
