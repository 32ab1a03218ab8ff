"""ImportDocument: files that are part of the request."""

import base64
from collections.abc import Callable
from typing import Any

import pytest

from qchime.control.handle import Handle
from tests.services.qapps.running import NAME, PAPER, fill, share, start, states
from tests.services.qapps.samples import INSTANCE, definition, file, new_id, text

STORY = b"Once upon a time"
BASE64 = base64.b64encode(STORY).decode()


@pytest.fixture
def app_id(create_app: Callable[..., str], publish: Callable[..., str]) -> str:
    """A published app of Alice's with one file card."""
    app_id = create_app(file(PAPER))
    publish(app_id)
    return app_id


@pytest.fixture
def session_id(alice: Any, app_id: str) -> str:
    return start(alice, app_id)


def send(client: Any, app_id: str, contents: str = BASE64, **changes: Any) -> str:
    given = {
        "instanceId": INSTANCE,
        "appId": app_id,
        "cardId": PAPER,
        "fileName": "story.txt",
        "fileContentsBase64": contents,
        "scope": "APPLICATION",
    }
    return str(client.import_document(**{**given, **changes})["fileId"])


class TestContents:
    @pytest.mark.parametrize(
        "contents",
        [
            BASE64,
            f"data:text/plain;base64,{BASE64}",
            f"data:text/plain;charset=utf-8;base64,{BASE64}",
            f"data:;base64,{BASE64}",
            f"{BASE64[:8]}\r\n{BASE64[8:]}\n",
            BASE64.rstrip("="),
            f"data:text/plain;base64,{BASE64.rstrip('=')}",
        ],
        ids=[
            "bare base64",
            "a data URL",
            "a data URL with a parameter",
            "a data URL without a type",
            "base64 in lines",
            "bare base64 without padding",
            "a data URL without padding",
        ],
    )
    @pytest.mark.rule("qapps.base64-spaces")
    def test_content_is_base64_or_a_data_url_with_or_without_padding(
        self, alice: Any, app_id: str, session_id: str, contents: str
    ) -> None:
        file_id = send(alice, app_id, contents, scope="SESSION", sessionId=session_id)
        fill(alice, session_id, {PAPER: file_id})

        assert states(alice, session_id) == {PAPER: "COMPLETED"}

    @pytest.mark.parametrize(
        "wrapped",
        ["{}", "data:text/plain;base64,{}", "{}\n", "{}====", "data:;base64, {}"],
        ids=["bare", "a data URL", "a line", "padding", "a data URL with a space"],
    )
    def test_a_large_file_is_like_a_small_one(
        self, alice: Any, app_id: str, qchime: Handle, wrapped: str
    ) -> None:
        large = b"Once upon a time. " * 100_000
        qchime.limits.file_bytes = len(large) - 1
        with pytest.raises(alice.exceptions.ContentTooLargeException, match=f"this one has {len(large)}"):
            send(alice, app_id, wrapped.format(base64.b64encode(large).decode()))
        with pytest.raises(alice.exceptions.ValidationException, match="neither base64"):
            send(alice, app_id, wrapped.format(base64.b64encode(large).decode() + "!"))

        qchime.limits.file_bytes = len(large)
        assert send(alice, app_id, wrapped.format(base64.b64encode(large).decode()))

    def test_the_log_has_the_beginning_of_a_large_file(self, alice: Any, app_id: str, qchime: Handle) -> None:
        contents = base64.b64encode(b"Once upon a time. " * 100_000).decode()
        send(alice, app_id, contents)

        logged = qchime.calls("ImportDocument")[-1].input["fileContentsBase64"]
        assert str(logged) == contents[:256] + "…"

    def test_an_empty_file_is_a_file(self, alice: Any, app_id: str, session_id: str) -> None:
        fill(alice, session_id, {PAPER: send(alice, app_id, "data:text/plain;base64,")})

        assert states(alice, session_id) == {PAPER: "COMPLETED"}

    @pytest.mark.parametrize(
        "contents",
        [
            "Once upon a time",
            "A",
            "T25jZQ==T25jZQ==",
            "data:text/plain,Once",
            "data:text/plain;base64",
            "data:text/plain;base64,Once, upon",
            "Zoë=",
        ],
    )
    def test_anything_but_base64_is_invalid(self, alice: Any, app_id: str, contents: str) -> None:
        with pytest.raises(alice.exceptions.ValidationException):
            send(alice, app_id, contents)

    def test_a_file_over_the_limit_is_too_large(self, alice: Any, app_id: str, qchime: Handle) -> None:
        qchime.limits.file_bytes = len(STORY) - 1
        with pytest.raises(alice.exceptions.ContentTooLargeException) as caught:
            send(alice, app_id)

        response = caught.value.response
        assert response["ResponseMetadata"]["HTTPStatusCode"] == 413
        assert (response["resourceType"], response["resourceId"]) == ("Document", "story.txt")
        assert response["message"] == "A file can have at most 15 bytes; this one has 16."

    def test_the_limit_is_about_the_file_not_about_its_base64(
        self, alice: Any, app_id: str, qchime: Handle
    ) -> None:
        qchime.limits.file_bytes = len(STORY)

        assert send(alice, app_id)

    def test_the_limit_is_50_megabytes(self, qchime: Handle) -> None:
        assert qchime.limits.file_bytes == 50 * 1024 * 1024

    def test_the_same_file_twice_is_two_files(self, alice: Any, app_id: str) -> None:
        assert send(alice, app_id) != send(alice, app_id)


