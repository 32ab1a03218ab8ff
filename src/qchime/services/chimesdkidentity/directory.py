"""Looks up resources by ARN, and raises the errors for those that are missing."""

from collections.abc import Iterator
from heapq import heappop
from typing import NamedTuple

from qchime.core.cloud import Account
from qchime.core.collection import Collection
from qchime.rules import Rule, inferred, observed
from qchime.services.chimesdkidentity.exceptions import ForbiddenException
from qchime.services.chimesdkidentity.integrity import IntegrityError, integrity_errors
from qchime.services.chimesdkidentity.resources import (
    AppInstance,
    AppInstanceBot,
    AppInstanceUser,
    Identity,
    State,
)
from qchime.services.chimesdkidentity.shared import TagOperations

REFERENCE = "https://docs.aws.amazon.com/chime-sdk/latest/APIReference/API_identity-chime_"

MISSING_USER = observed(
    "chime.missing-user",
    "A missing user raises a ForbiddenException, not a NotFoundException. Programs that run against AWS "
    "rely on it.",
    sources=[f"{REFERENCE}DescribeAppInstanceUser.html"],
)

MISSING_RESOURCE = inferred(
    "chime.missing-resource",
    "A missing app instance, bot, administrator or endpoint raises a ForbiddenException, like a missing "
    "user. Only DescribeAppInstanceBot declares, and raises, a NotFoundException.",
    sources=[f"{REFERENCE}DescribeAppInstanceBot.html"],
)
MALFORMED_ARNS = inferred(
    "chime.malformed-arns",
    "A malformed ARN of a user or bot raises a ForbiddenException, like the ARN of a missing one.",
)
UPDATES = inferred(
    "chime.update-timestamps",
    "Updates change LastUpdatedTimestamp, and so does a Put of expiration settings.",
)


class IdentityDeleted(NamedTuple):
    """News for other services: a user or a bot is gone, deleted or expired."""

    app_instance_arn: str
    arn: str


class AppInstanceDeleted(NamedTuple):
    """News for other services: an app instance is gone, with everything in it."""

    app_instance_arn: str


class RetentionChanges(NamedTuple):
    """News for other services: the retention settings of an app instance are about to change."""

    app_instance_arn: str


class Directory(TagOperations):
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
        instance = self.existing(arn)
        if instance is None:
            raise missing("app instance", arn)
        return instance

    def existing(self, arn: str) -> AppInstance | None:
        """As `instance`, but None if there is none."""
        instance = self.app_instances.get(arn)
        if instance is not None:
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

    def home(self, arn: str) -> AppInstance | None:
        """The app instance of the user or bot of this ARN; None if there is no such user or bot."""
        for kind in ("user", "bot"):
            instance = self.existing(arn.rpartition(f"/{kind}/")[0])
            if instance is not None and self.identity(instance, arn) is not None:
                return instance
        return None

    @inferred(
        "chime.deleted-identities",
        "Deleting a user or bot also removes its administrator role, its tags and its endpoints.",
    )
    def remove_identity(self, instance: AppInstance, arn: str) -> None:
        """Remove a user or a bot, and its administrator role, and tell other services."""
        instance.users.remove(arn)
        instance.bots.remove(arn)
        instance.admins.remove(arn)
        self.tell(IdentityDeleted(instance.app_instance_arn, arn))

    def reset(self) -> None:
        """Delete all app instances, and tell other services."""
        with self.lock:
            deleted = [AppInstanceDeleted(instance.app_instance_arn) for instance in self.app_instances]
            super().reset()
            for news in deleted:
                self.tell(news)

    def tagged(self, arn: str) -> AppInstance | Identity:
        """The app instance, user or bot of this ARN."""
        if "/user/" in arn:
            return self.user(arn)
        if "/bot/" in arn:
            return self.bot(arn)
        return self.instance(arn)

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
    "The message for a missing resource names the resource, and begins as in Amazon Chime SDK Messaging.",
)
def missing(what: str, arn: str, rule: Rule = MISSING_RESOURCE) -> ForbiddenException:
    """The error for a missing resource."""
    return ForbiddenException(
        f"You do not have sufficient access to perform this action (there is no {what} {arn})"
    ).because(rule)
