"""Q Apps with the AWS SDK for JavaScript, version 2, the only one that has it."""

from typing import Any

from qchime import Handle, Server
from tests.clients import node

pytestmark = node.needs("aws-sdk")


def test_q_apps(qchime_server: Server, qchime: Handle, sessions_take_a_poll: None) -> None:
    qchime.answers.add("Summary", "A fairy tale 😀")
    seen: dict[str, Any] = node.run("qapps.cjs", qchime_server)

    assert seen == {
        "created": ["Reader", "DRAFT", 1],
        "datesAreDates": True,
        "dependencies": [["Summary", ["Paper"]]],
        "published": "PUBLISHED",
        "statuses": ["IN_PROGRESS", "COMPLETED"],
        "answer": "A fairy tale 😀",
        "pages": [["App 2", "App 1"], ["App 0", "Reader"]],
        "tags": {"team": "a", "cost::centre": "7"},
        "invalid": {"code": "ValidationException", "status": 400, "hasRequestId": True},
        "gone": {"code": "ResourceNotFoundException", "status": 404, "hasRequestId": True},
    }
