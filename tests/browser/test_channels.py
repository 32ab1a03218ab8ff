"""A channel as its messages, with who sees them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from qchime import Server
from tests.browser.visiting import follow
from tests.services.chimesdkidentity.samples import retention
from tests.services.chimesdkmessaging.samples import MESSAGE, streams

if TYPE_CHECKING:
    from playwright.sync_api import Page


class Channel:
    """A channel with Alice and Bob."""

    def __init__(self, identity: Any, messaging: Any) -> None:
        self.messaging = messaging
        instance = identity.create_app_instance(Name="Chat")["AppInstanceArn"]
        for name in ("alice", "bob"):
            identity.create_app_instance_user(
                AppInstanceArn=instance, AppInstanceUserId=name, Name=name.title()
            )
        self.alice, self.bob = f"{instance}/user/alice", f"{instance}/user/bob"
        created = messaging.create_channel(
            AppInstanceArn=instance, Name="General", ChimeBearer=self.alice, MemberArns=[self.bob]
        )
        self.arn = created["ChannelArn"]

    def send(self, content: str, **given: Any) -> str:
        """Send a message from Alice, and return its id."""
        message = {**MESSAGE, "Content": content, **given}
        sent = self.messaging.send_channel_message(ChannelArn=self.arn, ChimeBearer=self.alice, **message)
        return str(sent["MessageId"])


@pytest.fixture
def channel(client: Callable[..., Any]) -> Channel:
    return Channel(client("chime-sdk-identity"), client("chime-sdk-messaging"))


def open_channel(page: Page, channel: Channel) -> None:
    page.goto(f"/_qchime/page/search?text={channel.arn}")
    follow(page.get_by_role("link", name="General"))


def entries(page: Page) -> list[str]:
    return page.locator(".timeline li p").all_inner_texts()


def test_messages_are_those_that_clients_see_and_new_ones_come(page: Page, channel: Channel) -> None:
    channel.send("Good morning")
    open_channel(page, channel)
    channel.send("<b>How are you?</b>")
    page.get_by_text("<b>How are you?</b>").first.wait_for()
    listed = channel.messaging.list_channel_messages(ChannelArn=channel.arn, ChimeBearer=channel.bob)
    assert entries(page) == [message["Content"] for message in listed["ChannelMessages"]][::-1]
    assert page.locator(".timeline li b").all_inner_texts() == ["Alice", "Alice"]


def test_a_message_says_who_sees_it(page: Page, channel: Channel) -> None:
    channel.send("For all")
    channel.send("For Bob", Target=[{"MemberArn": channel.bob}])
    open_channel(page, channel)
    everybody, targeted = page.locator(".timeline li .dim").all_inner_texts()
    assert everybody == "standard, SENT, for everybody"
    assert targeted == "standard, SENT, only for alice, bob"


def test_a_redacted_message_says_so(page: Page, channel: Channel) -> None:
    message_id = channel.send("A secret")
    channel.messaging.redact_channel_message(
        ChannelArn=channel.arn, MessageId=message_id, ChimeBearer=channel.alice
    )
    open_channel(page, channel)
    assert page.locator(".timeline li .dim").inner_text() == "standard, SENT, redacted, for everybody"
    assert "A secret" not in page.locator(".timeline").inner_text()


def test_members_and_messages_are_inside_it(page: Page, channel: Channel) -> None:
    channel.send("Good morning")
    open_channel(page, channel)
    follow(page.get_by_role("link", name="Memberships 2"))
    assert page.locator("main tbody bdi.id").all_inner_texts() == [channel.alice, channel.bob]
    page.go_back()
    follow(page.get_by_role("link", name="Messages 1"))
    follow(page.get_by_role("link", name="Good morning"))
    assert page.get_by_role("cell", name=channel.alice).first.is_visible()


def test_what_retention_hides_from_clients_is_not_on_the_page_either(
    page: Page, channel: Channel, client: Callable[..., Any], server: Server
) -> None:
    channel.send("Old")
    open_channel(page, channel)
    assert entries(page) == ["Old"]
    client("chime-sdk-identity").put_app_instance_retention_settings(
        AppInstanceArn=channel.arn.partition("/channel/")[0], AppInstanceRetentionSettings=retention(7)
    )
    server.clock.advance(days=10)
    page.get_by_text("There is nothing yet.").wait_for()
    channel.send("New")
    page.locator(".timeline").wait_for()
    listed = channel.messaging.list_channel_messages(ChannelArn=channel.arn, ChimeBearer=channel.bob)
    assert entries(page) == [message["Content"] for message in listed["ChannelMessages"]] == ["New"]


def test_events_say_who_receives_them_as_they_come(page: Page, channel: Channel, server: Server) -> None:
    channel.send("For all")
    open_channel(page, channel)
    with page.expect_navigation():
        page.get_by_label("View").select_option("Events")
    channel.send("For Bob", Target=[{"MemberArn": channel.bob}])
    page.get_by_text("For Bob", exact=True).wait_for()
    types = page.locator(".timeline li b").all_inner_texts()
    assert types == [event.type for event in server.events(channel=channel.arn)]
    assert entries(page)[-2:] == ["For all", "For Bob"]
    receivers = page.locator(".timeline li .dim").all_inner_texts()
    assert receivers[-2:] == ["to alice, bob", "to alice, bob"]
    channel.send("For Alice", Target=[{"MemberArn": channel.alice}])
    page.get_by_text("For Alice", exact=True).wait_for()
    assert page.locator(".timeline li .dim").last.inner_text() == "to alice"


def test_events_say_which_streams_carry_them(
    page: Page, channel: Channel, client: Callable[..., Any]
) -> None:
    instance = channel.arn.partition("/channel/")[0]
    client("chime-sdk-messaging").put_messaging_streaming_configurations(
        AppInstanceArn=instance, **streams(channel.arn, "ChannelMessage")
    )
    channel.send("For all")
    page.goto(f"/_qchime/page/search?text={channel.arn}")
    follow(page.get_by_role("link", name="General"))
    with page.expect_navigation():
        page.get_by_label("View").select_option("Events")
    assert page.locator(".timeline li .dim").last.inner_text() == "to alice, bob, streams"
