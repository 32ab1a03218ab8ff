"""The web site, tested with moto's STS."""

from collections.abc import Iterator

import pytest
from chat_room import Banned
from moto import mock_aws
from web import CENSOR, ROLE, Site

from qchime import mock_chimesdkidentity, mock_chimesdkmessaging


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws(), mock_chimesdkidentity(), mock_chimesdkmessaging():
        yield Site(None, ROLE, CENSOR)


def test_a_page_gets_what_it_needs(site: Site) -> None:
    given = site.sign_in("Bob")
    assert given["user"].startswith(f"{site.room.arn}/user/")
    assert given["channel"] == site.channel
    assert given["region"] == "us-east-1"
    assert given["endpoint"] == "https://messaging-chime.us-east-1.amazonaws.com"
    assert given["credentials"]["sessionToken"]


@pytest.mark.parametrize("name", ["Bob", "Zoë Müller-Łukasz", "山田 太郎", "back-end", "a" * 100])
def test_whoever_signs_in_again_is_the_same_person(site: Site, name: str) -> None:
    user = site.sign_in(name)["user"]
    assert site.sign_in(name.upper())["user"] == user != site.room.admin
    site.room.say(site.channel, user, "Hello")
    assert [line.speaker for line in site.room.history(site.channel, user)] == [name.upper()]


def test_alice_is_the_moderator(site: Site) -> None:
    alice, bob = site.sign_in("Alice"), site.sign_in("Bob")
    assert (alice["isModerator"], bob["isModerator"]) == (True, False)
    site.room.ban(site.channel, bob["user"], moderator=alice["user"])
    with pytest.raises(Banned):
        site.sign_in("Bob")


def test_another_site_may_use_the_same_chat_room(site: Site) -> None:
    bob = site.sign_in("Bob")["user"]
    site.room.say(site.channel, bob, "Hello")
    other = Site(site.room.arn, ROLE, CENSOR)
    assert [line.text for line in other.room.history(other.channel, other.sign_in("Bob")["user"])] == [
        "Hello"
    ]
