"""The survey, tested with the decorator: several users and scripted answers of the model."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from unittest import TestCase

import boto3
from survey import answer, average, close, open_survey, publish

from qchime import mock_qapps

if TYPE_CHECKING:
    from mypy_boto3_qapps import QAppsClient

INSTANCE = "0b8df6a1-7c1f-4d3c-9a8e-5f1d2c3b4a59"


@mock_qapps
class SurveyTest(TestCase):
    def setUp(self) -> None:
        with mock_qapps() as self.mock:  # the handle of the mock that runs around this test
            self.host = self.client("host@example.com")
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.handout = Path(folder.name, "Tides.txt")
        self.handout.write_text("The moon pulls at the sea.")

    def client(self, email: str) -> QAppsClient:
        user = self.mock.users.add(email)
        return boto3.client("qapps", region_name="us-east-1", **user.credentials)

    def test_three_people_answer_and_the_host_gets_a_table(self) -> None:
        self.mock.answers.add(card="Reminder", text="It was about tides.")
        survey = open_survey(self.host, INSTANCE, publish(self.host, INSTANCE), self.handout)
        self.assertEqual(survey.reminder, "It was about tides.")

        for name, rating in (("alice", 5), ("bob", 3), ("carol", 4)):
            answer(self.client(f"{name}@example.com"), survey, rating, f"from {name}")
        rows = close(self.host, survey)

        self.assertEqual([row["rating"] for row in rows], ["5", "3", "4"])
        self.assertEqual([row["comment"] for row in rows], ["from alice", "from bob", "from carol"])
        self.assertEqual(average(rows), 4)

    def test_a_second_answer_replaces_the_first(self) -> None:
        survey = open_survey(self.host, INSTANCE, publish(self.host, INSTANCE), self.handout)
        alice = self.client("alice@example.com")
        answer(alice, survey, 1, "Bad sound")
        answer(alice, survey, 5, "It was my phone")

        self.assertEqual([row["comment"] for row in close(self.host, survey)], ["It was my phone"])

    def test_a_survey_without_answers_has_no_average(self) -> None:
        survey = open_survey(self.host, INSTANCE, publish(self.host, INSTANCE), self.handout)

        self.assertIsNone(average(close(self.host, survey)))
