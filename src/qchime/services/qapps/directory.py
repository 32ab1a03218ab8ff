"""Looks up resources, and checks that the caller may use them."""

from collections.abc import Iterator
from typing import Any

from qchime.core import tagging
from qchime.core.backend import Backend, Call
from qchime.core.cloud import Account
from qchime.core.collection import NotOurToken, Page, Resource
from qchime.rules import inferred
from qchime.services.qapps.access import check_caller, finds, permit_app, permit_session
from qchime.services.qapps.answers import Answers
from qchime.services.qapps.cards import Card
from qchime.services.qapps.exceptions import ResourceNotFoundException, ValidationException
from qchime.services.qapps.initial_categories import InitialCategories
from qchime.services.qapps.integrity import IntegrityError, integrity_errors
from qchime.services.qapps.links import LINKS
from qchime.services.qapps.resources import (
    App,
    Instance,
    LibraryItem,
    Session,
    State,
    Version,
    new_category,
)
from qchime.world import User

PAGE_SIZE = inferred(
    "qapps.page-size",
    "ListQApps and ListLibraryItems return 100 items per page, the documented maximum, if the call sets no "
    "limit.",
)
PAGE = 100
"""Items per page if the caller gives no limit."""

MISSING_VERSION = inferred(
    "qapps.missing-version", "A version that the app does not have raises a ResourceNotFoundException."
)
DISABLED_ITEM = inferred(
    "qapps.disabled-item",
    "For everybody but its owner, getting a DISABLED library item raises a ResourceNotFoundException.",
)
TOO_MANY_TAGS = inferred(
    "qapps.too-many-tags",
    "More tags on a resource than AWS's usual 50 raise a ValidationException.",
    turn="limits.tags_per_resource",
)
SESSION_OF_ANOTHER_APP = inferred(
    "qapps.session-of-another-app",
    "A session that belongs to a different app than the one named raises a ResourceNotFoundException.",
)
UNKNOWN_FILE = inferred(
    "qapps.unknown-file",
    "A file that was never imported raises a ValidationException, as the default of a card and as its value.",
)
UNKNOWN_TOKEN = inferred(
    "qapps.page-token", "A page token that the list did not return raises a ValidationException."
)


class Directory(Backend):
    """The Q Apps of one account and region, by Q Business application."""

    def __init__(self, region_name: str, account: Account) -> None:
        super().__init__(region_name, account)
        self._instances: dict[str, Instance] = {}

    def state(self) -> State:
        """The Q Business applications, as they are kept in a state file."""
        return State(self._instances)

    def restore(self, state: State) -> None:
        """Replace the Q Business applications with those of a state file."""
        self._instances = state.instances

    def integrity_errors(self) -> Iterator[IntegrityError]:
        """Inconsistencies in the state, such as an ARN of another account."""
        return integrity_errors(self.state(), self.app_arn)

    @property
    def answers(self) -> Answers:
        """What the test author has scripted."""
        answers: Answers = self.world.words["answers"]
        return answers

    def check_caller(self, operation: str, user: User) -> None:
        """Refuse unknown callers if the test author requires users."""
        check_caller(operation, user, self.world.users)

    @inferred("qapps.any-instance", "Any value is the id of an existing Q Business application.")
    def instance(self, instance_id: str) -> Instance:
        """A Q Business application, created on first use with the categories that the test author set."""
        if instance_id not in self._instances:
            initial: InitialCategories = self.world.words["categories"]
            new = [new_category(one.id or self.new_uuid(), one.title, one.color) for one in initial.all]
            self._instances[instance_id] = Instance(instance_id, categories={one.id: one for one in new})
        return self._instances[instance_id]

    def existing_instance(self, instance_id: str) -> Instance | None:
        """A Q Business application if it has been used before: links and ARNs must not create one."""
        return self._instances.get(instance_id)

    def app_arn(self, instance_id: str, app_id: str) -> str:
        """The ARN of an app, as the IAM reference defines it."""
        region, account = self.region_name, self.account_id
        return f"arn:{self.partition}:qapps:{region}:{account}:application/{instance_id}/qapp/{app_id}"

    def files_url(self, call: Call) -> str:
        """The beginning of links to files for this caller."""
        return LINKS.address(call.base_url, self.region_name)

    def app(self, call: Call, instance_id: str, app_id: str) -> App:
        """An app on which the caller may call this operation."""
        app = self.instance(instance_id).apps.get(app_id)
        if app is None:
            raise ResourceNotFoundException("QApp", app_id)
        permit_app(call.operation, call.user, app)
        return app

    @MISSING_VERSION
    def version(self, app: App, number: int) -> Version:
        """One version of an app."""
        version = app.version(number)
        if version is None:
            message = f"There is no version {number} of the Q App {app.app_id}."
            raise ResourceNotFoundException("QApp", app.app_id, message).because(MISSING_VERSION)
        return version

    @UNKNOWN_FILE
    def check_file(self, instance: Instance, card: Card, file_id: str) -> None:
        """Check that a file for a card has been imported."""
        if not instance.has_content(file_id):
            message = f"The file {file_id} of the card {card.id} was never imported."
            raise ValidationException(message).because(UNKNOWN_FILE)

    @DISABLED_ITEM
    def library_item(self, call: Call, instance_id: str, library_item_id: str) -> LibraryItem:
        """A library item that the caller may use."""
        instance = self.instance(instance_id)
        item = instance.library_item(library_item_id)
        if item is None:
            raise ResourceNotFoundException("LibraryItem", library_item_id)
        if not finds(call.user, instance.apps[item.app_id]):
            raise ResourceNotFoundException("LibraryItem", library_item_id).because(DISABLED_ITEM)
        permit_app(call.operation, call.user, instance.apps[item.app_id])
        return item

    def session(self, call: Call, instance_id: str, session_id: str) -> Session:
        """A session on which the caller may call this operation."""
        session = self.instance(instance_id).sessions.get(session_id)
        if session is None:
            raise ResourceNotFoundException("QAppSession", session_id)
        permit_session(call.operation, call.user, session)
        return session

    @SESSION_OF_ANOTHER_APP
    def session_of(self, call: Call, instance_id: str, session_id: str, app_id: str) -> Session:
        """A session of this app, on which the caller may call this operation."""
        session = self.session(call, instance_id, session_id)
        if session.app_id != app_id:
            raise ResourceNotFoundException("QAppSession", session_id).because(SESSION_OF_ANOTHER_APP)
        return session

    @TOO_MANY_TAGS
    def tagged(self, old: dict[str, str], new: dict[str, str] | None) -> dict[str, str]:
        """The old tags updated with the new ones."""
        try:
            return tagging.merged(old, new or {}, self.world.limits.tags_per_resource)
        except tagging.TooManyTags as error:
            raise ValidationException(str(error)).because(TOO_MANY_TAGS) from None


@UNKNOWN_TOKEN
def page_of(collection: Any, limit: int, token: str | None, **order: Any) -> Page[Resource]:
    """A page, newest first."""
    try:
        page: Page[Resource] = collection.page(limit, token, newest_first=True, **order)
    except NotOurToken:
        message = "This list did not return the nextToken. Omit it to list from the beginning."
        raise ValidationException(message).because(UNKNOWN_TOKEN) from None
    return page
