"""The users an app is shared with, by e-mail address."""

from collections.abc import Callable
from typing import Any

import pytest

from qchime.control.handle import Handle
from tests.services.qapps.samples import HERE, call_without_metadata


def permissions(*emails: Any, action: str = "read") -> Any:
    return [{"action": action, "principal": email} for email in emails]


@pytest.fixture
def grant(alice: Any, app_id: str) -> Callable[..., Any]:
    """Grants an action on Alice's app to a user."""

    def grant(*emails: Any, action: str = "read") -> Any:
        given = permissions(*emails, action=action)
        return alice.update_q_app_permissions(**HERE, appId=app_id, grantPermissions=given)

    return grant


@pytest.fixture
def shared_with(alice: Any, app_id: str) -> Callable[..., Any]:
    """The permissions of Alice's app: e-mail address, action and type."""

    def shared_with() -> Any:
        answer = alice.describe_q_app_permissions(**HERE, appId=app_id)
        return [
            (entry["principal"]["email"], entry["action"], entry["principal"]["userType"])
            for entry in answer["permissions"]
        ]

    return shared_with


OWNER = ("alice@example.com", "write", "owner")


def test_a_new_app_has_only_its_owner(alice: Any, qchime: Handle, app_id: str) -> None:
    user_id = qchime.users.add("alice@example.com").user_id
    assert call_without_metadata(alice, "DescribeQAppPermissions", **HERE, appId=app_id) == {
        "resourceArn": alice.get_q_app(**HERE, appId=app_id)["appArn"],
        "appId": app_id,
        "permissions": [
            {
                "action": "write",
                "principal": {"userId": user_id, "userType": "owner", "email": "alice@example.com"},
            }
        ],
    }


def test_a_grant_returns_the_full_list_with_the_owner_first(
    alice: Any, grant: Callable[..., Any], shared_with: Callable[..., Any], app_id: str
) -> None:
    grant("bob@example.com")
    answer = grant("carol@example.com", action="write")
    assert shared_with() == [
        OWNER,
        ("bob@example.com", "read", "user"),
        ("carol@example.com", "write", "user"),
    ]
    described = alice.describe_q_app_permissions(**HERE, appId=app_id)
    assert answer["permissions"] == described["permissions"]


def test_a_principal_is_returned_with_the_id_of_the_user(grant: Callable[..., Any], qchime: Handle) -> None:
    bob = qchime.users.add("bob@example.com")
    _, entry = grant("bob@example.com")["permissions"]
    assert entry["principal"] == {"userId": bob.user_id, "userType": "user", "email": "bob@example.com"}


@pytest.mark.rule("qapps.granted-emails")
def test_an_unregistered_email_becomes_a_known_user(grant: Callable[..., Any], qchime: Handle) -> None:
    """Amazon Q Apps would look it up in IAM Identity Center."""
    _, entry = grant("eve@example.com")["permissions"]
    assert [user.email for user in qchime.account("123456789012").users] == ["eve@example.com"]
    assert entry["principal"]["userId"] == qchime.users.add("eve@example.com").user_id


@pytest.mark.rule("qapps.one-grant-per-user")
def test_a_later_grant_replaces_an_earlier_one(
    grant: Callable[..., Any], shared_with: Callable[..., Any]
) -> None:
    """A user has one action, because the response shows one."""
    grant("bob@example.com", action="read")
    grant("bob@example.com", action="write")
    assert shared_with() == [OWNER, ("bob@example.com", "write", "user")]


def test_a_grant_to_the_owner_changes_nothing(
    grant: Callable[..., Any], shared_with: Callable[..., Any]
) -> None:
    """Owners have every right already."""
    grant("alice@example.com", action="read")
    assert shared_with() == [OWNER]


def test_a_revoked_grant_is_gone(
    alice: Any, bob: Any, app_id: str, grant: Callable[..., Any], shared_with: Callable[..., Any]
) -> None:
    grant("bob@example.com", "carol@example.com")
    alice.update_q_app_permissions(
        **HERE, appId=app_id, revokePermissions=permissions("bob@example.com", action="read")
    )
    assert shared_with() == [OWNER, ("carol@example.com", "read", "user")]
    with pytest.raises(bob.exceptions.AccessDeniedException):
        bob.get_q_app(**HERE, appId=app_id)


