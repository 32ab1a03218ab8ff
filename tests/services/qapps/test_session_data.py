"""The data of a session: the list, and the export as a CSV file."""

import csv
import io
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import boto3
import pytest
import requests

from qchime.control.handle import Handle
from qchime.server import Server
from tests.services.qapps.running import FORM, answers, data, share, start, submit
from tests.services.qapps.samples import INSTANCE, form

Rows = list[dict[str, str]]


@pytest.fixture
def session_id(alice: Any, create_app: Callable[..., str], publish: Callable[..., str]) -> str:
    """A shared data collection of Alice's without answers."""
    app_id = create_app(form(FORM, computeMode="append"))
    publish(app_id)
    session_id = start(alice, app_id)
    share(alice, session_id)
    return session_id


def export(client: Any, session_id: str) -> dict[str, Any]:
    exported: dict[str, Any] = client.export_q_app_session_data(instanceId=INSTANCE, sessionId=session_id)
    return exported


def download(client: Any, session_id: str) -> Rows:
    response = requests.get(export(client, session_id)["csvFileLink"])
    response.raise_for_status()
    return list(csv.DictReader(io.StringIO(response.text)))


class TestList:
    def test_a_session_without_submissions_has_an_empty_list(self, alice: Any, session_id: str) -> None:
        listed = alice.list_q_app_session_data(instanceId=INSTANCE, sessionId=session_id)

        assert listed["sessionId"] == session_id
        assert listed["sessionArn"].endswith(f"/session/{session_id}")
        assert listed["sessionData"] == []

    def test_an_entry_says_who_has_submitted_what_and_when(
        self, alice: Any, bob: Any, session_id: str, qchime: Handle
    ) -> None:
        submit(bob, session_id, {"name": "Bob", "score": 5})

        (entry,) = data(alice, session_id)
        assert entry["cardId"] == FORM
        assert entry["value"] == {"name": "Bob", "score": 5}
        assert entry["user"] == {"userId": qchime.users.add("bob@example.com").user_id}
        assert UUID(entry["submissionId"]).version == 4
        assert abs(entry["timestamp"] - qchime.clock.now()) < timedelta(hours=1)

    def test_entries_come_in_the_order_of_submission(
        self, alice: Any, bob: Any, carol: Any, session_id: str
    ) -> None:
        for number, client in enumerate((carol, alice, bob, carol)):
            submit(client, session_id, {"score": number})

        assert answers(alice, session_id) == [{"score": number} for number in range(4)]

    def test_a_session_without_form_cards_has_an_empty_list(
        self, alice: Any, create_app: Callable[..., str]
    ) -> None:
        assert data(alice, start(alice, create_app())) == []


class TestExport:
    @pytest.mark.rule("qapps.exported-file")
    def test_the_file_has_a_column_per_field_and_a_row_per_submission(
        self, alice: Any, bob: Any, session_id: str, qchime: Handle
    ) -> None:
        submit(alice, session_id, {"score": 4, "name": "Alice"})
        submit(bob, session_id, {"name": "Bob", "score": 5})

        rows = download(alice, session_id)
        assert [list(row) for row in rows] == [["score", "name", "user", "submission", "time"]] * 2
        assert [(row["name"], row["score"]) for row in rows] == [("Alice", "4"), ("Bob", "5")]
        users = [qchime.users.add(f"{name}@example.com").user_id for name in ("alice", "bob")]
        assert [row["user"] for row in rows] == users

    def test_a_row_names_its_submission_as_the_list_does(self, alice: Any, session_id: str) -> None:
        submit(alice, session_id, {"score": 4})

        (row,), (entry,) = download(alice, session_id), data(alice, session_id)
        assert row["submission"] == entry["submissionId"]
        assert datetime.fromisoformat(row["time"].replace("Z", "+00:00")) == entry["timestamp"]

    @pytest.mark.rule("qapps.exported-file")
    def test_omitted_fields_are_empty(self, alice: Any, session_id: str) -> None:
        submit(alice, session_id, {"name": "Alice"})
        submit(alice, session_id, {"score": 4})

        rows = download(alice, session_id)
        assert [(row["name"], row["score"]) for row in rows] == [("Alice", ""), ("", "4")]

    def test_text_is_exported_unchanged(self, alice: Any, session_id: str) -> None:
        name = 'Zoë "Z", first line\r\nsecond line; 😀'
        submit(alice, session_id, {"name": name})

        assert download(alice, session_id)[0]["name"] == name

    @pytest.mark.parametrize(
        ("value", "cell"),
        [(True, "true"), (2.5, "2.5"), (["a", "b"], '["a", "b"]'), ({"a": 1}, '{"a": 1}'), (None, "null")],
    )
    @pytest.mark.rule("qapps.exported-file")
    def test_values_other_than_text_are_json(
        self, alice: Any, session_id: str, value: Any, cell: str
    ) -> None:
        submit(alice, session_id, {"answer": value})

        assert download(alice, session_id)[0]["answer"] == cell

    def test_a_collection_without_submissions_has_only_a_heading(self, alice: Any, session_id: str) -> None:
        response = requests.get(export(alice, session_id)["csvFileLink"])

        assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert response.text.split() == ["user,submission,time"]

    @pytest.mark.rule("qapps.exported-file")
    def test_later_submissions_do_not_change_the_file(self, alice: Any, session_id: str) -> None:
        submit(alice, session_id, {"score": 4})
        link = export(alice, session_id)["csvFileLink"]
        before = requests.get(link).text
        submit(alice, session_id, {"score": 5})

        assert requests.get(link).text == before
        assert len(download(alice, session_id)) == 2

    def test_the_host_exports_everybodys_data_even_if_cards_are_not_revealed(
        self, alice: Any, bob: Any, session_id: str
    ) -> None:
        share(alice, session_id, revealCards=False)
        submit(bob, session_id, {"score": 5})

        assert [row["score"] for row in download(alice, session_id)] == ["5"]


