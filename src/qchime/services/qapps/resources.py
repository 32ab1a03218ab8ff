"""What Amazon Q Apps keeps: apps in their versions, the library, categories and sessions.

Attributes carry the names of the members that they answer, where they answer them, and are annotated with
those shapes of the model that a state must fit which is loaded. All of it is plain records: each is held by
one other, and names what it refers to.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Literal

from qchime.core.collection import Collection
from qchime.services.qapps.cards import Card, CardRun, Cards, read_cards, required_capabilities
from qchime.world import User

Id = Annotated[str, "UUID"]
Number = Annotated[int, "AppVersion"]
Status = Literal["PUBLISHED", "DISABLED"]
Tags = Annotated[dict[str, str], "TagMap"]


@dataclass(slots=True)
class Version:
    """One state of an app; updates add another and keep this one, which never changes.

    Raises:
        InvalidDefinition: the definition makes no app.
    """

    app_version: Number
    title: Annotated[str, "Title"]
    description: Annotated[str, "Description"] | None
    definition: Annotated[dict[str, Any], "AppDefinitionInput"]
    updated_at: datetime
    updated_by: str
    cards: Cards = field(init=False, compare=False)

    def __post_init__(self) -> None:
        self.cards = read_cards(self.definition["cards"])

    @property
    def initial_prompt(self) -> str | None:
        """What the app was made of, if its author says so."""
        prompt: str | None = self.definition.get("initial_prompt")
        return prompt

    @property
    def required_capabilities(self) -> list[str]:
        """What the app asks of the Q Business application."""
        return required_capabilities(self.cards)

    def card(self, card_id: str) -> Card | None:
        """One of its cards."""
        return self.cards.by_id.get(card_id)


@dataclass(eq=False, slots=True)
class App:
    """A Q App: its versions, and who may do what with it."""

    app_id: Id
    app_arn: str
    owner_id: str
    owner_email: str
    created_at: datetime
    tags: Tags
    versions: list[Version]
    """The first is version 1."""
    grants: dict[str, Literal["read", "write"]] = field(default_factory=dict)
    """By e-mail."""
    library_item: LibraryItem | None = None
    users: set[str] = field(init=False, default_factory=set)
    """The ids of users who have it in their list, the owner included."""

    @property
    def newest(self) -> Version:
        """The version that the owner works on."""
        return self.versions[-1]

    def version(self, number: int) -> Version | None:
        """One of its versions."""
        return self.versions[number - 1] if 1 <= number <= len(self.versions) else None

    @property
    def is_published(self) -> bool:
        """Whether everybody may use it; a disabled library item is its owner's alone (inferred)."""
        return self.library_item is not None and self.library_item.status == "PUBLISHED"

    def status(self, version: Version) -> str:
        """PUBLISHED for the version that is in the library, DRAFT for all others (inferred)."""
        item = self.library_item
        return "PUBLISHED" if item is not None and item.app_version == version.app_version else "DRAFT"


@dataclass(eq=False, slots=True)
class LibraryItem:
    """An app in the library, as the version that was published last."""

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
        """How many users like it."""
        return len(self.raters)


@dataclass(eq=False, slots=True)
class Category:
    """A heading of the library."""

    id: Id
    title: Annotated[str, "CategoryInputTitleString"]
    color: Annotated[str, "CategoryInputColorString"]


@dataclass(eq=False, slots=True)
class Submission:
    """One answer to a form card."""

    submission_id: Id
    card_id: Id
    user_id: str
    value: dict[str, Any]
    timestamp: datetime


@dataclass(eq=False, slots=True)
class Session:
    """A run of one version of an app, by its host and perhaps others."""

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
    """Since when the model is at work; None when it has nothing to do."""
    polls: int = 0
    """How often somebody has asked while it is."""

    @property
    def forms(self) -> list[Card]:
        """The form cards; a session with one is a data collection."""
        return [card for card in self.version.cards if card.kind == "form_input"]

    def shares(self, what: str) -> bool:
        """Whether the host has shared the session, and with it `accept_responses` or `reveal_cards`."""
        return self.sharing_configuration["enabled"] and self.sharing_configuration.get(what, True)


