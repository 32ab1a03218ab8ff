"""Permissions: which users an app is shared with, by e-mail address."""

from typing import Any

from qchime.core.backend import Call
from qchime.rules import inferred
from qchime.services.qapps.directory import Directory
from qchime.services.qapps.exceptions import ValidationException
from qchime.services.qapps.resources import App
from qchime.world import DEFAULT_USER, User

Permission = dict[str, Any]

OWNER = inferred(
    "qapps.owners-permission",
    "Revoking the owner's permission raises a ValidationException. A grant to the owner changes nothing.",
)
EMAILS = inferred(
    "qapps.principals", "A principal that is not an e-mail address raises a ValidationException."
)


class PermissionOperations(Directory):
    """https://docs.aws.amazon.com/amazonq/latest/api-reference/API_qapps_UpdateQAppPermissions.html"""

    @OWNER
    @inferred("qapps.one-grant-per-user", "A later grant to a user replaces an earlier one.")
    @inferred("qapps.missing-permission", "Revoking a permission that the user does not have has no effect.")
    @inferred("qapps.readmission", "A user who left an app may run it again after a new grant.")
    def update_q_app_permissions(
        self,
        call: Call,
        *,
        instance_id: str,
        app_id: str,
        grant_permissions: list[Permission] | None = None,
        revoke_permissions: list[Permission] | None = None,
    ) -> dict[str, Any]:
        """Grant permissions, then revoke permissions; the result is the full list."""
        app = self.app(call, instance_id, app_id)
        grants = {self._email(grant): grant["action"] for grant in grant_permissions or ()}
        revoked = [(self._email(permission), permission["action"]) for permission in revoke_permissions or ()]
        if any(email == app.owner_email for email, _ in revoked):
            message = f"{app.owner_email} owns this Q App, so that their permission cannot be revoked."
            raise ValidationException(message).because(OWNER)
        for email in grants:
            app.left_by.discard(self._user(email).user_id)
        app.grants.update({email: action for email, action in grants.items() if email != app.owner_email})
        for email, action in revoked:
            if app.grants.get(email) == action:
                del app.grants[email]
        return self._permissions(app)

    def describe_q_app_permissions(self, call: Call, *, instance_id: str, app_id: str) -> dict[str, Any]:
        """All permissions, the owner's first."""
        return self._permissions(self.app(call, instance_id, app_id))

    @inferred(
        "qapps.granted-emails",
        "Granting a permission to an e-mail address registers a user with this address, if there is none.",
        turn="users.add",
    )
    def _user(self, email: str) -> User:
        return DEFAULT_USER if email == DEFAULT_USER.email else self.world.users.named(email)

    @EMAILS
    def _email(self, permission: Permission) -> str:
        if "@" not in permission["principal"]:
            message = f"The principal {permission['principal']} is not an e-mail address."
            raise ValidationException(message).because(EMAILS)
        email: str = permission["principal"]
        return email

    def _permissions(self, app: App) -> dict[str, Any]:
        users = [(self._user(email), action) for email, action in app.grants.items()]
        permissions = [_permission(app.owner_id, app.owner_email, "write", "owner")]
        permissions += [_permission(user.user_id, user.email, action, "user") for user, action in users]
        return {"resource_arn": app.app_arn, "app_id": app.app_id, "permissions": permissions}


def _permission(user_id: str, email: str, action: str, user_type: str) -> dict[str, Any]:
    principal = {"user_id": user_id, "user_type": user_type, "email": email}
    return {"action": action, "principal": principal}
