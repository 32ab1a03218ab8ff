"""What Amazon Chime SDK Identity keeps: app instances, and in them users, administrators and bots.

Attributes carry the names of the members that they answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from qchime.collection import Collection

DELETED_AFTER_EXPIRY = timedelta(hours=6)
"""A background process deletes expired users "within 6 hours"; ours takes just that long (inferred).

https://docs.aws.amazon.com/chime-sdk/latest/APIReference/API_identity-chime_PutAppInstanceUserExpirationSettings.html
"""

DELETED_AFTER_RETENTION = timedelta(days=30)
"""The grace between a Put of retention settings and the first deletion.

https://docs.aws.amazon.com/chime-sdk/latest/dg/retention-settings.html
"""

_PINPOINT_APP = re.compile(r"arn:aws[a-z-]*:mobiletargeting:[a-z0-9-]+:\d{12}:apps/[^/]+")


@dataclass(eq=False, slots=True)
class Identity:
    """What users and bots have in common: either can be an administrator."""

    arn: str
    name: str | None
    metadata: str | None
    created_timestamp: datetime
    last_updated_timestamp: datetime
    tags: dict[str, str]

    def replace(self, name: str, metadata: str, now: datetime) -> None:
        """Updates replace name and metadata whole."""
        self.name, self.metadata, self.last_updated_timestamp = name, metadata, now


@dataclass(eq=False, slots=True)
class AppInstanceUser(Identity):
    """A member of an app instance, perhaps with an expiry and push endpoints."""

    expiration_settings: dict[str, Any] | None = None
    endpoints: Collection[Endpoint] = field(init=False)

    def __post_init__(self) -> None:
        self.endpoints = Collection(f"{self.arn}/endpoints")

    @property
    def app_instance_user_arn(self) -> str:
        """The ARN by its name in answers."""
        return self.arn

    @property
    def gone_at(self) -> datetime | None:
        """When the background process deletes this user; None if it never does."""
        if self.expiration_settings is None:
            return None
        lifetime = timedelta(days=self.expiration_settings["expiration_days"])
        return self.created_timestamp + lifetime + DELETED_AFTER_EXPIRY


@dataclass(eq=False, slots=True)
class AppInstanceBot(Identity):
    """A chat bot of an app instance, answered by Amazon Lex V2."""

    configuration: dict[str, Any]

    @property
    def app_instance_bot_arn(self) -> str:
        """The ARN by its name in answers."""
        return self.arn


@dataclass(eq=False, slots=True)
class AppInstanceAdmin:
    """The administrator's role of a user or a bot. It has no ARN of its own, only its holder's."""

    admin: Identity
    app_instance_arn: str
    created_timestamp: datetime


@dataclass(eq=False, slots=True)
class Endpoint:
    """A device of a user that push notifications go to, through an app of Amazon Pinpoint."""

    app_instance_user_arn: str
    endpoint_id: str
    name: str | None
    type: str
    resource_arn: str
    endpoint_attributes: dict[str, str]
    allow_messages: str
    created_timestamp: datetime
    last_updated_timestamp: datetime

    @property
    def endpoint_state(self) -> dict[str, str]:
        """ACTIVE, unless the resource is no Pinpoint app (that this shows at once is inferred)."""
        if _PINPOINT_APP.fullmatch(self.resource_arn):
            return {"status": "ACTIVE"}
        return {"status": "INACTIVE", "status_reason": "INVALID_PINPOINT_ARN"}


@dataclass(eq=False, slots=True)
class AppInstance:
    """The tenant of one messaging application, and all that lives in it."""

    app_instance_arn: str
    name: str
    metadata: str | None
    created_timestamp: datetime
    last_updated_timestamp: datetime
    tags: dict[str, str]
    retention: dict[str, Any] = field(default_factory=dict)
    retention_put_at: datetime | None = None
    users: Collection[AppInstanceUser] = field(init=False)
    admins: Collection[AppInstanceAdmin] = field(init=False)
    bots: Collection[AppInstanceBot] = field(init=False)
    expiries: list[tuple[datetime, str]] = field(default_factory=list)
    """A heap of when users may have to go, by ARN; stale once a user's settings have changed."""

    def __post_init__(self) -> None:
        self.users = Collection(f"{self.app_instance_arn}/users")
        self.admins = Collection(f"{self.app_instance_arn}/admins")
        self.bots = Collection(f"{self.app_instance_arn}/bots")

    @property
    def initiate_deletion_timestamp(self) -> datetime | None:
        """When messages begin to be deleted; None while retention is off (inferred)."""
        if self.retention_put_at is None or not self.retention.get("channel_retention_settings"):
            return None
        return self.retention_put_at + DELETED_AFTER_RETENTION
