"""Looks up resources by ARN, and raises the errors for those that are missing."""

from collections.abc import Iterator
from heapq import heappop
from typing import Any

from qchime.core import tagging
from qchime.core.backend import Backend, Call
from qchime.core.cloud import Account
from qchime.core.collection import ClientTokenReused, Collection, NotOurToken, Page, Resource
from qchime.rules import Rule, inferred, observed
from qchime.services.chimesdkidentity.exceptions import (
    INVALID_RULE,
    BadRequestException,
    ConflictException,
    ForbiddenException,
    ResourceLimitExceededException,
)
from qchime.services.chimesdkidentity.integrity import IntegrityError, integrity_errors
from qchime.services.chimesdkidentity.resources import (
    AppInstance,
    AppInstanceBot,
    AppInstanceUser,
    Identity,
    State,
)

REFERENCE = "https://docs.aws.amazon.com/chime-sdk/latest/APIReference/API_identity-chime_"

PAGE = 50
"""Items per page if the caller gives no MaxResults; also the documented maximum."""

LONGEST_METADATA = 1024
"""In bytes."""

PAGE_SIZE = inferred("chime.page-size", f"A page has {PAGE} items by default.", turn="MaxResults")
PAGE_TOKENS = inferred(
    "chime.page-tokens", "A page token that the list did not return is a BadRequestException."
)
MISSING_USER = observed(
    "chime.missing-user",
    "A missing user is a ForbiddenException, not a NotFoundException. Programs that run against AWS rely on "
    "it.",
    sources=[f"{REFERENCE}DescribeAppInstanceUser.html"],
)


MISSING_RESOURCE = inferred(
    "chime.missing-resource",
    "A missing app instance, bot, administrator or endpoint is a ForbiddenException, like a missing user. "
    "Only DescribeAppInstanceBot declares NotFoundException, and answers with it.",
    sources=[f"{REFERENCE}DescribeAppInstanceBot.html"],
)
MALFORMED_ARNS = inferred(
    "chime.malformed-arns",
    "The ARN of a user or bot that has no such form counts as that of a missing one: it is a "
    "ForbiddenException.",
)
REUSED_CLIENT_TOKENS = inferred(
    "chime.reused-client-tokens", "Reusing a client token with other parameters is a ConflictException."
)


UPDATES = inferred(
    "chime.update-timestamps",
    "Updates change LastUpdatedTimestamp, and so does a Put of expiration settings.",
)


class Directory(Backend):
    """The app instances of one account and region, and how operations look them up.

    A missing resource raises ForbiddenException.
    """

    def __init__(self, region_name: str, account: Account) -> None:
        super().__init__(region_name, account)
        arn = f"arn:{self.partition}:chime:{region_name}:{account.id}:app-instance"
        self.app_instance_arns = arn
        self.app_instances: Collection[AppInstance] = Collection(arn)

    def state(self) -> State:
        """The app instances, as they are kept in a state file."""
        return State(self.app_instances)

    def restore(self, state: State) -> None:
        """Replace the app instances with those of a state file."""
        self.app_instances = state.app_instances
        self.app_instances.rename(self.app_instance_arns)

    def integrity_errors(self) -> Iterator[IntegrityError]:
        """Inconsistencies in the state, such as an ARN of another account."""
        return integrity_errors(self.state(), self.app_instance_arns)

    def instance(self, arn: str) -> AppInstance:
        """The app instance of this ARN, after removing users that have expired."""
        instance = self.app_instances.get(arn)
        if instance is None:
            raise missing("app instance", arn)
        self._drop_expired(instance)
        return instance

    def user(self, arn: str) -> AppInstanceUser:
        """The user of this ARN. A malformed ARN counts as a missing user."""
        user = self.instance_of(arn, "user").users.get(arn)
        if user is None:
            raise missing("app instance user", arn, MISSING_USER)
        return user

    def bot(self, arn: str) -> AppInstanceBot:
        """The bot of this ARN."""
        bot = self.instance_of(arn, "bot").bots.get(arn)
        if bot is None:
            raise missing("app instance bot", arn)
        return bot

    @MALFORMED_ARNS
    def instance_of(self, arn: str, kind: str) -> AppInstance:
        """The app instance in a user's or bot's ARN; `kind` is `user` or `bot`."""
        instance_arn, divider, _ = arn.rpartition(f"/{kind}/")
        if not divider:
            raise missing(f"app instance {kind}", arn, MALFORMED_ARNS)
        if instance_arn not in self.app_instances:
            raise missing(f"app instance {kind}", arn, MISSING_USER if kind == "user" else MISSING_RESOURCE)
        return self.instance(instance_arn)

    def identity(self, instance: AppInstance, arn: str) -> Identity | None:
        """The user or bot of this app instance with this ARN, if there is one."""
        return instance.users.get(arn) or instance.bots.get(arn)

    @inferred(
        "chime.deleted-identities",
        "Deleting a user or bot also removes its administrator role, its tags and its endpoints.",
    )
    def remove_identity(self, instance: AppInstance, arn: str) -> None:
        """Remove a user or a bot, and its administrator role."""
        instance.users.remove(arn)
        instance.bots.remove(arn)
        instance.admins.remove(arn)

    def replayed(self, collection: Collection[Resource], client_token: str, call: Call) -> Resource | None:
        """The resource that an earlier request with this client token created, if any.

        The same token with other parameters is a conflict.
        """
        try:
            return collection.replayed(client_token, call.parameters)
        except ClientTokenReused:
            raise ConflictException(
                f"The client request token {client_token} was already used with other parameters."
            ).because(REUSED_CLIENT_TOKENS) from None

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

    def tags_of(self, old: dict[str, str], new: tagging.TagList | None) -> dict[str, str]:
        """The old tags updated with the new ones; too many exceed the limit."""
        try:
            return tagging.merged(old, tagging.from_list(new), self.world.limits.tags_per_resource)
        except tagging.TooManyTags as error:
            raise ResourceLimitExceededException(str(error)) from None

    @inferred("chime.list-order", "Lists are in the order of creation.")
    def page(self, collection: Collection[Resource], size: int, token: str | None) -> Page[Resource]:
        """A page in order of creation."""
        try:
            return collection.page(size, token)
        except NotOurToken:
            error = BadRequestException("The NextToken is not one that this list returned.")
            raise error.because(PAGE_TOKENS) from None

    def _drop_expired(self, instance: AppInstance) -> None:
        if not instance.expiries:
            return
        now = self.world.clock.now()
        while instance.expiries and instance.expiries[0][0] <= now:
            _, arn = heappop(instance.expiries)
            user = instance.users.get(arn)
            if user is not None and user.gone_at is not None and user.gone_at <= now:
                self.remove_identity(instance, arn)


@inferred(
    "chime.missing-message",
    "The message for a missing resource names it, and begins as in the sibling messaging API.",
)
def missing(what: str, arn: str, rule: Rule = MISSING_RESOURCE) -> ForbiddenException:
    """The error for a missing resource."""
    return ForbiddenException(
        f"You do not have sufficient access to perform this action (there is no {what} {arn})"
    ).because(rule)
