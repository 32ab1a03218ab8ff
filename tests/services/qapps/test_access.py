"""The access policy, as tables of people and operations that cover all of it."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError

from qchime.services.qapps.access import APP_POLICY, PLAIN_CREDENTIALS, SESSION_POLICY
from tests.services.qapps.inputs import OPERATIONS, Scene, valid_inputs
from tests.services.qapps.samples import HERE, call

OWNER, WRITER, READER, ANYBODY, STRANGER = "owner", "writer", "reader", "anybody", "stranger"
PEOPLE = (OWNER, WRITER, READER, ANYBODY, STRANGER)
"""Owner, writer, reader and stranger of a draft, and anybody once it is published."""

ON_APPS = {
    "GetQApp": {OWNER, WRITER, READER, ANYBODY},
    "AssociateQAppWithUser": {OWNER, ANYBODY},
    "DescribeQAppPermissions": {OWNER, WRITER, READER, ANYBODY},
    "StartQAppSession": {OWNER, WRITER, READER, ANYBODY},
    "UpdateQApp": {OWNER},
    "ImportDocument": {OWNER},
    "CreatePresignedUrl": {OWNER},
    "DeleteQApp": {OWNER},
    "UpdateQAppPermissions": {OWNER},
    "CreateLibraryItem": {OWNER},
    "TagResource": {OWNER},
    "UntagResource": {OWNER},
    "ListTagsForResource": {OWNER},
    "DisassociateQAppFromUser": {OWNER, WRITER, READER, ANYBODY, STRANGER},
}
ON_LIBRARY_ITEMS = {
    "GetLibraryItem": {OWNER, WRITER, READER, ANYBODY},
    "AssociateLibraryItemReview": {OWNER, WRITER, READER, ANYBODY},
    "DisassociateLibraryItemReview": {OWNER, WRITER, READER, ANYBODY},
    "UpdateLibraryItem": {OWNER},
    "DeleteLibraryItem": {OWNER},
    "UpdateLibraryItemMetadata": {OWNER, WRITER, READER, ANYBODY},
}
HOST, PARTICIPANT, OUTSIDER = "host", "participant", "outsider"
ON_SESSIONS = {
    "GetQAppSession": {HOST, PARTICIPANT},
    "GetQAppSessionMetadata": {HOST, PARTICIPANT},
    "UpdateQAppSession": {HOST, PARTICIPANT},
    "ListQAppSessionData": {HOST, PARTICIPANT},
    "ImportDocument": {HOST, PARTICIPANT},
    "CreatePresignedUrl": {HOST, PARTICIPANT},
    "StartQAppSession": {HOST, PARTICIPANT},
    "StopQAppSession": {HOST},
    "ExportQAppSessionData": {HOST},
    "UpdateQAppSessionMetadata": {HOST},
    "TagResource": {HOST},
    "UntagResource": {HOST},
    "ListTagsForResource": {HOST},
}
FOR_EVERYBODY = [
    "CreateQApp",
    "PredictQApp",
    "ListQApps",
    "ListLibraryItems",
    "ListCategories",
    "BatchCreateCategory",
    "BatchDeleteCategory",
    "BatchUpdateCategory",
]


def python_names(operations: Any) -> Any:
    return {xform_name(operation) for operation in operations}


def check(client: Any, operation: Any, given: Any, allowed: Any) -> None:
    """Check that a call succeeds if it is allowed, and is denied if not."""
    if allowed:
        answer = call(client, operation, **given)
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    else:
        with pytest.raises(client.exceptions.AccessDeniedException):
            call(client, operation, **given)


@pytest.fixture
def grants(alice: Any) -> Callable[..., Any]:
    """Gives Bob the grants of this person for one of Alice's apps."""

    def grants(person: Any, app_id: Any) -> None:
        if person in (READER, WRITER):
            permission = {
                "action": "read" if person == READER else "write",
                "principal": "bob@example.com",
            }
            alice.update_q_app_permissions(**HERE, appId=app_id, grantPermissions=[permission])

    return grants


# The policy


def test_the_policy_names_only_operations_of_the_model() -> None:
    assert set(APP_POLICY) | set(SESSION_POLICY) | PLAIN_CREDENTIALS <= python_names(OPERATIONS)


