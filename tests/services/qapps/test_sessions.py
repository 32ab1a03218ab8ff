"""Sessions: how the cards of an app run, and their values."""

import base64
import re
from collections.abc import Callable
from typing import Any

import pytest
import requests

from qchime import Handle
from tests.services.qapps.running import (
    DRAFT,
    NAME,
    PAPER,
    SUMMARY,
    TICKET,
    card_values,
    fill,
    join,
    look,
    share,
    start,
    states,
    status,
    value_of,
)
from tests.services.qapps.samples import HERE, INSTANCE, definition, file, form, new_id, plugin, query, text

CreateApp = Callable[..., str]
SOME_DIGEST = "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="


def import_file(client: Any, app_id: str, **options: Any) -> str:
    given = {
        "instanceId": INSTANCE,
        "appId": app_id,
        "cardId": PAPER,
        "fileName": "paper.txt",
        "fileContentsBase64": base64.b64encode(b"Once upon a time").decode(),
        "scope": "SESSION" if "sessionId" in options else "APPLICATION",
    }
    return str(client.import_document(**given, **options)["fileId"])


def with_default(client: Any, create_app: CreateApp, **options: Any) -> tuple[str, str, str]:
    """An app whose second version has a default file; returns its id, the file's and that of another file."""
    app_id = create_app(file(PAPER))
    default, other = import_file(client, app_id), import_file(client, app_id)
    cards = (
        file(PAPER, fileId=default, filename="paper.txt", **options),
        query(DRAFT, prompt=f"Sum up @{PAPER}"),
        query(SUMMARY, prompt=f"Shorten @{DRAFT}"),
    )
    client.update_q_app(**HERE, appId=app_id, appDefinition=definition(*cards))
    return app_id, default, other


class TestStart:
    def test_a_session_has_an_arn_below_that_of_its_app(self, alice: Any, create_app: CreateApp) -> None:
        app_id = create_app()
        app_arn = alice.get_q_app(instanceId=INSTANCE, appId=app_id)["appArn"]
        started = alice.start_q_app_session(instanceId=INSTANCE, appId=app_id, appVersion=1)

        assert started["sessionArn"] == f"{app_arn}/session/{started['sessionId']}"
        assert re.fullmatch(r"[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}", started["sessionId"])

    def test_the_app_must_exist(self, alice: Any) -> None:
        with pytest.raises(alice.exceptions.ResourceNotFoundException) as caught:
            start(alice, new_id())
        assert caught.value.response["resourceType"] == "QApp"

    @pytest.mark.rule("qapps.missing-version")
    def test_the_version_must_exist(self, alice: Any, create_app: CreateApp) -> None:
        with pytest.raises(alice.exceptions.ResourceNotFoundException):
            start(alice, create_app(), appVersion=2)

    def test_an_old_version_can_still_be_run(self, alice: Any, create_app: CreateApp) -> None:
        app_id = create_app(query(DRAFT, prompt="The old prompt"))
        alice.update_q_app(
            instanceId=INSTANCE, appId=app_id, appDefinition=definition(query(DRAFT, prompt="The new prompt"))
        )
        old, new = start(alice, app_id), start(alice, app_id, appVersion=2)

        assert value_of(alice, old, DRAFT) == "Answer to: The old prompt"
        assert value_of(alice, new, DRAFT) == "Answer to: The new prompt"
        assert look(alice, old)["appVersion"] == 1

    def test_a_session_names_the_version_that_is_in_the_library(
        self, alice: Any, create_app: CreateApp, publish: Callable[..., str]
    ) -> None:
        app_id = create_app()
        session_id = start(alice, app_id)
        assert "latestPublishedAppVersion" not in look(alice, session_id)

        publish(app_id)
        assert look(alice, session_id)["latestPublishedAppVersion"] == 1

    def test_tags_can_be_given_at_the_start(self, alice: Any, create_app: CreateApp) -> None:
        arn = alice.start_q_app_session(
            instanceId=INSTANCE, appId=create_app(), appVersion=1, tags={"team": "a", "cost::centre": "7"}
        )["sessionArn"]

        assert alice.list_tags_for_resource(resourceARN=arn)["tags"] == {"team": "a", "cost::centre": "7"}

    def test_only_its_owner_may_start_an_unpublished_app(self, bob: Any, create_app: CreateApp) -> None:
        with pytest.raises(bob.exceptions.AccessDeniedException):
            start(bob, create_app())

    def test_anybody_may_start_a_published_app_and_then_has_it_in_their_list(
        self, bob: Any, create_app: CreateApp, publish: Callable[..., str]
    ) -> None:
        app_id = create_app()
        publish(app_id)
        start(bob, app_id)

        assert [app["appId"] for app in bob.list_q_apps(instanceId=INSTANCE)["apps"]] == [app_id]

    def test_a_reader_may_start_it(self, alice: Any, bob: Any, create_app: CreateApp) -> None:
        app_id = create_app(query(DRAFT))
        alice.update_q_app_permissions(
            instanceId=INSTANCE,
            appId=app_id,
            grantPermissions=[{"principal": "bob@example.com", "action": "read"}],
        )

        assert status(bob, start(bob, app_id)) == "COMPLETED"

    def test_a_refused_start_leaves_no_session(self, alice: Any, create_app: CreateApp) -> None:
        app_id = create_app(form())
        with pytest.raises(alice.exceptions.ValidationException):
            start(alice, app_id, {new_id(): "a value for no card"})

        start(alice, app_id)  # would be refused if this were the second data collection

    def test_a_start_that_fails_in_an_answer_leaves_no_session(
        self, alice: Any, create_app: CreateApp, qchime: Handle
    ) -> None:
        def broken(prompt: str) -> str:
            raise RuntimeError("a mistake in the test's own function")

        app_id = create_app(form(), query(DRAFT, "Draft"))
        qchime.answers.add("Draft", broken)
        with pytest.raises(RuntimeError, match="own function"):
            start(alice, app_id)

        qchime.answers.add("Draft", "fine")
        start(alice, app_id)  # would be refused if this were the second data collection