@dataclass(eq=False, slots=True)
class Document:
    """A file that a card can take as its value, once its content has come."""

    file_id: Id
    app_id: Id
    session_id: Id | None
    file_name: Annotated[str, "Filename"]
    content: bytes | None
    upload_fields: Annotated[dict[str, str], "PresignedUrlFields"] | None = None
    """The form fields that an upload must come with."""
    expires_at: datetime | None = None
    """Until when it may come."""


@dataclass(eq=False, slots=True)
class Export:
    """The data of a session as a CSV file, for a while."""

    session_id: Id
    content: str
    expires_at: datetime


@dataclass(eq=False, slots=True)
class Association:
    """An app in somebody's list, since a date."""

    app_id: Id
    created_at: datetime


@dataclass(eq=False, slots=True)
class Instance:
    """One Amazon Q Business application, and all Q Apps in it."""

    instance_id: str
    apps: Collection[App] = field(default_factory=Collection)
    library: Collection[str] = field(default_factory=Collection)
    """The ids of the apps in it, by those of their library items."""
    categories: dict[str, Category] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    exports: dict[str, Export] = field(default_factory=dict)
    lists: dict[str, Collection[Association]] = field(default_factory=dict)
    """Everybody's apps, by user id."""

    def __post_init__(self) -> None:
        self.apps.rename(f"{self.instance_id}/apps")
        self.library.rename(f"{self.instance_id}/library")
        for user_id, listed in self.lists.items():
            listed.rename(self._list_name(user_id))
            for app in (self.apps.get(entry.app_id) for entry in listed):
                if app is not None:  # else a check of the whole names it
                    app.users.add(user_id)

    @property
    def library_items(self) -> list[LibraryItem]:
        """What is in the library, the oldest first."""
        items = (self.apps[app_id].library_item for app_id in self.library)
        return [item for item in items if item is not None]

    def library_item(self, library_item_id: str) -> LibraryItem | None:
        """The library item of this id."""
        app_id = self.library.get(library_item_id)
        return self.apps[app_id].library_item if app_id is not None else None

    def has_content(self, file_id: str) -> bool:
        """Whether this file was imported, or uploaded where it was announced."""
        document = self.documents.get(file_id)
        return document is not None and document.content is not None

    def apps_of(self, user: User) -> Collection[Association]:
        """The apps that this user owns, has associated, or has used from the library."""
        if user.user_id not in self.lists:
            self.lists[user.user_id] = Collection(self._list_name(user.user_id))
        return self.lists[user.user_id]

    def associate(self, app: App, user: User, now: datetime) -> None:
        """Put an app into somebody's list, where it stays as it is if it is there already."""
        listed = self.apps_of(user)
        if app.app_id not in listed:
            listed.add(app.app_id, Association(app.app_id, now))
            app.users.add(user.user_id)

    def drop_app(self, app: App) -> None:
        """An app goes, with all that hangs on it."""
        for user_id in list(app.users):
            self.dissociate(app, user_id)
        if app.library_item is not None:
            self.library.remove(app.library_item.library_item_id)
        for session in [session for session in self.sessions.values() if session.app_id == app.app_id]:
            self.drop_session(session.session_id)
        self.documents = {name: doc for name, doc in self.documents.items() if doc.app_id != app.app_id}
        self.apps.remove(app.app_id)

    def drop_session(self, session_id: str) -> None:
        """A session goes, and its files and exports go with it."""
        del self.sessions[session_id]
        self.documents = {name: doc for name, doc in self.documents.items() if doc.session_id != session_id}
        self.exports = {name: file for name, file in self.exports.items() if file.session_id != session_id}

    def dissociate(self, app: App, user_id: str) -> None:
        """Take an app off somebody's list."""
        app.users.discard(user_id)
        if user_id in self.lists:
            self.lists[user_id].remove(app.app_id)

    def _list_name(self, user_id: str) -> str:
        return f"{self.instance_id}/apps of {user_id}"


@dataclass(eq=False, slots=True)
class State:
    """All of one account and region, by Q Business application."""

    instances: dict[str, Instance]
