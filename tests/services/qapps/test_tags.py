"""Tags of apps and sessions."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from qchime.control.handle import Handle
from tests.services.qapps.samples import HERE, NOBODYS, call_without_metadata, definition


@pytest.fixture
def app_arn(alice: Any, app_id: str) -> Any:
    return alice.get_q_app(**HERE, appId=app_id)["appArn"]


@pytest.fixture
def session_arn(alice: Any, app_id: str) -> Any:
    return alice.start_q_app_session(**HERE, appId=app_id, appVersion=1)["sessionArn"]


@pytest.fixture(params=["app_arn", "session_arn"])
def arn(request: pytest.FixtureRequest) -> Any:
    """Each of the two kinds of resources that have tags."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def tags_of(alice: Any) -> Callable[..., Any]:
    return lambda arn: alice.list_tags_for_resource(resourceARN=arn)["tags"]


@pytest.mark.rule("qapps.no-tags")
def test_an_untagged_resource_has_an_empty_map(alice: Any, arn: Any) -> None:
    assert call_without_metadata(alice, "ListTagsForResource", resourceARN=arn) == {"tags": {}}


def test_tags_are_listed_as_given(alice: Any, arn: Any, tags_of: Callable[..., Any]) -> None:
    """Observed: keys with `::` occur."""
    given = {"team": "blue", "aws::cloudformation::stack": "test 🧪", "camelCase": "snake_case", "empty": ""}
    alice.tag_resource(resourceARN=arn, tags=given)
    assert tags_of(arn) == given


def test_a_tag_with_the_same_key_is_overwritten(alice: Any, arn: Any, tags_of: Callable[..., Any]) -> None:
    alice.tag_resource(resourceARN=arn, tags={"team": "blue", "stage": "test"})
    alice.tag_resource(resourceARN=arn, tags={"team": "red", "Team": "green"})
    assert tags_of(arn) == {"team": "red", "stage": "test", "Team": "green"}


def test_untag_removes_by_key(alice: Any, arn: Any, tags_of: Callable[..., Any]) -> None:
    alice.tag_resource(resourceARN=arn, tags={"team": "blue", "a::b": "c", "kept": "yes", "a b&c": "d"})
    alice.untag_resource(resourceARN=arn, tagKeys=["team", "a::b", "a b&c"])
    assert tags_of(arn) == {"kept": "yes"}


@pytest.mark.rule("qapps.missing-tags")
def test_untag_ignores_missing_keys(alice: Any, arn: Any, tags_of: Callable[..., Any]) -> None:
    """It is not documented."""
    alice.tag_resource(resourceARN=arn, tags={"team": "blue"})
    alice.untag_resource(resourceARN=arn, tagKeys=["stage", "Team"])
    assert tags_of(arn) == {"team": "blue"}


def test_tag_and_untag_return_an_empty_object(alice: Any, arn: Any, wire: list[Any]) -> None:
    alice.tag_resource(resourceARN=arn, tags={"team": "blue"})
    alice.untag_resource(resourceARN=arn, tagKeys=["team"])
    assert [answer.content for answer in wire[-2:]] == [b"{}", b"{}"]


def test_an_app_and_its_session_have_separate_tags(
    alice: Any, app_arn: Any, session_arn: Any, tags_of: Callable[..., Any]
) -> None:
    alice.tag_resource(resourceARN=app_arn, tags={"of": "app"})
    alice.tag_resource(resourceARN=session_arn, tags={"of": "session"})
    assert tags_of(app_arn) == {"of": "app"}
    assert tags_of(session_arn) == {"of": "session"}


def test_a_session_can_be_started_with_tags(alice: Any, app_id: str, tags_of: Callable[..., Any]) -> None:
    session = alice.start_q_app_session(**HERE, appId=app_id, appVersion=1, tags={"team": "blue"})
    assert tags_of(session["sessionArn"]) == {"team": "blue"}


def test_the_arn_of_a_session_is_that_of_its_app_and_its_id(app_arn: Any, session_arn: Any) -> None:
    assert re.fullmatch(re.escape(app_arn) + r"/session/[\da-f-]{36}", session_arn)


def test_the_arn_is_one_encoded_segment_of_the_path(alice: Any, app_arn: Any) -> None:
    paths = []
    alice.meta.events.register("before-send.qapps", lambda request, **_: paths.append(request.url), "x")
    alice.list_tags_for_resource(resourceARN=app_arn)
    assert "/tags/arn%3Aaws%3Aqapps%3A" in paths[0]
    assert "%2Fqapp%2F" in paths[0]


