"""Q Apps with the AWS CLI."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from qchime import Handle, Server
from tests.clients.aws_cli import AwsCli, needs_the_cli

pytestmark = needs_the_cli

INSTANCE = ("--instance-id", "8b4b9cc0-2f5a-4b7d-9e56-6f7d3f1c1a2b")
PAPER = "3e57f6a8-92f5-47e1-8a1b-0d8c9d8b5a11"
SUMMARY = "0c6de0f3-5ae2-4d2b-8f37-9f6a3c2e4d33"
CARDS = [
    {"fileUpload": {"id": PAPER, "title": "Paper", "type": "file-upload"}},
    {"qQuery": {"id": SUMMARY, "title": "Summary", "type": "q-query", "prompt": f"Sum up @{PAPER}"}},
]


@pytest.fixture
def aws(qchime_server: Server, tmp_path: Path) -> AwsCli:
    return AwsCli("qapps", qchime_server, tmp_path)


def create(aws: AwsCli, title: str, cards: list[Any]) -> str:
    definition = json.dumps({"cards": cards})
    created = aws("create-q-app", *INSTANCE, "--title", title, "--app-definition", definition)
    return str(created["appId"])


def test_the_life_of_a_session(aws: AwsCli, qchime: Handle, sessions_take_a_poll: None) -> None:
    qchime.answers.add("Summary", "A fairy tale é")
    app_id = create(aws, "Reader", CARDS)
    app = ("--app-id", app_id)
    got = aws("get-q-app", *INSTANCE, *app)
    assert (got["title"], got["status"]) == ("Reader", "DRAFT")
    assert got["appDefinition"]["cards"][1]["qQuery"]["dependencies"] == [PAPER]
    assert got["requiredCapabilities"] == ["FileUpload", "RetrievalMode"]

    published = aws("create-library-item", *INSTANCE, *app, "--app-version", "1", "--categories", "[]")
    assert published["status"] == "PUBLISHED"

    session_id = aws("start-q-app-session", *INSTANCE, *app, "--app-version", "1")["sessionId"]
    session = ("--session-id", session_id)
    document = aws(
        *("import-document", *INSTANCE, *app, *session, "--card-id", PAPER, "--scope", "SESSION"),
        *("--file-name", "story.txt", "--file-contents-base64", base64.b64encode(b"Once").decode()),
    )
    values = json.dumps([{"cardId": PAPER, "value": document["fileId"]}])
    aws("update-q-app-session", *INSTANCE, *session, "--values", values)
    statuses = []
    while "COMPLETED" not in statuses:
        polled = aws("get-q-app-session", *INSTANCE, *session)
        statuses.append(polled["status"])
    assert statuses == ["IN_PROGRESS", "COMPLETED"]
    assert polled["cardStatus"][SUMMARY]["currentValue"] == "A fairy tale é"

    assert aws("stop-q-app-session", *INSTANCE, *session) is None
    assert aws("delete-q-app", *INSTANCE, *app) is None
    gone = aws.run("get-q-app", *INSTANCE, *app)
    assert gone.returncode != 0
    assert (
        "An error occurred (ResourceNotFoundException) when calling the GetQApp operation: "
        f"There is no QApp {app_id}." in gone.stderr
    )


def test_apps_in_pages(aws: AwsCli) -> None:
    for number in range(3):
        create(aws, f"App {number}", [])

    first = aws("list-q-apps", *INSTANCE, "--limit", "2", "--no-paginate")
    assert [app["title"] for app in first["apps"]] == ["App 2", "App 1"]

    second = aws("list-q-apps", *INSTANCE, "--limit", "2", "--next-token", first["nextToken"])
    assert [app["title"] for app in second["apps"]] == ["App 0"]

    every = aws("list-q-apps", *INSTANCE, "--page-size", "2", "--query", "apps[].title")
    assert every == ["App 2", "App 1", "App 0"]


def test_tags(aws: AwsCli) -> None:
    arn = aws("get-q-app", *INSTANCE, "--app-id", create(aws, "Reader", []))["appArn"]
    aws("tag-resource", "--resource-arn", arn, "--tags", "team=a,cost::centre=7")

    assert aws("list-tags-for-resource", "--resource-arn", arn) == {
        "tags": {"team": "a", "cost::centre": "7"}
    }


def test_unregistered_credentials_get_a_401(aws: AwsCli, qchime: Handle) -> None:
    qchime.users.required = True
    ended = aws.run("list-q-apps", *INSTANCE)

    assert ended.returncode != 0
    assert "(UnauthorizedException)" in ended.stderr
    assert "Unauthorized" in ended.stderr
