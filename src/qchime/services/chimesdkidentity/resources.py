"""The resources of Amazon Chime SDK Identity: app instances with their users, administrators and bots.

Attributes that operations return have the names of the members. Where one is annotated with a shape of the
model, a loaded state must fit that shape. All resources are plain records in a tree: each has one parent,
and refers to others by ARN.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Any

from qchime.core.collection import Collection
from qchime.rules import inferred

DELETED_AFTER_EXPIRY = timedelta(hours=6)
"""A background process deletes expired users within 6 hours; ours takes exactly that long.

https://docs.aws.amazon.com/chime-sdk/latest/APIReference/API_identity-chime_PutAppInstanceUserExpirationSettings.html
"""

DELETION_OF_EXPIRED_USERS = inferred(
    "chime.expired-users",
    "Expired users are deleted six hours after their expiry, the end of the documented period.",
    sources=[
        "https://docs.aws.amazon.com/chime-sdk/latest/APIReference/"
        "API_identity-chime_PutAppInstanceUserExpirationSettings.html"
    ],
    turn="clock.advance",
)

DELETED_AFTER_RETENTION = timedelta(days=30)
"""The grace period between a Put of retention settings and the first deletion.

https://docs.aws.amazon.com/chime-sdk/latest/dg/retention-settings.html
"""

Arn = Annotated[str, "ChimeArn"]
ResourceName = Annotated[str, "ResourceName"]
Metadata = Annotated[str, "Metadata"]
Tags = dict[Annotated[str, "TagKey"], Annotated[str, "TagValue"]]


@dataclass(eq=False, slots=True)
class Identity:
    """What users and bots have in common: either can be an administrator."""

    arn: Arn
    name: ResourceName | None
    metadata: Metadata | None
    created_timestamp: datetime
    last_updated_timestamp: datetime
    tags: Tags

    def replace(self, name: str, metadata: str, now: datetime) -> None:
        """Replace both name and metadata, as updates do."""
        self.name, self.metadata, self.last_updated_timestamp = name, metadata, now


@dataclass(eq=False, slots=True)
class AppInstanceUser(Identity):
    """A member of an app instance, perhaps with an expiry and push endpoints."""

    name: Annotated[str, "UserName"]
    expiration_settings: Annotated[dict[str, Any], "ExpirationSettings"] | None = None
    endpoints: Collection[Endpoint] = field(default_factory=Collection)

    def __post_init__(self) -> None:
        self.endpoints.rename(f"{self.arn}/endpoints")

    @property
    def app_instance_user_arn(self) -> str:
        """The ARN, under its name in responses."""
        return self.arn

    @property
    def gone_at(self) -> datetime | None:
        """When the background process deletes this user; None if never."""
        if self.expiration_settings is None:
            return None
        lifetime = timedelta(days=self.expiration_settings["expiration_days"])
        return self.created_timestamp + lifetime + DELETED_AFTER_EXPIRY


@dataclass(eq=False, slots=True)
class AppInstanceBot(Identity):
    """A chat bot of an app instance, backed by Amazon Lex V2."""

    configuration: Annotated[dict[str, Any], "Configuration"]

    @property
    def app_instance_bot_arn(self) -> str:
        """The ARN, under its name in responses."""
        return self.arn


@dataclass(eq=False, slots=True)
class AppInstanceAdmin:
    """The administrator role of a user or bot. Its ARN is that of the user or bot."""

    admin_arn: Arn
    app_instance_arn: Arn
    created_timestamp: datetime


@dataclass(eq=False, slots=True)
class Endpoint:
    """A user's device that receives push notifications through an Amazon Pinpoint app."""

    app_instance_user_arn: Arn
    endpoint_id: Annotated[str, "String64"]
    name: Annotated[str, "SensitiveString1600"] | None
    type: Annotated[str, "AppInstanceUserEndpointType"]
    resource_arn: Arn
    endpoint_attributes: Annotated[dict[str, str], "EndpointAttributes"]
    allow_messages: Annotated[str, "AllowMessages"]
    created_timestamp: datetime
    last_updated_timestamp: datetime


@dataclass(eq=False, slots=True)
class AppInstance:
    """The tenant of one messaging application, and everything in it."""

    app_instance_arn: Arn
    name: Annotated[str, "NonEmptyResourceName"]
    metadata: Metadata | None
    created_timestamp: datetime
    last_updated_timestamp: datetime
    tags: Tags
    retention: Annotated[dict[str, Any], "AppInstanceRetentionSettings"] = field(default_factory=dict)
    retention_put_at: datetime | None = None
    users: Collection[AppInstanceUser] = field(default_factory=Collection)
    admins: Collection[AppInstanceAdmin] = field(default_factory=Collection)
    bots: Collection[AppInstanceBot] = field(default_factory=Collection)
    expiries: list[tuple[datetime, str]] = field(init=False)
    """A heap of expiry times and user ARNs. Entries go stale when a user's settings change."""

    def __post_init__(self) -> None:
        self.users.rename(f"{self.app_instance_arn}/users")
        self.admins.rename(f"{self.app_instance_arn}/admins")
        self.bots.rename(f"{self.app_instance_arn}/bots")
        self.expiries = sorted((user.gone_at, user.arn) for user in self.users if user.gone_at is not None)

    @property
    @inferred(
        "chime.retention-timestamps",
        "InitiateDeletionTimestamp is the time of the Put plus the documented 30 days, and is absent while "
        "retention is off.",
        sources=["https://docs.aws.amazon.com/chime-sdk/latest/dg/retention-settings.html"],
    )
    def initiate_deletion_timestamp(self) -> datetime | None:
        """When the deletion of messages begins; None while retention is off."""
        if self.retention_put_at is None or not self.retention.get("channel_retention_settings"):
            return None
        return self.retention_put_at + DELETED_AFTER_RETENTION


@dataclass(eq=False, slots=True)
class State:
    """Everything in one account and region."""

    app_instances: Collection[AppInstance]
