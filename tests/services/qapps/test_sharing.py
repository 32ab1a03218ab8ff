"""Sharing: a session's host, its participants, and everybody else."""

import base64
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.services.qapps.running import (
    DRAFT,
    FORM,
    NAME,
    PAPER,
    answers,
    card_values,
    data,
    fill,
    join,
    look,
    share,
    start,
    states,
    submit,
)
from tests.services.qapps.samples import INSTANCE, file, form, new_id, query, text

CreateApp = Callable[..., str]


@pytest.fixture
def app_id(create_app: CreateApp, publish: Callable[..., str]) -> str:
    """A published app of Alice's with a form, a file and a text card."""
    app_id = create_app(form(FORM), file(PAPER), text(NAME), query(DRAFT, prompt=f"Greet @{NAME}"))
    publish(app_id)
    return app_id


@pytest.fixture
def session_id(bob: Any, app_id: str) -> str:
    """A session of that app, whose host is Bob, not the app's owner."""
    return start(bob, app_id)


def get(client: Any, app_id: str, session_id: str) -> None:
    look(client, session_id)


def get_metadata(client: Any, app_id: str, session_id: str) -> None:
    client.get_q_app_session_metadata(instanceId=INSTANCE, sessionId=session_id)


def update(client: Any, app_id: str, session_id: str) -> None:
    fill(client, session_id, {NAME: "Ada"})


def list_data(client: Any, app_id: str, session_id: str) -> None:
    data(client, session_id)


def import_document(client: Any, app_id: str, session_id: str) -> None:
    client.import_document(
        instanceId=INSTANCE,
        appId=app_id,
        cardId=PAPER,
        fileName="a.txt",
        fileContentsBase64=base64.b64encode(b"a").decode(),
        scope="SESSION",
        sessionId=session_id,
    )


def create_presigned_url(client: Any, app_id: str, session_id: str) -> None:
    client.create_presigned_url(
        instanceId=INSTANCE,
        appId=app_id,
        cardId=PAPER,
        fileName="a.txt",
        fileContentsSha256="ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs=",
        scope="SESSION",
        sessionId=session_id,
    )


def update_metadata(client: Any, app_id: str, session_id: str) -> None:
    share(client, session_id)


def export(client: Any, app_id: str, session_id: str) -> None:
    client.export_q_app_session_data(instanceId=INSTANCE, sessionId=session_id)


def stop(client: Any, app_id: str, session_id: str) -> None:
    client.stop_q_app_session(instanceId=INSTANCE, sessionId=session_id)


def stop_sharing(client: Any, session_id: str) -> None:
    client.update_q_app_session_metadata(
        instanceId=INSTANCE, sessionId=session_id, sharingConfiguration={"enabled": False}
    )


def error_of(act: Callable[..., None], *arguments: Any) -> str | None:
    """The error of a call, None if it succeeds."""
    try:
        act(*arguments)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return None


FOR_PARTICIPANTS = [join, get, get_metadata, update, list_data, import_document, create_presigned_url]
FOR_THE_HOST = [update_metadata, export, stop]
by_name: Any = {"ids": lambda act: act.__name__}


class TestRights:
    """The rights are documented; that the error is AccessDeniedException is inferred."""

    @pytest.mark.parametrize("act", [*FOR_PARTICIPANTS, *FOR_THE_HOST], **by_name)
    @pytest.mark.parametrize("is_shared", [False, True], ids=["not shared", "shared"])
    def test_the_host_may_do_everything(
        self, bob: Any, app_id: str, session_id: str, act: Callable[..., None], is_shared: bool
    ) -> None:
        if is_shared:
            share(bob, session_id)

        assert error_of(act, bob, app_id, session_id) is None

    @pytest.mark.parametrize("act", [*FOR_PARTICIPANTS, *FOR_THE_HOST], **by_name)
    @pytest.mark.rule("qapps.access-denied")
    def test_only_the_host_may_use_a_session_that_is_not_shared(
        self, carol: Any, app_id: str, session_id: str, act: Callable[..., None]
    ) -> None:
        assert error_of(act, carol, app_id, session_id) == "AccessDeniedException"

    @pytest.mark.parametrize("act", FOR_PARTICIPANTS, **by_name)
    @pytest.mark.rule("qapps.participants")
    def test_participants_of_a_shared_session_may(
        self, bob: Any, carol: Any, app_id: str, session_id: str, act: Callable[..., None]
    ) -> None:
        share(bob, session_id)

        assert error_of(act, carol, app_id, session_id) is None

    @pytest.mark.parametrize("act", FOR_THE_HOST, **by_name)
    def test_participants_of_a_shared_session_may_not(
        self, bob: Any, carol: Any, app_id: str, session_id: str, act: Callable[..., None]
    ) -> None:
        share(bob, session_id)
        join(carol, app_id, session_id)

        assert error_of(act, carol, app_id, session_id) == "AccessDeniedException"
        assert error_of(get, bob, app_id, session_id) is None

    @pytest.mark.parametrize("act", [*FOR_PARTICIPANTS, *FOR_THE_HOST], **by_name)
    def test_the_owner_of_the_app_may_not_use_other_peoples_sessions(
        self, alice: Any, app_id: str, session_id: str, act: Callable[..., None]
    ) -> None:
        assert error_of(act, alice, app_id, session_id) == "AccessDeniedException"

    @pytest.mark.parametrize("act", FOR_PARTICIPANTS, **by_name)
    def test_rights_end_with_the_sharing(
        self, bob: Any, carol: Any, app_id: str, session_id: str, act: Callable[..., None]
    ) -> None:
        share(bob, session_id)
        join(carol, app_id, session_id)
        stop_sharing(bob, session_id)

        assert error_of(act, carol, app_id, session_id) == "AccessDeniedException"

    def test_only_the_host_may_tag_a_session(self, bob: Any, carol: Any, session_id: str) -> None:
        share(bob, session_id)
        arn = look(bob, session_id)["sessionArn"]
        bob.tag_resource(resourceARN=arn, tags={"team": "a"})

        with pytest.raises(carol.exceptions.AccessDeniedException):
            carol.tag_resource(resourceARN=arn, tags={"team": "b"})
        assert bob.list_tags_for_resource(resourceARN=arn)["tags"] == {"team": "a"}