class TestInputs:
    def test_input_cards_without_a_value_wait(self, alice: Any, create_app: CreateApp) -> None:
        session_id = start(alice, create_app(text(NAME), file(PAPER)))

        assert states(alice, session_id) == {NAME: "WAITING", PAPER: "WAITING"}
        assert status(alice, session_id) == "WAITING"

    def test_the_value_is_an_empty_text_until_there_is_one(self, alice: Any, create_app: CreateApp) -> None:
        session_id = start(alice, create_app(text(NAME), query(DRAFT, prompt=f"Greet @{NAME}")))

        cards = look(alice, session_id)["cardStatus"]
        assert [cards[card_id]["currentValue"] for card_id in (NAME, DRAFT)] == ["", ""]

    @pytest.mark.rule("qapps.default-values")
    def test_a_default_text_counts_as_a_value(self, alice: Any, create_app: CreateApp) -> None:
        app_id = create_app(text(NAME, defaultValue="Ada"), query(DRAFT, prompt=f"Greet @{NAME}"))
        session_id = start(alice, app_id)

        assert value_of(alice, session_id, NAME) == "Ada"
        assert value_of(alice, session_id, DRAFT) == "Answer to: Greet Ada"

    @pytest.mark.rule("qapps.default-values")
    def test_a_default_file_counts_as_a_value(self, alice: Any, create_app: CreateApp) -> None:
        app_id = create_app(file(PAPER))
        file_id = import_file(alice, app_id)
        cards = definition(file(PAPER, fileId=file_id, filename="paper.txt"))
        alice.update_q_app(instanceId=INSTANCE, appId=app_id, appDefinition=cards)
        session_id = start(alice, app_id, appVersion=2)

        assert states(alice, session_id) == {PAPER: "COMPLETED"}
        assert value_of(alice, session_id, PAPER) == file_id

    def test_initial_values_fill_cards_at_once(self, alice: Any, create_app: CreateApp) -> None:
        app_id = create_app(text(NAME), query(DRAFT, prompt=f"Greet @{NAME}"))
        session_id = start(alice, app_id, {NAME: "Grace"})

        assert value_of(alice, session_id, DRAFT) == "Answer to: Greet Grace"

    def test_an_initial_value_overrides_a_default(self, alice: Any, create_app: CreateApp) -> None:
        app_id = create_app(text(NAME, defaultValue="Ada"), query(DRAFT, prompt=f"Greet @{NAME}"))
        session_id = start(alice, app_id, {NAME: "Grace"})

        assert value_of(alice, session_id, NAME) == "Grace"
        assert value_of(alice, session_id, DRAFT) == "Answer to: Greet Grace"

    def test_an_update_fills_cards_that_wait(self, alice: Any, create_app: CreateApp) -> None:
        topic = new_id()
        session_id = start(alice, create_app(text(NAME), text(topic)))
        fill(alice, session_id, {NAME: "Ada"})
        assert states(alice, session_id) == {NAME: "COMPLETED", topic: "WAITING"}

        fill(alice, session_id, {topic: "engines"})
        assert status(alice, session_id) == "COMPLETED"

    def test_an_update_returns_the_same_session(self, alice: Any, create_app: CreateApp) -> None:
        started = alice.start_q_app_session(instanceId=INSTANCE, appId=create_app(text(NAME)), appVersion=1)
        updated = alice.update_q_app_session(
            instanceId=INSTANCE, sessionId=started["sessionId"], values=card_values({NAME: "Ada"})
        )

        assert updated["sessionId"] == started["sessionId"]
        assert updated["sessionArn"] == started["sessionArn"]

    def test_a_value_for_a_card_that_does_not_wait_is_ignored(
        self, alice: Any, create_app: CreateApp
    ) -> None:
        topic = new_id()
        session_id = start(alice, create_app(text(NAME), text(topic)), {NAME: "Ada"})
        fill(alice, session_id, {NAME: "Grace"})

        assert value_of(alice, session_id, NAME) == "Ada"

    def test_ignored_values_do_not_affect_others(self, alice: Any, create_app: CreateApp) -> None:
        topic = new_id()
        session_id = start(alice, create_app(text(NAME), text(topic)), {NAME: "Ada"})
        fill(alice, session_id, {NAME: "Grace", topic: "engines"})

        assert value_of(alice, session_id, NAME) == "Ada"
        assert value_of(alice, session_id, topic) == "engines"

    @pytest.mark.parametrize("nothing", [{}, {"values": []}], ids=["left out", "empty"])
    @pytest.mark.parametrize("card", [text(), query()], ids=["a card waits", "no card waits"])
    def test_an_update_without_values_is_accepted(
        self, alice: Any, create_app: CreateApp, card: dict[str, Any], nothing: dict[str, Any]
    ) -> None:
        session_id = start(alice, create_app(card))

        updated = alice.update_q_app_session(instanceId=INSTANCE, sessionId=session_id, **nothing)
        assert updated["sessionId"] == session_id

    @pytest.mark.rule("qapps.no-waiting-card")
    def test_a_value_is_invalid_if_no_card_waits(self, alice: Any, create_app: CreateApp) -> None:
        session_id = start(alice, create_app(text(NAME)), {NAME: "Ada"})
        with pytest.raises(alice.exceptions.ValidationException):
            fill(alice, session_id, {NAME: "Grace"})

    @pytest.mark.rule("qapps.unknown-card")
    @pytest.mark.rule("qapps.all-values-or-none")
    def test_a_value_for_a_missing_card_is_invalid(self, alice: Any, create_app: CreateApp) -> None:
        session_id = start(alice, create_app(text(NAME)))
        with pytest.raises(alice.exceptions.ValidationException):
            fill(alice, session_id, {NAME: "Ada", new_id(): "lost"})
        assert states(alice, session_id) == {NAME: "WAITING"}, "an update succeeds or fails as a whole"


