"""The five lists, page by page."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from qchime.control.handle import Handle
from tests.services.chimesdkidentity.samples import call_without_metadata, device, lex


@dataclass
class Listing:
    """One of the lists: how to fill it, read a page of it, and delete its items."""

    create: Callable[[int], str]
    delete: Callable[[str], Any]
    read: Callable[..., dict[str, Any]]
    member: str
    key: Callable[[dict[str, Any]], str]

    def fill(self, number: int) -> list[str]:
        return [self.create(one) for one in range(number)]

    def page(self, **given: Any) -> tuple[list[str], str | None]:
        answer = self.read(**given)
        return [self.key(item) for item in answer[self.member]], answer.get("NextToken")

    def pages(self, size: int) -> list[list[str]]:
        keys, token = self.page(MaxResults=size)
        pages = [keys]
        while token:
            keys, token = self.page(MaxResults=size, NextToken=token)
            pages.append(keys)
        return pages


def app_instances(client: Any, **_: Any) -> Any:
    return Listing(
        create=lambda one: client.create_app_instance(Name=f"Chat {one}")["AppInstanceArn"],
        delete=lambda arn: client.delete_app_instance(AppInstanceArn=arn),
        read=client.list_app_instances,
        member="AppInstances",
        key=lambda item: item["AppInstanceArn"],
    )


def users(client: Any, instance_arn: Any, create_user: Any) -> Any:
    return Listing(
        create=lambda one: create_user(f"user-{99 - one}"),
        delete=lambda arn: client.delete_app_instance_user(AppInstanceUserArn=arn),
        read=lambda **given: client.list_app_instance_users(AppInstanceArn=instance_arn, **given),
        member="AppInstanceUsers",
        key=lambda item: item["AppInstanceUserArn"],
    )


def admins(client: Any, instance_arn: Any, create_user: Any) -> Any:
    here = {"AppInstanceArn": instance_arn}

    def promote(one: Any) -> Any:
        arn = create_user(f"user-{99 - one}")
        return client.create_app_instance_admin(**here, AppInstanceAdminArn=arn)["AppInstanceAdmin"]["Arn"]

    return Listing(
        create=promote,
        delete=lambda arn: client.delete_app_instance_admin(**here, AppInstanceAdminArn=arn),
        read=lambda **given: client.list_app_instance_admins(**here, **given),
        member="AppInstanceAdmins",
        key=lambda item: item["Admin"]["Arn"],
    )


def bots(client: Any, instance_arn: Any, **_: Any) -> Any:
    bot = {"AppInstanceArn": instance_arn, "Configuration": lex()}
    return Listing(
        create=lambda one: client.create_app_instance_bot(**bot)["AppInstanceBotArn"],
        delete=lambda arn: client.delete_app_instance_bot(AppInstanceBotArn=arn),
        read=lambda **given: client.list_app_instance_bots(AppInstanceArn=instance_arn, **given),
        member="AppInstanceBots",
        key=lambda item: item["AppInstanceBotArn"],
    )


def endpoints(client: Any, create_user: Any, **_: Any) -> Any:
    user = {"AppInstanceUserArn": create_user("owner")}

    def register(one: Any) -> Any:
        endpoint = client.register_app_instance_user_endpoint(**user, **device(f"device-{one}"))
        return endpoint["EndpointId"]

    return Listing(
        create=register,
        delete=lambda id_: client.deregister_app_instance_user_endpoint(**user, EndpointId=id_),
        read=lambda **given: client.list_app_instance_user_endpoints(**user, **given),
        member="AppInstanceUserEndpoints",
        key=lambda item: item["EndpointId"],
    )


LISTS = [app_instances, users, admins, bots, endpoints]


@pytest.fixture(params=LISTS, ids=lambda make: make.__name__)
def listing(request: pytest.FixtureRequest, client: Any, qchime: Handle) -> Any:
    """Each list in turn, empty and with room for many."""
    qchime.limits.endpoints_per_user = 1000
    if request.param is app_instances:
        return app_instances(client)
    fixtures = {name: request.getfixturevalue(name) for name in ("instance_arn", "create_user")}
    return request.param(client, **fixtures)


@pytest.fixture
def another_list(listing: Any, client: Any, create_user: Callable[..., str]) -> Callable[..., Any]:
    """A list that is not in `listing`: the endpoints of another user."""
    owner = {"AppInstanceUserArn": create_user("another-owner")}
    for token in ("a", "b", "c"):
        client.register_app_instance_user_endpoint(**owner, **device(token))
    return lambda **given: client.list_app_instance_user_endpoints(**owner, **given)


def test_an_empty_list_is_one_page_without_a_token(listing: Any) -> None:
    answer = listing.read()
    assert answer[listing.member] == []
    assert "NextToken" not in answer


@pytest.mark.rule("chime.list-order")
def test_items_are_listed_in_order_of_creation(listing: Any) -> None:
    created = listing.fill(7)
    assert listing.page() == (created, None)


def test_pages_of_two_cover_everything_in_order(listing: Any) -> None:
    created = listing.fill(5)
    assert listing.pages(size=2) == [created[:2], created[2:4], created[4:]]


def test_a_full_last_page_has_no_token(listing: Any) -> None:
    created = listing.fill(4)
    assert listing.pages(size=2) == [created[:2], created[2:]]


def test_the_last_page_has_no_next_token(listing: Any) -> None:
    listing.fill(2)
    assert "NextToken" in listing.read(MaxResults=1)
    assert "NextToken" not in listing.read(MaxResults=2)


@pytest.mark.rule("chime.page-size")
def test_a_page_has_fifty_items_by_default(listing: Any) -> None:
    created = listing.fill(51)
    keys, token = listing.page()
    assert keys == created[:50]
    assert listing.page(NextToken=token) == (created[50:], None)


def test_the_page_size_can_change_while_paging(listing: Any) -> None:
    created = listing.fill(6)
    _, token = listing.page(MaxResults=1)
    keys, token = listing.page(MaxResults=3, NextToken=token)
    assert keys == created[1:4]
    assert listing.page(NextToken=token) == (created[4:], None)


def test_a_token_can_be_used_again(listing: Any) -> None:
    created = listing.fill(4)
    _, token = listing.page(MaxResults=1)
    assert listing.page(MaxResults=2, NextToken=token) == listing.page(MaxResults=2, NextToken=token)
    assert listing.page(NextToken=token)[0] == created[1:]


def test_deleting_each_page_while_paging_covers_everything_exactly_once(listing: Any) -> None:
    """Observed with real clients."""
    created = listing.fill(7)
    seen, token = listing.page(MaxResults=2)
    for key in seen:
        listing.delete(key)
    while token:
        keys, token = listing.page(MaxResults=2, NextToken=token)
        seen += keys
        for key in keys:
            listing.delete(key)
    assert seen == created
    assert listing.page() == ([], None)


def test_items_deleted_ahead_of_the_page_are_not_listed(listing: Any) -> None:
    created = listing.fill(5)
    _, token = listing.page(MaxResults=2)
    listing.delete(created[3])
    assert listing.page(NextToken=token) == ([created[2], created[4]], None)


def test_items_created_while_paging_are_listed_last(listing: Any) -> None:
    created = listing.fill(3)
    _, token = listing.page(MaxResults=2)
    new = listing.create(50)
    assert listing.page(NextToken=token) == ([created[2], new], None)


def test_a_page_is_empty_if_the_remaining_items_were_deleted(listing: Any) -> None:
    created = listing.fill(2)
    _, token = listing.page(MaxResults=1)
    listing.delete(created[1])
    assert listing.page(NextToken=token) == ([], None)


@pytest.mark.rule("chime.page-tokens")
@pytest.mark.parametrize(
    "rubbish",
    ["rubbish", "2", "ä🙂", " ", "x" * 2048, base64.b64encode(b'["x", 1]').decode()],
    ids=["word", "offset", "not ASCII", "blank", "longest", "our form"],
)
def test_an_unknown_token_is_a_bad_request(client: Any, listing: Any, rubbish: Any) -> None:
    listing.fill(2)
    with pytest.raises(client.exceptions.BadRequestException) as raised:
        listing.read(NextToken=rubbish)
    assert raised.value.response["Code"] == "BadRequest"


@pytest.mark.rule("chime.page-tokens")
def test_a_token_of_another_list_is_a_bad_request(
    client: Any, listing: Any, another_list: Callable[..., Any]
) -> None:
    listing.fill(3)
    with pytest.raises(client.exceptions.BadRequestException):
        listing.read(NextToken=another_list(MaxResults=1)["NextToken"])


@pytest.mark.rule("chime.page-tokens")
def test_a_token_of_the_same_list_in_another_instance_is_a_bad_request(
    client: Any, create_user: Callable[..., str]
) -> None:
    first = create_user("a").split("/user/")[0]
    create_user("b")
    token = client.list_app_instance_users(AppInstanceArn=first, MaxResults=1)["NextToken"]
    second = client.create_app_instance(Name="Other")["AppInstanceArn"]
    with pytest.raises(client.exceptions.BadRequestException):
        client.list_app_instance_users(AppInstanceArn=second, NextToken=token)


def test_fifty_on_a_page_are_accepted(listing: Any) -> None:
    created = listing.fill(2)
    assert listing.page(MaxResults=50) == (created, None)


@pytest.mark.parametrize("size", ["many", "1.5", ""])
def test_a_page_size_that_is_not_a_number_is_a_bad_request(unchecked_client: Any, size: str) -> None:
    with pytest.raises(unchecked_client.exceptions.BadRequestException, match="at 'maxResults' failed"):
        unchecked_client.list_app_instances(MaxResults=size)


def test_a_recreated_user_is_listed_last(
    client: Any, instance_arn: str, create_user: Callable[..., str]
) -> None:
    first, second = create_user("first"), create_user("second")
    client.delete_app_instance_user(AppInstanceUserArn=first)
    create_user("first")
    listed = call_without_metadata(client, "ListAppInstanceUsers", AppInstanceArn=instance_arn)[
        "AppInstanceUsers"
    ]
    assert [user["AppInstanceUserArn"] for user in listed] == [second, first]
