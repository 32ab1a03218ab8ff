"""Apps: create, get, update, delete, list; their versions, their cards and their quotas."""

import json
import re
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import boto3
import pytest

from qchime import Handle
from tests.answers import ISO8601
from tests.services.qapps.samples import (
    HERE,
    INSTANCE,
    NOBODYS,
    call_without_metadata,
    definition,
    file,
    form,
    new_id,
    plugin,
    query,
    text,
)

UUID = r"[\da-f]{8}-[\da-f]{4}-[45][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}"
USER_ID = r"[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[\da-f]{4}-[\da-f]{12}"


@pytest.fixture
def cards_of(alice: Any) -> Callable[..., Any]:
    """The cards of an app as GetQApp returns them, without their kinds."""

    def cards_of(app_id: Any, **options: Any) -> Any:
        answer = alice.get_q_app(**HERE, appId=app_id, **options)
        return [card for union in answer["appDefinition"]["cards"] for card in union.values()]

    return cards_of


@pytest.fixture
def import_file(alice: Any) -> Callable[..., Any]:
    """Imports a file for a card of an app; returns its id."""

    def import_file(app_id: Any, card_id: Any) -> Any:
        answer = alice.import_document(
            **HERE,
            appId=app_id,
            cardId=card_id,
            fileName="notes.txt",
            fileContentsBase64="dGVzdA==",
            scope="APPLICATION",
        )
        return answer["fileId"]

    return import_file


# Names and ids


def test_the_arn_of_an_app_names_its_instance(alice: Any) -> None:
    app = alice.create_q_app(**HERE, title="App", appDefinition=definition())
    assert app["appArn"] == f"arn:aws:qapps:us-east-1:123456789012:application/{INSTANCE}/qapp/{app['appId']}"


@pytest.mark.parametrize(
    ("region", "start"),
    [("us-west-2", "arn:aws:qapps:us-west-2:"), ("cn-north-1", "arn:aws-cn:qapps:cn-north-1:")],
)
def test_the_arn_of_an_app_names_its_partition_region_and_account(
    qchime: Handle, region: str, start: str
) -> None:
    account: Any = {"aws_access_key_id": "111122223333", "aws_secret_access_key": "secret"}
    client = boto3.client("qapps", region_name=region, **account)
    app = client.create_q_app(**HERE, title="App", appDefinition=definition())
    assert app["appArn"].startswith(f"{start}111122223333:application/")


def test_the_id_of_an_app_is_a_new_uuid(create_app: Callable[..., str]) -> None:
    first, second = create_app(), create_app()
    assert re.fullmatch(UUID, first)
    assert re.fullmatch(UUID, second)
    assert first != second


def test_the_id_of_a_card_is_kept_as_it_was_given(
    create_app: Callable[..., str], cards_of: Callable[..., Any]
) -> None:
    given = [new_id(), new_id()]
    app_id = create_app(text(given[0]), query(given[1]))
    assert [card["id"] for card in cards_of(app_id)] == given


def test_creators_and_updaters_are_shown_by_their_identity_center_id(
    alice: Any, qchime: Handle, app_id: str
) -> None:
    """Observed: 36 characters, and the third group starts with 7."""
    app = alice.get_q_app(**HERE, appId=app_id)
    assert re.fullmatch(USER_ID, app["createdBy"])
    assert app["createdBy"] == app["updatedBy"] == qchime.users.add("alice@example.com").user_id


def test_the_same_user_has_the_same_id_everywhere(alice: Any) -> None:
    made = [
        alice.create_q_app(instanceId=instance, title="App", appDefinition=definition())["createdBy"]
        for instance in ("one", "one", "another")
    ]
    assert len(set(made)) == 1


def test_two_users_have_different_ids(alice: Any, bob: Any) -> None:
    made = [
        client.create_q_app(**HERE, title="App", appDefinition=definition())["createdBy"]
        for client in (alice, bob)
    ]
    assert made[0] != made[1]


def test_unregistered_credentials_belong_to_one_default_user(qchime: Handle, qapps_client: Any) -> None:
    """AWS has no such user."""
    other = boto3.client(
        "qapps", region_name="us-east-1", aws_access_key_id="AKIAOTHER", aws_secret_access_key="secret"
    )
    app_id = qapps_client.create_q_app(**HERE, title="App", appDefinition=definition())["appId"]
    assert other.get_q_app(**HERE, appId=app_id)["appDefinition"]["canEdit"] is True
    assert re.fullmatch(USER_ID, other.get_q_app(**HERE, appId=app_id)["createdBy"])


def test_timestamps_are_in_iso_8601_with_milliseconds(alice: Any, wire: list[Any]) -> None:
    alice.create_q_app(**HERE, title="App", appDefinition=definition())
    answer = json.loads(wire[-1].content)
    assert ISO8601.fullmatch(answer["createdAt"])
    assert answer["updatedAt"] == answer["createdAt"]


def test_each_instance_has_its_own_apps(alice: Any, app_id: str) -> None:
    with pytest.raises(alice.exceptions.ResourceNotFoundException):
        alice.get_q_app(instanceId="another", appId=app_id)
    assert alice.list_q_apps(instanceId="another")["apps"] == []


