"""Data collection: submissions to form cards, and their effects."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from qchime import Handle
from tests.services.qapps.running import (
    DRAFT,
    FORM,
    NAME,
    answers,
    data,
    fill,
    look,
    share,
    start,
    states,
    status,
    submit,
    value_of,
)
from tests.services.qapps.samples import INSTANCE, definition, form, new_id, query, text

CreateApp = Callable[..., str]


@pytest.fixture
def collect(alice: Any, create_app: CreateApp, publish: Callable[..., str]) -> Callable[..., str]:
    """Starts a shared data collection of Alice's with a form card of this mode; returns the session's id."""

    def collect(mode: str | None = None) -> str:
        app_id = create_app(form(FORM, **({"computeMode": mode} if mode else {})))
        publish(app_id)
        session_id = start(alice, app_id)
        share(alice, session_id)
        return session_id

    return collect


class TestSubmissions:
    def test_a_form_card_waits_for_its_first_submission(
        self, alice: Any, collect: Callable[..., str]
    ) -> None:
        session_id = collect()
        assert states(alice, session_id) == {FORM: "WAITING"}

        submit(alice, session_id, {"name": "Alice", "score": 4})
        assert states(alice, session_id) == {FORM: "COMPLETED"}

    def test_an_answer_is_a_json_object_keyed_by_the_schemas_properties(
        self, alice: Any, collect: Callable[..., str]
    ) -> None:
        session_id = collect()
        fill(alice, session_id, {FORM: '{"name": "Alice", "score": 4, "tags": ["a", {"b": null}]}'})

        assert answers(alice, session_id) == [{"name": "Alice", "score": 4, "tags": ["a", {"b": None}]}]

    @pytest.mark.parametrize("schema", [{"type": "object", "properties": {"name": {}}}, {}])
    def test_an_answer_may_be_empty(self, alice: Any, create_app: CreateApp, schema: dict[str, Any]) -> None:
        """Documented: fields are optional by default."""
        session_id = start(alice, create_app(form(FORM, metadata={"schema": schema})))
        submit(alice, session_id, {})

        assert answers(alice, session_id) == [{}]
        assert states(alice, session_id) == {FORM: "COMPLETED"}

    @pytest.mark.parametrize(
        "value",
        ["", "Alice", "[]", "5", "null", '"{}"', '{"name": ', '{"score": NaN}', '{"score": 1e999}'],
    )
    @pytest.mark.rule("qapps.form-answers")
    def test_text_other_than_a_json_object_is_invalid(
        self, alice: Any, collect: Callable[..., str], value: str
    ) -> None:
        session_id = collect()
        with pytest.raises(alice.exceptions.ValidationException):
            fill(alice, session_id, {FORM: value})
        assert data(alice, session_id) == []

    @pytest.mark.parametrize("levels", [101, 980, 4_000])
    @pytest.mark.rule("qapps.form-answers")
    def test_an_answer_nested_too_deeply_is_invalid(
        self, alice: Any, collect: Callable[..., str], levels: int
    ) -> None:
        session_id = collect()
        with pytest.raises(alice.exceptions.ValidationException):
            fill(alice, session_id, {FORM: '{"name":' * levels + "1" + "}" * levels})
        assert data(alice, session_id) == []

    def test_a_submission_has_a_value_an_id_and_a_time(
        self, alice: Any, collect: Callable[..., str], qchime: Handle
    ) -> None:
        session_id = collect()
        submit(alice, session_id, {"score": 4})

        (submission,) = look(alice, session_id)["cardStatus"][FORM]["submissions"]
        assert set(submission) == {"value", "submissionId", "timestamp"}
        assert submission["value"] == {"score": 4}
        assert abs((submission["timestamp"] - qchime.clock.now()).total_seconds()) < 3600

    def test_the_value_of_a_form_card_stays_an_empty_text(
        self, alice: Any, collect: Callable[..., str]
    ) -> None:
        session_id = collect()
        submit(alice, session_id, {"score": 4})

        assert value_of(alice, session_id, FORM) == ""

    def test_only_form_cards_have_submissions(self, alice: Any, create_app: CreateApp) -> None:
        session_id = start(alice, create_app(form(FORM), text(NAME), query(DRAFT)))

        cards = look(alice, session_id)["cardStatus"]
        assert cards[FORM]["submissions"] == []
        assert "submissions" not in cards[NAME]
        assert "submissions" not in cards[DRAFT]

    def test_a_form_card_takes_submissions_when_no_card_waits(
        self, alice: Any, bob: Any, collect: Callable[..., str]
    ) -> None:
        session_id = collect()
        submit(alice, session_id, {"score": 4})
        assert status(alice, session_id) == "COMPLETED"

        submit(bob, session_id, {"score": 5})
        assert answers(alice, session_id) == [{"score": 4}, {"score": 5}]

    def test_a_submission_can_be_an_initial_value(self, alice: Any, create_app: CreateApp) -> None:
        session_id = start(alice, create_app(form(FORM)), {FORM: '{"score": 4}'})

        assert answers(alice, session_id) == [{"score": 4}]

    @pytest.mark.rule("qapps.all-values-or-none")
    def test_a_bad_answer_makes_the_whole_request_fail(self, alice: Any, create_app: CreateApp) -> None:
        other = new_id()
        session_id = start(alice, create_app(form(FORM), form(other)))
        with pytest.raises(alice.exceptions.ValidationException):
            fill(alice, session_id, {FORM: '{"score": 4}', other: "no object"})

        assert data(alice, session_id) == []

    def test_submissions_belong_to_their_card(self, alice: Any, create_app: CreateApp) -> None:
        other = new_id()
        session_id = start(alice, create_app(form(FORM), form(other)))
        submit(alice, session_id, {"score": 4})
        submit(alice, session_id, {"score": 5}, card_id=other)

        cards = look(alice, session_id)["cardStatus"]
        assert [entry["value"] for entry in cards[FORM]["submissions"]] == [{"score": 4}]
        assert [entry["value"] for entry in cards[other]["submissions"]] == [{"score": 5}]


class TestModes:
    @pytest.mark.parametrize("mode", [None, "replace"], ids=["by default", "replace"])
    def test_replace_keeps_each_users_latest_answer(
        self, alice: Any, bob: Any, collect: Callable[..., str], mode: str | None
    ) -> None:
        """Documented, as is the default: "data collection forms limit users to one response"."""
        session_id = collect(mode)
        for client, score in ((alice, 1), (bob, 2), (alice, 3)):
            submit(client, session_id, {"score": score})

        assert answers(alice, session_id) == [{"score": 2}, {"score": 3}]

    def test_replace_applies_to_each_card(self, alice: Any, create_app: CreateApp) -> None:
        other = new_id()
        session_id = start(alice, create_app(form(FORM), form(other)))
        submit(alice, session_id, {"score": 1})
        submit(alice, session_id, {"score": 2}, card_id=other)

        assert answers(alice, session_id) == [{"score": 1}, {"score": 2}]

    def test_append_keeps_all_answers(self, alice: Any, bob: Any, collect: Callable[..., str]) -> None:
        session_id = collect("append")
        for client, score in ((alice, 1), (bob, 2), (alice, 3)):
            submit(client, session_id, {"score": score})

        assert answers(alice, session_id) == [{"score": 1}, {"score": 2}, {"score": 3}]
        assert len({entry["submissionId"] for entry in data(alice, session_id)}) == 3


class TestMutations:
    def test_add_takes_the_clients_id(self, alice: Any, collect: Callable[..., str]) -> None:
        session_id, submission_id = collect("append"), new_id()
        submit(alice, session_id, {"score": 1})
        submit(alice, session_id, {"score": 2}, add=submission_id)

        assert answers(alice, session_id) == [{"score": 1}, {"score": 2}]
        assert data(alice, session_id)[1]["submissionId"] == submission_id

    def test_edit_changes_an_answer_and_its_time_and_keeps_its_place(
        self, alice: Any, collect: Callable[..., str], qchime: Handle
    ) -> None:
        session_id = collect("append")
        submit(alice, session_id, {"score": 1})
        submit(alice, session_id, {"score": 2})
        before = data(alice, session_id)
        qchime.clock.advance(minutes=5)
        submit(alice, session_id, {"score": 9}, edit=before[0]["submissionId"])

        after = data(alice, session_id)
        assert [entry["value"] for entry in after] == [{"score": 9}, {"score": 2}]
        assert [entry["submissionId"] for entry in after] == [entry["submissionId"] for entry in before]
        assert (after[0]["timestamp"] - before[0]["timestamp"]).total_seconds() >= 300
        assert after[1]["timestamp"] == before[1]["timestamp"]

    def test_delete_removes_an_answer(self, alice: Any, collect: Callable[..., str]) -> None:
        session_id = collect("append")
        submit(alice, session_id, {"score": 1})
        submit(alice, session_id, {"score": 2})
        submit(alice, session_id, {}, delete=data(alice, session_id)[0]["submissionId"])

        assert answers(alice, session_id) == [{"score": 2}]

    @pytest.mark.parametrize("mode", [None, "replace"], ids=["by default", "replace"])
    @pytest.mark.parametrize("mutation", ["add", "edit", "delete"])
    @pytest.mark.rule("qapps.mutations")
    def test_mutations_are_invalid_on_a_form_with_one_response_per_user(
        self, alice: Any, collect: Callable[..., str], mutation: str, mode: str | None
    ) -> None:
        """Documented: they apply only where several responses are allowed. The error is inferred."""
        session_id = collect(mode)
        submit(alice, session_id, {"score": 1})
        earlier = new_id() if mutation == "add" else data(alice, session_id)[0]["submissionId"]
        with pytest.raises(alice.exceptions.ValidationException, match="one response per user"):
            submit(alice, session_id, {"score": 2}, **{mutation: earlier})
        assert answers(alice, session_id) == [{"score": 1}]

    def test_delete_needs_no_answer(self, alice: Any, collect: Callable[..., str]) -> None:
        session_id = collect("append")
        submit(alice, session_id, {"score": 1})
        mutation = {"submissionId": data(alice, session_id)[0]["submissionId"], "mutationType": "delete"}
        alice.update_q_app_session(
            instanceId=INSTANCE,
            sessionId=session_id,
            values=[{"cardId": FORM, "value": "", "submissionMutation": mutation}],
        )

        assert data(alice, session_id) == []

    @pytest.mark.rule("qapps.form-dependents")
    def test_a_form_card_whose_last_answer_is_deleted_waits_again(
        self, alice: Any, collect: Callable[..., str]
    ) -> None:
        session_id = collect("append")
        submit(alice, session_id, {"score": 1})
        submit(alice, session_id, {}, delete=data(alice, session_id)[0]["submissionId"])

        assert states(alice, session_id) == {FORM: "WAITING"}

    @pytest.mark.parametrize("mutation", ["edit", "delete"])
    @pytest.mark.rule("qapps.submission-of-another-user")
    def test_only_its_author_can_change_an_answer(
        self, alice: Any, bob: Any, collect: Callable[..., str], mutation: str
    ) -> None:
        session_id = collect("append")
        submit(bob, session_id, {"score": 2})
        submission_id = data(bob, session_id)[0]["submissionId"]

        with pytest.raises(alice.exceptions.AccessDeniedException):
            submit(alice, session_id, {"score": 9}, **{mutation: submission_id})
        assert answers(bob, session_id) == [{"score": 2}]

    @pytest.mark.parametrize("mutation", ["edit", "delete"])
    @pytest.mark.rule("qapps.missing-submission")
    def test_a_missing_answer_cannot_be_changed(
        self, alice: Any, collect: Callable[..., str], mutation: str
    ) -> None:
        session_id = collect("append")
        with pytest.raises(alice.exceptions.ValidationException):
            submit(alice, session_id, {"score": 9}, **{mutation: new_id()})

    @pytest.mark.rule("qapps.missing-submission")
    def test_an_answer_cannot_be_changed_through_another_card(
        self, alice: Any, create_app: CreateApp
    ) -> None:
        other = new_id()
        cards = form(FORM, computeMode="append"), form(other, computeMode="append")
        session_id = start(alice, create_app(*cards))
        submit(alice, session_id, {"score": 1})
        submission_id = data(alice, session_id)[0]["submissionId"]

        with pytest.raises(alice.exceptions.ValidationException, match="has no submission"):
            submit(alice, session_id, {"score": 9}, card_id=other, edit=submission_id)

    @pytest.mark.rule("qapps.repeated-submission-id")
    def test_an_id_can_be_added_only_once(self, alice: Any, bob: Any, collect: Callable[..., str]) -> None:
        session_id, submission_id = collect("append"), new_id()
        submit(alice, session_id, {"score": 1}, add=submission_id)

        with pytest.raises(bob.exceptions.ValidationException):
            submit(bob, session_id, {"score": 2}, add=submission_id)
        assert answers(alice, session_id) == [{"score": 1}]

    @pytest.mark.rule("qapps.repeated-submission-id")
    def test_one_update_can_add_an_id_only_once(self, alice: Any, collect: Callable[..., str]) -> None:
        session_id, mutation = collect("append"), {"submissionId": new_id(), "mutationType": "add"}
        new = {"cardId": FORM, "value": '{"score": 1}', "submissionMutation": mutation}

        with pytest.raises(alice.exceptions.ValidationException):
            alice.update_q_app_session(instanceId=INSTANCE, sessionId=session_id, values=[new, new])
        assert data(alice, session_id) == []

    @pytest.mark.rule("qapps.form-answers")
    def test_an_edit_to_anything_but_a_json_object_is_invalid(
        self, alice: Any, collect: Callable[..., str]
    ) -> None:
        session_id = collect("append")
        submit(alice, session_id, {"score": 1})
        with pytest.raises(alice.exceptions.ValidationException, match="must be a JSON object"):
            submit(alice, session_id, ["no", "object"], edit=data(alice, session_id)[0]["submissionId"])

        assert answers(alice, session_id) == [{"score": 1}]

    @pytest.mark.rule("qapps.edit-after-delete")
    def test_an_update_cannot_edit_what_it_deletes(self, alice: Any, collect: Callable[..., str]) -> None:
        session_id = collect("append")
        submit(alice, session_id, {"score": 1})
        submission_id = data(alice, session_id)[0]["submissionId"]
        alice.update_q_app_session(
            instanceId=INSTANCE,
            sessionId=session_id,
            values=[
                {
                    "cardId": FORM,
                    "value": json.dumps({"score": 2}),
                    "submissionMutation": {"submissionId": submission_id, "mutationType": mutation},
                }
                for mutation in ("delete", "edit")
            ],
        )

        assert data(alice, session_id) == []


class TestDependents:
    """Cards that refer to a form card run again with every submission."""

    @pytest.fixture
    def session_id(self, alice: Any, create_app: CreateApp, qchime: Handle) -> str:
        qchime.answers.add("Average", lambda prompt: f"average of {prompt.removeprefix('Average ')}")
        cards = (
            form(FORM, computeMode="append"),
            query(DRAFT, "Average", f"Average @{FORM}"),
            query(NAME, "Report", f"Report the @{DRAFT}"),
        )
        return start(alice, create_app(*cards))

    def test_a_query_waits_for_the_first_submission(self, alice: Any, session_id: str) -> None:
        assert states(alice, session_id)[DRAFT] == "WAITING"

    @pytest.mark.rule("qapps.form-values")
    def test_a_prompt_sees_all_answers_as_json(self, alice: Any, session_id: str) -> None:
        submit(alice, session_id, {"score": 1})

        assert value_of(alice, session_id, DRAFT) == 'average of [{"score": 1}]'

    @pytest.mark.rule("qapps.form-dependents")
    def test_every_submission_reruns_dependents(self, alice: Any, session_id: str) -> None:
        submit(alice, session_id, {"score": 1})
        submit(alice, session_id, {"score": 2})

        averaged = 'average of [{"score": 1}, {"score": 2}]'
        assert value_of(alice, session_id, DRAFT) == averaged
        assert value_of(alice, session_id, NAME) == f"Answer to: Report the {averaged}"

    @pytest.mark.rule("qapps.form-dependents")
    def test_edits_and_deletions_rerun_dependents(self, alice: Any, session_id: str) -> None:
        submit(alice, session_id, {"score": 1})
        submission_id = data(alice, session_id)[0]["submissionId"]
        submit(alice, session_id, {"score": 5}, edit=submission_id)
        assert value_of(alice, session_id, DRAFT) == 'average of [{"score": 5}]'

        submit(alice, session_id, {}, delete=submission_id)
        assert states(alice, session_id)[DRAFT] == "WAITING"
        assert value_of(alice, session_id, DRAFT) == ""

    def test_rerun_dependents_are_in_progress(
        self, alice: Any, session_id: str, sessions_take: Callable[..., None]
    ) -> None:
        submit(alice, session_id, {"score": 1})
        assert status(alice, session_id) == "COMPLETED"

        sessions_take(polls=1)
        submit(alice, session_id, {"score": 2})
        assert [status(alice, session_id) for _ in range(2)] == ["IN_PROGRESS", "COMPLETED"]


class TestOneCollectionPerHost:
    @pytest.mark.rule("qapps.second-collection")
    def test_a_host_has_one_active_collection_per_app(self, alice: Any, create_app: CreateApp) -> None:
        app_id = create_app(form())
        start(alice, app_id)

        with pytest.raises(alice.exceptions.ValidationException):
            start(alice, app_id)

    def test_another_can_start_once_it_is_stopped(self, alice: Any, create_app: CreateApp) -> None:
        app_id = create_app(form())
        alice.stop_q_app_session(instanceId=INSTANCE, sessionId=start(alice, app_id))

        start(alice, app_id)

    def test_other_apps_and_other_hosts_have_their_own(
        self, alice: Any, bob: Any, create_app: CreateApp, publish: Callable[..., str]
    ) -> None:
        first, second = create_app(form()), create_app(form())
        publish(first)

        sessions = {start(alice, first), start(alice, second), start(bob, first)}
        assert len(sessions) == 3

    def test_sessions_of_versions_without_a_form_are_not_counted(
        self, alice: Any, create_app: CreateApp
    ) -> None:
        app_id = create_app(text(NAME))
        start(alice, app_id)
        alice.update_q_app(instanceId=INSTANCE, appId=app_id, appDefinition=definition(form(FORM)))

        assert start(alice, app_id, appVersion=2)
        assert start(alice, app_id), "and can be started"

    def test_sessions_without_form_cards_are_not_counted(self, alice: Any, create_app: CreateApp) -> None:
        app_id = create_app(text(NAME))

        assert start(alice, app_id) != start(alice, app_id)