class TestPrompts:
    def test_a_query_without_references_runs_at_once(self, alice: Any, create_app: CreateApp) -> None:
        session_id = start(alice, create_app(query(DRAFT, prompt="Say hello")))

        assert states(alice, session_id) == {DRAFT: "COMPLETED"}
        assert value_of(alice, session_id, DRAFT) == "Answer to: Say hello"

    def test_a_query_waits_for_every_card_it_refers_to(self, alice: Any, create_app: CreateApp) -> None:
        topic = new_id()
        cards = text(NAME), text(topic), query(DRAFT, prompt=f"Tell @{NAME} about @{topic}")
        session_id = start(alice, create_app(*cards), {NAME: "Ada"})
        assert states(alice, session_id)[DRAFT] == "WAITING"

        fill(alice, session_id, {topic: "engines"})
        assert value_of(alice, session_id, DRAFT) == "Answer to: Tell Ada about engines"

    def test_queries_run_in_the_order_of_their_dependencies(self, alice: Any, create_app: CreateApp) -> None:
        cards = (
            query(SUMMARY, prompt=f"Sum up @{DRAFT}"),
            query(DRAFT, prompt=f"Write to @{NAME}"),
            text(NAME),
        )
        session_id = start(alice, create_app(*cards), {NAME: "Ada"})

        assert value_of(alice, session_id, SUMMARY) == "Answer to: Sum up Answer to: Write to Ada"

    def test_every_mention_of_a_card_is_replaced(self, alice: Any, create_app: CreateApp) -> None:
        cards = text(NAME), query(DRAFT, prompt=f"@{NAME}, dear @{NAME}!")
        session_id = start(alice, create_app(*cards), {NAME: "Ada"})

        assert value_of(alice, session_id, DRAFT) == "Answer to: Ada, dear Ada!"

    def test_a_value_that_looks_like_a_reference_is_not_replaced_again(
        self, alice: Any, create_app: CreateApp
    ) -> None:
        topic = new_id()
        cards = text(NAME), text(topic), query(DRAFT, prompt=f"Tell @{NAME}")
        session_id = start(alice, create_app(*cards), {NAME: f"@{topic}", topic: "engines"})

        assert value_of(alice, session_id, DRAFT) == f"Answer to: Tell @{topic}"

    @pytest.mark.rule("qapps.missing-reference")
    def test_a_reference_to_a_missing_card_stays_text(self, alice: Any, create_app: CreateApp) -> None:
        session_id = start(alice, create_app(query(DRAFT, prompt=f"Ask @{NAME}")))

        assert value_of(alice, session_id, DRAFT) == f"Answer to: Ask @{NAME}"

    def test_any_other_at_sign_is_plain_text(self, alice: Any, create_app: CreateApp) -> None:
        prompt = f"Mail ada@example.com, @Text, {NAME} and @{NAME[:-1]}"
        session_id = start(alice, create_app(text(NAME), query(DRAFT, prompt=prompt)))

        assert value_of(alice, session_id, DRAFT) == f"Answer to: {prompt}"

    @pytest.mark.rule("qapps.default-answer")
    def test_the_same_prompt_gets_the_same_answer_every_time(self, alice: Any, create_app: CreateApp) -> None:
        app_id = create_app(query(DRAFT, prompt="Say hello"))

        assert value_of(alice, start(alice, app_id), DRAFT) == value_of(alice, start(alice, app_id), DRAFT)


