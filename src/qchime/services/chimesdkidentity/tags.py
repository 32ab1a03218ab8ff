"""Tags of app instances, users and bots."""

from typing import Any

from qchime.core import tagging
from qchime.core.backend import Call
from qchime.rules import inferred
from qchime.services.chimesdkidentity.directory import Directory
from qchime.services.chimesdkidentity.resources import AppInstance, Identity


class TagOperations(Directory):
    """https://docs.aws.amazon.com/chime-sdk/latest/APIReference/API_identity-chime_TagResource.html"""

    def tag_resource(self, call: Call, *, resource_arn: str, tags: tagging.TagList) -> None:
        """Add tags, overwriting those with the same keys."""
        resource = self._tagged(resource_arn)
        resource.tags = self.tags_of(resource.tags, tags)

    @inferred("chime.missing-tag-keys", "Removing a tag that the resource does not have is not an error.")
    def untag_resource(self, call: Call, *, resource_arn: str, tag_keys: list[str]) -> None:
        """Remove tags. Keys that the resource does not have are ignored."""
        resource = self._tagged(resource_arn)
        resource.tags = {key: value for key, value in resource.tags.items() if key not in tag_keys}

    @inferred("chime.untagged-resources", "An untagged resource lists `Tags: []`.")
    def list_tags_for_resource(self, call: Call, *, resource_arn: str) -> dict[str, Any]:
        """All tags of a resource; an empty list if it has none."""
        return {"tags": tagging.to_list(self._tagged(resource_arn).tags)}

    def _tagged(self, arn: str) -> AppInstance | Identity:
        if "/user/" in arn:
            return self.user(arn)
        if "/bot/" in arn:
            return self.bot(arn)
        return self.instance(arn)