def test_the_tables_cover_the_whole_policy() -> None:
    assert python_names([*ON_APPS, *ON_LIBRARY_ITEMS]) - PLAIN_CREDENTIALS == set(APP_POLICY)
    assert python_names(ON_SESSIONS) == set(SESSION_POLICY)


def test_every_operation_is_in_a_table() -> None:
    assert {*ON_APPS, *ON_LIBRARY_ITEMS, *ON_SESSIONS, *FOR_EVERYBODY} == set(OPERATIONS)


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("operation", ON_APPS)
def test_rights_to_an_app_follow_ownership_grants_and_publication(
    alice: Any,
    bob: Any,
    scene: Scene,
    grants: Callable[..., Any],
    publish: Callable[..., str],
    operation: Any,
    person: Any,
) -> None:
    """The rights are documented: a writer has those of a reader. The error is inferred."""
    grants(person, scene.draft)
    if person == ANYBODY:
        publish(scene.draft)
    client = alice if person == OWNER else bob
    check(client, operation, valid_inputs(scene)[operation], person in ON_APPS[operation])


@pytest.mark.parametrize("person", [OWNER, WRITER, READER, ANYBODY])
@pytest.mark.parametrize("operation", ON_LIBRARY_ITEMS)
def test_everybody_may_use_a_library_item_and_its_owner_may_change_it(
    alice: Any, bob: Any, scene: Scene, grants: Callable[..., Any], operation: Any, person: Any
) -> None:
    """UpdateLibraryItemMetadata is for administrators, who have plain credentials: any caller may use it."""
    grants(person, scene.praised)
    client = alice if person == OWNER else bob
    if operation == "DisassociateLibraryItemReview" and client is bob:
        bob.associate_library_item_review(**HERE, libraryItemId=scene.praised_item)
    if operation == "AssociateLibraryItemReview" and client is alice:
        alice.disassociate_library_item_review(**HERE, libraryItemId=scene.praised_item)
    given = {**valid_inputs(scene)[operation], "libraryItemId": scene.praised_item}
    check(client, operation, given, person in ON_LIBRARY_ITEMS[operation])


@pytest.mark.parametrize("person", [HOST, PARTICIPANT, OUTSIDER])
@pytest.mark.parametrize("operation", ON_SESSIONS)
def test_rights_to_a_session_follow_hosting_and_sharing(
    alice: Any, bob: Any, scene: Scene, publish: Callable[..., str], operation: Any, person: Any
) -> None:
    """The rights are documented; the error is inferred."""
    publish(scene.draft)
    if person == PARTICIPANT:
        shared = {"sharingConfiguration": {"enabled": True}}
        alice.update_q_app_session_metadata(**HERE, sessionId=scene.session, **shared)
    given = dict(valid_inputs(scene)[operation])
    if "resourceARN" in given:
        given["resourceARN"] += f"/session/{scene.session}"
    else:
        given["sessionId"] = scene.session
    if "scope" in given:
        given["scope"] = "SESSION"
    client = alice if person == HOST else bob
    check(client, operation, given, person in ON_SESSIONS[operation])


@pytest.mark.parametrize("operation", FOR_EVERYBODY)
def test_everybody_may_call_operations_that_concern_no_app(bob: Any, scene: Scene, operation: Any) -> None:
    """Categories are for administrators, who have plain credentials: any caller may use them."""
    check(bob, operation, valid_inputs(scene)[operation], True)


# Combinations of rules


@pytest.mark.rule("qapps.access-denied")
def test_the_error_names_user_and_operation(bob: Any, app_id: str) -> None:
    with pytest.raises(bob.exceptions.AccessDeniedException) as raised:
        bob.delete_q_app(**HERE, appId=app_id)
    response = raised.value.response
    assert response["message"] == f"bob@example.com may not call delete_q_app on the Q App {app_id}."
    assert response["ResponseMetadata"]["HTTPHeaders"]["x-qchime-rule"] == "qapps.access-denied"