# Create


def test_a_new_app_is_version_1_and_a_draft(alice: Any) -> None:
    app = call_without_metadata(alice, "CreateQApp", **HERE, title="App", appDefinition=definition(text()))
    assert (app["appVersion"], app["status"], app["title"]) == (1, "DRAFT", "App")
    assert app["updatedAt"] == app["createdAt"]


def test_an_app_may_have_no_cards(alice: Any, create_app: Callable[..., str]) -> None:
    app_id = alice.create_q_app(**HERE, title="App", appDefinition=definition())["appId"]
    assert alice.get_q_app(**HERE, appId=app_id)["appDefinition"]["cards"] == []


def test_get_returns_what_create_returned_and_the_definition(alice: Any) -> None:
    created = call_without_metadata(
        alice, "CreateQApp", **HERE, title="App", appDefinition=definition(text())
    )
    got = call_without_metadata(alice, "GetQApp", **HERE, appId=created["appId"])
    got.pop("appDefinition")
    assert got == created


def test_title_description_and_initial_prompt_are_returned(alice: Any) -> None:
    given = {"title": "App 🧪", "description": "What it does"}
    app = alice.create_q_app(**HERE, **given, appDefinition=definition(initialPrompt="Make an app"))
    got = alice.get_q_app(**HERE, appId=app["appId"])
    for answer in (app, got):
        assert {name: answer[name] for name in given} == given
        assert answer["initialPrompt"] == "Make an app"


def test_omitted_members_are_absent(
    alice: Any, create_app: Callable[..., str], cards_of: Callable[..., Any]
) -> None:
    app_id = create_app(text(), file())
    app = alice.get_q_app(**HERE, appId=app_id)
    assert not {"description", "initialPrompt"} & set(app)
    assert [set(card) for card in cards_of(app_id)] == [{"id", "title", "type", "dependencies"}] * 2


def test_empty_members_stay_empty(
    alice: Any, create_app: Callable[..., str], cards_of: Callable[..., Any]
) -> None:
    app_id = create_app(text(placeholder="", defaultValue=""), description="")
    assert alice.get_q_app(**HERE, appId=app_id)["description"] == ""
    (card,) = cards_of(app_id)
    assert card["placeholder"] == card["defaultValue"] == ""


FILTER = {
    "andAllFilters": [
        {"equalsTo": {"name": "team", "value": {"stringValue": "blue"}}},
        {"notFilter": {"containsAny": {"name": "labels", "value": {"stringListValue": ["old", "dull"]}}}},
        {
            "orAllFilters": [
                {"greaterThan": {"name": "pages", "value": {"longValue": 2**40}}},
                {
                    "lessThanOrEquals": {
                        "name": "_created_at",
                        "value": {"dateValue": datetime(2024, 5, 21, 23, 17, 27, tzinfo=timezone.utc)},
                    }
                },
            ]
        },
    ]
}
SCHEMA = {
    "type": "object",
    "properties": {"fullName": {"type": "string", "maxLength": 40}, "some_score": {"type": "number"}},
    "required": ["fullName"],
    "additionalProperties": False,
    "x": [None, 1.5, {"camelCase": "snake_case"}],
}


@pytest.mark.parametrize(
    "card",
    [
        text(placeholder="Type here", defaultValue="Hello"),
        query(outputSource="approved-sources", attributeFilter=FILTER),
        query(prompt=f"@{NOBODYS} and\n@{{Text}}, é🧪 <b> \\n"),
        plugin(actionIdentifier="createTicket"),
        file(filename="notes.txt", allowOverride=True),
        file(allowOverride=False),
        form(metadata={"schema": SCHEMA}, computeMode="append"),
        form(metadata={"schema": {}}),
    ],
    ids=["text", "query", "prompt", "plugin", "file", "not to override", "form", "empty schema"],
)
def test_all_members_of_a_card_are_returned_unchanged(
    alice: Any, create_app: Callable[..., str], card: Any
) -> None:
    """Observed: infrastructure as code updates on every run if anything differs."""
    app_id = create_app(card)
    (answered,) = alice.get_q_app(**HERE, appId=app_id)["appDefinition"]["cards"]
    ((kind, sent),) = card.items()
    assert list(answered) == [kind]
    assert {name: answered[kind][name] for name in sent} == sent


def test_cards_keep_their_order(create_app: Callable[..., str], cards_of: Callable[..., Any]) -> None:
    cards = [query(title="1"), text(title="2"), form(title="3"), file(title="4"), plugin(title="5")]
    assert [card["title"] for card in cards_of(create_app(*cards))] == ["1", "2", "3", "4", "5"]


def test_tags_can_be_given_on_create(alice: Any) -> None:
    tags = {"team": "blue", "aws::cloudformation::stack": "test"}
    app = alice.create_q_app(**HERE, title="App", appDefinition=definition(), tags=tags)
    assert alice.list_tags_for_resource(resourceARN=app["appArn"])["tags"] == tags


def test_the_version_of_the_definition_is_the_string_1(alice: Any, app_id: str) -> None:
    assert alice.get_q_app(**HERE, appId=app_id)["appDefinition"]["appDefinitionVersion"] == "1"