class TestTarget:
    def test_the_app_must_exist(self, alice: Any) -> None:
        with pytest.raises(alice.exceptions.ResourceNotFoundException) as caught:
            send(alice, new_id())
        assert caught.value.response["resourceType"] == "QApp"

    def test_the_card_must_exist(self, alice: Any, app_id: str) -> None:
        with pytest.raises(alice.exceptions.ResourceNotFoundException) as caught:
            send(alice, app_id, cardId=new_id())
        assert caught.value.response["resourceId"] == app_id

    def test_the_scope_session_needs_a_session(self, alice: Any, app_id: str) -> None:
        with pytest.raises(alice.exceptions.ValidationException):
            send(alice, app_id, scope="SESSION")

    def test_the_session_must_exist(self, alice: Any, app_id: str) -> None:
        with pytest.raises(alice.exceptions.ResourceNotFoundException) as caught:
            send(alice, app_id, scope="SESSION", sessionId=new_id())
        assert caught.value.response["resourceType"] == "QAppSession"

    @pytest.mark.rule("qapps.session-of-another-app")
    def test_the_session_must_belong_to_the_app(
        self, alice: Any, session_id: str, create_app: Callable[..., str]
    ) -> None:
        with pytest.raises(alice.exceptions.ResourceNotFoundException):
            send(alice, create_app(file(PAPER)), scope="SESSION", sessionId=session_id)

    @pytest.mark.rule("qapps.session-files")
    def test_a_session_has_the_cards_of_its_own_version(
        self, alice: Any, app_id: str, session_id: str
    ) -> None:
        alice.update_q_app(instanceId=INSTANCE, appId=app_id, appDefinition=definition(text(NAME)))

        assert send(alice, app_id, scope="SESSION", sessionId=session_id)
        with pytest.raises(alice.exceptions.ResourceNotFoundException):
            send(alice, app_id, scope="APPLICATION")

    def test_a_file_of_the_app_can_become_a_default(self, alice: Any, app_id: str) -> None:
        file_id = send(alice, app_id)
        cards = definition(file(PAPER, fileId=file_id, filename="story.txt"))
        alice.update_q_app(instanceId=INSTANCE, appId=app_id, appDefinition=cards)

        (card,) = alice.get_q_app(instanceId=INSTANCE, appId=app_id)["appDefinition"]["cards"]
        assert card["fileUpload"]["fileId"] == file_id

    @pytest.mark.rule("qapps.unknown-file")
    def test_a_default_that_was_not_imported_is_invalid(self, alice: Any, app_id: str) -> None:
        cards = definition(file(fileId=new_id()))
        with pytest.raises(alice.exceptions.ValidationException, match="never imported"):
            alice.create_q_app(instanceId=INSTANCE, title="App", appDefinition=cards)
        with pytest.raises(alice.exceptions.ValidationException, match="never imported"):
            alice.update_q_app(instanceId=INSTANCE, appId=app_id, appDefinition=cards)
        assert alice.get_q_app(instanceId=INSTANCE, appId=app_id)["appVersion"] == 1


class TestRights:
    def test_only_the_owner_may_import_files_of_an_app(self, alice: Any, bob: Any, app_id: str) -> None:
        grant = {"principal": "bob@example.com", "action": "write"}
        alice.update_q_app_permissions(instanceId=INSTANCE, appId=app_id, grantPermissions=[grant])
        with pytest.raises(bob.exceptions.AccessDeniedException):
            send(bob, app_id)

        assert send(alice, app_id)

    def test_the_host_may_import_files_of_a_session(self, alice: Any, bob: Any, app_id: str) -> None:
        session_id = start(bob, app_id)

        assert send(bob, app_id, scope="SESSION", sessionId=session_id)
        with pytest.raises(alice.exceptions.AccessDeniedException):
            send(alice, app_id, scope="SESSION", sessionId=session_id)

    def test_participants_may_import_files_of_a_shared_session(
        self, alice: Any, bob: Any, app_id: str, session_id: str
    ) -> None:
        share(alice, session_id)

        fill(bob, session_id, {PAPER: send(bob, app_id, scope="SESSION", sessionId=session_id)})
        assert states(alice, session_id) == {PAPER: "COMPLETED"}
