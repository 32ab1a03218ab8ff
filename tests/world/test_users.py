"""Users and their credentials."""

import re
from datetime import timedelta
from typing import Any

import pytest

from qchime.core.cloud import Cloud
from qchime.world import Clock, User, Users, World
from qchime.world.users import UsersState


@pytest.fixture
def world() -> World:
    return Cloud().contents.world


@pytest.fixture
def clock(world: World) -> Clock:
    return world.clock


@pytest.fixture
def users(world: World) -> Users:
    return world.users


def test_a_user_has_an_email_an_id_and_credentials(users: Users) -> None:
    alice = users.add("alice@example.com")

    assert alice.email == "alice@example.com"
    assert re.fullmatch(r"[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[\da-f]{4}-[\da-f]{12}", alice.user_id)
    assert re.fullmatch(r"AKIAQC123456789012[0-9A-F]{8}", alice.access_key_id)
    assert alice.secret_access_key


def test_credentials_are_keywords_of_boto3(users: Users) -> None:
    alice = users.add("alice@example.com")

    assert alice.credentials == {
        "aws_access_key_id": alice.access_key_id,
        "aws_secret_access_key": alice.secret_access_key,
    }


def test_the_same_email_is_the_same_user(users: Users) -> None:
    assert users.add("alice@example.com") is users.add("alice@example.com")
    assert len(list(users)) == 1


def test_two_users_share_nothing(users: Users) -> None:
    alice, bob = users.add("alice@example.com"), users.add("bob@example.com")

    assert alice.user_id != bob.user_id
    assert alice.access_key_id != bob.access_key_id


def test_users_are_listed_in_order_of_registration(users: Users) -> None:
    added = [users.add(f"{name}@example.com") for name in ("zoe", "alice", "bob")]

    assert list(users) == added


def test_users_can_be_added_while_they_are_listed(users: Users) -> None:
    users.add("alice@example.com")
    for user in users:
        users.add(f"friend-of-{user.email}")

    assert len(list(users)) == 2


def test_a_user_is_identified_by_the_access_key(users: Users) -> None:
    alice = users.add("alice@example.com")

    assert users.by_access_key(alice.access_key_id) is alice


@pytest.mark.parametrize("key", ["", "AKIAUNKNOWN", "123456789012"])
def test_any_other_access_key_belongs_to_the_default_user(users: Users, key: str) -> None:
    users.add("alice@example.com")
    user = users.by_access_key(key)

    assert user.email == "default@example.com"
    assert user is users.by_access_key("another")


@pytest.mark.parametrize("email", ["alice", "", None, 5, b"alice@example.com"])
def test_an_invalid_email_address_is_refused(users: Users, email: Any) -> None:
    with pytest.raises(ValueError, match=r"users\.add takes an e-mail address"):
        users.add(email)

    assert list(users) == []


class TestTemporaryCredentials:
    def test_have_a_token_and_an_expiry(self, users: Users, clock: Clock) -> None:
        earliest = clock.now() + timedelta(seconds=60)
        alice = users.add("alice@example.com", expires_in=60)

        assert re.fullmatch(r"ASIAQC123456789012[0-9A-F]{8}", alice.access_key_id)
        assert alice.credentials == {
            "aws_access_key_id": alice.access_key_id,
            "aws_secret_access_key": alice.secret_access_key,
            "aws_session_token": alice.session_token,
        }
        assert alice.expires_at is not None
        assert earliest <= alice.expires_at <= clock.now() + timedelta(seconds=60)

    def test_expire_by_the_clock_of_the_mock(self, users: Users, clock: Clock) -> None:
        clock.advance(days=7)
        alice = users.add("alice@example.com", expires_in=60)

        assert alice.expires_at is not None
        assert alice.expires_at > clock.now()

    def test_are_new_each_time_for_the_same_user(self, users: Users) -> None:
        lasting = users.add("alice@example.com")
        first, second = (users.add("alice@example.com", expires_in=60) for _ in range(2))

        assert lasting == first == second
        assert len({lasting, first, second}) == 1
        assert len({user.access_key_id for user in (lasting, first, second)}) == 3
        assert len({user.secret_access_key for user in (lasting, first, second)}) == 3
        assert first.session_token != second.session_token
        assert list(users) == [lasting]

    def test_are_identified_by_their_access_keys(self, users: Users) -> None:
        temporary = users.add("alice@example.com", expires_in=60)
        lasting = users.add("alice@example.com")

        assert users.by_access_key(temporary.access_key_id) is temporary
        assert users.by_access_key(lasting.access_key_id) is lasting
        assert lasting.session_token is None
        assert lasting.expires_at is None

    def test_of_two_users_are_not_equal(self, users: Users) -> None:
        assert users.add("alice@example.com", expires_in=60) != users.add("bob@example.com", expires_in=60)

    @pytest.mark.parametrize("seconds", [1, 0.5, 10**6])
    def test_can_be_valid_for_any_time(self, users: Users, seconds: float) -> None:
        assert users.add("alice@example.com", expires_in=seconds).expires_at

    @pytest.mark.parametrize(
        "seconds", [0, -1, True, "60", b"60", [60], timedelta(60), float("nan"), float("inf"), 10**400, 1e15]
    )
    def test_with_an_invalid_expiry_are_refused(self, users: Users, seconds: Any) -> None:
        with pytest.raises(
            ValueError, match=r"users\.add takes expires_in as a number of seconds above 0, not"
        ):
            users.add("alice@example.com", expires_in=seconds)

        assert list(users) == []


def test_reset_removes_all_users(users: Users) -> None:
    alice, temporary = users.add("alice@example.com"), users.add("alice@example.com", expires_in=60)
    users.reset()

    assert list(users) == []
    assert users.by_access_key(alice.access_key_id) is not alice
    assert users.by_access_key(temporary.access_key_id) is not temporary


def test_a_user_cannot_be_changed(users: Users) -> None:
    alice: Any = users.add("alice@example.com")
    with pytest.raises(AttributeError):
        alice.email = "eve@example.com"

    assert isinstance(alice, User)


class TestContextAssertions:
    def test_are_listed_with_their_users(self, users: Users) -> None:
        alice = users.add("alice@example.com", context_assertion="Monday")

        assert users.add("alice@example.com", context_assertion="Tuesday") is alice
        assert users.context_assertions == dict.fromkeys(("Monday", "Tuesday"), "alice@example.com")

    def test_are_forgotten_by_a_reset(self, users: Users) -> None:
        users.add("alice@example.com", context_assertion="Monday")
        users.reset()

        assert users.context_assertions == {}

    def test_of_a_refused_user_are_not_kept(self, users: Users) -> None:
        users.add("bob@example.com", user_id="taken")
        with pytest.raises(ValueError, match="already has the user_id"):
            users.add("alice@example.com", user_id="taken", context_assertion="Monday")

        assert users.context_assertions == {}

    def test_of_everybody_cannot_be_somebody_elses_in_an_account(self) -> None:
        contents = Cloud().contents
        contents.world.users.add("alice@example.com", context_assertion="Monday")

        with pytest.raises(ValueError, match="already has the context assertion"):
            contents.account("111122223333").world.users.add("bob@example.com", context_assertion="Monday")

    def test_belong_to_users_in_a_state(self, users: Users) -> None:
        with pytest.raises(ValueError, match="has a context assertion but is not among the users"):
            UsersState(False, [users.add("bob@example.com")], {"Monday": "alice@example.com"})
