"""A valid input for every operation, for tests of all operations."""

from dataclasses import dataclass
from typing import Any

from qchime.services.qapps import SERVICE as QAPPS
from tests.services.qapps.samples import (
    HERE,
    call_without_metadata,
    definition,
    file,
    form,
    new_id,
    query,
    text,
)

MODEL = QAPPS.model
OPERATIONS = MODEL.operation_names
SHA256 = "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg="
"""The digest of `test`."""


@dataclass(frozen=True)
class Scene:
    """The ids of Alice's resources, which all operations can use.

    A draft with a text, a file and a query card, and its session, which waits for the text; a survey with
    one form card, published under a category, and its session, with one answer; and a published app with
    one like.
    """

    draft: str
    draft_arn: str
    text_card: str
    file_card: str
    session: str
    survey: str
    survey_item: str
    category: str
    collection: str
    praised: str
    praised_item: str


def set_scene(alice: Any) -> Scene:
    """Create the scene."""
    text_card, file_card, form_card, category = (new_id() for _ in range(4))
    cards = (text(text_card), file(file_card), query(prompt=f"Sum up @{text_card}"))
    draft = alice.create_q_app(**HERE, title="Draft", appDefinition=definition(*cards), tags={"team": "a"})
    survey = alice.create_q_app(**HERE, title="Survey", appDefinition=definition(form(form_card)))["appId"]
    praised = alice.create_q_app(**HERE, title="Praised", appDefinition=definition(text()))["appId"]
    alice.batch_create_category(**HERE, categories=[{"id": category, "title": "Surveys"}])
    survey_item = alice.create_library_item(**HERE, appId=survey, appVersion=1, categories=[category])
    praised_item = alice.create_library_item(**HERE, appId=praised, appVersion=1, categories=[])
    alice.associate_library_item_review(**HERE, libraryItemId=praised_item["libraryItemId"])
    session = alice.start_q_app_session(**HERE, appId=draft["appId"], appVersion=1)
    answers = [{"cardId": form_card, "value": '{"name": "Alice"}'}]
    collection = alice.start_q_app_session(**HERE, appId=survey, appVersion=1, initialValues=answers)
    return Scene(
        draft=draft["appId"],
        draft_arn=draft["appArn"],
        text_card=text_card,
        file_card=file_card,
        session=session["sessionId"],
        survey=survey,
        survey_item=survey_item["libraryItemId"],
        category=category,
        collection=collection["sessionId"],
        praised=praised,
        praised_item=praised_item["libraryItemId"],
    )


def valid_inputs(scene: Scene) -> dict[str, dict[str, Any]]:
    """Valid inputs for Alice, by operation."""
    draft = {**HERE, "appId": scene.draft}
    survey_item = {**HERE, "libraryItemId": scene.survey_item}
    session = {**HERE, "sessionId": scene.session}
    file = {**draft, "cardId": scene.file_card, "fileName": "test.txt", "scope": "APPLICATION"}
    tagged = {"resourceARN": scene.draft_arn}
    return {
        "AssociateLibraryItemReview": survey_item,
        "AssociateQAppWithUser": draft,
        "BatchCreateCategory": {**HERE, "categories": [{"title": "New"}]},
        "BatchDeleteCategory": {**HERE, "categories": [scene.category]},
        "BatchUpdateCategory": {**HERE, "categories": [{"id": scene.category, "title": "Renamed"}]},
        "CreateLibraryItem": {**draft, "appVersion": 1, "categories": [scene.category]},
        "CreatePresignedUrl": {**file, "fileContentsSha256": SHA256},
        "CreateQApp": {**HERE, "title": "New", "appDefinition": definition(text())},
        "DeleteLibraryItem": survey_item,
        "DeleteQApp": draft,
        "DescribeQAppPermissions": draft,
        "DisassociateLibraryItemReview": {**HERE, "libraryItemId": scene.praised_item},
        "DisassociateQAppFromUser": draft,
        "ExportQAppSessionData": {**HERE, "sessionId": scene.collection},
        "GetLibraryItem": survey_item,
        "GetQApp": draft,
        "GetQAppSession": session,
        "GetQAppSessionMetadata": session,
        "ImportDocument": {**file, "fileContentsBase64": "dGVzdA=="},
        "ListCategories": HERE,
        "ListLibraryItems": HERE,
        "ListQAppSessionData": {**HERE, "sessionId": scene.collection},
        "ListQApps": HERE,
        "ListTagsForResource": tagged,
        "PredictQApp": HERE,
        "StartQAppSession": {**draft, "appVersion": 1},
        "StopQAppSession": session,
        "TagResource": {**tagged, "tags": {"team": "b"}},
        "UntagResource": {**tagged, "tagKeys": ["team"]},
        "UpdateLibraryItem": {**survey_item, "status": "DISABLED"},
        "UpdateLibraryItemMetadata": {**survey_item, "isVerified": True},
        "UpdateQApp": {**draft, "title": "Renamed"},
        "UpdateQAppPermissions": {
            **draft,
            "grantPermissions": [{"action": "read", "principal": "dave@example.com"}],
        },
        "UpdateQAppSession": {**session, "values": [{"cardId": scene.text_card, "value": "Hello"}]},
        "UpdateQAppSessionMetadata": {**session, "sharingConfiguration": {"enabled": True}},
    }


def everything(client: Any, scene: Scene) -> list[Any]:
    """Everything that the owner can see of the state, to check that a call has changed nothing."""
    apps = client.list_q_apps(**HERE)["apps"]
    return [
        apps,
        call_without_metadata(client, "ListLibraryItems", **HERE),
        call_without_metadata(client, "ListCategories", **HERE),
        [call_without_metadata(client, "GetQApp", **HERE, appId=app["appId"]) for app in apps],
        [
            call_without_metadata(client, "DescribeQAppPermissions", **HERE, appId=app["appId"])
            for app in apps
        ],
        [call_without_metadata(client, "ListTagsForResource", resourceARN=app["appArn"]) for app in apps],
        [
            call_without_metadata(client, operation, **HERE, sessionId=session)
            for operation in ("GetQAppSession", "GetQAppSessionMetadata", "ListQAppSessionData")
            for session in (scene.session, scene.collection)
        ],
    ]
