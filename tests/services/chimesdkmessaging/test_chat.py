"""The index of who is in which channel, which lists of a user's channels rely on."""

from datetime import datetime, timedelta, timezone

from qchime.services.chimesdkmessaging.chat import Chat
from qchime.services.chimesdkmessaging.resources import Appointment, Channel, Membership, SubChannel

INSTANCE = "arn:aws:chime:us-east-1:123456789012:app-instance/x"
ALICE, BOB, CAROL = (f"{INSTANCE}/user/{name}" for name in ("alice", "bob", "carol"))
NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)


def channel_in(chat: Chat, name: str) -> Channel:
    """A channel with Alice and Bob, whom Alice moderates, and Carol banned."""
    arn = f"{INSTANCE}/channel/{name}"
    channel = Channel(
        channel_arn=arn,
        name=name,
        mode="RESTRICTED",
        privacy="PUBLIC",
        metadata=None,
        created_by_arn=ALICE,
        created_timestamp=NOW,
        last_updated_timestamp=NOW,
        tags={},
    )
    chat.channels.add(arn, channel)
    for member in (ALICE, BOB):
        chat.add_member(channel, Membership(member, "DEFAULT", ALICE, NOW, NOW))
    chat.add_moderator(channel, Appointment(ALICE, ALICE, NOW))
    chat.add_ban(channel, Appointment(CAROL, ALICE, NOW))
    return channel


def indexed(chat: Chat) -> list[tuple[list[SubChannel], list[Channel], list[Channel]]]:
    """The channels in which Alice, Bob and Carol are members, moderators and banned."""
    found = (chat.participation(arn) for arn in (ALICE, BOB, CAROL))
    return [(list(one.memberships), list(one.moderated), list(one.banned_in.values())) for one in found]


def test_it_has_members_moderators_and_bans_of_all_channels() -> None:
    chat = Chat(INSTANCE)
    both = [channel_in(chat, name) for name in ("one", "two")]
    assert indexed(chat) == [(both, both, []), (both, [], []), ([], [], both)]


def test_nothing_is_left_of_a_removed_channel() -> None:
    chat = Chat(INSTANCE)
    one, two = (channel_in(chat, name) for name in ("one", "two"))
    chat.remove_channel(one)
    assert indexed(chat) == [([two], [two], []), ([two], [], []), ([], [], [two])]
    chat.remove_channel(two)
    assert indexed(chat) == [([], [], [])] * 3
    assert chat._participations == {}, "an index of nobody takes no memory"


def test_it_is_the_same_after_a_load() -> None:
    chat = Chat(INSTANCE)
    for name in ("one", "two"):
        channel_in(chat, name)
    loaded = Chat(INSTANCE, chat.last_serial, chat.channels)
    assert indexed(loaded) == indexed(chat)


def test_a_channel_expires_after_its_last_message() -> None:
    chat = Chat(INSTANCE)
    channel = channel_in(chat, "one")
    channel.expiration_settings = {
        "expiration_days": 1,
        "expiration_criterion": "LAST_MESSAGE_TIMESTAMP",
    }
    chat.expire(channel)
    channel.last_message_timestamp = NOW + timedelta(days=1)
    assert chat.expired(NOW + timedelta(days=2)) == []
    assert chat.expired(NOW + timedelta(days=2, hours=6)) == [channel]
