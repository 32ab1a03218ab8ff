"""Retention: how long an app instance keeps the messages of its channels."""

from typing import Any

from qchime.core.backend import Call
from qchime.rules import inferred
from qchime.services.chimesdkidentity.directory import Directory, RetentionChanges
from qchime.services.chimesdkidentity.resources import AppInstance


class RetentionOperations(Directory):
    """https://docs.aws.amazon.com/chime-sdk/latest/APIReference/API_identity-chime_PutAppInstanceRetentionSettings.html"""

    def put_app_instance_retention_settings(
        self, call: Call, *, app_instance_arn: str, app_instance_retention_settings: dict[str, Any]
    ) -> dict[str, Any]:
        """Set the number of days, or turn retention off with empty channel settings."""
        instance = self.instance(app_instance_arn)
        self.tell(RetentionChanges(app_instance_arn))
        instance.retention = app_instance_retention_settings
        instance.retention_put_at = self.world.clock.now()
        return _settings(instance)

    @inferred("chime.initial-retention", "Before the first Put, the retention settings are empty.")
    def get_app_instance_retention_settings(self, call: Call, *, app_instance_arn: str) -> dict[str, Any]:
        """The settings that were put last; empty before the first Put."""
        return _settings(self.instance(app_instance_arn))


def _settings(instance: AppInstance) -> dict[str, Any]:
    return {
        "app_instance_retention_settings": instance.retention,
        "initiate_deletion_timestamp": instance.initiate_deletion_timestamp,
    }
