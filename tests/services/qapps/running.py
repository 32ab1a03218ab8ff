"""Helpers for sessions: starting, filling, sharing and inspecting them."""

import json
from collections.abc import Mapping
from typing import Any

from tests.services.qapps.samples import INSTANCE

NAME = "4cf94d96-8819-45c2-98cc-58c56b35c72f"
"""The id of a text card."""
PAPER = "3e57f6a8-92f5-47e1-8a1b-0d8c9d8b5a11"
"""The id of a file card."""
DRAFT = "7a11b3de-8c1c-4f7a-9c0e-2f3d0f6b1c22"
"""The id of a query card."""
SUMMARY = "0c6de0f3-5ae2-4d2b-8f37-9f6a3c2e4d33"
"""The id of another query card."""
TICKET = "9b2f7c54-1d3e-4a6b-b8c9-6e5d4f3a2b44"
"""The id of a plugin card."""
FORM = "5d8e1f20-6a7b-4c8d-9e0f-1a2b3c4d5e55"
"""The id of a form card."""


def start(client: Any, app_id: str, values: Mapping[str, str] | None = None, **options: Any) -> str:
    """Start a session of an app's first version; returns its id."""
    if values is not None:
        options["initialValues"] = card_values(values)
    given = {"instanceId": INSTANCE, "appId": app_id, "appVersion": 1, **options}
    return str(client.start_q_app_session(**given)["sessionId"])


def join(client: Any, app_id: str, session_id: str, **options: Any) -> None:
    """Join a session."""
    start(client, app_id, sessionId=session_id, **options)


def fill(client: Any, session_id: str, values: Mapping[str, str]) -> None:
    """Send values for cards."""
    client.update_q_app_session(instanceId=INSTANCE, sessionId=session_id, values=card_values(values))


def submit(client: Any, session_id: str, answer: Any, card_id: str = FORM, **mutation: str) -> None:
    """Answer a form card; `add`, `edit` and `delete` name a submission."""
    value: dict[str, Any] = {"cardId": card_id, "value": json.dumps(answer)}
    for kind, submission_id in mutation.items():
        value["submissionMutation"] = {"mutationType": kind, "submissionId": submission_id}
    client.update_q_app_session(instanceId=INSTANCE, sessionId=session_id, values=[value])


def share(client: Any, session_id: str, **how: bool) -> None:
    """Share a session; `acceptResponses` and `revealCards` are optional."""
    client.update_q_app_session_metadata(
        instanceId=INSTANCE, sessionId=session_id, sharingConfiguration={"enabled": True, **how}
    )


def look(client: Any, session_id: str) -> dict[str, Any]:
    """The whole session."""
    found: dict[str, Any] = client.get_q_app_session(instanceId=INSTANCE, sessionId=session_id)
    return found


def status(client: Any, session_id: str) -> str:
    """The status of the whole session."""
    return str(look(client, session_id)["status"])


def states(client: Any, session_id: str) -> dict[str, str]:
    """The state of every card, by its id."""
    cards = look(client, session_id)["cardStatus"]
    return {card_id: card["currentState"] for card_id, card in cards.items()}


def value_of(client: Any, session_id: str, card_id: str) -> str:
    """The value of one card."""
    return str(look(client, session_id)["cardStatus"][card_id]["currentValue"])


def data(client: Any, session_id: str) -> list[dict[str, Any]]:
    """The submissions that a client may see."""
    listed = client.list_q_app_session_data(instanceId=INSTANCE, sessionId=session_id)
    return list(listed["sessionData"])


def answers(client: Any, session_id: str) -> list[Any]:
    """The answers in the submissions that a client may see."""
    return [entry["value"] for entry in data(client, session_id)]


def card_values(values: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{"cardId": card_id, "value": value} for card_id, value in values.items()]