@pytest.mark.rule("qapps.default-output-source")
def test_the_default_output_source_is_the_approved_sources(
    create_app: Callable[..., str], cards_of: Callable[..., Any]
) -> None:
    """Disputed: AWS's Smithy model has this default, while an example in the API reference answers `llm`."""
    (card,) = cards_of(create_app(query()))
    assert card["outputSource"] == "approved-sources"


@pytest.mark.parametrize(
    ("cards", "capabilities"),
    [
        ([], []),
        ([text(), form()], []),
        ([file()], ["FileUpload"]),
        ([query()], ["RetrievalMode"]),
        ([query(outputSource="llm")], ["CreatorMode"]),
        ([query(outputSource="approved-sources")], ["RetrievalMode"]),
        ([plugin()], ["PluginMode"]),
        (
            [plugin(), query(), query(outputSource="llm"), query(), file(), text()],
            ["FileUpload", "CreatorMode", "RetrievalMode", "PluginMode"],
        ),
    ],
    ids=["nothing", "inputs", "file", "query", "model", "sources", "plugin", "everything"],
)
@pytest.mark.rule("qapps.capabilities")
def test_required_capabilities_follow_from_the_cards(alice: Any, cards: Any, capabilities: Any) -> None:
    """Documented for the two modes of queries; inferred for files and plugins."""
    app = alice.create_q_app(**HERE, title="App", appDefinition=definition(*cards))
    assert app["requiredCapabilities"] == capabilities
    got = alice.get_q_app(**HERE, appId=app["appId"])
    assert got["requiredCapabilities"] == capabilities


# References


def test_references_in_a_prompt_are_kept_and_become_dependencies(
    create_app: Callable[..., str], cards_of: Callable[..., Any]
) -> None:
    first, second = new_id(), new_id()
    prompt = f"Compare @{second}, @{first}. And @{second} again"
    *_, card = cards_of(create_app(text(first), text(second), query(prompt=prompt)))
    assert card["prompt"] == prompt
    assert card["dependencies"] == [second, first]


def test_a_plugin_card_has_dependencies_too(
    create_app: Callable[..., str], cards_of: Callable[..., Any]
) -> None:
    text_id = new_id()
    _, card = cards_of(create_app(text(text_id), plugin(prompt=f"Open a ticket about @{text_id}")))
    assert card["dependencies"] == [text_id]


def test_input_cards_have_no_dependencies(
    create_app: Callable[..., str], cards_of: Callable[..., Any]
) -> None:
    cards = cards_of(create_app(text(defaultValue=f"@{NOBODYS}"), file(), form()))
    assert [card["dependencies"] for card in cards] == [[], [], []]


def test_the_id_of_a_missing_card_is_a_dependency_too(
    create_app: Callable[..., str], cards_of: Callable[..., Any]
) -> None:
    """AWS's own example has one."""
    (card,) = cards_of(create_app(query(prompt=f"Sum up @{NOBODYS}")))
    assert card["dependencies"] == [NOBODYS]


@pytest.mark.parametrize(
    "prompt",
    [
        "Write to bob@example.com",
        "Sum up @Text",
        "Sum up @{Text}",
        "Sum up @",
        "Sum up @4cf94d96-8819-45c2-98cc",
        f"Sum up {NOBODYS}",
        f"Sum up @{{{NOBODYS}}}",
    ],
)
def test_any_other_text_with_an_at_sign_is_plain_text(
    create_app: Callable[..., str], cards_of: Callable[..., Any], prompt: str
) -> None:
    """Observed: it is not an error."""
    (card,) = cards_of(create_app(query(prompt=prompt)))
    assert card["prompt"] == prompt
    assert card["dependencies"] == []


@pytest.mark.rule("qapps.memory-references")
def test_a_query_that_refers_to_a_form_lists_it_in_memory_references(
    create_app: Callable[..., str], cards_of: Callable[..., Any]
) -> None:
    """That only form cards are listed is inferred."""
    text_id, form_id = new_id(), new_id()
    cards = (text(text_id), form(form_id), query(prompt=f"Sum up @{form_id} for @{text_id}"))
    *_, card = cards_of(create_app(*cards))
    assert card["memoryReferences"] == [form_id]
    assert card["dependencies"] == [form_id, text_id]


def test_a_query_without_forms_has_no_memory_references(
    create_app: Callable[..., str], cards_of: Callable[..., Any]
) -> None:
    """The member is optional, so it is absent."""
    text_id = new_id()
    _, card = cards_of(create_app(text(text_id), query(prompt=f"Sum up @{text_id}")))
    assert "memoryReferences" not in card


A, B, C = new_id(), new_id(), new_id()
BAD_DEFINITIONS = {
    "a circle": ([query(A, prompt=f"@{B}"), query(B, prompt=f"@{C}"), plugin(C, prompt=f"@{A}")], "circle"),
    "a reference to itself": ([query(A, prompt=f"More of @{A}")], "circle"),
    "a repeated id": ([text(A), text(B), query(A)], A),
    "a type of another card": ([text(A, type="q-query")], "q-query"),
}