class TestAnswers:
    def test_an_answer_can_be_a_text(self, alice: Any, create_app: CreateApp, qchime: Handle) -> None:
        qchime.answers.add("Summary", "All is well")
        session_id = start(alice, create_app(query(DRAFT, "Draft"), query(SUMMARY, "Summary")))

        assert value_of(alice, session_id, SUMMARY) == "All is well"
        assert value_of(alice, session_id, DRAFT) == "Answer to: Say hello"

    def test_a_function_may_delete_the_app_that_it_answers_for(
        self, alice: Any, qchime: Handle, create_app: Callable[..., str]
    ) -> None:
        app_id = create_app(query(DRAFT))
        qchime.answers.add(text=lambda prompt: str(alice.delete_q_app(**HERE, appId=app_id)))
        with pytest.raises(alice.exceptions.ResourceNotFoundException):
            start(alice, app_id)

        assert alice.list_q_apps(**HERE)["apps"] == []
        qchime.answers.reset()
        qchime.load(qchime.dump())

    def test_a_function_may_stop_the_session_that_it_answers_for(
        self, alice: Any, qchime: Handle, create_app: Callable[..., str]
    ) -> None:
        qchime.answers.in_progress(polls=0)
        session_id = start(alice, create_app(query(DRAFT)))
        stop = {"instanceId": INSTANCE, "sessionId": session_id}
        qchime.answers.add(text=lambda prompt: str(alice.stop_q_app_session(**stop)))
        with pytest.raises(alice.exceptions.ResourceNotFoundException):
            look(alice, session_id)

    def test_an_answer_can_be_a_function_of_the_resolved_prompt(
        self, alice: Any, create_app: CreateApp, qchime: Handle
    ) -> None:
        qchime.answers.add("Draft", str.upper)
        cards = text(NAME), query(DRAFT, "Draft", f"Greet @{NAME}")

        assert value_of(alice, start(alice, create_app(*cards), {NAME: "Ada"}), DRAFT) == "GREET ADA"

    def test_an_answer_can_be_for_the_id_of_a_card(
        self, alice: Any, create_app: CreateApp, qchime: Handle
    ) -> None:
        qchime.answers.add(DRAFT, "By id")

        assert value_of(alice, start(alice, create_app(query(DRAFT))), DRAFT) == "By id"

    def test_the_answer_that_was_added_last_wins(
        self, alice: Any, create_app: CreateApp, qchime: Handle
    ) -> None:
        qchime.answers.add("Draft", "first")
        qchime.answers.add("Draft", "second")

        assert value_of(alice, start(alice, create_app(query(DRAFT, "Draft"))), DRAFT) == "second"

    def test_other_cards_see_the_answer(self, alice: Any, create_app: CreateApp, qchime: Handle) -> None:
        qchime.answers.add("Draft", "Dear all")
        cards = query(DRAFT, "Draft"), query(SUMMARY, "Summary", f"Sum up @{DRAFT}")

        assert value_of(alice, start(alice, create_app(*cards)), SUMMARY) == "Answer to: Sum up Dear all"

    def test_plugins_answer_as_queries_do(self, alice: Any, create_app: CreateApp, qchime: Handle) -> None:
        qchime.answers.add("Ticket", "PROJ-1 was opened")
        cards = text(NAME), plugin(TICKET, "Ticket", f"For @{NAME}")

        assert value_of(alice, start(alice, create_app(*cards), {NAME: "Ada"}), TICKET) == "PROJ-1 was opened"

    def test_a_failing_card_fails_its_session(
        self, alice: Any, create_app: CreateApp, qchime: Handle
    ) -> None:
        qchime.answers.add("Draft", fails=True)
        session_id = start(alice, create_app(query(DRAFT, "Draft"), query(SUMMARY, "Summary")))

        assert states(alice, session_id) == {DRAFT: "ERROR", SUMMARY: "COMPLETED"}
        assert status(alice, session_id) == "ERROR"
        assert value_of(alice, session_id, DRAFT) == ""

    @pytest.mark.rule("qapps.status-precedence")
    def test_dependents_of_a_failed_card_fail_too(
        self, alice: Any, create_app: CreateApp, qchime: Handle
    ) -> None:
        qchime.answers.add("Draft", fails=True)
        cards = query(DRAFT, "Draft"), query(SUMMARY, "Summary", f"Sum up @{DRAFT}")

        assert states(alice, start(alice, create_app(*cards))) == {DRAFT: "ERROR", SUMMARY: "ERROR"}


