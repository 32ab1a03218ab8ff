"""boto3 with the server as its endpoint."""

from typing import Any

import boto3
import pytest

from qchime.server import Server


@pytest.fixture
def client(qchime_server: Server) -> Any:
    """A client with the server as its `endpoint_url`."""
    return boto3.client("chime-sdk-identity", region_name="us-east-1", endpoint_url=qchime_server.url)


def test_the_life_of_an_app_instance(client: Any) -> None:
    arn = client.create_app_instance(Name="Chat", Metadata="v1")["AppInstanceArn"]
    created = client.describe_app_instance(AppInstanceArn=arn)["AppInstance"]
    assert (created["Name"], created["Metadata"]) == ("Chat", "v1")

    client.update_app_instance(AppInstanceArn=arn, Name="Chat 😀", Metadata="")
    updated = client.describe_app_instance(AppInstanceArn=arn)["AppInstance"]
    assert (updated["Name"], updated["Metadata"]) == ("Chat 😀", "")
    assert updated["CreatedTimestamp"] == created["CreatedTimestamp"]
    assert updated["LastUpdatedTimestamp"] >= created["LastUpdatedTimestamp"]

    client.tag_resource(ResourceARN=arn, Tags=[{"Key": "team", "Value": "a"}, {"Key": "stage", "Value": "b"}])
    client.untag_resource(ResourceARN=arn, TagKeys=["stage"])
    assert client.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "team", "Value": "a"}]

    client.delete_app_instance(AppInstanceArn=arn)
    with pytest.raises(client.exceptions.ForbiddenException) as caught:
        client.describe_app_instance(AppInstanceArn=arn)
    assert caught.value.response["Error"]["Code"] == "ForbiddenException"
    assert caught.value.response["Code"] == "Forbidden"


def test_users_in_pages(client: Any) -> None:
    arn = client.create_app_instance(Name="Chat")["AppInstanceArn"]
    for number in range(5):
        client.create_app_instance_user(
            AppInstanceArn=arn, AppInstanceUserId=f"user-{number}", Name=f"User {number}"
        )
    pages, more = [], {}  # type: ignore[var-annotated]
    while True:
        page = client.list_app_instance_users(AppInstanceArn=arn, MaxResults=2, **more)
        pages.append([user["Name"] for user in page["AppInstanceUsers"]])
        if "NextToken" not in page:
            break
        more = {"NextToken": page["NextToken"]}

    assert pages == [["User 0", "User 1"], ["User 2", "User 3"], ["User 4"]]


def test_a_conflict_is_caught_by_its_type(client: Any) -> None:
    user = {
        "AppInstanceArn": client.create_app_instance(Name="Chat")["AppInstanceArn"],
        "AppInstanceUserId": "alice",
    }
    client.create_app_instance_user(Name="Alice", **user)
    with pytest.raises(client.exceptions.ConflictException):
        client.create_app_instance_user(Name="Bob", **user)


def test_the_environment_can_name_the_server(qchime_server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_CHIME_SDK_IDENTITY", qchime_server.url)
    client = boto3.Session().client("chime-sdk-identity", region_name="us-east-1")
    client.create_app_instance(Name="Chat")

    assert client.meta.endpoint_url == qchime_server.url
    assert len(client.list_app_instances()["AppInstances"]) == 1


def test_the_server_and_in_process_clients_share_one_state(
    client: Any, chime_sdk_identity_client: Any
) -> None:
    arn = client.create_app_instance(Name="Chat")["AppInstanceArn"]

    assert (
        chime_sdk_identity_client.describe_app_instance(AppInstanceArn=arn)["AppInstance"]["Name"] == "Chat"
    )


def test_the_servers_handle_affects_its_clients(client: Any, qchime_server: Server) -> None:
    qchime_server.limits.app_instances_per_account = 0
    with pytest.raises(client.exceptions.ResourceLimitExceededException):
        client.create_app_instance(Name="Chat")