class TestJoining:
    def test_joining_leads_to_the_same_session(
        self, bob: Any, carol: Any, app_id: str, session_id: str
    ) -> None:
        share(bob, session_id)
        joined = carol.start_q_app_session(
            instanceId=INSTANCE, appId=app_id, appVersion=1, sessionId=session_id
        )

        assert joined["sessionId"] == session_id
        assert joined["sessionArn"] == look(bob, session_id)["sessionArn"]

    def test_joining_with_values_fills_waiting_cards(
        self, bob: Any, carol: Any, app_id: str, session_id: str
    ) -> None:
        share(bob, session_id)
        join(carol, app_id, session_id, values={NAME: "Ada", FORM: '{"score": 5}'})

        assert states(bob, session_id)[NAME] == "COMPLETED"
        assert answers(bob, session_id) == [{"score": 5}]

    @pytest.mark.rule("qapps.joining")
    def test_joining_an_unknown_session_is_not_found(self, carol: Any, app_id: str) -> None:
        with pytest.raises(carol.exceptions.ResourceNotFoundException) as caught:
            join(carol, app_id, new_id())
        assert caught.value.response["resourceType"] == "QAppSession"

    @pytest.mark.rule("qapps.session-of-another-app")
    def test_a_session_of_another_app_is_not_found(
        self, bob: Any, create_app: CreateApp, publish: Callable[..., str], session_id: str
    ) -> None:
        other = create_app()
        publish(other)
        with pytest.raises(bob.exceptions.ResourceNotFoundException):
            join(bob, other, session_id)

    def test_the_host_can_come_back_to_a_session(self, bob: Any, app_id: str, session_id: str) -> None:
        join(bob, app_id, session_id)

        assert look(bob, session_id)["userIsHost"] is True

    def test_joining_adds_the_app_to_the_list(
        self, bob: Any, carol: Any, app_id: str, session_id: str
    ) -> None:
        share(bob, session_id)
        join(carol, app_id, session_id)

        assert [app["appId"] for app in carol.list_q_apps(instanceId=INSTANCE)["apps"]] == [app_id]


@pytest.mark.rule("qapps.sessions-without-forms")
def test_a_session_without_form_cards_is_shared_and_exported_too(
    alice: Any, bob: Any, create_app: CreateApp, publish: Callable[..., str]
) -> None:
    app_id = create_app(text(NAME))
    publish(app_id)
    session_id = start(alice, app_id)
    share(alice, session_id)
    join(bob, app_id, session_id)
    fill(bob, session_id, {NAME: "Bob"})

    assert states(alice, session_id) == {NAME: "COMPLETED"}
    assert alice.export_q_app_session_data(instanceId=INSTANCE, sessionId=session_id)["csvFileLink"]


