"""Channels that expire, by the clock of the mock."""

from typing import Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError

from qchime import Handle
from tests.services.chimesdkidentity.samples import call_without_metadata, days
from tests.services.chimesdkmessaging.samples import NO_ACCESS, Chat

AFTER_LAST_MESSAGE = {"ExpirationDays": 2, "ExpirationCriterion": "LAST_MESSAGE_TIMESTAMP"}


@pytest.mark.rule("messaging.channel-expiry")
@pytest.mark.parametrize("settings", [days(2), AFTER_LAST_MESSAGE], ids=["since creation", "since message"])
def test_a_channel_is_gone_six_hours_after_it_expires(
    chat: Chat, client: Any, qchime: Handle, settings: dict[str, Any]
) -> None:
    channel = chat.create(ExpirationSettings=settings)
    qchime.clock.advance(days=2, hours=5, minutes=59)
    assert chat.describe(channel)["ExpirationSettings"] == settings
    qchime.clock.advance(minutes=1)
    with pytest.raises(client.exceptions.ForbiddenException, match=NO_ACCESS):
        chat.describe(channel)
    assert chat.channels() == []
    assert (
        client.list_channel_memberships_for_app_instance_user(ChimeBearer=chat.alice)["ChannelMemberships"]
        == []
    )


def test_settings_can_be_put_changed_and_removed(
    chat: Chat, client: Any, channel: str, qchime: Handle
) -> None:
    here = {"ChannelArn": channel, "ChimeBearer": chat.alice}
    answer = call_without_metadata(client, "PutChannelExpirationSettings", **here, ExpirationSettings=days(1))
    assert answer == {"ChannelArn": channel, "ExpirationSettings": days(1)}
    qchime.clock.advance(days=1, hours=5)
    client.put_channel_expiration_settings(**here, ExpirationSettings=days(3))
    qchime.clock.advance(days=1)
    assert chat.describe(channel)["ExpirationSettings"] == days(3)
    answer = call_without_metadata(client, "PutChannelExpirationSettings", **here)
    assert answer == {"ChannelArn": channel}
    qchime.clock.advance(days=100)
    assert "ExpirationSettings" not in chat.describe(channel)


def test_only_what_has_expired_is_gone(chat: Chat, qchime: Handle) -> None:
    arns = [chat.create(str(number), ExpirationSettings=days(number)) for number in (3, 1, 2)]
    kept = chat.create("kept")
    for left in ([arns[0], arns[2], kept], [arns[0], kept], [kept]):
        qchime.clock.advance(days=1, hours=6)
        assert chat.channels() == left


@pytest.mark.rule("messaging.bearer-required")
def test_settings_without_a_bearer_are_a_bad_request(client: Any, channel: str) -> None:
    with pytest.raises(client.exceptions.BadRequestException, match="x-amz-chime-bearer"):
        client.put_channel_expiration_settings(ChannelArn=channel)


@pytest.mark.parametrize("number", [0, 5476])
def test_bad_settings_are_a_bad_request(client: Any, chat: Chat, number: int) -> None:
    with pytest.raises((ClientError, ParamValidationError), match="xpirationDays"):
        chat.create(ExpirationSettings=days(number))
