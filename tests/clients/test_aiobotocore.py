"""aiobotocore, with the server as its endpoint and under the decorators."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from qchime import mock_chimesdkidentity
from qchime.server import Server

session = pytest.importorskip("aiobotocore.session")

Flow = Callable[[Any], Coroutine[Any, Any, None]]


async def life_of_an_app_instance(client: Any) -> None:
    arn = (await client.create_app_instance(Name="Chat", Metadata="v1"))["AppInstanceArn"]
    created = (await client.describe_app_instance(AppInstanceArn=arn))["AppInstance"]
    assert (created["Name"], created["Metadata"]) == ("Chat", "v1")

    await client.update_app_instance(AppInstanceArn=arn, Name="Chat 😀", Metadata="")
    updated = (await client.describe_app_instance(AppInstanceArn=arn))["AppInstance"]
    assert (updated["Name"], updated["Metadata"]) == ("Chat 😀", "")

    await client.tag_resource(ResourceARN=arn, Tags=[{"Key": "team", "Value": "a"}])
    assert (await client.list_tags_for_resource(ResourceARN=arn))["Tags"] == [{"Key": "team", "Value": "a"}]

    await client.delete_app_instance(AppInstanceArn=arn)
    with pytest.raises(client.exceptions.ForbiddenException):
        await client.describe_app_instance(AppInstanceArn=arn)


async def users_in_pages(client: Any) -> None:
    arn = (await client.create_app_instance(Name="Chat"))["AppInstanceArn"]
    await asyncio.gather(
        *(
            client.create_app_instance_user(
                AppInstanceArn=arn, AppInstanceUserId=f"user-{number}", Name="Somebody"
            )
            for number in range(5)
        )
    )
    sizes, found, more = [], set(), {}  # type: ignore[var-annotated]
    while True:
        page = await client.list_app_instance_users(AppInstanceArn=arn, MaxResults=2, **more)
        sizes.append(len(page["AppInstanceUsers"]))
        found |= {user["AppInstanceUserArn"] for user in page["AppInstanceUsers"]}
        if "NextToken" not in page:
            break
        more = {"NextToken": page["NextToken"]}

    assert sizes == [2, 2, 1]
    assert found == {f"{arn}/user/user-{number}" for number in range(5)}


async def a_conflict_is_caught_by_its_type(client: Any) -> None:
    arn = (await client.create_app_instance(Name="Chat"))["AppInstanceArn"]
    user = {"AppInstanceArn": arn, "AppInstanceUserId": "alice"}
    await client.create_app_instance_user(Name="Alice", **user)
    with pytest.raises(client.exceptions.ConflictException) as caught:
        await client.create_app_instance_user(Name="Bob", **user)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 409


async def run(flow: Flow, **more: Any) -> None:
    keys = {"region_name": "us-east-1", "aws_access_key_id": "a", "aws_secret_access_key": "b"}
    async with session.get_session().create_client("chime-sdk-identity", **keys, **more) as client:
        await flow(client)


flows = pytest.mark.parametrize(
    "flow",
    [life_of_an_app_instance, users_in_pages, a_conflict_is_caught_by_its_type],
    ids=lambda flow: flow.__name__,
)


@flows
def test_with_the_server(qchime_server: Server, flow: Flow) -> None:
    asyncio.run(run(flow, endpoint_url=qchime_server.url))


@flows
def test_in_the_process(flow: Flow) -> None:
    with mock_chimesdkidentity():
        asyncio.run(run(flow))


@flows
def test_in_a_decorated_coroutine(flow: Flow) -> None:
    asyncio.run(mock_chimesdkidentity(run)(flow))
