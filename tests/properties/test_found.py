"""Mistakes that generated inputs have found, as plain examples."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.services.qapps.running import FORM, answers, start, submit
from tests.services.qapps.samples import HERE, NOBODYS, form


@pytest.fixture
def session(alice: Any, create_app: Callable[..., str]) -> str:
    """A data collection that keeps all answers."""
    return start(alice, create_app(form(FORM, computeMode="append")))


def test_half_of_a_surrogate_pair_is_refused_in_a_form_answer(alice: Any, session: str) -> None:
    """It is not valid text, and a state file could not contain it."""
    value = {"cardId": FORM, "value": r'{"name": "\ud800"}'}
    with pytest.raises(alice.exceptions.ValidationException):
        alice.update_q_app_session(**HERE, sessionId=session, values=[value])
    assert answers(alice, session) == []


def test_a_whole_surrogate_pair_in_a_form_answer_is_one_character(alice: Any, session: str) -> None:
    value = {"cardId": FORM, "value": r'{"name": "\ud83d\ude00"}'}
    alice.update_q_app_session(**HERE, sessionId=session, values=[value])
    assert answers(alice, session) == [{"name": "😀"}]


def test_two_submissions_with_one_id_in_one_request_are_refused(alice: Any, session: str) -> None:
    """As in two requests; otherwise the first one would be lost."""
    mutation = {"submissionId": NOBODYS, "mutationType": "add"}
    values = [
        {"cardId": FORM, "value": value, "submissionMutation": mutation}
        for value in ('{"score": 1}', '{"score": 2}')
    ]
    with pytest.raises(alice.exceptions.ValidationException):
        alice.update_q_app_session(**HERE, sessionId=session, values=values)
    assert answers(alice, session) == []


def test_two_submissions_with_one_id_in_two_requests_are_refused(alice: Any, session: str) -> None:
    submit(alice, session, {"score": 1}, add=NOBODYS)
    with pytest.raises(alice.exceptions.ValidationException):
        submit(alice, session, {"score": 2}, add=NOBODYS)
    assert answers(alice, session) == [{"score": 1}]
