"""Users of an app instance, and their expiration."""

from heapq import heappush
from typing import Any

from qchime.core.backend import Call
from qchime.core.tagging import TagList
from qchime.rules import inferred, observed
from qchime.services.chimesdkidentity.directory import REFERENCE, UPDATES, Directory
from qchime.services.chimesdkidentity.exceptions import ConflictException
from qchime.services.chimesdkidentity.resources import AppInstance, AppInstanceUser
from qchime.services.chimesdkidentity.shared import PAGE

EXISTING_USERS = observed(
    "chime.existing-users",
    "Creating an existing user again with the same name and metadata changes nothing and returns its ARN; "
    "otherwise it raises a ConflictException. Programs that create their users at each sign-in rely on "
    "both.",
    sources=[f"{REFERENCE}CreateAppInstanceUser.html"],
)


class UserOperations(Directory):
    """https://docs.aws.amazon.com/chime-sdk/latest/APIReference/API_identity-chime_CreateAppInstanceUser.html"""

    @EXISTING_USERS
    @inferred(
        "chime.replayed-users", "A replayed client token takes precedence over the rule for existing users."
    )
    @inferred(
        "chime.same-users",
        "When an existing user is created again, absent Metadata equals empty Metadata, and different Tags "
        "or ExpirationSettings change nothing.",
    )
    def create_app_instance_user(
        self,
        call: Call,
        *,
        app_instance_arn: str,
        app_instance_user_id: str,
        name: str,
        client_request_token: str,
        metadata: str | None = None,
        tags: TagList | None = None,
        expiration_settings: dict[str, Any] | None = None,
    ) -> AppInstanceUser:
        """Create a user, or return the existing one unchanged if name and metadata are the same.

        A replayed client token takes precedence over that rule, other tags or expiration settings make no
        difference to it, and absent metadata equals empty metadata.
        """
        self.check_metadata(metadata)
        instance = self.instance(app_instance_arn)
        if earlier := self.replayed(instance.users, client_request_token, call):
            return earlier
        arn = f"{app_instance_arn}/user/{app_instance_user_id}"
        if existing := instance.users.get(arn):
            if (existing.name, existing.metadata or "") == (name, metadata or ""):
                return existing
            raise ConflictException(f"{arn} already exists with another name or other metadata.").because(
                EXISTING_USERS
            )
        limit = self.world.limits.users_per_app_instance
        self.check_quota(instance.users, limit, "users in this app instance")
        now = self.world.clock.now()
        user = AppInstanceUser(arn, name, metadata, now, now, self.tags_of({}, tags))
        instance.users.add(arn, user, client_token=client_request_token, parameters=call.parameters)
        _expire(instance, user, expiration_settings)
        return user

    def describe_app_instance_user(self, call: Call, *, app_instance_user_arn: str) -> dict[str, Any]:
        """One user in full."""
        return {"app_instance_user": self.user(app_instance_user_arn)}

    def list_app_instance_users(
        self, call: Call, *, app_instance_arn: str, max_results: int = PAGE, next_token: str | None = None
    ) -> dict[str, Any]:
        """A page of summaries."""
        page = self.page(self.instance(app_instance_arn).users, max_results, next_token)
        return {
            "app_instance_arn": app_instance_arn,
            "app_instance_users": page.items,
            "next_token": page.next_token,
        }

    @UPDATES
    def update_app_instance_user(
        self, call: Call, *, app_instance_user_arn: str, name: str, metadata: str
    ) -> AppInstanceUser:
        """Replace both name and metadata."""
        self.check_metadata(metadata)
        user = self.user(app_instance_user_arn)
        user.replace(name, metadata, self.world.clock.now())
        return user

    def delete_app_instance_user(self, call: Call, *, app_instance_user_arn: str) -> None:
        """Delete the user, its endpoints, its tags and its administrator role."""
        self.user(app_instance_user_arn)
        self.remove_identity(self.instance_of(app_instance_user_arn, "user"), app_instance_user_arn)

    @UPDATES
    def put_app_instance_user_expiration_settings(
        self, call: Call, *, app_instance_user_arn: str, expiration_settings: dict[str, Any] | None = None
    ) -> AppInstanceUser:
        """Set when the user expires, counted from its creation; without settings it never does."""
        user = self.user(app_instance_user_arn)
        _expire(self.instance_of(app_instance_user_arn, "user"), user, expiration_settings)
        user.last_updated_timestamp = self.world.clock.now()
        return user


def _expire(instance: AppInstance, user: AppInstanceUser, settings: dict[str, Any] | None) -> None:
    user.expiration_settings = settings
    if (gone_at := user.gone_at) is not None:
        heappush(instance.expiries, (gone_at, user.arn))
