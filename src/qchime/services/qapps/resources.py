"""The resources of Amazon Q Apps: apps with their versions, the library, categories and sessions.

Attributes that operations return have the names of the members. Where one is annotated with a shape of the
model, a loaded state must fit that shape. All resources are plain records in a tree: each has one parent,
and refers to others by id.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from qchime.core.collection import Collection
from qchime.core.words import OPTIONAL
from qchime.rules import inferred
from qchime.services.qapps.cards import Card, CardRun, Cards, read_cards, required_capabilities
from qchime.world import User

Id = Annotated[str, "UUID"]
Number = Annotated[int, "AppVersion"]
Status = Literal["PUBLISHED", "DISABLED"]
Tags = Annotated[dict[str, str], "TagMap"]

DISABLED_APP = inferred(
    "qapps.disabled-app",
    "While the library item of an app is DISABLED, only the owner and users with a grant may use the app; "
    "everybody else gets an AccessDeniedException.",
)


@dataclass(slots=True)
class Version:
    """One version of an app. It never changes; updates add another.

    Raises:
        InvalidDefinition: the cards cannot form an app.
    """

    app_version: Number
    title: Annotated[str, "Title"]
    description: Annotated[str, "Description"] | None
    definition: Annotated[dict[str, Any], "AppDefinitionInput"]
    updated_at: datetime
    updated_by: str
    cards: Cards = field(init=False, compare=False)
    required_capabilities: list[str] = field(init=False, compare=False)
    """The capabilities that the app needs from the Q Business application."""

    def __post_init__(self) -> None:
        self.cards = read_cards(self.definition["cards"])
        self.required_capabilities = required_capabilities(self.cards)

    @property
    def initial_prompt(self) -> str | None:
        """The prompt that the app was made from, if the author gave one."""
        prompt: str | None = self.definition.get("initial_prompt")
        return prompt

    def card(self, card_id: str) -> Card | None:
        """The card with this id, if there is one."""
        return self.cards.by_id.get(card_id)


@dataclass(eq=False, slots=True)
class App:
    """A Q App: its versions, and who may use it."""

    app_id: Id
    app_arn: str
    owner_id: str
    owner_email: str
    created_at: datetime
    tags: Tags
    versions: list[Version]
    """In order, from version 1."""
    grants: dict[str, Literal["read", "write"]] = field(default_factory=dict)
    """By e-mail address."""
    library_item: LibraryItem | None = None
    left_by: set[str] = field(default_factory=set, metadata=OPTIONAL)
    """The ids of the users who disassociated themselves from it."""
    users: set[str] = field(init=False, default_factory=set)
    """The ids of the users who have the app in their list, including the owner."""

    @property
    def newest(self) -> Version:
        """The version that the owner works on."""
        return self.versions[-1]

    def version(self, number: int) -> Version | None:
        """The version with this number, if there is one."""
        return self.versions[number - 1] if 1 <= number <= len(self.versions) else None

    @property
    @DISABLED_APP
    def is_published(self) -> bool:
        """Whether everybody may use the app."""
        return self.library_item is not None and not self.is_disabled

    @property
    def is_disabled(self) -> bool:
        """Whether it is in the library, but for nobody."""
        return self.library_item is not None and self.library_item.status == "DISABLED"

    @inferred(
        "qapps.version-status",
        "The version in the library is PUBLISHED, and all others are DRAFT; an update makes a draft.",
    )
    def status(self, version: Version) -> str:
        """PUBLISHED or DRAFT."""
        item = self.library_item
        return "PUBLISHED" if item is not None and item.app_version == version.app_version else "DRAFT"


@dataclass(eq=False, slots=True)
class LibraryItem:
    """An app in the library, in its last published version."""

    library_item_id: Id
    app_id: Id
    app_version: Number
    category_ids: Annotated[list[str], "CategoryIdList"]
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str
    status: Status = "PUBLISHED"
    is_verified: bool = False
    raters: set[str] = field(default_factory=set)

    @property
    def rating_count(self) -> int:
        """How many users like the app."""
        return len(self.raters)


CATEGORY_COLOR = inferred("qapps.category-color", "Categories without a colour have `#000000`.")
DEFAULT_COLOR = "#000000"


@dataclass(eq=False, slots=True)
class Category:
    """A category that library items can belong to."""

    id: Id
    title: Annotated[str, "CategoryInputTitleString"]
    color: Annotated[str, "CategoryInputColorString"]


def new_category(category_id: str, title: str, color: str | None) -> Category:
    """A category, in the default colour if it has none of its own."""
    return Category(category_id, title, DEFAULT_COLOR if color is None else color)


@dataclass(eq=False, slots=True)
class Submission:
    """One submission to a form card."""

    submission_id: Id
    card_id: Id
    user_id: str
    value: dict[str, Any]
    timestamp: datetime


@dataclass(eq=False, slots=True)
class Session:
    """A run of one version of an app, by its host and possibly other participants."""

    session_id: Id
    session_arn: str
    app_id: Id
    version: Version
    host_id: str
    tags: Tags
    runs: dict[str, CardRun]
    submissions: dict[str, Submission] = field(default_factory=dict)
    session_name: Annotated[str, "SessionName"] | None = None
    sharing_configuration: Annotated[dict[str, bool], "SessionSharingConfiguration"] = field(
        default_factory=lambda: {"enabled": False}
    )
    running_since: datetime | None = None
    """When the model started to work; None while it is idle."""
    polls: int = 0
    """How often the session was polled since then."""

    @property
    def is_in_progress(self) -> bool:
        """Whether the model is at work on one of its cards."""
        return any(run.state == "IN_PROGRESS" for run in self.runs.values())

    @property
    def forms(self) -> list[Card]:
        """The form cards. A session with any is a data collection."""
        return [card for card in self.version.cards if card.kind == "form_input"]

    def shares(self, what: str) -> bool:
        """Whether the host shares the session and allows `accept_responses` or `reveal_cards`."""
        return self.sharing_configuration["enabled"] and self.sharing_configuration.get(what, True)


UPLOAD_EXPIRY = inferred(
    "qapps.upload-expiry", "A presigned URL accepts an upload for 15 minutes.", turn="clock.advance"
)
UPLOAD_LASTS = timedelta(minutes=15)


@dataclass(eq=False, slots=True)
class Document:
    """A file that can be the value of a card once its content has been uploaded."""

    file_id: Id
    app_id: Id
    session_id: Id | None
    file_name: Annotated[str, "Filename"]
    content: bytes | None
    upload_fields: Annotated[dict[str, str], "PresignedUrlFields"] | None = None
    """The form fields that the upload must contain."""
    expires_at: datetime | None = None
    """Until when it may be uploaded."""


EXPORT_EXPIRY = inferred(
    "qapps.export-expiry", "The link to an export is valid for an hour.", turn="clock.advance"
)
EXPORT_LASTS = timedelta(hours=1)


@dataclass(eq=False, slots=True)
class Export:
    """The data of a session as a CSV file, available for a limited time."""

    session_id: Id
    content: str
    expires_at: datetime


@dataclass(eq=False, slots=True)
class Association:
    """An app in a user's list, and when it was added."""

    app_id: Id
    created_at: datetime


