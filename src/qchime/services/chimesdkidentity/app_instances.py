"""App instances: create, describe, list, update, delete."""

from typing import Any

from qchime.core.backend import Call
from qchime.core.tagging import TagList
from qchime.rules import inferred
from qchime.services.chimesdkidentity.directory import UPDATES, AppInstanceDeleted, Directory
from qchime.services.chimesdkidentity.resources import AppInstance
from qchime.services.chimesdkidentity.shared import PAGE


class AppInstanceOperations(Directory):
    """https://docs.aws.amazon.com/chime-sdk/latest/APIReference/API_identity-chime_CreateAppInstance.html"""

    @inferred("chime.app-instance-names", "Names of app instances need not be unique.")
    def create_app_instance(
        self,
        call: Call,
        *,
        name: str,
        client_request_token: str,
        metadata: str | None = None,
        tags: TagList | None = None,
    ) -> AppInstance:
        """Create an app instance. Names need not be unique."""
        self.check_metadata(metadata)
        if earlier := self.replayed(self.app_instances, client_request_token, call):
            return earlier
        limit = self.world.limits.app_instances_per_account
        self.check_quota(self.app_instances, limit, "app instances in this account and region")
        now = self.world.clock.now()
        arn = f"{self.app_instance_arns}/{self.new_uuid()}"
        instance = AppInstance(arn, name, metadata, now, now, self.tags_of({}, tags))
        return self.app_instances.add(
            arn, instance, client_token=client_request_token, parameters=call.parameters
        )

    def describe_app_instance(self, call: Call, *, app_instance_arn: str) -> dict[str, Any]:
        """One app instance in full."""
        return {"app_instance": self.instance(app_instance_arn)}

    def list_app_instances(
        self, call: Call, *, max_results: int = PAGE, next_token: str | None = None
    ) -> dict[str, Any]:
        """A page of summaries."""
        page = self.page(self.app_instances, max_results, next_token)
        return {"app_instances": page.items, "next_token": page.next_token}

    @UPDATES
    def update_app_instance(
        self, call: Call, *, app_instance_arn: str, name: str, metadata: str
    ) -> AppInstance:
        """Replace both name and metadata."""
        self.check_metadata(metadata)
        instance = self.instance(app_instance_arn)
        instance.name, instance.metadata = name, metadata
        instance.last_updated_timestamp = self.world.clock.now()
        return instance

    def delete_app_instance(self, call: Call, *, app_instance_arn: str) -> None:
        """Delete the app instance and everything in it."""
        self.instance(app_instance_arn)
        self.app_instances.remove(app_instance_arn)
        self.tell(AppInstanceDeleted(app_instance_arn))