@pytest.mark.parametrize("name", BAD_DEFINITIONS)
@pytest.mark.rule("qapps.invalid-definition")
def test_an_invalid_definition_is_refused_on_create(alice: Any, name: Any) -> None:
    """Cards with any of these faults are refused."""
    cards, shown = BAD_DEFINITIONS[name]
    with pytest.raises(alice.exceptions.ValidationException, match=shown) as raised:
        alice.create_q_app(**HERE, title="App", appDefinition=definition(*cards))
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert alice.list_q_apps(**HERE)["apps"] == []


@pytest.mark.parametrize("name", BAD_DEFINITIONS)
@pytest.mark.rule("qapps.invalid-definition")
def test_an_invalid_definition_is_refused_on_update(alice: Any, app_id: str, name: Any) -> None:
    """Cards with any of these faults are refused."""
    cards, shown = BAD_DEFINITIONS[name]
    before = call_without_metadata(alice, "GetQApp", **HERE, appId=app_id)
    with pytest.raises(alice.exceptions.ValidationException, match=shown):
        alice.update_q_app(**HERE, appId=app_id, title="New", appDefinition=definition(*cards))
    assert call_without_metadata(alice, "GetQApp", **HERE, appId=app_id) == before


def test_an_imported_default_file_is_accepted_and_returned(
    alice: Any, create_app: Callable[..., str], cards_of: Callable[..., Any], import_file: Callable[..., Any]
) -> None:
    card_id = new_id()
    app_id = create_app(file(card_id))
    file_id = import_file(app_id, card_id)
    card = file(card_id, fileId=file_id, filename="notes.txt")
    alice.update_q_app(**HERE, appId=app_id, appDefinition=definition(card))
    (card,) = cards_of(app_id)
    assert (card["fileId"], card["filename"]) == (file_id, "notes.txt")


@pytest.mark.rule("qapps.plugin-type")
def test_a_plugin_is_custom_unless_scripted(
    qchime: Handle, create_app: Callable[..., str], cards_of: Callable[..., Any]
) -> None:
    """AWS would look the plugin up."""
    tickets, other = new_id(), new_id()
    qchime.answers.add_plugin(tickets, "JIRA")
    app_id = create_app(plugin(pluginId=tickets), plugin(pluginId=other))
    assert [card["pluginType"] for card in cards_of(app_id)] == ["JIRA", "CUSTOM"]


# Update and versions


def test_an_update_adds_a_version_and_keeps_omitted_members(
    alice: Any, create_app: Callable[..., str], cards_of: Callable[..., Any]
) -> None:
    app_id = create_app(text(title="Text"), title="Old", description="Description")
    before = cards_of(app_id)
    updated = alice.update_q_app(**HERE, appId=app_id, title="New")
    assert (updated["appVersion"], updated["status"]) == (2, "DRAFT")
    assert (updated["title"], updated["description"]) == ("New", "Description")
    assert cards_of(app_id) == before


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        ({"title": "New"}, {"title": "New"}),
        ({"description": "New"}, {"description": "New"}),
        ({"description": ""}, {"description": ""}),
        ({"appDefinition": definition(initialPrompt="New")}, {"initialPrompt": "New"}),
        ({}, {}),
    ],
    ids=["title", "description", "empty description", "definition", "nothing"],
)
def test_each_member_can_be_updated_alone(alice: Any, change: Any, changed: Any) -> None:
    before = {"title": "Old", "description": "Old", "initialPrompt": "Old"}
    given = {"title": "Old", "description": "Old", "appDefinition": definition(initialPrompt="Old")}
    app_id = alice.create_q_app(**HERE, **given)["appId"]
    updated = alice.update_q_app(**HERE, appId=app_id, **change)
    assert {name: updated[name] for name in before} == {**before, **changed}
    assert updated["appVersion"] == 2


@pytest.mark.rule("qapps.new-definition")
def test_a_new_definition_replaces_the_whole_old_one(alice: Any, create_app: Callable[..., str]) -> None:
    """The initial prompt is part of the definition."""
    app_id = alice.create_q_app(
        **HERE, title="App", appDefinition=definition(text(title="Old"), initialPrompt="Old")
    )["appId"]
    alice.update_q_app(**HERE, appId=app_id, appDefinition=definition(query(title="New")))
    app = alice.get_q_app(**HERE, appId=app_id)
    assert [card["qQuery"]["title"] for card in app["appDefinition"]["cards"]] == ["New"]
    assert "initialPrompt" not in app
    assert app["requiredCapabilities"] == ["RetrievalMode"]


def test_an_update_changes_only_the_update_time(alice: Any, qchime: Handle, app_id: str) -> None:
    before = alice.get_q_app(**HERE, appId=app_id)
    qchime.clock.advance(days=1)
    updated = alice.update_q_app(**HERE, appId=app_id, title="New")
    assert updated["createdAt"] == before["createdAt"]
    assert (updated["updatedAt"] - before["updatedAt"]).days == 1