class TestMetadata:
    def test_before_any_update_a_session_is_not_shared(self, bob: Any, session_id: str) -> None:
        metadata = bob.get_q_app_session_metadata(instanceId=INSTANCE, sessionId=session_id)

        assert metadata["sharingConfiguration"] == {"enabled": False}
        assert "sessionName" not in metadata

    @pytest.mark.parametrize(
        ("given", "becomes"),
        [
            ({"enabled": True}, {"enabled": True, "acceptResponses": True, "revealCards": True}),
            (
                {"enabled": True, "acceptResponses": False},
                {"enabled": True, "acceptResponses": False, "revealCards": True},
            ),
            (
                {"enabled": True, "revealCards": False},
                {"enabled": True, "acceptResponses": True, "revealCards": False},
            ),
            (
                {"enabled": True, "acceptResponses": False, "revealCards": False},
                {"enabled": True, "acceptResponses": False, "revealCards": False},
            ),
            ({"enabled": False}, {"enabled": False}),
        ],
    )
    def test_sharing_accepts_responses_and_reveals_cards_by_default(
        self, bob: Any, session_id: str, given: dict[str, bool], becomes: dict[str, bool]
    ) -> None:
        updated = bob.update_q_app_session_metadata(
            instanceId=INSTANCE, sessionId=session_id, sharingConfiguration=given
        )
        read = bob.get_q_app_session_metadata(instanceId=INSTANCE, sessionId=session_id)

        assert updated["sharingConfiguration"] == becomes
        assert read["sharingConfiguration"] == becomes

    def test_the_response_to_an_update_omits_the_owner(self, bob: Any, session_id: str) -> None:
        updated = bob.update_q_app_session_metadata(
            instanceId=INSTANCE,
            sessionId=session_id,
            sessionName="Lunch",
            sharingConfiguration={"enabled": True},
        )

        assert set(updated) - {"ResponseMetadata"} == {
            "sessionId",
            "sessionArn",
            "sessionName",
            "sharingConfiguration",
        }
        assert updated["sessionName"] == "Lunch"

    def test_an_omitted_name_is_kept(self, bob: Any, session_id: str) -> None:
        bob.update_q_app_session_metadata(
            instanceId=INSTANCE,
            sessionId=session_id,
            sessionName="Lunch",
            sharingConfiguration={"enabled": True},
        )
        share(bob, session_id)

        assert look(bob, session_id)["sessionName"] == "Lunch"

    def test_metadata_and_session_tell_the_host_from_participants(
        self, bob: Any, carol: Any, session_id: str
    ) -> None:
        share(bob, session_id)

        for client, is_host in ((bob, True), (carol, False)):
            metadata = client.get_q_app_session_metadata(instanceId=INSTANCE, sessionId=session_id)
            assert metadata["sessionOwner"] is is_host
            assert look(client, session_id)["userIsHost"] is is_host


class TestResponses:
    @pytest.mark.rule("qapps.refused-responses")
    def test_participants_are_refused_while_the_host_accepts_no_responses(
        self, bob: Any, carol: Any, session_id: str
    ) -> None:
        share(bob, session_id, acceptResponses=False)
        with pytest.raises(carol.exceptions.AccessDeniedException):
            submit(carol, session_id, {"score": 5})
        with pytest.raises(carol.exceptions.AccessDeniedException):
            carol.update_q_app_session(instanceId=INSTANCE, sessionId=session_id, values=[])
        assert data(carol, session_id) == []

        share(bob, session_id, acceptResponses=True)
        submit(carol, session_id, {"score": 5})
        assert answers(bob, session_id) == [{"score": 5}]

    @pytest.mark.rule("qapps.refused-responses")
    def test_they_may_still_join_but_not_with_values(
        self, bob: Any, carol: Any, app_id: str, session_id: str
    ) -> None:
        share(bob, session_id, acceptResponses=False)
        join(carol, app_id, session_id)

        with pytest.raises(carol.exceptions.AccessDeniedException):
            carol.start_q_app_session(
                instanceId=INSTANCE,
                appId=app_id,
                appVersion=1,
                sessionId=session_id,
                initialValues=card_values({NAME: "Carol"}),
            )

    def test_the_host_is_never_refused(self, bob: Any, session_id: str) -> None:
        share(bob, session_id, acceptResponses=False)
        submit(bob, session_id, {"score": 1})

        assert answers(bob, session_id) == [{"score": 1}]

    def test_participants_see_everybodys_submissions_while_cards_are_revealed(
        self, bob: Any, carol: Any, session_id: str
    ) -> None:
        share(bob, session_id, revealCards=True)
        submit(bob, session_id, {"score": 1})
        submit(carol, session_id, {"score": 5})

        assert answers(bob, session_id) == answers(carol, session_id) == [{"score": 1}, {"score": 5}]

    @pytest.mark.rule("qapps.hidden-submissions")
    def test_participants_see_their_own_submissions_while_cards_are_not_revealed(
        self, alice: Any, bob: Any, carol: Any, session_id: str
    ) -> None:
        share(bob, session_id, revealCards=False)
        submit(bob, session_id, {"score": 1})
        submit(carol, session_id, {"score": 5})

        assert answers(bob, session_id) == [{"score": 1}, {"score": 5}], "the host sees all"
        assert answers(carol, session_id) == [{"score": 5}]
        assert answers(alice, session_id) == []

    @pytest.mark.rule("qapps.hidden-submissions")
    def test_the_session_shows_the_same_submissions_as_the_list(
        self, bob: Any, carol: Any, session_id: str
    ) -> None:
        share(bob, session_id, revealCards=False)
        submit(bob, session_id, {"score": 1})
        submit(carol, session_id, {"score": 5})

        shown = look(carol, session_id)["cardStatus"][FORM]["submissions"]
        assert [entry["value"] for entry in shown] == [{"score": 5}]