class TestLink:
    @pytest.mark.rule("qapps.stopped-session")
    def test_a_link_expires_with_its_session(self, alice: Any, session_id: str) -> None:
        """StopQAppSession deletes all data of the session (that this includes the link is inferred)."""
        link = export(alice, session_id)["csvFileLink"]
        alice.stop_q_app_session(instanceId=INSTANCE, sessionId=session_id)

        assert requests.get(link).status_code == 404

    def test_an_export_names_the_session_and_when_its_link_expires(
        self, alice: Any, session_id: str, qchime: Handle
    ) -> None:
        exported = export(alice, session_id)

        assert exported["sessionArn"].endswith(f"/session/{session_id}")
        assert exported["expiresAt"] > qchime.clock.now()

    @pytest.mark.rule("qapps.export-expiry")
    def test_the_link_works_until_it_expires(self, alice: Any, session_id: str, qchime: Handle) -> None:
        exported = export(alice, session_id)
        left = exported["expiresAt"] - qchime.clock.now()
        qchime.clock.advance(seconds=left.total_seconds() - 60)
        assert requests.get(exported["csvFileLink"]).status_code == 200

        qchime.clock.advance(seconds=61)
        refused = requests.get(exported["csvFileLink"])
        assert refused.status_code == 403
        assert "<Code>AccessDenied</Code>" in refused.text
        assert refused.headers["x-qchime-rule"] == "qapps.export-expiry"

    @pytest.mark.parametrize(
        "name",
        [
            "",
            "x.csv",
            "123456789012/us-east-1/00000000-0000-4000-8000-000000000000.csv",
            "999999999999/mars-1/00000000-0000-4000-8000-000000000000.csv",
            "123456789012/us-east-1/../../etc/passwd",
            "%00%ff",
        ],
    )
    def test_an_unknown_link_is_not_found(self, alice: Any, session_id: str, name: str) -> None:
        base = export(alice, session_id)["csvFileLink"].split("/123456789012/")[0]
        answer = requests.get(f"{base}/{name}")

        assert answer.status_code == 404
        assert "<Code>NoSuchKey</Code>" in answer.text

    @pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
    def test_a_link_is_read_only(self, alice: Any, session_id: str, method: str) -> None:
        answer = requests.request(method, export(alice, session_id)["csvFileLink"])

        assert answer.status_code == 405
        assert "<Code>MethodNotAllowed</Code>" in answer.text

    def test_the_link_of_a_server_leads_to_the_server(
        self, alice: Any, session_id: str, qchime: Handle, qchime_server: Server
    ) -> None:
        submit(alice, session_id, {"score": 4})
        credentials: Any = qchime.users.add("alice@example.com").credentials
        client = boto3.client("qapps", region_name="us-east-1", endpoint_url=qchime_server.url, **credentials)

        assert export(client, session_id)["csvFileLink"].startswith(qchime_server.url)
        assert [row["score"] for row in download(client, session_id)] == ["4"]