def test_old_versions_stay_readable(
    alice: Any, create_app: Callable[..., str], cards_of: Callable[..., Any]
) -> None:
    app_id = create_app(text(title="Old"), title="Old")
    alice.update_q_app(**HERE, appId=app_id, title="New", appDefinition=definition(text(title="New")))
    assert alice.get_q_app(**HERE, appId=app_id, appVersion=1)["title"] == "Old"
    assert alice.get_q_app(**HERE, appId=app_id, appVersion=2)["title"] == "New"
    assert [card["title"] for card in cards_of(app_id, appVersion=1)] == ["Old"]
    assert [card["title"] for card in cards_of(app_id, appVersion=2)] == ["New"]


@pytest.mark.parametrize("version", [0, 3])
@pytest.mark.rule("qapps.missing-version")
def test_a_missing_version_is_not_found(alice: Any, app_id: str, version: int) -> None:
    """GetQApp declares the error."""
    alice.update_q_app(**HERE, appId=app_id, title="Second")
    with pytest.raises(alice.exceptions.ResourceNotFoundException) as raised:
        alice.get_q_app(**HERE, appId=app_id, appVersion=version)
    assert raised.value.response["resourceType"] == "QApp"
    assert raised.value.response["resourceId"] == app_id


@pytest.mark.rule("qapps.default-version")
def test_the_owner_gets_the_newest_version_and_everybody_else_the_published_one(
    alice: Any, bob: Any, create_app: Callable[..., str], publish: Callable[..., str]
) -> None:
    """The default version depends on the caller."""
    app_id = create_app(title="Published")
    publish(app_id)
    alice.update_q_app(**HERE, appId=app_id, title="Draft")
    assert alice.get_q_app(**HERE, appId=app_id)["title"] == "Draft"
    assert bob.get_q_app(**HERE, appId=app_id)["title"] == "Published"
    bob.associate_q_app_with_user(**HERE, appId=app_id)
    assert [app["title"] for app in alice.list_q_apps(**HERE)["apps"]] == ["Draft"]
    assert [app["title"] for app in bob.list_q_apps(**HERE)["apps"]] == ["Published"]


@pytest.mark.rule("qapps.default-version")
def test_a_writer_gets_the_published_version(
    alice: Any, bob: Any, create_app: Callable[..., str], publish: Callable[..., str]
) -> None:
    """Only the owner gets the newest."""
    app_id = create_app(title="Published")
    publish(app_id)
    alice.update_q_app_permissions(
        **HERE, appId=app_id, grantPermissions=[{"action": "write", "principal": "bob@example.com"}]
    )
    alice.update_q_app(**HERE, appId=app_id, title="Draft")
    assert bob.get_q_app(**HERE, appId=app_id)["title"] == "Published"


@pytest.mark.rule("qapps.default-version")
def test_a_reader_of_an_app_that_is_not_published_gets_the_newest_version(
    alice: Any, bob: Any, app_id: str
) -> None:
    """There is no published one."""
    alice.update_q_app(**HERE, appId=app_id, title="Draft")
    alice.update_q_app_permissions(
        **HERE, appId=app_id, grantPermissions=[{"action": "read", "principal": "bob@example.com"}]
    )
    assert bob.get_q_app(**HERE, appId=app_id)["title"] == "Draft"


@pytest.mark.rule("qapps.any-version")
def test_a_reader_gets_and_starts_any_version_by_its_number(
    alice: Any, bob: Any, create_app: Callable[..., str], publish: Callable[..., str]
) -> None:
    app_id = create_app(title="First")
    for title in ("Second", "Draft"):
        alice.update_q_app(**HERE, appId=app_id, title=title)
    publish(app_id, version=2)
    titles = [bob.get_q_app(**HERE, appId=app_id, appVersion=number)["title"] for number in (1, 2, 3)]
    assert titles == ["First", "Second", "Draft"]
    for number in (1, 2, 3):
        started = bob.start_q_app_session(**HERE, appId=app_id, appVersion=number)
        session = bob.get_q_app_session(**HERE, sessionId=started["sessionId"])
        assert session["appVersion"] == number


@pytest.mark.rule("qapps.version-status")
def test_the_status_follows_the_library(
    alice: Any, create_app: Callable[..., str], publish: Callable[..., str]
) -> None:
    """A version is published if it is the one in the library, otherwise a draft."""
    app_id = create_app()

    def statuses(*versions: Any) -> Any:
        got = (alice.get_q_app(**HERE, appId=app_id, appVersion=version) for version in versions)
        return [app["status"] for app in got]

    assert statuses(1) == ["DRAFT"]
    item_id = publish(app_id)
    assert statuses(1) == ["PUBLISHED"]
    assert alice.update_q_app(**HERE, appId=app_id, title="Second")["status"] == "DRAFT"
    assert statuses(1, 2) == ["PUBLISHED", "DRAFT"]
    publish(app_id, version=2)
    assert statuses(1, 2) == ["DRAFT", "PUBLISHED"]
    alice.delete_library_item(**HERE, libraryItemId=item_id)
    assert statuses(1, 2) == ["DRAFT", "DRAFT"]