@pytest.mark.rule("qapps.too-many-tags")
def test_a_resource_has_at_most_fifty_tags(alice: Any, arn: Any, tags_of: Callable[..., Any]) -> None:
    """AWS's convention; the error is inferred."""
    fifty = {f"key-{number}": "value" for number in range(50)}
    alice.tag_resource(resourceARN=arn, tags=fifty)
    with pytest.raises(alice.exceptions.ValidationException, match="50 tags; this one would have 51"):
        alice.tag_resource(resourceARN=arn, tags={"key-0": "changed", "one": "too many"})
    assert tags_of(arn) == fifty
    alice.tag_resource(resourceARN=arn, tags={"key-0": "changed"})
    assert tags_of(arn) == {**fifty, "key-0": "changed"}


def test_create_with_too_many_tags_creates_nothing(alice: Any, qchime: Handle, app_id: str) -> None:
    """The limit can be set."""
    qchime.limits.tags_per_resource = 1
    tags = {"one": "1", "two": "2"}
    before = alice.list_q_apps(**HERE)["apps"]
    with pytest.raises(alice.exceptions.ValidationException, match="1 tags; this one would have 2"):
        alice.create_q_app(**HERE, title="App", appDefinition=definition(), tags=tags)
    with pytest.raises(alice.exceptions.ValidationException, match="1 tags; this one would have 2"):
        alice.start_q_app_session(**HERE, appId=app_id, appVersion=1, tags=tags)
    assert alice.list_q_apps(**HERE)["apps"] == before


@pytest.mark.parametrize(
    ("change", "resource_type"),
    [
        (lambda arn, item: arn.replace("us-east-1", "us-west-2"), "QApp"),
        (lambda arn, item: arn.replace("123456789012", "111122223333"), "QApp"),
        (lambda arn, item: arn.replace("application/", "application/another-"), "QApp"),
        (lambda arn, item: arn.rsplit("/", 1)[0] + f"/{NOBODYS}", "QApp"),
        (lambda arn, item: f"{arn}/session/{NOBODYS}", "QAppSession"),
        (lambda arn, item: f"{arn}/", "QApp"),
        (lambda arn, item: f"{arn.split('/qapp/')[0]}/library-item/{item}", "QApp"),
        (lambda arn, item: "not an ARN", "QApp"),
    ],
    ids=["region", "account", "instance", "app", "session", "slash", "library item", "no ARN"],
)
@pytest.mark.parametrize(
    ("operation", "more"),
    [
        ("tag_resource", {"tags": {"a": "b"}}),
        ("untag_resource", {"tagKeys": ["a"]}),
        ("list_tags_for_resource", {}),
    ],
    ids=["tag", "untag", "list"],
)
def test_only_existing_apps_and_sessions_have_tags(
    qchime: Handle,
    alice: Any,
    app_id: str,
    app_arn: Any,
    publish: Callable[..., str],
    change: Any,
    resource_type: str,
    operation: str,
    more: Any,
) -> None:
    wrong = change(app_arn, publish(app_id))
    before = qchime.dump()["services"]
    with pytest.raises(alice.exceptions.ResourceNotFoundException) as raised:
        getattr(alice, operation)(resourceARN=wrong, **more)
    assert raised.value.response["resourceType"] == resource_type
    assert raised.value.response["resourceId"] == wrong
    assert qchime.dump()["services"] == before, "reading creates nothing"


def test_a_session_is_not_found_under_another_app(
    alice: Any, create_app: Callable[..., str], session_arn: Any
) -> None:
    other = alice.get_q_app(**HERE, appId=create_app())["appArn"]
    with pytest.raises(alice.exceptions.ResourceNotFoundException):
        alice.list_tags_for_resource(resourceARN=other + session_arn[session_arn.index("/session/") :])


def test_the_tags_of_a_stopped_session_are_gone(alice: Any, session_arn: Any) -> None:
    alice.stop_q_app_session(**HERE, sessionId=session_arn.rsplit("/", 1)[1])
    with pytest.raises(alice.exceptions.ResourceNotFoundException) as raised:
        alice.list_tags_for_resource(resourceARN=session_arn)
    assert raised.value.response["resourceType"] == "QAppSession"


@pytest.mark.parametrize("instance", ["a/b", "a:b", "a b%2F"])
def test_the_instance_in_the_arn_can_be_anything(
    alice: Any, instance: str, tags_of: Callable[..., Any]
) -> None:
    """The model has no pattern for it."""
    app = alice.create_q_app(instanceId=instance, title="App", appDefinition=definition())
    alice.tag_resource(resourceARN=app["appArn"], tags={"team": "blue"})
    assert tags_of(app["appArn"]) == {"team": "blue"}