@dataclass(eq=False, slots=True)
class Instance:
    """One Amazon Q Business application and all its Q Apps."""

    instance_id: str
    apps: Collection[App] = field(default_factory=Collection)
    library: Collection[str] = field(default_factory=Collection)
    """The ids of published apps, by the id of the library item."""
    categories: dict[str, Category] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    exports: dict[str, Export] = field(default_factory=dict)
    lists: dict[str, Collection[Association]] = field(default_factory=dict)
    """The lists of apps, by user id."""

    def __post_init__(self) -> None:
        self.apps.rename(f"{self.instance_id}/apps")
        self.library.rename(f"{self.instance_id}/library")
        for user_id, listed in self.lists.items():
            listed.rename(self._list_name(user_id))
            for app in (self.apps.get(entry.app_id) for entry in listed):
                if app is not None:  # otherwise integrity_errors reports it
                    app.users.add(user_id)

    @property
    def library_items(self) -> list[LibraryItem]:
        """The items of the library, oldest first."""
        items = (self.apps[app_id].library_item for app_id in self.library)
        return [item for item in items if item is not None]

    def library_item(self, library_item_id: str) -> LibraryItem | None:
        """The library item with this id, if there is one."""
        app_id = self.library.get(library_item_id)
        return self.apps[app_id].library_item if app_id is not None else None

    def has_content(self, file_id: str) -> bool:
        """Whether this file was imported, or announced and uploaded."""
        document = self.documents.get(file_id)
        return document is not None and document.content is not None

    def apps_of(self, user: User) -> Collection[Association]:
        """The apps that this user owns, has associated, or has used from the library."""
        if user.user_id not in self.lists:
            self.lists[user.user_id] = Collection(self._list_name(user.user_id))
        return self.lists[user.user_id]

    @inferred(
        "qapps.repeated-association",
        "Associating or starting an app again changes neither its place in the list nor its date there.",
    )
    def associate(self, app: App, user: User, now: datetime) -> None:
        """Add an app to a user's list, unless it is already there."""
        app.left_by.discard(user.user_id)
        listed = self.apps_of(user)
        if app.app_id not in listed:
            listed.add(app.app_id, Association(app.app_id, now))
            app.users.add(user.user_id)

    def leave(self, app: App, user: User) -> None:
        """End a user's association with an app, if there is one."""
        if user.user_id in app.users or user.email in app.grants:
            app.left_by.add(user.user_id)
            self.dissociate(app, user.user_id)

    def drop_app(self, app: App) -> None:
        """Remove an app and everything that belongs to it."""
        for user_id in list(app.users):
            self.dissociate(app, user_id)
        if app.library_item is not None:
            self.library.remove(app.library_item.library_item_id)
        for session in [session for session in self.sessions.values() if session.app_id == app.app_id]:
            self.drop_session(session.session_id)
        self.documents = {name: doc for name, doc in self.documents.items() if doc.app_id != app.app_id}
        self.apps.remove(app.app_id)

    @inferred(
        "qapps.stopped-session",
        "StopQAppSession also deletes the session's files and exports, and the session is not found "
        "afterwards. AWS documents that all its data is deleted.",
        sources=["https://docs.aws.amazon.com/amazonq/latest/api-reference/API_qapps_StopQAppSession.html"],
    )
    def drop_session(self, session_id: str) -> None:
        """Remove a session, its files and its exports."""
        del self.sessions[session_id]
        self.documents = {name: doc for name, doc in self.documents.items() if doc.session_id != session_id}
        self.exports = {name: file for name, file in self.exports.items() if file.session_id != session_id}

    def dissociate(self, app: App, user_id: str) -> None:
        """Remove an app from a user's list."""
        app.users.discard(user_id)
        if user_id in self.lists:
            self.lists[user_id].remove(app.app_id)

    def _list_name(self, user_id: str) -> str:
        return f"{self.instance_id}/apps of {user_id}"


@dataclass(eq=False, slots=True)
class State:
    """Everything in one account and region, by Q Business application."""

    instances: dict[str, Instance]
