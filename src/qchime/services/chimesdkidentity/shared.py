"""What the operations of every Amazon Chime SDK service with app instances have in common."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, Protocol

from qchime.core import tagging
from qchime.core.backend import Backend, Call
from qchime.core.collection import ClientTokenReused, Collection, NotOurToken, Page, Resource
from qchime.rules import inferred
from qchime.services.chimesdkidentity.exceptions import (
    INVALID_RULE,
    BadRequestException,
    ConflictException,
    ResourceLimitExceededException,
)

PAGE = 50
"""Items per page if the caller gives no MaxResults; also the documented maximum."""

LONGEST_METADATA = 1024
"""In bytes."""

PAGE_SIZE = inferred("chime.page-size", f"A page has {PAGE} items by default.", turn="MaxResults")

PAGE_TOKENS = inferred(
    "chime.page-tokens", "A page token that the list did not return raises a BadRequestException."
)

REUSED_CLIENT_TOKENS = inferred(
    "chime.reused-client-tokens", "Reusing a client token with other parameters raises a ConflictException."
)


class Tagged(Protocol):
    """A resource that has tags."""

    tags: dict[str, str]


class ChimeBackend(Backend):
    """Client tokens, quotas, pages and tags."""

    def replayed(self, collection: Collection[Resource], client_token: str, call: Call) -> Resource | None:
        """The resource that an earlier request with this client token created, if any.

        The same token with other parameters is a conflict.
        """
        try:
            return collection.replayed(client_token, call.parameters)
        except ClientTokenReused:
            error = ConflictException("The client request token was already used with other parameters.")
            raise error.because(REUSED_CLIENT_TOKENS) from None

    def check_metadata(self, metadata: str | None) -> None:
        """Raise BadRequestException if metadata has more than its 1 KB in UTF-8. The model counts characters.

        https://docs.aws.amazon.com/chime-sdk/latest/APIReference/API_identity-chime_CreateAppInstance.html
        """
        if metadata is not None and len(metadata.encode(errors="replace")) > LONGEST_METADATA:
            raise BadRequestException(
                f"Metadata can have at most {LONGEST_METADATA} bytes in UTF-8."
            ).because(INVALID_RULE)

    def check_quota(self, collection: Collection[Any], limit: int, what: str) -> None:
        """Raise ResourceLimitExceededException if the collection is full."""
        if len(collection) >= limit:
            raise ResourceLimitExceededException(f"The limit of {limit} {what} has been reached.")

    @inferred("chime.list-order", "Lists are in the order of creation.")
    def page(
        self, collection: Collection[Resource], size: int, token: str | None, **how: Any
    ) -> Page[Resource]:
        """A page in order of creation; `how` is passed to `Collection.page`."""
        try:
            return collection.page(size, token, **how)
        except NotOurToken:
            error = BadRequestException(
                "This list did not return the NextToken. Omit it to list from the beginning."
            )
            raise error.because(PAGE_TOKENS) from None

    def tags_of(self, old: dict[str, str], new: tagging.TagList | None) -> dict[str, str]:
        """The old tags updated with the new ones; too many exceed the limit."""
        try:
            return tagging.merged(old, tagging.from_list(new), self.world.limits.tags_per_resource)
        except tagging.TooManyTags as error:
            raise ResourceLimitExceededException(str(error)) from None


class TagOperations(ChimeBackend):
    """https://docs.aws.amazon.com/chime-sdk/latest/APIReference/API_identity-chime_TagResource.html"""

    @abstractmethod
    def tagged(self, arn: str) -> Tagged:
        """The resource of this ARN; a missing one is forbidden."""

    def tag_resource(self, call: Call, *, resource_arn: str, tags: tagging.TagList) -> None:
        """Add tags, overwriting those with the same keys."""
        resource = self.tagged(resource_arn)
        resource.tags = self.tags_of(resource.tags, tags)

    @inferred("chime.missing-tag-keys", "Removing a tag that the resource does not have is not an error.")
    def untag_resource(self, call: Call, *, resource_arn: str, tag_keys: list[str]) -> None:
        """Remove tags. Keys that the resource does not have are ignored."""
        resource = self.tagged(resource_arn)
        resource.tags = {key: value for key, value in resource.tags.items() if key not in tag_keys}

    @inferred("chime.untagged-resources", "An untagged resource lists `Tags: []`.")
    def list_tags_for_resource(self, call: Call, *, resource_arn: str) -> dict[str, Any]:
        """All tags of a resource; an empty list if it has none."""
        return {"tags": tagging.to_list(self.tagged(resource_arn).tags)}
