"""Who calls."""

import re
from typing import Any

import pytest

from qchime.world import User, Users


@pytest.fixture
def users() -> Users:
    return Users()


def test_a_user_has_an_email_an_id_and_credentials(users: Users):
    alice = users.add("alice@example.com")

    assert alice.email == "alice@example.com"
    assert re.fullmatch(r"[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[\da-f]{4}-[\da-f]{12}", alice.user_id)
    assert re.fullmatch(r"AKIA[0-9A-F]{16}", alice.access_key_id)
    assert alice.secret_access_key


def test_credentials_are_keywords_of_boto3(users: Users):
    alice = users.add("alice@example.com")

    assert alice.credentials == {
        "aws_access_key_id": alice.access_key_id,
        "aws_secret_access_key": alice.secret_access_key,
    }


def test_the_same_email_is_the_same_user(users: Users):
    assert users.add("alice@example.com") is users.add("alice@example.com")
    assert len(list(users)) == 1


def test_two_users_have_nothing_in_common(users: Users):
    alice, bob = users.add("alice@example.com"), users.add("bob@example.com")

    assert alice.user_id != bob.user_id
    assert alice.access_key_id != bob.access_key_id


def test_users_are_listed_in_the_order_in_which_they_came(users: Users):
    added = [users.add(f"{name}@example.com") for name in ("zoe", "alice", "bob")]

    assert list(users) == added


def test_users_can_be_added_while_they_are_listed(users: Users):
    users.add("alice@example.com")
    for user in users:
        users.add(f"friend-of-{user.email}")

    assert len(list(users)) == 2


def test_a_user_is_known_by_the_access_key(users: Users):
    alice = users.add("alice@example.com")

    assert users.by_access_key(alice.access_key_id) is alice


@pytest.mark.parametrize("key", ["", "AKIAUNKNOWN", "123456789012"])
def test_any_other_access_key_is_the_default_user(users: Users, key: str):
    users.add("alice@example.com")
    user = users.by_access_key(key)

    assert user.email == "default@example.com"
    assert user is users.by_access_key("another")


@pytest.mark.parametrize("email", ["alice", "", None, 5, b"alice@example.com"])
def test_what_is_no_email_address_is_refused(users: Users, email: Any):
    with pytest.raises(ValueError, match=r"users\.add takes an e-mail address"):
        users.add(email)

    assert list(users) == []


def test_reset_forgets_everybody(users: Users):
    alice = users.add("alice@example.com")
    users.reset()

    assert list(users) == []
    assert users.by_access_key(alice.access_key_id) is not alice


def test_a_user_cannot_be_changed(users: Users):
    alice: Any = users.add("alice@example.com")
    with pytest.raises(AttributeError):
        alice.email = "eve@example.com"

    assert isinstance(alice, User)