def test_a_missing_resource_is_not_found_for_everybody(
    bob: Any, create_app: Callable[..., str], alice: Any
) -> None:
    app_id = create_app()
    alice.delete_q_app(**HERE, appId=app_id)
    with pytest.raises(bob.exceptions.ResourceNotFoundException):
        bob.delete_q_app(**HERE, appId=app_id)


@pytest.mark.rule("qapps.disabled-app")
def test_a_disabled_app_is_no_longer_for_everybody(
    alice: Any, bob: Any, app_id: str, publish: Callable[..., str]
) -> None:
    """DISABLED revokes the rights of PUBLISHED."""
    item_id = publish(app_id)
    alice.update_library_item(**HERE, libraryItemId=item_id, status="DISABLED")
    with pytest.raises(bob.exceptions.AccessDeniedException):
        bob.get_q_app(**HERE, appId=app_id)
    alice.update_library_item(**HERE, libraryItemId=item_id, status="PUBLISHED")
    assert bob.get_q_app(**HERE, appId=app_id)["appId"] == app_id


def test_an_app_removed_from_the_library_is_no_longer_for_everybody(
    alice: Any, bob: Any, app_id: str, publish: Callable[..., str]
) -> None:
    item_id = publish(app_id)
    alice.delete_library_item(**HERE, libraryItemId=item_id)
    with pytest.raises(bob.exceptions.AccessDeniedException):
        bob.get_q_app(**HERE, appId=app_id)


def test_a_grant_is_for_one_instance_and_one_user(alice: Any, bob: Any, carol: Any, app_id: str) -> None:
    permission = {"action": "read", "principal": "bob@example.com"}
    alice.update_q_app_permissions(**HERE, appId=app_id, grantPermissions=[permission])
    assert bob.get_q_app(**HERE, appId=app_id)["appId"] == app_id
    with pytest.raises(carol.exceptions.AccessDeniedException):
        carol.get_q_app(**HERE, appId=app_id)


def rules_of_denials(*attempts: Callable[[], Any]) -> list[str | None]:
    """The rules that errors name, as `x-qchime-rule`."""
    rules = []
    for attempt in attempts:
        with pytest.raises(ClientError, match="AccessDeniedException") as denied:
            attempt()
        rules.append(denied.value.response["ResponseMetadata"]["HTTPHeaders"].get("x-qchime-rule"))
    return rules


def test_a_denial_names_the_rule_without_which_there_was_a_right(
    alice: Any, bob: Any, carol: Any, app_id: str, publish: Callable[..., str], grants: Callable[..., Any]
) -> None:
    grants(READER, app_id)
    here = {**HERE, "appId": app_id}
    assert rules_of_denials(
        lambda: carol.get_q_app(**here),
        lambda: carol.associate_q_app_with_user(**here),
        lambda: bob.associate_q_app_with_user(**here),
        lambda: bob.update_q_app(**here, title="Mine"),
    ) == ["qapps.access-denied", "qapps.access-denied", "qapps.drafts", "qapps.access-denied"]

    alice.update_library_item(**HERE, libraryItemId=publish(app_id), status="DISABLED")
    assert rules_of_denials(
        lambda: carol.get_q_app(**here),
        lambda: carol.associate_q_app_with_user(**here),
        lambda: carol.start_q_app_session(**here, appVersion=1),
        lambda: bob.associate_q_app_with_user(**here),
        lambda: carol.delete_q_app(**here),
    ) == [*["qapps.disabled-app"] * 3, "qapps.drafts", "qapps.access-denied"]


@pytest.mark.parametrize("person", [READER, WRITER])
@pytest.mark.rule("qapps.drafts")
@pytest.mark.rule("qapps.disabled-item")
def test_a_grant_gives_no_right_to_a_disabled_library_item(
    alice: Any, bob: Any, app_id: str, publish: Callable[..., str], grants: Callable[..., Any], person: str
) -> None:
    """The policy has these actions for published apps only; that the item is not found is inferred."""
    item = {**HERE, "libraryItemId": publish(app_id)}
    grants(person, app_id)
    alice.update_library_item(**item, status="DISABLED")
    for operation in (bob.get_library_item, bob.associate_library_item_review):
        with pytest.raises(bob.exceptions.ResourceNotFoundException):
            operation(**item)
    with pytest.raises(bob.exceptions.AccessDeniedException):
        bob.associate_q_app_with_user(**HERE, appId=app_id)
    assert bob.get_q_app(**HERE, appId=app_id)["appId"] == app_id
    assert alice.get_library_item(**item)["status"] == "DISABLED"