@pytest.mark.parametrize(
    ("email", "action"), [("carol@example.com", "read"), ("bob@example.com", "write")], ids=["user", "action"]
)
@pytest.mark.rule("qapps.missing-permission")
def test_revoking_a_missing_permission_is_ignored(
    alice: Any,
    app_id: str,
    grant: Callable[..., Any],
    shared_with: Callable[..., Any],
    email: str,
    action: str,
) -> None:
    """It is not documented."""
    grant("bob@example.com", action="read")
    alice.update_q_app_permissions(**HERE, appId=app_id, revokePermissions=permissions(email, action=action))
    assert shared_with() == [OWNER, ("bob@example.com", "read", "user")]


@pytest.mark.parametrize("action", ["read", "write"])
@pytest.mark.rule("qapps.owners-permission")
def test_the_owner_cannot_be_revoked(
    alice: Any, app_id: str, grant: Callable[..., Any], shared_with: Callable[..., Any], action: str
) -> None:
    """Such a call has no other effect."""
    grant("bob@example.com")
    with pytest.raises(alice.exceptions.ValidationException, match=r"alice@example\.com owns this"):
        alice.update_q_app_permissions(
            **HERE,
            appId=app_id,
            grantPermissions=permissions("carol@example.com"),
            revokePermissions=permissions("bob@example.com")
            + permissions("alice@example.com", action=action),
        )
    assert shared_with() == [OWNER, ("bob@example.com", "read", "user")]


def test_one_call_can_grant_and_revoke(
    alice: Any, app_id: str, grant: Callable[..., Any], shared_with: Callable[..., Any]
) -> None:
    grant("bob@example.com")
    alice.update_q_app_permissions(
        **HERE,
        appId=app_id,
        grantPermissions=permissions("carol@example.com"),
        revokePermissions=permissions("bob@example.com"),
    )
    assert shared_with() == [OWNER, ("carol@example.com", "read", "user")]


def test_a_call_that_grants_and_revokes_nothing_returns_the_list(alice: Any, app_id: str) -> None:
    answer = alice.update_q_app_permissions(**HERE, appId=app_id)
    assert [entry["principal"]["email"] for entry in answer["permissions"]] == ["alice@example.com"]


def test_at_most_a_hundred_can_be_granted_or_revoked_at_once(
    alice: Any, app_id: str, grant: Callable[..., Any], shared_with: Callable[..., Any]
) -> None:
    hundred = [f"user-{number}@example.com" for number in range(100)]
    grant(*hundred)
    assert len(shared_with()) == 101
    with pytest.raises(alice.exceptions.ValidationException, match="at 'grantPermissions' failed"):
        grant(*hundred, "one-too-many@example.com")
    with pytest.raises(alice.exceptions.ValidationException, match="at 'revokePermissions' failed"):
        alice.update_q_app_permissions(
            **HERE, appId=app_id, revokePermissions=permissions(*hundred, "one-too-many@example.com")
        )
    alice.update_q_app_permissions(**HERE, appId=app_id, revokePermissions=permissions(*hundred))
    assert shared_with() == [OWNER]


@pytest.mark.parametrize("member", ["grantPermissions", "revokePermissions"])
@pytest.mark.rule("qapps.principals")
def test_a_principal_must_be_an_email_address(alice: Any, app_id: str, member: str) -> None:
    """The documentation mentions only e-mail addresses."""
    with pytest.raises(alice.exceptions.ValidationException, match="bob is not an e-mail address"):
        alice.update_q_app_permissions(**HERE, appId=app_id, **{member: permissions("bob")})


def test_each_app_has_its_own_grants(
    alice: Any, bob: Any, create_app: Callable[..., str], grant: Callable[..., Any]
) -> None:
    grant("bob@example.com")
    other = create_app()
    with pytest.raises(bob.exceptions.AccessDeniedException):
        bob.get_q_app(**HERE, appId=other)


def test_everybody_who_may_use_an_app_may_see_its_permissions(
    alice: Any, bob: Any, app_id: str, grant: Callable[..., Any]
) -> None:
    grant("bob@example.com")
    assert (
        bob.describe_q_app_permissions(**HERE, appId=app_id)["permissions"]
        == (alice.describe_q_app_permissions(**HERE, appId=app_id)["permissions"])
    )
