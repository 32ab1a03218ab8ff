"""Where everything is found, and what is answered when it is not there."""

from collections.abc import Iterator
from heapq import heappop
from typing import Any

from qchime.core import tagging
from qchime.core.backend import Backend, Call
from qchime.core.cloud import Account
from qchime.core.collection import ClientTokenReused, Collection, NotOurToken, Page, Resource
from qchime.services.chimesdkidentity.exceptions import (
    BadRequestException,
    ConflictException,
    ForbiddenException,
    ResourceLimitExceededException,
)
from qchime.services.chimesdkidentity.objections import Objection, objections
from qchime.services.chimesdkidentity.resources import (
    AppInstance,
    AppInstanceBot,
    AppInstanceUser,
    Identity,
    State,
)

PAGE = 50
"""Items on a page when the caller names no MaxResults (inferred; 50 is the documented maximum)."""


class Directory(Backend):
    """The app instances of one account and region, and the ways to look into them.

    What is missing is answered with ForbiddenException, as AWS does for users and as we infer for the rest.
    """

    def __init__(self, region_name: str, account: Account) -> None:
        super().__init__(region_name, account)
        arn = f"arn:{self.partition}:chime:{region_name}:{account.id}:app-instance"
        self.app_instance_arns = arn
        self.app_instances: Collection[AppInstance] = Collection(arn)

    def state(self) -> State:
        """The app instances."""
        return State(self.app_instances)

    def restore(self, state: State) -> None:
        """Other app instances."""
        self.app_instances = state.app_instances
        self.app_instances.rename(self.app_instance_arns)

    def integrity_errors(self) -> Iterator[Objection]:
        """ARNs that are not these, for example."""
        return objections(self.state(), self.app_instance_arns)

    def instance(self, arn: str) -> AppInstance:
        """The app instance of this ARN, without the users whose time has come."""
        instance = self.app_instances.get(arn)
        if instance is None:
            raise missing("app instance", arn)
        self._drop_expired(instance)
        return instance

    def user(self, arn: str) -> AppInstanceUser:
        """The user of this ARN. An ARN of no known shape is a missing user (inferred)."""
        user = self.instance_of(arn, "user").users.get(arn)
        if user is None:
            raise missing("app instance user", arn)
        return user

    def bot(self, arn: str) -> AppInstanceBot:
        """The bot of this ARN."""
        bot = self.instance_of(arn, "bot").bots.get(arn)
        if bot is None:
            raise missing("app instance bot", arn)
        return bot

    def instance_of(self, arn: str, kind: str) -> AppInstance:
        """The app instance that the ARN of a `user` or a `bot` lies in."""
        instance_arn, divider, _ = arn.rpartition(f"/{kind}/")
        if not divider or instance_arn not in self.app_instances:
            raise missing(f"app instance {kind}", arn)
        return self.instance(instance_arn)

    def identity(self, instance: AppInstance, arn: str) -> Identity | None:
        """The user or the bot of this app instance that has this ARN."""
        return instance.users.get(arn) or instance.bots.get(arn)

    def remove_identity(self, instance: AppInstance, arn: str) -> None:
        """A user or a bot goes, and its role goes with it (inferred)."""
        instance.users.remove(arn)
        instance.bots.remove(arn)
        instance.admins.remove(arn)

    def replayed(self, collection: Collection[Resource], client_token: str, call: Call) -> Resource | None:
        """What an earlier request with this client token made. Other parameters: a conflict (inferred)."""
        try:
            return collection.replayed(client_token, call.parameters)
        except ClientTokenReused:
            raise ConflictException(
                f"The client request token {client_token} was used before, with other parameters."
            ) from None

    def room_in(self, collection: Collection[Any], limit: int, what: str) -> None:
        """See that one more fits."""
        if len(collection) >= limit:
            raise ResourceLimitExceededException(f"The limit of {limit} {what} is reached.")

    def tags_of(self, old: dict[str, str], new: tagging.TagList | None) -> dict[str, str]:
        """Old tags and new ones, within the limit."""
        try:
            return tagging.merged(old, tagging.from_list(new), self.world.limits.tags_per_resource)
        except tagging.TooManyTags as error:
            raise ResourceLimitExceededException(str(error)) from None

    def page(self, collection: Collection[Resource], size: int, token: str | None) -> Page[Resource]:
        """A page in order of creation (inferred)."""
        try:
            return collection.page(size, token)
        except NotOurToken:
            raise BadRequestException("The NextToken is none that this list has given out.") from None

    def _drop_expired(self, instance: AppInstance) -> None:
        now = self.world.clock.now()
        while instance.expiries and instance.expiries[0][0] <= now:
            _, arn = heappop(instance.expiries)
            user = instance.users.get(arn)
            if user is not None and user.gone_at is not None and user.gone_at <= now:
                self.remove_identity(instance, arn)


def missing(what: str, arn: str) -> ForbiddenException:
    """The answer for what is not there; its first words are those of the sibling messaging API."""
    return ForbiddenException(
        f"You do not have sufficient access to perform this action (there is no {what} {arn})"
    )