@pytest.mark.rule("qapps.default-version")
def test_the_list_shows_the_status_too(
    alice: Any, bob: Any, create_app: Callable[..., str], publish: Callable[..., str]
) -> None:
    """It is the status of the version that the caller gets."""
    app_id = create_app()
    publish(app_id)
    bob.associate_q_app_with_user(**HERE, appId=app_id)
    alice.update_q_app(**HERE, appId=app_id, title="Second")
    assert [app["status"] for app in alice.list_q_apps(**HERE)["apps"]] == ["DRAFT"]
    assert [app["status"] for app in bob.list_q_apps(**HERE)["apps"]] == ["PUBLISHED"]


def test_only_the_owner_can_edit_whatever_others_are_granted(
    alice: Any, bob: Any, carol: Any, app_id: str, publish: Callable[..., str]
) -> None:
    """Documented: shared users cannot edit the original app."""
    publish(app_id)
    alice.update_q_app_permissions(
        **HERE, appId=app_id, grantPermissions=[{"action": "write", "principal": "carol@example.com"}]
    )
    for client, can_edit in ((alice, True), (bob, False), (carol, False)):
        client.associate_q_app_with_user(**HERE, appId=app_id)
        assert client.get_q_app(**HERE, appId=app_id)["appDefinition"]["canEdit"] is can_edit
        assert client.list_q_apps(**HERE)["apps"][0]["canEdit"] is can_edit


# Delete


def test_a_deleted_app_is_not_found(alice: Any, app_id: str) -> None:
    arn = alice.get_q_app(**HERE, appId=app_id)["appArn"]
    alice.delete_q_app(**HERE, appId=app_id)
    for get in (alice.get_q_app, alice.delete_q_app, alice.describe_q_app_permissions):
        with pytest.raises(alice.exceptions.ResourceNotFoundException) as raised:
            get(**HERE, appId=app_id)
        assert raised.value.response["resourceId"] == app_id
    with pytest.raises(alice.exceptions.ResourceNotFoundException):
        alice.list_tags_for_resource(resourceARN=arn)
    assert alice.list_q_apps(**HERE)["apps"] == []


def test_deleting_an_app_removes_its_library_item(
    alice: Any, bob: Any, app_id: str, publish: Callable[..., str]
) -> None:
    item_id = publish(app_id)
    alice.delete_q_app(**HERE, appId=app_id)
    with pytest.raises(bob.exceptions.ResourceNotFoundException):
        bob.get_library_item(**HERE, libraryItemId=item_id)
    assert bob.list_library_items(**HERE)["libraryItems"] == []


@pytest.mark.rule("qapps.deleted-app")
def test_deleting_an_app_removes_it_from_all_lists(
    alice: Any, bob: Any, create_app: Callable[..., str], publish: Callable[..., str]
) -> None:
    """Including other users' lists."""
    gone, kept = create_app(), create_app()
    for app_id in (gone, kept):
        publish(app_id)
        bob.associate_q_app_with_user(**HERE, appId=app_id)
    alice.delete_q_app(**HERE, appId=gone)
    for client in (alice, bob):
        assert [app["appId"] for app in client.list_q_apps(**HERE)["apps"]] == [kept]


@pytest.mark.rule("qapps.deleted-app")
def test_deleting_an_app_removes_its_sessions(
    alice: Any, bob: Any, create_app: Callable[..., str], publish: Callable[..., str]
) -> None:
    """Including those of others, but not those of other apps."""
    gone, kept = create_app(), create_app()
    publish(gone)
    sessions = [
        client.start_q_app_session(**HERE, appId=app_id, appVersion=1)["sessionId"]
        for client, app_id in ((alice, gone), (bob, gone), (alice, kept))
    ]
    alice.delete_q_app(**HERE, appId=gone)
    for client, session_id in zip((alice, bob), sessions, strict=False):
        with pytest.raises(client.exceptions.ResourceNotFoundException):
            client.get_q_app_session(**HERE, sessionId=session_id)
    assert alice.get_q_app_session(**HERE, sessionId=sessions[2])["sessionId"] == sessions[2]


@pytest.mark.rule("qapps.deleted-app")
def test_deleting_an_app_removes_its_files(
    alice: Any, create_app: Callable[..., str], import_file: Callable[..., Any]
) -> None:
    """A file belongs to the app that it was imported for."""
    card_id = new_id()
    gone = create_app(file(card_id))
    file_id = import_file(gone, card_id)
    alice.delete_q_app(**HERE, appId=gone)
    with pytest.raises(alice.exceptions.ValidationException, match=file_id):
        create_app(file(fileId=file_id))


@pytest.mark.rule("qapps.deleted-app")
def test_deleting_an_app_removes_its_grants(alice: Any, bob: Any, app_id: str) -> None:
    """For grantees, it is as if it had never existed."""
    alice.update_q_app_permissions(
        **HERE, appId=app_id, grantPermissions=[{"action": "read", "principal": "bob@example.com"}]
    )
    alice.delete_q_app(**HERE, appId=app_id)
    with pytest.raises(bob.exceptions.ResourceNotFoundException):
        bob.get_q_app(**HERE, appId=app_id)


# List


