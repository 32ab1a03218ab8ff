"""A survey after a talk, as an Amazon Q App.

The speaker opens the survey with the handout, which the app summarizes as a reminder. Participants give a
rating and, if they like, a comment. At the end, the host downloads the answers as a table.
"""

from __future__ import annotations

import base64
import csv
import io
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import requests

if TYPE_CHECKING:
    from mypy_boto3_qapps import QAppsClient
    from mypy_boto3_qapps.type_defs import CardInputTypeDef

HANDOUT = "1d0f7ad5-9b1c-4f0e-8a52-3f6b7c8d9e01"
REMINDER = "2e1a8be6-0c2d-4a1f-9b63-4a7c8d9e0f12"
QUESTIONS = "3f2b9cf7-1d3e-4b2a-8c74-5b8d9e0f1a23"
CARDS: list[CardInputTypeDef] = [
    {"fileUpload": {"id": HANDOUT, "title": "Handout", "type": "file-upload"}},
    {
        "qQuery": {
            "id": REMINDER,
            "title": "Reminder",
            "type": "q-query",
            "prompt": f"Sum up in three sentences what this talk was about: @{HANDOUT}",
        }
    },
    {
        "formInput": {
            "id": QUESTIONS,
            "title": "Your opinion",
            "type": "form-input",
            "computeMode": "replace",
            "metadata": {
                "schema": {
                    "type": "object",
                    "properties": {"rating": {"type": "integer"}, "comment": {"type": "string"}},
                    "required": ["rating"],
                }
            },
        }
    },
]


class SurveyFailed(Exception):
    """Amazon Q could not read the handout."""


@dataclass(frozen=True)
class Survey:
    """An open survey: what participants need to answer it."""

    instance_id: str
    app_id: str
    session_id: str
    reminder: str


def publish(qapps: QAppsClient, instance_id: str) -> str:
    """Create the app and publish it in the library, so that everybody may use it. Returns its id."""
    app = qapps.create_q_app(
        instanceId=instance_id, title="Survey after a talk", appDefinition={"cards": CARDS}
    )
    qapps.create_library_item(
        instanceId=instance_id, appId=app["appId"], appVersion=app["appVersion"], categories=[]
    )
    return app["appId"]


def open_survey(
    qapps: QAppsClient, instance_id: str, app_id: str, handout: Path, pause: float = 2.0
) -> Survey:
    """Start a survey about a talk and share it with everybody who may use the app."""
    version = qapps.get_q_app(instanceId=instance_id, appId=app_id)["appVersion"]
    session_id = qapps.start_q_app_session(instanceId=instance_id, appId=app_id, appVersion=version)[
        "sessionId"
    ]
    document = qapps.import_document(
        instanceId=instance_id,
        appId=app_id,
        cardId=HANDOUT,
        fileName=handout.name,
        fileContentsBase64=base64.b64encode(handout.read_bytes()).decode(),
        scope="SESSION",
        sessionId=session_id,
    )
    qapps.update_q_app_session(
        instanceId=instance_id,
        sessionId=session_id,
        values=[{"cardId": HANDOUT, "value": document["fileId"]}],
    )
    reminder = _reminder(qapps, instance_id, session_id, pause)
    qapps.update_q_app_session_metadata(
        instanceId=instance_id,
        sessionId=session_id,
        sessionName=f"Survey: {handout.stem}",
        sharingConfiguration={"enabled": True, "acceptResponses": True, "revealCards": False},
    )
    return Survey(instance_id, app_id, session_id, reminder)


def answer(qapps: QAppsClient, survey: Survey, rating: int, comment: str = "") -> None:
    """Answer the survey. A later answer replaces an earlier one."""
    opinion = {"rating": rating, "comment": comment}
    qapps.update_q_app_session(
        instanceId=survey.instance_id,
        sessionId=survey.session_id,
        values=[{"cardId": QUESTIONS, "value": json.dumps(opinion)}],
    )


def close(qapps: QAppsClient, survey: Survey) -> list[dict[str, str]]:
    """Download all answers, then delete the survey. Returns the rows of the table."""
    link = qapps.export_q_app_session_data(instanceId=survey.instance_id, sessionId=survey.session_id)
    exported = requests.get(link["csvFileLink"], timeout=30)
    exported.raise_for_status()
    qapps.stop_q_app_session(instanceId=survey.instance_id, sessionId=survey.session_id)
    return list(csv.DictReader(io.StringIO(exported.content.decode("utf-8"))))


def average(rows: list[dict[str, str]]) -> float | None:
    """The average rating, or None if there are no answers."""
    ratings = [int(row["rating"]) for row in rows]
    return sum(ratings) / len(ratings) if ratings else None


def _reminder(qapps: QAppsClient, instance_id: str, session_id: str, pause: float) -> str:
    while True:
        session = qapps.get_q_app_session(instanceId=instance_id, sessionId=session_id)
        card = session["cardStatus"][REMINDER]
        if card["currentState"] == "COMPLETED":
            return card["currentValue"]
        if card["currentState"] == "ERROR":
            qapps.stop_q_app_session(instanceId=instance_id, sessionId=session_id)
            raise SurveyFailed("Amazon Q could not sum up the handout.")
        time.sleep(pause)