class TestConfirmation:
    @pytest.mark.rule("qapps.plugin-confirmation")
    def test_plugins_run_without_confirmation_unless_the_test_asks_for_it(
        self, alice: Any, create_app: CreateApp
    ) -> None:
        session_id = start(alice, create_app(plugin(TICKET)))

        assert states(alice, session_id) == {TICKET: "COMPLETED"}

    def test_a_plugin_can_wait_for_confirmation(
        self, alice: Any, create_app: CreateApp, qchime: Handle
    ) -> None:
        qchime.answers.add("Ticket", "PROJ-1 was opened", waits=True)
        session_id = start(alice, create_app(plugin(TICKET, "Ticket")))
        assert states(alice, session_id) == {TICKET: "WAITING"}
        assert value_of(alice, session_id, TICKET) == ""

        fill(alice, session_id, {TICKET: "yes"})
        assert status(alice, session_id) == "COMPLETED"
        assert value_of(alice, session_id, TICKET) == "PROJ-1 was opened"

    def test_its_dependents_wait_too(self, alice: Any, create_app: CreateApp, qchime: Handle) -> None:
        qchime.answers.add("Ticket", "PROJ-1", waits=True)
        cards = plugin(TICKET, "Ticket"), query(DRAFT, prompt=f"Announce @{TICKET}")
        session_id = start(alice, create_app(*cards))
        assert states(alice, session_id) == {TICKET: "WAITING", DRAFT: "WAITING"}

        fill(alice, session_id, {TICKET: ""})
        assert value_of(alice, session_id, DRAFT) == "Answer to: Announce PROJ-1"

    def test_queries_never_wait_for_confirmation(
        self, alice: Any, create_app: CreateApp, qchime: Handle
    ) -> None:
        qchime.answers.add(waits=True)
        session_id = start(alice, create_app(query(DRAFT), plugin(TICKET)))

        assert states(alice, session_id) == {DRAFT: "COMPLETED", TICKET: "WAITING"}