def test_a_new_user_has_an_empty_list(bob: Any, app_id: str) -> None:
    assert call_without_metadata(bob, "ListQApps", **HERE) == {"apps": []}


def test_the_list_describes_each_app(
    alice: Any, qchime: Handle, create_app: Callable[..., str], publish: Callable[..., str]
) -> None:
    app_id = create_app(title="App", description="What it does")
    item_id = publish(app_id)
    alice.update_library_item_metadata(**HERE, libraryItemId=item_id, isVerified=True)
    app = alice.get_q_app(**HERE, appId=app_id)
    assert alice.list_q_apps(**HERE)["apps"] == [
        {
            "appId": app_id,
            "appArn": app["appArn"],
            "title": "App",
            "description": "What it does",
            "createdAt": app["createdAt"],
            "canEdit": True,
            "status": "PUBLISHED",
            "isVerified": True,
        }
    ]


def test_the_list_has_owned_associated_and_used_apps(
    alice: Any, bob: Any, create_app: Callable[..., str], publish: Callable[..., str]
) -> None:
    own = bob.create_q_app(**HERE, title="Own", appDefinition=definition())["appId"]
    associated, used, neither = create_app(), create_app(), create_app()
    for app_id in (associated, used, neither):
        publish(app_id)
    bob.associate_q_app_with_user(**HERE, appId=associated)
    bob.start_q_app_session(**HERE, appId=used, appVersion=1)
    bob.get_q_app(**HERE, appId=neither)
    assert [app["appId"] for app in bob.list_q_apps(**HERE)["apps"]] == [used, associated, own]


def test_a_grant_alone_does_not_put_an_app_on_the_list(alice: Any, bob: Any, app_id: str) -> None:
    alice.update_q_app_permissions(
        **HERE, appId=app_id, grantPermissions=[{"action": "read", "principal": "bob@example.com"}]
    )
    assert bob.list_q_apps(**HERE)["apps"] == []
    bob.start_q_app_session(**HERE, appId=app_id, appVersion=1)
    assert [app["appId"] for app in bob.list_q_apps(**HERE)["apps"]] == [app_id]


def test_created_at_in_the_list_is_the_date_of_the_association(
    alice: Any, bob: Any, qchime: Handle, app_id: str, publish: Callable[..., str]
) -> None:
    publish(app_id)
    qchime.clock.advance(days=3)
    bob.associate_q_app_with_user(**HERE, appId=app_id)
    (his,), (hers,) = (client.list_q_apps(**HERE)["apps"] for client in (bob, alice))
    assert (his["createdAt"] - hers["createdAt"]).days == 3


def test_the_latest_association_comes_first(
    bob: Any, create_app: Callable[..., str], publish: Callable[..., str]
) -> None:
    first, second = create_app(title="First"), create_app(title="Second")
    for app_id in (first, second):
        publish(app_id)
    for app_id in (second, first):
        bob.associate_q_app_with_user(**HERE, appId=app_id)
    assert [app["title"] for app in bob.list_q_apps(**HERE)["apps"]] == ["First", "Second"]


@pytest.mark.rule("qapps.repeated-association")
def test_associating_an_app_again_keeps_its_place(
    alice: Any, bob: Any, qchime: Handle, create_app: Callable[..., str], publish: Callable[..., str]
) -> None:
    """It is not documented."""
    first, second = create_app(), create_app()
    for app_id in (first, second):
        publish(app_id)
        bob.associate_q_app_with_user(**HERE, appId=app_id)
    before = bob.list_q_apps(**HERE)["apps"]
    qchime.clock.advance(days=1)
    bob.associate_q_app_with_user(**HERE, appId=first)
    bob.start_q_app_session(**HERE, appId=first, appVersion=1)
    assert bob.list_q_apps(**HERE)["apps"] == before


def test_an_app_can_be_removed_from_the_list(
    alice: Any, bob: Any, app_id: str, publish: Callable[..., str]
) -> None:
    publish(app_id)
    bob.associate_q_app_with_user(**HERE, appId=app_id)
    bob.disassociate_q_app_from_user(**HERE, appId=app_id)
    assert bob.list_q_apps(**HERE)["apps"] == []
    assert [app["appId"] for app in alice.list_q_apps(**HERE)["apps"]] == [app_id]


@pytest.mark.rule("qapps.leaving")
def test_removing_an_app_that_is_not_on_the_list_is_ignored(bob: Any, app_id: str) -> None:
    """It is not documented."""
    bob.disassociate_q_app_from_user(**HERE, appId=app_id)
    assert bob.list_q_apps(**HERE)["apps"] == []


@pytest.mark.rule("qapps.leaving")
def test_owners_keep_their_apps_on_their_list(alice: Any, app_id: str) -> None:
    """It is not documented."""
    alice.disassociate_q_app_from_user(**HERE, appId=app_id)
    assert [app["appId"] for app in alice.list_q_apps(**HERE)["apps"]] == [app_id]


# Quotas


