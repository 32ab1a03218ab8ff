"""Values come back unchanged: texts in any language, tags, schemas and answers of any JSON."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from qchime import mock_chimesdkidentity, mock_qapps
from qchime.services.chimesdkidentity import SERVICE as CHIME_SDK_IDENTITY
from qchime.services.qapps import SERVICE as QAPPS
from tests.properties.agreement import client_for
from tests.services.qapps.running import FORM, NAME, answers, fill, start, submit, value_of
from tests.services.qapps.samples import HERE, definition, form, query, text

CHIME, Q_APPS = (
    client_for(service.name, "AKIAIOSFODNN7EXAMPLE", "x") for service in (CHIME_SDK_IDENTITY, QAPPS)
)

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), min_size=1, max_size=40)
"""Names without control characters."""
TAG_TEXTS = st.text(st.sampled_from("aZ9 ä+-=._:/@"), min_size=1, max_size=9)
TAGS = st.dictionaries(TAG_TEXTS, TAG_TEXTS, max_size=3)
SMALL = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | ANY_TEXT
)
JSON = st.recursive(
    SMALL,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=6,
)
OBJECTS = st.dictionaries(ANY_TEXT, JSON, max_size=3)


@given(name=NAMES, metadata=ANY_TEXT, tags=TAGS)
def test_an_app_instance(name: str, metadata: str, tags: dict[str, str]) -> None:
    written = [{"Key": key, "Value": value} for key, value in tags.items()]
    more: dict[str, Any] = {"Tags": written} if written else {}
    with mock_chimesdkidentity():
        arn = CHIME.create_app_instance(Name=name, Metadata=metadata, **more)["AppInstanceArn"]
        found = CHIME.describe_app_instance(AppInstanceArn=arn)["AppInstance"]
        assert (found["Name"], found["Metadata"]) == (name, metadata)
        assert CHIME.list_tags_for_resource(ResourceARN=arn)["Tags"] == written


USER_IDS = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9:_.@-]{0,62}[A-Za-z0-9])?", fullmatch=True)


@given(user_ids=st.lists(USER_IDS, min_size=1, max_size=5, unique=True))
def test_users_with_any_id(user_ids: list[str]) -> None:
    """Ids may contain words such as `endpoints`, colons and at signs."""
    with mock_chimesdkidentity():
        arn = CHIME.create_app_instance(Name="Chat")["AppInstanceArn"]
        for user_id in user_ids:
            CHIME.create_app_instance_user(AppInstanceArn=arn, AppInstanceUserId=user_id, Name=user_id)
        listed = CHIME.list_app_instance_users(AppInstanceArn=arn)["AppInstanceUsers"]
        assert [user["AppInstanceUserArn"] for user in listed] == [f"{arn}/user/{name}" for name in user_ids]
        for user in listed:
            described = CHIME.describe_app_instance_user(AppInstanceUserArn=user["AppInstanceUserArn"])
            assert described["AppInstanceUser"]["Name"] == user["Name"]


@given(
    prompt=ANY_TEXT,
    title=st.from_regex(r"[^{}\\\\\"<>\ud800-\udfff]{1,40}", fullmatch=True),
    schema=OBJECTS,
    tags=TAGS,
)
def test_an_app(prompt: str, title: str, schema: dict[str, Any], tags: dict[str, str]) -> None:
    """Clients that compare the actual app with the desired one find no difference."""
    cards = [query(prompt=f"Say {prompt}"), form(metadata={"schema": schema})]
    with mock_qapps():
        app = Q_APPS.create_q_app(**HERE, title=title, appDefinition=definition(*cards), tags=tags)
        found = Q_APPS.get_q_app(**HERE, appId=app["appId"])
        asked, answered = found["appDefinition"]["cards"]
        assert (found["title"], asked["qQuery"]["prompt"]) == (title, f"Say {prompt}")
        assert answered["formInput"]["metadata"]["schema"] == schema
        assert Q_APPS.list_tags_for_resource(resourceARN=app["appArn"])["tags"] == tags


@given(value=ANY_TEXT.filter(bool))
def test_the_value_of_a_card_and_answers_derived_from_it(value: str) -> None:
    reader = query(prompt=f"Read @{NAME}!")
    with mock_qapps():
        app = Q_APPS.create_q_app(**HERE, title="App", appDefinition=definition(text(NAME), reader))
        session = start(Q_APPS, app["appId"])
        fill(Q_APPS, session, {NAME: value})
        assert value_of(Q_APPS, session, NAME) == value
        assert value_of(Q_APPS, session, reader["qQuery"]["id"]) == f"Answer to: Read {value}!"


@given(given_answers=st.lists(OBJECTS, min_size=1, max_size=3))
def test_answers_to_a_form(given_answers: list[dict[str, Any]]) -> None:
    """They survive a saved state as well."""
    with mock_qapps() as mock:
        cards = definition(form(FORM, computeMode="append"))
        session = start(Q_APPS, Q_APPS.create_q_app(**HERE, title="App", appDefinition=cards)["appId"])
        for answer in given_answers:
            submit(Q_APPS, session, answer)
        assert answers(Q_APPS, session) == given_answers
        mock.load(json.loads(json.dumps(mock.dump())))
        assert answers(Q_APPS, session) == given_answers