class TestProgress:
    @pytest.mark.rule("qapps.instant-answers")
    def test_sessions_finish_at_once_by_default(self, alice: Any, create_app: CreateApp) -> None:
        assert status(alice, start(alice, create_app(query(DRAFT)))) == "COMPLETED"

    def test_a_session_can_be_in_progress_for_a_number_of_polls(
        self, alice: Any, create_app: CreateApp, sessions_take: Callable[..., None]
    ) -> None:
        sessions_take(polls=2)
        session_id = start(alice, create_app(query(DRAFT)))

        polled = [look(alice, session_id) for _ in range(4)]
        assert [poll["status"] for poll in polled] == ["IN_PROGRESS", "IN_PROGRESS", "COMPLETED", "COMPLETED"]
        values = [poll["cardStatus"][DRAFT]["currentValue"] for poll in polled]
        assert values == ["", "", "Answer to: Say hello", "Answer to: Say hello"]

    def test_a_session_can_be_in_progress_for_seconds(
        self, alice: Any, create_app: CreateApp, qchime: Handle, sessions_take: Callable[..., None]
    ) -> None:
        sessions_take(seconds=5)
        session_id = start(alice, create_app(query(DRAFT)))
        assert [status(alice, session_id) for _ in range(9)] == ["IN_PROGRESS"] * 9

        qchime.clock.advance(seconds=5)
        assert status(alice, session_id) == "COMPLETED"

    def test_progress_begins_with_the_last_input(
        self, alice: Any, create_app: CreateApp, sessions_take: Callable[..., None]
    ) -> None:
        sessions_take(polls=1)
        session_id = start(alice, create_app(text(NAME), query(DRAFT, prompt=f"Greet @{NAME}")))
        assert [status(alice, session_id) for _ in range(3)] == ["WAITING"] * 3

        fill(alice, session_id, {NAME: "Ada"})
        assert [status(alice, session_id) for _ in range(2)] == ["IN_PROGRESS", "COMPLETED"]

    def test_a_card_can_take_its_time_while_others_do_not(
        self, alice: Any, create_app: CreateApp, qchime: Handle
    ) -> None:
        qchime.answers.in_progress(card=SUMMARY, polls=2)
        session_id = start(alice, create_app(query(DRAFT), query(SUMMARY, title="Summary")))

        assert states(alice, session_id) == {DRAFT: "COMPLETED", SUMMARY: "IN_PROGRESS"}
        assert [status(alice, session_id) for _ in range(2)] == ["IN_PROGRESS", "COMPLETED"]

    def test_a_card_waits_for_one_that_takes_its_time(
        self, alice: Any, create_app: CreateApp, qchime: Handle
    ) -> None:
        qchime.answers.in_progress(card=DRAFT, seconds=5)
        session_id = start(alice, create_app(query(DRAFT), query(SUMMARY, prompt=f"@{DRAFT}")))
        assert states(alice, session_id) == {DRAFT: "IN_PROGRESS", SUMMARY: "IN_PROGRESS"}

        qchime.clock.advance(seconds=5)
        assert states(alice, session_id) == {DRAFT: "COMPLETED", SUMMARY: "COMPLETED"}

    def test_an_accounts_setting_overrides_that_for_all_accounts_and_both_override_motos(
        self, alice: Any, create_app: CreateApp, qchime: Handle, sessions_take: Callable[..., None]
    ) -> None:
        sessions_take(polls=3)
        qchime.answers.in_progress(polls=0)
        app = create_app(query(DRAFT))
        assert status(alice, start(alice, app)) == "COMPLETED"

        qchime.account("123456789012").answers.in_progress(polls=1)
        session_id = start(alice, app)
        assert [status(alice, session_id) for _ in range(2)] == ["IN_PROGRESS", "COMPLETED"]

    def test_progress_survives_a_dump_and_load(
        self, alice: Any, create_app: CreateApp, qchime: Handle
    ) -> None:
        qchime.answers.in_progress(polls=2)
        session_id = start(alice, create_app(query(DRAFT)))
        assert status(alice, session_id) == "IN_PROGRESS"

        qchime.load(qchime.dump())
        assert [status(alice, session_id) for _ in range(2)] == ["IN_PROGRESS", "COMPLETED"]

    @pytest.mark.parametrize(
        "said",
        [{}, {"polls": 1, "seconds": 1}, {"polls": -1}, {"polls": 1.5}, {"seconds": -1}, {"seconds": True}],
    )
    def test_an_invalid_setting_is_refused(self, qchime: Handle, said: dict[str, Any]) -> None:
        with pytest.raises((TypeError, ValueError), match=r"polls|seconds"):
            qchime.answers.in_progress(**said)

        assert qchime.answers.work == []

    def test_a_failure_shows_after_progress(
        self, alice: Any, create_app: CreateApp, qchime: Handle, sessions_take: Callable[..., None]
    ) -> None:
        qchime.answers.add(fails=True)
        sessions_take(polls=1)
        session_id = start(alice, create_app(query(DRAFT)))

        assert [status(alice, session_id) for _ in range(2)] == ["IN_PROGRESS", "ERROR"]

    def test_sessions_without_queries_are_never_in_progress(
        self, alice: Any, create_app: CreateApp, sessions_take: Callable[..., None]
    ) -> None:
        sessions_take(polls=2)

        assert status(alice, start(alice, create_app(text(NAME)), {NAME: "Ada"})) == "COMPLETED"


class TestStatus:
    """ERROR if any card failed, else WAITING if any waits, else IN_PROGRESS if any runs, else COMPLETED.

    This precedence is inferred.
    """

    @pytest.mark.rule("qapps.status-precedence")
    def test_error_comes_before_waiting(self, alice: Any, create_app: CreateApp, qchime: Handle) -> None:
        qchime.answers.add("Draft", fails=True)
        session_id = start(alice, create_app(text(NAME), query(DRAFT, "Draft"), query(SUMMARY)))

        assert states(alice, session_id) == {NAME: "WAITING", DRAFT: "ERROR", SUMMARY: "COMPLETED"}
        assert status(alice, session_id) == "ERROR"

    @pytest.mark.rule("qapps.status-precedence")
    def test_waiting_comes_before_in_progress(
        self, alice: Any, create_app: CreateApp, sessions_take: Callable[..., None]
    ) -> None:
        sessions_take(polls=9)
        session_id = start(alice, create_app(text(NAME), query(DRAFT)))

        assert states(alice, session_id) == {NAME: "WAITING", DRAFT: "IN_PROGRESS"}
        assert status(alice, session_id) == "WAITING"

    @pytest.mark.rule("qapps.status-precedence")
    def test_in_progress_comes_before_completed(
        self, alice: Any, create_app: CreateApp, sessions_take: Callable[..., None]
    ) -> None:
        sessions_take(polls=9)
        session_id = start(alice, create_app(text(NAME), query(DRAFT)), {NAME: "Ada"})

        assert states(alice, session_id) == {NAME: "COMPLETED", DRAFT: "IN_PROGRESS"}
        assert status(alice, session_id) == "IN_PROGRESS"

    @pytest.mark.rule("qapps.status-precedence")
    def test_a_session_of_an_app_without_cards_is_completed(self, alice: Any) -> None:
        app = alice.create_q_app(instanceId=INSTANCE, title="Empty", appDefinition=definition())

        session = look(alice, start(alice, app["appId"]))
        assert session["status"] == "COMPLETED"
        assert session["cardStatus"] == {}


