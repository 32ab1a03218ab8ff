"""Administrators of an app instance: users and bots that were promoted."""

from typing import Any

from qchime.core.backend import Call
from qchime.rules import inferred, observed
from qchime.services.chimesdkidentity.directory import REFERENCE, Directory, missing
from qchime.services.chimesdkidentity.exceptions import ConflictException, ForbiddenException
from qchime.services.chimesdkidentity.resources import AppInstance, AppInstanceAdmin
from qchime.services.chimesdkidentity.shared import PAGE

REPEATED_ADMIN = observed(
    "chime.repeated-admins",
    "Promoting an administrator again raises a ConflictException. Programs that run against AWS rely on it.",
    sources=[f"{REFERENCE}CreateAppInstanceAdmin.html"],
)
FOREIGN_ADMIN = inferred(
    "chime.foreign-admins",
    "Promoting anything other than a user or bot of the app instance raises a ForbiddenException, with the "
    "message that Amazon Chime SDK Messaging has for it.",
    sources=["https://github.com/aws/amazon-chime-sdk-js/issues/1148"],
)


class AdminOperations(Directory):
    """https://docs.aws.amazon.com/chime-sdk/latest/APIReference/API_identity-chime_CreateAppInstanceAdmin.html"""

    @REPEATED_ADMIN
    @FOREIGN_ADMIN
    def create_app_instance_admin(
        self, call: Call, *, app_instance_arn: str, app_instance_admin_arn: str
    ) -> dict[str, Any]:
        """Promote a user or a bot of this app instance; any other ARN is forbidden."""
        instance = self.instance(app_instance_arn)
        if app_instance_admin_arn in instance.admins:
            raise ConflictException(f"{app_instance_admin_arn} is already an administrator.").because(
                REPEATED_ADMIN
            )
        identity = self.identity(instance, app_instance_admin_arn)
        if identity is None:
            raise ForbiddenException(
                "An invalid app instance user ARN was supplied for the input parameter."
            ).because(FOREIGN_ADMIN)
        limit = self.world.limits.admins_per_app_instance
        self.check_quota(instance.admins, limit, "administrators of this app instance")
        admin = AppInstanceAdmin(identity.arn, app_instance_arn, self.world.clock.now())
        instance.admins.add(identity.arn, admin)
        return {"app_instance_admin": identity, "app_instance_arn": app_instance_arn}

    def describe_app_instance_admin(
        self, call: Call, *, app_instance_arn: str, app_instance_admin_arn: str
    ) -> dict[str, Any]:
        """The administrator, and when it was promoted."""
        instance = self.instance(app_instance_arn)
        admin = self._admin(instance, app_instance_admin_arn)
        return {"app_instance_admin": self._answer(instance, admin)}

    def list_app_instance_admins(
        self, call: Call, *, app_instance_arn: str, max_results: int = PAGE, next_token: str | None = None
    ) -> dict[str, Any]:
        """A page of administrators, in the order of their promotion."""
        instance = self.instance(app_instance_arn)
        page = self.page(instance.admins, max_results, next_token)
        return {
            "app_instance_arn": app_instance_arn,
            "app_instance_admins": [self._answer(instance, admin) for admin in page.items],
            "next_token": page.next_token,
        }

    def delete_app_instance_admin(
        self, call: Call, *, app_instance_arn: str, app_instance_admin_arn: str
    ) -> None:
        """Remove the administrator role; the user or bot stays."""
        instance = self.instance(app_instance_arn)
        self._admin(instance, app_instance_admin_arn)
        instance.admins.remove(app_instance_admin_arn)

    def _admin(self, instance: AppInstance, arn: str) -> AppInstanceAdmin:
        admin = instance.admins.get(arn)
        if admin is None:
            raise missing("administrator", arn)
        return admin

    def _answer(self, instance: AppInstance, admin: AppInstanceAdmin) -> dict[str, Any]:
        """The administrator, with the current name of the user or bot."""
        return {
            "admin": self.identity(instance, admin.admin_arn),
            "app_instance_arn": admin.app_instance_arn,
            "created_timestamp": admin.created_timestamp,
        }
