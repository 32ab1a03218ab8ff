"""PredictQApp: makes an app from a description of what it should do."""

import re
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from qchime.core.backend import Call
from qchime.rules import inferred
from qchime.services.qapps.directory import Directory

NO_STATEMENT = "Answer a question"
"""The problem statement if the caller gives none."""

_NOT_IN_TITLES = re.compile(r'[{}\\"<>]')


class PredictionOperations(Directory):
    """https://docs.aws.amazon.com/amazonq/latest/api-reference/API_qapps_PredictQApp.html"""

    @inferred(
        "qapps.prediction",
        "PredictQApp makes an app with one text input and one query from the problem statement, or else "
        "from the user's last message, or else from `Answer a question`. The same statement makes the same "
        "app.",
        turn="answers.add_app",
    )
    def predict_q_app(
        self, call: Call, *, instance_id: str, options: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """The app that the test author scripted, or one that depends only on the statement.

        Its members have the shapes of CreateQApp's input, so that it can be passed on as it is.
        """
        statement = _statement(options or {})
        app = self.answers.of_prediction(statement) or _app(statement)
        return {"app": app, "problem_statement": statement}


def _statement(options: dict[str, Any]) -> str:
    """The problem statement, or the user's last message in the conversation."""
    if "problem_statement" in options:
        return str(options["problem_statement"])
    said = [message["body"] for message in options.get("conversation", ()) if message["type"] == "USER"]
    return said[-1] if said else NO_STATEMENT


def _app(statement: str) -> dict[str, Any]:
    """An app with one text input and one query that refers to it."""
    title = _NOT_IN_TITLES.sub("", statement)[:100].strip() or NO_STATEMENT
    text_id, query_id = (str(uuid5(NAMESPACE_URL, f"{card}:{statement}")) for card in ("text", "query"))
    text = {"id": text_id, "title": "Your input", "type": "text-input"}
    query = {
        "id": query_id,
        "title": "Answer",
        "type": "q-query",
        "prompt": f"{statement}\n\n@{text_id}",
        "output_source": "llm",
    }
    return {
        "title": title,
        "description": statement[:500],
        "app_definition": {
            "initial_prompt": statement,
            "cards": [{"text_input": text}, {"q_query": query}],
        },
    }