class TestFiles:
    def test_a_session_with_a_file(
        self, alice: Any, create_app: CreateApp, sessions_take: Callable[..., None], qchime: Handle
    ) -> None:
        """Start without values, import, update, poll until completed, read the answer."""
        qchime.answers.add("Summary", "A fairy tale")
        sessions_take(polls=1)
        cards = (
            file(PAPER),
            text(NAME, "Style"),
            query(SUMMARY, "Summary", f"Sum up @{PAPER} in style @{NAME}"),
        )
        app_id = create_app(*cards)
        session_id = start(alice, app_id)
        file_id = import_file(alice, app_id, sessionId=session_id)
        fill(alice, session_id, {PAPER: file_id, NAME: "short"})
        while (session := look(alice, session_id))["status"] != "COMPLETED":
            assert session["status"] == "IN_PROGRESS"

        assert session["cardStatus"][SUMMARY]["currentValue"] == "A fairy tale"
        assert session["cardStatus"][PAPER]["currentValue"] == file_id

    @pytest.mark.rule("qapps.fixed-file")
    def test_a_default_file_that_cannot_be_overridden_stays(
        self, alice: Any, bob: Any, create_app: CreateApp, publish: Callable[..., str]
    ) -> None:
        """Documented for `allowOverride`; that a value is a ValidationException is inferred."""
        app_id, default, other = with_default(alice, create_app, allowOverride=False)
        publish(app_id, version=2)
        for client in (alice, bob):
            with pytest.raises(client.exceptions.ValidationException, match="allowOverride"):
                start(client, app_id, {PAPER: other}, appVersion=2)
        session_id = start(alice, app_id, appVersion=2)
        with pytest.raises(alice.exceptions.ValidationException, match="allowOverride"):
            fill(alice, session_id, {PAPER: other})

        assert value_of(alice, session_id, PAPER) == default

    def test_a_default_file_that_can_be_overridden_is_replaced_at_any_time(
        self, alice: Any, bob: Any, create_app: CreateApp, publish: Callable[..., str]
    ) -> None:
        """Documented for `allowOverride`: any user may replace the file. What depends on it runs again."""
        app_id, default, other = with_default(alice, create_app, allowOverride=True)
        publish(app_id, version=2)
        session_id = start(bob, app_id, appVersion=2)
        assert value_of(bob, session_id, SUMMARY) == f"Answer to: Shorten Answer to: Sum up {default}"

        fill(bob, session_id, {PAPER: other})
        assert value_of(bob, session_id, PAPER) == other
        assert value_of(bob, session_id, SUMMARY) == f"Answer to: Shorten Answer to: Sum up {other}"

        fill(bob, session_id, {PAPER: default})
        assert value_of(bob, session_id, SUMMARY) == f"Answer to: Shorten Answer to: Sum up {default}"
        assert value_of(bob, start(bob, app_id, {PAPER: other}, appVersion=2), PAPER) == other

    def test_a_participant_replaces_a_file_too(
        self, alice: Any, bob: Any, create_app: CreateApp, publish: Callable[..., str]
    ) -> None:
        app_id, _, other = with_default(alice, create_app, allowOverride=True)
        publish(app_id, version=2)
        session_id = start(alice, app_id, appVersion=2)
        share(alice, session_id)
        fill(bob, session_id, {PAPER: other})

        assert value_of(alice, session_id, PAPER) == other

    @pytest.mark.rule("qapps.unset-allow-override")
    def test_without_allow_override_only_an_initial_value_replaces_a_default_file(
        self, alice: Any, create_app: CreateApp
    ) -> None:
        app_id, default, other = with_default(alice, create_app)
        assert value_of(alice, start(alice, app_id, {PAPER: other}, appVersion=2), PAPER) == other
        session_id = start(alice, app_id, appVersion=2)
        with pytest.raises(alice.exceptions.ValidationException, match="No card of this session is waiting"):
            fill(alice, session_id, {PAPER: other})

        assert value_of(alice, session_id, PAPER) == default

    def test_a_card_without_a_default_file_takes_one_whatever_it_allows(
        self, alice: Any, create_app: CreateApp
    ) -> None:
        """`allowOverride` is about the default file."""
        app_id = create_app(file(PAPER, allowOverride=False))
        session_id = start(alice, app_id)
        file_id = import_file(alice, app_id, sessionId=session_id)
        fill(alice, session_id, {PAPER: file_id})

        assert value_of(alice, session_id, PAPER) == file_id

    @pytest.mark.rule("qapps.unknown-file")
    def test_a_replacement_must_have_been_imported(self, alice: Any, create_app: CreateApp) -> None:
        app_id, default, _ = with_default(alice, create_app, allowOverride=True)
        session_id = start(alice, app_id, appVersion=2)
        with pytest.raises(alice.exceptions.ValidationException, match="never imported"):
            fill(alice, session_id, {PAPER: new_id()})

        assert value_of(alice, session_id, PAPER) == default

    @pytest.mark.rule("qapps.unknown-file")
    def test_a_file_must_have_been_imported(self, alice: Any, create_app: CreateApp) -> None:
        session_id = start(alice, create_app(file(PAPER)))
        with pytest.raises(alice.exceptions.ValidationException):
            fill(alice, session_id, {PAPER: new_id()})
        assert states(alice, session_id) == {PAPER: "WAITING"}