def over_quota(client: Any, quota: Any, *cards: Any) -> Any:
    """The error of CreateQApp with these cards."""
    before = client.list_q_apps(**HERE)["apps"]
    with pytest.raises(client.exceptions.ServiceQuotaExceededException) as raised:
        client.create_q_app(**HERE, title="One too many", appDefinition=definition(*cards))
    response = raised.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 402
    assert (response["serviceCode"], response["quotaCode"]) == ("qapps", quota)
    assert (response["resourceType"], response["resourceId"]) == ("QApp", INSTANCE)
    assert client.list_q_apps(**HERE)["apps"] == before
    return response["message"]


def test_the_quotas_are_those_of_aws(qchime: Handle) -> None:
    limits = qchime.limits
    assert limits.apps_per_instance == 1000
    assert limits.apps_per_user == 100
    assert limits.file_cards_per_app == limits.form_cards_per_app == 20


def test_a_user_can_have_a_hundred_apps(alice: Any, bob: Any, create_app: Callable[..., str]) -> None:
    for _ in range(100):
        create_app()
    assert "100" in over_quota(alice, "apps_per_user")
    assert bob.create_q_app(**HERE, title="Bob's", appDefinition=definition())["appVersion"] == 1


@pytest.mark.rule("qapps.error-members")
def test_the_apps_of_a_user_are_counted_per_instance(alice: Any, qchime: Handle, app_id: str) -> None:
    qchime.limits.apps_per_user = 1
    over_quota(alice, "apps_per_user")
    elsewhere = alice.create_q_app(instanceId="another", title="There", appDefinition=definition())
    assert elsewhere["appVersion"] == 1


def test_only_the_users_own_apps_count(
    bob: Any, qchime: Handle, app_id: str, publish: Callable[..., str]
) -> None:
    qchime.limits.apps_per_user = 1
    publish(app_id)
    bob.associate_q_app_with_user(**HERE, appId=app_id)
    assert bob.create_q_app(**HERE, title="Bob's", appDefinition=definition())["appVersion"] == 1
    over_quota(bob, "apps_per_user")


def test_the_apps_of_an_instance_are_limited_for_all_users_together(
    alice: Any, bob: Any, qchime: Handle, app_id: str
) -> None:
    qchime.limits.apps_per_instance = 2
    bob.create_q_app(**HERE, title="Bob's", appDefinition=definition())
    assert "2" in over_quota(alice, "apps_per_instance")
    over_quota(bob, "apps_per_instance")


def test_a_deleted_app_makes_room(alice: Any, qchime: Handle, app_id: str) -> None:
    qchime.limits.update(apps_per_user=1, apps_per_instance=1)
    alice.delete_q_app(**HERE, appId=app_id)
    assert alice.create_q_app(**HERE, title="Next", appDefinition=definition())["appVersion"] == 1


@pytest.mark.parametrize(
    ("card", "quota"), [(file, "file_cards_per_app"), (form, "form_cards_per_app")], ids=["file", "form"]
)
def test_the_number_of_cards_of_a_kind_is_limited(
    alice: Any, qchime: Handle, create_app: Callable[..., str], card: Any, quota: str
) -> None:
    setattr(qchime.limits, quota, 2)
    over_quota(alice, quota, card(), text(), card(), card())
    app_id = create_app(card(), text(), card())
    assert len(alice.get_q_app(**HERE, appId=app_id)["appDefinition"]["cards"]) == 3


@pytest.mark.rule("qapps.quotas-on-update")
def test_too_many_cards_of_a_kind_are_invalid_on_update(alice: Any, qchime: Handle, app_id: str) -> None:
    """UpdateQApp declares no ServiceQuotaExceededException."""
    qchime.limits.file_cards_per_app = 1
    with pytest.raises(
        alice.exceptions.ValidationException,
        match="file_cards_per_app of 1 is exceeded: this app has 2",
    ):
        alice.update_q_app(**HERE, appId=app_id, appDefinition=definition(file(), file()))
    assert alice.get_q_app(**HERE, appId=app_id)["appVersion"] == 1


def test_an_initial_prompt_has_at_most_ten_thousand_characters(
    alice: Any, qchime: Handle, create_app: Callable[..., str]
) -> None:
    """The quota is also in the model. A lower one is a quota error on create, and invalid on update."""
    assert qchime.limits.initial_prompt_characters == 10_000
    qchime.limits.initial_prompt_characters = 3
    too_long = definition(initialPrompt="Four")
    with pytest.raises(alice.exceptions.ServiceQuotaExceededException) as raised:
        alice.create_q_app(**HERE, title="App", appDefinition=too_long)
    assert raised.value.response["quotaCode"] == "initial_prompt_characters"
    app_id = alice.create_q_app(**HERE, title="App", appDefinition=definition(initialPrompt="Six"))["appId"]
    with pytest.raises(alice.exceptions.ValidationException, match="this app has 4"):
        alice.update_q_app(**HERE, appId=app_id, appDefinition=too_long)


def test_an_app_has_at_most_twenty_cards(
    alice: Any, create_app: Callable[..., str], cards_of: Callable[..., Any]
) -> None:
    cards = [file() for _ in range(20)]
    assert len(cards_of(create_app(*cards))) == 20
    with pytest.raises(alice.exceptions.ValidationException, match=r"at 'appDefinition\.cards' failed"):
        create_app(*cards, file())
