"""A channel as its messages, with who sees them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.visiting import follow
from tests.services.chimesdkmessaging.samples import MESSAGE

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


def test_nothing_stands_in_the_way_of_a_screen_reader(
    page: Page, channel: Channel, violations: Callable[[], list[str]]
) -> None:
    channel.send("Good morning")
    open_channel(page, channel)
    assert violations() == []
