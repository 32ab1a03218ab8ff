"""The survey, tested with the pytest fixtures and what only a mock can do: failures, limits, waiting."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest
from survey import SurveyFailed, answer, close, open_survey, publish

from qchime import Handle

if TYPE_CHECKING:
    from mypy_boto3_qapps import QAppsClient

    ClientOf = Callable[[str], QAppsClient]

INSTANCE = "0b8df6a1-7c1f-4d3c-9a8e-5f1d2c3b4a59"


@pytest.fixture
def client(qchime: Handle) -> ClientOf:
    """A function that makes a client for an e-mail address."""
    return lambda email: boto3.client("qapps", region_name="us-east-1", **qchime.users.add(email).credentials)


@pytest.fixture
def host(client: ClientOf) -> QAppsClient:
    return client("host@example.com")


@pytest.fixture
def app_id(host: QAppsClient) -> str:
    return publish(host, INSTANCE)


@pytest.fixture
def handout(tmp_path: Path) -> Path:
    path = tmp_path / "Tides.txt"
    path.write_text("The moon pulls at the sea.")
    return path


def test_three_people_answer_and_the_host_gets_a_table(
    client: ClientOf, host: QAppsClient, app_id: str, handout: Path
) -> None:
    survey = open_survey(host, INSTANCE, app_id, handout)
    for name, rating in (("alice", 5), ("bob", 3), ("carol", 4)):
        answer(client(f"{name}@example.com"), survey, rating)

    assert [row["rating"] for row in close(host, survey)] == ["5", "3", "4"]


def test_participants_do_not_see_the_answers_of_others(
    client: ClientOf, host: QAppsClient, app_id: str, handout: Path
) -> None:
    survey = open_survey(host, INSTANCE, app_id, handout)
    alice, bob = client("alice@example.com"), client("bob@example.com")
    answer(alice, survey, 5)
    answer(bob, survey, 3)

    seen = bob.list_q_app_session_data(instanceId=INSTANCE, sessionId=survey.session_id)["sessionData"]
    assert [entry["value"]["rating"] for entry in seen] == [3]


def test_only_the_host_may_close_a_survey(
    client: ClientOf, host: QAppsClient, app_id: str, handout: Path
) -> None:
    survey = open_survey(host, INSTANCE, app_id, handout)
    alice = client("alice@example.com")

    with pytest.raises(alice.exceptions.AccessDeniedException):
        close(alice, survey)


def test_the_program_waits_for_the_reminder(
    host: QAppsClient, app_id: str, handout: Path, qchime: Handle, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    qchime.answers.in_progress(polls=2)
    survey = open_survey(host, INSTANCE, app_id, handout, pause=0.5)

    assert survey.reminder.startswith("Answer to: Sum up in three sentences")
    assert pauses == [0.5, 0.5]


def test_a_failed_summary_leaves_no_survey_behind(
    host: QAppsClient, app_id: str, handout: Path, qchime: Handle
) -> None:
    qchime.answers.add(card="Reminder", fails=True)
    with pytest.raises(SurveyFailed):
        open_survey(host, INSTANCE, app_id, handout)

    qchime.answers.add(card="Reminder", text="It was about tides.")
    assert open_survey(host, INSTANCE, app_id, handout).reminder == "It was about tides."


def test_a_handout_that_is_too_large_raises_an_error(
    host: QAppsClient, app_id: str, handout: Path, qchime: Handle
) -> None:
    qchime.limits.file_bytes = 10
    with pytest.raises(host.exceptions.ContentTooLargeException):
        open_survey(host, INSTANCE, app_id, handout)


def test_a_host_can_have_one_survey_at_a_time(host: QAppsClient, app_id: str, handout: Path) -> None:
    survey = open_survey(host, INSTANCE, app_id, handout)
    with pytest.raises(host.exceptions.ValidationException):
        open_survey(host, INSTANCE, app_id, handout)

    close(host, survey)
    open_survey(host, INSTANCE, app_id, handout)
