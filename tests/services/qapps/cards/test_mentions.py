"""Prompts that refer to nothing: a warning in the log, once per card, and never an error."""

import logging
from typing import Any

import pytest

from qchime.services.qapps.cards import advice, read_cards
from tests.services.qapps.samples import HERE, definition, plugin, query, text

NOTES = "4cf94d96-8819-45c2-98cc-58c56b35c72f"
SUMMARY = "7a11b3de-8c1c-4f7a-9c0e-2f3d0f6b1c22"
NOBODYS = "00000000-0000-4000-8000-000000000000"

HINT = f"write @ and its id, without braces: @{NOTES} for 'Meeting notes'."


def cards(prompt: str) -> list[dict[str, Any]]:
    return [text(NOTES, title="Meeting notes"), query(SUMMARY, title="Summary", prompt=prompt)]


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]


@pytest.mark.parametrize(
    ("prompt", "quoted"),
    [
        ("Sum up @Meeting notes, please", "'@Meeting notes'"),
        ("Sum up @meeting notes", "'@meeting notes'"),
        ("Sum up @Notes", "'@Notes'"),
        (f"Sum up {{{{{NOTES}}}}}", f"'{{{{{NOTES}}}}}'"),
        ("Sum up {{Meeting notes}}", "'{{Meeting notes}}'"),
        ("Sum up {{ anything }}", "'{{ anything }}'"),
        (f"Sum up @{{{NOTES}}}", f"'@{{{NOTES}}}'"),
        ("Sum up @[Meeting notes]", "'@[Meeting notes]'"),
        ('Sum up @"Meeting notes"', "'@\"Meeting notes\"'"),
        (f"Sum up {NOTES}", f"'{NOTES}'"),
        (f"Sum up ${{{NOTES}}}", f"'{NOTES}'"),
        (f"Sum up @ {NOTES}", f"'{NOTES}'"),
        (f"Sum up @{NOTES.upper()}", f"'@{NOTES.upper()}'"),
        (f"Sum up @{NOBODYS}", f"'@{NOBODYS}'"),
        ("@One and @Two and @One", "'@One', '@Two'"),
        (f"Compare @{NOTES} with @Summary", "'@Summary'"),
    ],
)
def test_what_refers_to_nothing_is_logged(
    qapps_client: Any, caplog: pytest.LogCaptureFixture, prompt: str, quoted: str
) -> None:
    qapps_client.create_q_app(**HERE, title="Minutes", appDefinition=definition(*cards(prompt)))

    [warning] = warnings(caplog)
    assert warning == (
        f"Q App 'Minutes': The prompt of the card 'Summary' ({SUMMARY}) has {quoted}, which is plain text to "
        f"Q Apps. To refer to a card, {HINT}"
    )
    assert [record.name for record in caplog.records if record.levelno == logging.WARNING] == ["qchime"]


@pytest.mark.parametrize(
    "prompt",
    [
        "Say hello",
        f"Sum up @{NOTES}",
        f"Sum up @{NOTES}, and write to bob@example.com or first.last+tag@example.com",
        f"Quote @{NOTES}@{NOTES}",
        'Answer with {"rating": 1} or {rating}',
        f"Do not mention {NOBODYS}",
        "Meet me @ noon",
        f"Sum up {{{{@{NOTES}}}}} and {{{{ @{NOTES} }}}}",
        "Read https://example.com/@bob and example.com/@bob",
    ],
)
def test_other_prompts_are_not(qapps_client: Any, caplog: pytest.LogCaptureFixture, prompt: str) -> None:
    qapps_client.create_q_app(**HERE, title="Minutes", appDefinition=definition(*cards(prompt)))

    assert warnings(caplog) == []


def test_the_prompt_stays_as_it_is_and_runs(qapps_client: Any) -> None:
    made = qapps_client.create_q_app(
        **HERE, title="Minutes", appDefinition=definition(*cards("Sum up @Meeting notes"))
    )
    shown = qapps_client.get_q_app(**HERE, appId=made["appId"])["appDefinition"]["cards"][1]["qQuery"]

    assert (shown["prompt"], shown["dependencies"]) == ("Sum up @Meeting notes", [])


def test_each_card_has_a_warning_of_its_own(qapps_client: Any, caplog: pytest.LogCaptureFixture) -> None:
    app = definition(query(prompt="@One @Two"), plugin(prompt="{{One}}"), text(defaultValue="@One"))
    qapps_client.create_q_app(**HERE, title="App", appDefinition=app)

    assert ["card 'Query' (" in warning for warning in warnings(caplog)] == [True, False]
    assert ["card 'Plugin' (" in warning for warning in warnings(caplog)] == [False, True]


def test_a_new_version_repeats_no_warning(qapps_client: Any, caplog: pytest.LogCaptureFixture) -> None:
    app = {**HERE, "appId": ""}
    made = qapps_client.create_q_app(**HERE, title="App", appDefinition=definition(*cards("@One")))
    app["appId"] = made["appId"]
    qapps_client.update_q_app(**app, title="Renamed")
    qapps_client.update_q_app(**app, appDefinition=definition(*cards("@One")))
    assert len(warnings(caplog)) == 1

    qapps_client.update_q_app(**app, appDefinition=definition(*cards("@Two")))
    assert ["'@Two'" in warning for warning in warnings(caplog)] == [False, True]


def test_an_app_that_is_refused_has_no_warning(qapps_client: Any, caplog: pytest.LogCaptureFixture) -> None:
    twice = definition(query(SUMMARY, prompt="@One"), query(SUMMARY))
    with pytest.raises(qapps_client.exceptions.ValidationException):
        qapps_client.create_q_app(**HERE, title="App", appDefinition=twice)

    assert warnings(caplog) == []


def test_a_card_on_its_own_has_no_other_to_refer_to() -> None:
    only = read_cards([{"q_query": {"id": SUMMARY, "title": "Q", "type": "q-query", "prompt": "@One"}}])

    assert advice(only)[SUMMARY].endswith("write @ and its id, without braces.")
