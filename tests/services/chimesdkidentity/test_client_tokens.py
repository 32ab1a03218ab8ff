"""The four operations that create one resource per client request token."""

from collections.abc import Callable
from typing import Any

import pytest

from qchime.control.handle import Handle
from qchime.server import Server
from tests.services.chimesdkidentity.samples import call, call_without_metadata, device, everything, lex, tags

IDS = {
    "CreateAppInstance": "AppInstanceArn",
    "CreateAppInstanceBot": "AppInstanceBotArn",
    "CreateAppInstanceUser": "AppInstanceUserArn",
    "RegisterAppInstanceUserEndpoint": "EndpointId",
}
ANOTHER = {
    "CreateAppInstance": {"Name": "Other"},
    "CreateAppInstanceBot": {"Name": "Other"},
    "CreateAppInstanceUser": {"AppInstanceUserId": "carol"},
    "RegisterAppInstanceUserEndpoint": device("other-device"),
}
"""Other parameters, with which the operation would create another resource but for the token."""


@pytest.fixture(params=IDS)
def operation(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture
def create(client: Any, inputs: dict[str, dict[str, Any]], operation: Any) -> Callable[..., Any]:
    """Call the operation with a client token; returns the ARN or id."""

    def create_one(token: Any, **more: Any) -> Any:
        given = {**inputs[operation], "ClientRequestToken": token, "Tags": tags(team="blue"), **more}
        if operation == "RegisterAppInstanceUserEndpoint":
            del given["Tags"]
        return call(client, operation, **given)[IDS[operation]]

    return create_one


def test_the_same_token_and_parameters_return_the_same_resource_and_change_nothing(
    client: Any, create: Callable[..., Any]
) -> None:
    first = create("token-1")
    before = everything(client)
    assert create("token-1") == first
    assert everything(client) == before


def test_the_order_of_members_makes_no_difference(client: Any) -> None:
    given = {"Name": "Chat", "ClientRequestToken": "token-1"}
    first = client.create_app_instance(**given, Tags=[{"Key": "team", "Value": "blue"}])
    again = client.create_app_instance(**given, Tags=[{"Value": "blue", "Key": "team"}])
    assert again["AppInstanceArn"] == first["AppInstanceArn"]


@pytest.mark.rule("chime.reused-client-tokens")
def test_same_token_with_other_parameters_is_a_conflict_and_changes_nothing(
    client: Any, create: Callable[..., Any], operation: Any
) -> None:
    """As in other AWS APIs."""
    create("token-1")
    before = everything(client)
    with pytest.raises(client.exceptions.ConflictException) as raised:
        create("token-1", **ANOTHER[operation])
    assert raised.value.response["Code"] == "Conflict"
    assert everything(client) == before


@pytest.mark.rule("chime.reused-client-tokens")
def test_the_same_token_with_one_more_parameter_is_a_conflict(
    client: Any, create: Callable[..., Any]
) -> None:
    create("token-1", Name="Somebody")
    with pytest.raises(client.exceptions.ConflictException):
        create("token-1", Name="Somebody else")


def test_another_token_creates_another_resource(create: Callable[..., Any], operation: Any) -> None:
    assert create("token-1") != create("token-2", **ANOTHER[operation])


@pytest.mark.parametrize("token", ["ab", "x" * 64, "-_aZ09"])
def test_tokens_have_two_to_sixty_four_letters_digits_hyphens_and_underscores(
    create: Callable[..., Any], token: str
) -> None:
    assert create(token) == create(token)


def test_tokens_of_different_operations_have_nothing_to_do_with_each_other(
    client: Any, inputs: dict[str, dict[str, Any]]
) -> None:
    token = {"ClientRequestToken": "the-same-everywhere"}
    made = {call(client, operation, **inputs[operation], **token)[IDS[operation]] for operation in IDS}
    assert len(made) == 4


def test_a_replay_does_not_undo_an_update(client: Any, instance_arn: str) -> None:
    alice = {"AppInstanceArn": instance_arn, "AppInstanceUserId": "bob", "Name": "Bob"}
    created = call_without_metadata(client, "CreateAppInstanceUser", **alice, ClientRequestToken="token-1")
    client.update_app_instance_user(**created, Name="Robert", Metadata="new")
    before = client.describe_app_instance_user(**created)["AppInstanceUser"]
    assert (
        call_without_metadata(client, "CreateAppInstanceUser", **alice, ClientRequestToken="token-1")
        == created
    )
    assert client.describe_app_instance_user(**created)["AppInstanceUser"] == before


@pytest.mark.rule("chime.replayed-users")
def test_a_replay_takes_precedence_over_a_conflict_of_names(client: Any, instance_arn: str) -> None:
    bob = {"AppInstanceArn": instance_arn, "AppInstanceUserId": "bob", "Name": "Bob"}
    created = call_without_metadata(client, "CreateAppInstanceUser", **bob, ClientRequestToken="token-1")
    client.update_app_instance_user(**created, Name="Robert", Metadata="")
    with pytest.raises(client.exceptions.ConflictException):
        client.create_app_instance_user(**bob, ClientRequestToken="token-2")
    assert (
        call_without_metadata(client, "CreateAppInstanceUser", **bob, ClientRequestToken="token-1") == created
    )


def test_a_replay_takes_precedence_over_an_exhausted_quota(client: Any, qchime: Handle) -> None:
    qchime.limits.app_instances_per_account = 1
    created = call_without_metadata(client, "CreateAppInstance", Name="Chat", ClientRequestToken="token-1")
    assert (
        call_without_metadata(client, "CreateAppInstance", Name="Chat", ClientRequestToken="token-1")
        == created
    )


def test_a_failed_request_does_not_use_up_its_token(client: Any, qchime: Handle) -> None:
    qchime.limits.app_instances_per_account = 0
    with pytest.raises(client.exceptions.ResourceLimitExceededException):
        client.create_app_instance(Name="Chat", ClientRequestToken="token-1")
    qchime.limits.app_instances_per_account = 1
    assert client.create_app_instance(Name="Talk", ClientRequestToken="token-1")["AppInstanceArn"]


@pytest.mark.rule("core.forgotten-client-tokens")
def test_a_token_is_forgotten_with_the_resource_it_created(client: Any) -> None:
    first = call_without_metadata(client, "CreateAppInstance", Name="Chat", ClientRequestToken="token-1")
    client.delete_app_instance(**first)
    again = call_without_metadata(client, "CreateAppInstance", Name="Talk", ClientRequestToken="token-1")
    assert again != first


def test_a_token_of_one_instance_is_new_in_another(client: Any, instance_arn: str) -> None:
    other = client.create_app_instance(Name="Other")["AppInstanceArn"]
    bot = {"Configuration": lex(), "ClientRequestToken": "token-1"}
    first = client.create_app_instance_bot(AppInstanceArn=instance_arn, **bot)["AppInstanceBotArn"]
    second = client.create_app_instance_bot(AppInstanceArn=other, **bot)["AppInstanceBotArn"]
    assert first.startswith(instance_arn)
    assert second.startswith(other)


def test_boto3_generates_a_new_token_each_time(client: Any) -> None:
    first, second = (client.create_app_instance(Name="Chat")["AppInstanceArn"] for _ in range(2))
    assert first != second


def test_null_for_an_optional_member_counts_as_absent_in_a_replay(client: Any, qchime_server: Server) -> None:
    """boto3 never sends null; other clients do."""
    import json
    from urllib.request import Request, urlopen

    def create(**body: object) -> str:
        content = json.dumps({"Name": "chat", "ClientRequestToken": "token-1", **body}).encode()
        request = Request(f"{qchime_server.url}/app-instances", content, method="POST")
        with urlopen(request) as response:
            return str(json.load(response)["AppInstanceArn"])

    assert create() == create(Metadata=None)