# Leaving an app


def start_app(client: Any, app_id: str) -> Any:
    return client.start_q_app_session(**HERE, appId=app_id, appVersion=1)


def test_a_user_who_disassociates_an_app_may_no_longer_run_it(
    alice: Any, bob: Any, carol: Any, app_id: str, publish: Callable[..., str]
) -> None:
    """Documented: the operation removes the user's access to run the app."""
    publish(app_id)
    for client in (bob, carol):
        start_app(client, app_id)
    bob.disassociate_q_app_from_user(**HERE, appId=app_id)
    with pytest.raises(bob.exceptions.AccessDeniedException):
        start_app(bob, app_id)
    assert bob.list_q_apps(**HERE)["apps"] == []
    assert bob.get_q_app(**HERE, appId=app_id)["appId"] == app_id
    for client in (alice, carol):
        start_app(client, app_id)


def test_a_user_who_associates_an_app_again_may_run_it_again(
    bob: Any, app_id: str, publish: Callable[..., str]
) -> None:
    publish(app_id)
    bob.associate_q_app_with_user(**HERE, appId=app_id)
    bob.disassociate_q_app_from_user(**HERE, appId=app_id)
    bob.associate_q_app_with_user(**HERE, appId=app_id)
    assert start_app(bob, app_id)["sessionId"]


@pytest.mark.rule("qapps.readmission")
def test_a_granted_user_who_left_a_draft_needs_a_new_grant_to_run_it(
    bob: Any, app_id: str, grants: Callable[..., Any]
) -> None:
    """Nobody but its owner can associate a draft. That a new grant readmits the user is inferred."""
    grants(READER, app_id)
    bob.disassociate_q_app_from_user(**HERE, appId=app_id)
    with pytest.raises(bob.exceptions.AccessDeniedException):
        start_app(bob, app_id)
    with pytest.raises(bob.exceptions.AccessDeniedException):
        bob.associate_q_app_with_user(**HERE, appId=app_id)
    grants(WRITER, app_id)
    assert start_app(bob, app_id)["sessionId"]


def test_a_user_who_left_an_app_does_not_join_a_session_of_it(
    alice: Any, bob: Any, app_id: str, publish: Callable[..., str]
) -> None:
    publish(app_id)
    session_id = start_app(alice, app_id)["sessionId"]
    alice.update_q_app_session_metadata(**HERE, sessionId=session_id, sharingConfiguration={"enabled": True})
    bob.associate_q_app_with_user(**HERE, appId=app_id)
    bob.disassociate_q_app_from_user(**HERE, appId=app_id)
    with pytest.raises(bob.exceptions.AccessDeniedException):
        bob.start_q_app_session(**HERE, appId=app_id, appVersion=1, sessionId=session_id)


@pytest.mark.parametrize("who", ["owner", "stranger"])
@pytest.mark.rule("qapps.leaving")
def test_leaving_an_app_without_an_association_has_no_effect(
    alice: Any, bob: Any, app_id: str, publish: Callable[..., str], who: str
) -> None:
    """Owners cannot leave their apps, and others must have an association or a grant."""
    client = alice if who == "owner" else bob
    client.disassociate_q_app_from_user(**HERE, appId=app_id)
    publish(app_id)
    assert start_app(client, app_id)["sessionId"]


# The default user


def test_an_app_can_be_shared_with_the_default_user(alice: Any, qapps_client: Any, app_id: str) -> None:
    """Callers with unregistered credentials are default@example.com."""
    permission = {"action": "read", "principal": "default@example.com"}
    answer = alice.update_q_app_permissions(**HERE, appId=app_id, grantPermissions=[permission])
    assert qapps_client.get_q_app(**HERE, appId=app_id)["appId"] == app_id
    created = qapps_client.create_q_app(**HERE, title="App", appDefinition={"cards": []})
    assert answer["permissions"][1]["principal"]["userId"] == created["createdBy"]
