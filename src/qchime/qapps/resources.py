"""What Amazon Q Apps keeps: apps in their versions, the library, categories and sessions.

Attributes carry the names of the members that they answer, where they answer them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from qchime.collection import Collection
from qchime.qapps.cards import Card, CardRun, required_capabilities
from qchime.world import User


@dataclass(eq=False, slots=True)
class Version:
    """One state of an app; updates add another and keep this one."""

    app_version: int
    title: str
    description: str | None
    cards: list[Card]
    initial_prompt: str | None
    updated_at: datetime
    updated_by: str

    @property
    def required_capabilities(self) -> list[str]:
        """What the app asks of the Q Business application."""
        return required_capabilities(self.cards)

    def card(self, card_id: str) -> Card | None:
        """One of its cards."""
        return next((card for card in self.cards if card.id == card_id), None)


@dataclass(eq=False, slots=True)
class App:
    """A Q App: its versions, and who may do what with it."""

    app_id: str
    app_arn: str
    owner: User
    created_at: datetime
    tags: dict[str, str]
    versions: dict[int, Version] = field(default_factory=dict)
    grants: dict[str, str] = field(default_factory=dict)
    """`read` or `write` by e-mail."""
    users: set[str] = field(default_factory=set)
    """The ids of users who have it in their list, the owner included."""
    library_item: LibraryItem | None = None

    @property
    def newest(self) -> Version:
        """The version that the owner works on."""
        return self.versions[max(self.versions)]

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

    library_item_id: str
    app: App
    app_version: int
    category_ids: list[str]
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str
    status: str = "PUBLISHED"
    is_verified: bool = False
    raters: set[str] = field(default_factory=set)

    @property
    def rating_count(self) -> int:
        """How many users like it."""
        return len(self.raters)


@dataclass(eq=False, slots=True)
class Category:
    """A heading of the library."""

    id: str
    title: str
    color: str


@dataclass(eq=False, slots=True)
class Submission:
    """One answer to a form card."""

    submission_id: str
    card_id: str
    user_id: str
    value: dict[str, Any]
    timestamp: datetime


@dataclass(eq=False, slots=True)
class Session:
    """A run of one version of an app, by its host and perhaps others."""

    session_id: str
    session_arn: str
    app: App
    version: Version
    host_id: str
    tags: dict[str, str]
    runs: dict[str, CardRun]
    submissions: dict[str, Submission] = field(default_factory=dict)
    session_name: str | None = None
    sharing_configuration: dict[str, bool] = field(default_factory=lambda: {"enabled": False})
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

    file_id: str
    app_id: str
    session_id: str | None
    file_name: str
    content: bytes | None
    upload_fields: dict[str, str] | None = None
    """The form fields that an upload must come with."""
    expires_at: datetime | None = None
    """Until when it may come."""


@dataclass(eq=False, slots=True)
class Export:
    """The data of a session as a CSV file, for a while."""

    session_id: str
    content: str
    expires_at: datetime


@dataclass(eq=False, slots=True)
class Association:
    """An app in somebody's list, since a date."""

    app: App
    created_at: datetime


class Instance:
    """One Amazon Q Business application, and all Q Apps in it."""

    def __init__(self, instance_id: str) -> None:
        self.instance_id = instance_id
        self.apps: Collection[App] = Collection(f"{instance_id}/apps")
        self.library: Collection[LibraryItem] = Collection(f"{instance_id}/library")
        self.categories: dict[str, Category] = {}
        self.sessions: dict[str, Session] = {}
        self.documents: dict[str, Document] = {}
        self.exports: dict[str, Export] = {}
        self._lists: dict[str, Collection[Association]] = {}

    def has_content(self, file_id: str) -> bool:
        """Whether this file was imported, or uploaded where it was announced."""
        document = self.documents.get(file_id)
        return document is not None and document.content is not None

    def apps_of(self, user: User) -> Collection[Association]:
        """The apps that this user owns, has associated, or has used from the library."""
        name = f"{self.instance_id}/apps of {user.user_id}"
        return self._lists.setdefault(user.user_id, Collection(name))

    def associate(self, app: App, user: User, now: datetime) -> None:
        """Put an app into somebody's list, where it stays as it is if it is there already."""
        listed = self.apps_of(user)
        if app.app_id not in listed:
            listed.add(app.app_id, Association(app, now))
            app.users.add(user.user_id)

    def drop_app(self, app: App) -> None:
        """An app goes, with all that hangs on it."""
        for user_id in list(app.users):
            self.dissociate(app, user_id)
        if app.library_item is not None:
            self.library.remove(app.library_item.library_item_id)
        for session in [session for session in self.sessions.values() if session.app is app]:
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
        if user_id in self._lists:
            self._lists[user_id].remove(app.app_id)