class TestStop:
    @pytest.mark.parametrize(
        ("operation", "options"),
        [
            ("get_q_app_session", {}),
            ("update_q_app_session", {}),
            ("get_q_app_session_metadata", {}),
            ("update_q_app_session_metadata", {"sharingConfiguration": {"enabled": True}}),
            ("list_q_app_session_data", {}),
            ("export_q_app_session_data", {}),
            ("stop_q_app_session", {}),
        ],
    )
    @pytest.mark.rule("qapps.stopped-session")
    def test_a_stopped_session_is_not_found(
        self, alice: Any, create_app: CreateApp, operation: str, options: dict[str, Any]
    ) -> None:
        session_id = start(alice, create_app())
        alice.stop_q_app_session(instanceId=INSTANCE, sessionId=session_id)

        with pytest.raises(alice.exceptions.ResourceNotFoundException) as caught:
            getattr(alice, operation)(instanceId=INSTANCE, sessionId=session_id, **options)
        assert caught.value.response["resourceId"] == session_id
        assert caught.value.response["resourceType"] == "QAppSession"

    def test_a_stopped_session_cannot_be_joined_nor_tagged(self, alice: Any, create_app: CreateApp) -> None:
        app_id = create_app()
        started = alice.start_q_app_session(instanceId=INSTANCE, appId=app_id, appVersion=1)
        alice.stop_q_app_session(instanceId=INSTANCE, sessionId=started["sessionId"])

        with pytest.raises(alice.exceptions.ResourceNotFoundException):
            join(alice, app_id, started["sessionId"])
        with pytest.raises(alice.exceptions.ResourceNotFoundException):
            alice.tag_resource(resourceARN=started["sessionArn"], tags={"a": "b"})

    @pytest.mark.rule("qapps.stopped-session")
    def test_its_files_are_gone(self, alice: Any, create_app: CreateApp) -> None:
        app_id = create_app(file(PAPER))
        stopped, kept = start(alice, app_id), start(alice, app_id)
        file_id = import_file(alice, app_id, sessionId=stopped)
        alice.stop_q_app_session(instanceId=INSTANCE, sessionId=stopped)

        with pytest.raises(alice.exceptions.ValidationException):
            fill(alice, kept, {PAPER: file_id})

    def test_its_links_no_longer_accept_uploads(self, alice: Any, create_app: CreateApp) -> None:
        app_id = create_app(file(PAPER))
        session_id = start(alice, app_id)
        link = alice.create_presigned_url(
            instanceId=INSTANCE,
            appId=app_id,
            cardId=PAPER,
            fileName="hello.txt",
            fileContentsSha256=SOME_DIGEST,
            scope="SESSION",
            sessionId=session_id,
        )
        alice.stop_q_app_session(instanceId=INSTANCE, sessionId=session_id)

        posted = requests.post(
            link["presignedUrl"], data=link["presignedUrlFields"], files={"file": ("hello.txt", b"hello")}
        )
        assert posted.status_code == 403

    def test_other_sessions_continue(self, alice: Any, create_app: CreateApp) -> None:
        app_id = create_app(text(NAME))
        stopped, kept = start(alice, app_id), start(alice, app_id, {NAME: "Ada"})
        alice.stop_q_app_session(instanceId=INSTANCE, sessionId=stopped)

        assert value_of(alice, kept, NAME) == "Ada"

    @pytest.mark.rule("qapps.deleted-app")
    def test_deleting_an_app_deletes_its_sessions(self, alice: Any, create_app: CreateApp) -> None:
        app_id = create_app()
        session_id = start(alice, app_id)
        alice.delete_q_app(instanceId=INSTANCE, appId=app_id)

        with pytest.raises(alice.exceptions.ResourceNotFoundException):
            look(alice, session_id)

    def test_sessions_of_other_instances_are_not_found(self, alice: Any, create_app: CreateApp) -> None:
        session_id = start(alice, create_app())

        with pytest.raises(alice.exceptions.ResourceNotFoundException):
            alice.get_q_app_session(instanceId="another", sessionId=session_id)
