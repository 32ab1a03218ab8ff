"""Tags of app instances, users and bots."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.services.chimesdkidentity.samples import (
    NOBODYS_INSTANCE,
    NOBODYS_UUID,
    call_without_metadata,
    lex,
    tags,
)

TAGGED = ["instance_arn", "user_arn", "bot_arn"]


@pytest.fixture(params=TAGGED)
def arn(request: pytest.FixtureRequest) -> Any:
    """Each of the three kinds of resources that have tags."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def tags_of(client: Any) -> Callable[..., Any]:
    return lambda arn: client.list_tags_for_resource(ResourceARN=arn)["Tags"]


@pytest.mark.rule("chime.untagged-resources")
def test_an_untagged_resource_has_an_empty_list_of_tags(client: Any, arn: Any) -> None:
    assert call_without_metadata(client, "ListTagsForResource", ResourceARN=arn) == {"Tags": []}


def test_tags_are_listed_as_given(client: Any, arn: Any, tags_of: Callable[..., Any]) -> None:
    given = tags(team="blue", stage="test 🧪", Name="two\nlines")
    client.tag_resource(ResourceARN=arn, Tags=given)
    assert tags_of(arn) == given


def test_a_tag_with_the_same_key_is_overwritten(client: Any, arn: Any, tags_of: Callable[..., Any]) -> None:
    client.tag_resource(ResourceARN=arn, Tags=tags(team="blue", stage="test"))
    client.tag_resource(ResourceARN=arn, Tags=tags(team="red", size="big"))
    assert tags_of(arn) == tags(team="red", stage="test", size="big")


def test_keys_are_case_sensitive(client: Any, arn: Any, tags_of: Callable[..., Any]) -> None:
    client.tag_resource(ResourceARN=arn, Tags=tags(team="blue", Team="red"))
    assert tags_of(arn) == tags(team="blue", Team="red")


@pytest.mark.rule("core.repeated-tag-keys")
def test_the_last_value_of_a_repeated_key_wins(client: Any, arn: Any, tags_of: Callable[..., Any]) -> None:
    client.tag_resource(ResourceARN=arn, Tags=tags(team="blue") + tags(team="red"))
    assert tags_of(arn) == tags(team="red")


def test_untag_removes_by_key(client: Any, arn: Any, tags_of: Callable[..., Any]) -> None:
    client.tag_resource(ResourceARN=arn, Tags=tags(team="blue", stage="test", size="big"))
    client.untag_resource(ResourceARN=arn, TagKeys=["team", "size"])
    assert tags_of(arn) == tags(stage="test")


@pytest.mark.rule("chime.missing-tag-keys")
def test_untag_ignores_missing_keys(client: Any, arn: Any, tags_of: Callable[..., Any]) -> None:
    client.tag_resource(ResourceARN=arn, Tags=tags(team="blue"))
    client.untag_resource(ResourceARN=arn, TagKeys=["stage", "Team"])
    assert tags_of(arn) == tags(team="blue")


def test_an_instance_can_be_created_with_tags(client: Any, tags_of: Callable[..., Any]) -> None:
    created = client.create_app_instance(Name="Chat", Tags=tags(team="blue"))
    assert tags_of(created["AppInstanceArn"]) == tags(team="blue")


def test_a_user_can_be_created_with_tags(
    create_user: Callable[..., str], tags_of: Callable[..., Any]
) -> None:
    assert tags_of(create_user("bob", Tags=tags(team="blue"))) == tags(team="blue")


def test_a_bot_can_be_created_with_tags(client: Any, instance_arn: str, tags_of: Callable[..., Any]) -> None:
    bot = {"AppInstanceArn": instance_arn, "Configuration": lex(), "Tags": tags(team="blue")}
    assert tags_of(client.create_app_instance_bot(**bot)["AppInstanceBotArn"]) == tags(team="blue")


def test_each_resource_has_its_own_tags(
    client: Any, instance_arn: str, user_arn: str, bot_arn: str, tags_of: Callable[..., Any]
) -> None:
    for number, arn in enumerate((instance_arn, user_arn, bot_arn)):
        client.tag_resource(ResourceARN=arn, Tags=tags(number=str(number)))
    assert tags_of(instance_arn) == tags(number="0")
    assert tags_of(user_arn) == tags(number="1")
    assert tags_of(bot_arn) == tags(number="2")


def test_tags_of_a_deleted_resource_cannot_be_listed(client: Any, arn: Any) -> None:
    client.tag_resource(ResourceARN=arn, Tags=tags(team="blue"))
    client.delete_app_instance(AppInstanceArn=arn.split("/user/")[0].split("/bot/")[0])
    with pytest.raises(client.exceptions.ForbiddenException):
        client.list_tags_for_resource(ResourceARN=arn)


@pytest.mark.rule("chime.missing-resource")
@pytest.mark.parametrize(
    ("operation", "more"),
    [
        ("tag_resource", {"Tags": tags(team="blue")}),
        ("untag_resource", {"TagKeys": ["team"]}),
        ("list_tags_for_resource", {}),
    ],
)
@pytest.mark.parametrize(
    "unknown",
    ["{nowhere}", "{nowhere}/user/alice", "{here}/user/bob", "{here}/bot/{uuid}", "{here}/channel/general"],
    ids=["instance", "user in no instance", "user", "bot", "channel"],
)
def test_an_unknown_arn_is_forbidden(
    client: Any, instance_arn: str, user_arn: str, unknown: str, operation: str, more: Any
) -> None:
    arn = unknown.format(nowhere=NOBODYS_INSTANCE, here=instance_arn, uuid=NOBODYS_UUID)
    with pytest.raises(client.exceptions.ForbiddenException):
        getattr(client, operation)(ResourceARN=arn, **more)


def test_the_longest_key_and_value_are_accepted(client: Any, arn: Any, tags_of: Callable[..., Any]) -> None:
    longest = tags(**{"k" * 128: "v" * 256})
    client.tag_resource(ResourceARN=arn, Tags=longest)
    assert tags_of(arn) == longest
