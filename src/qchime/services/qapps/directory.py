"""Where everything is found, and whether the caller may have it."""

from collections.abc import Iterator
from typing import Any

from qchime.core import tagging
from qchime.core.backend import Backend, Call
from qchime.core.cloud import Account
from qchime.core.collection import NotOurToken, Page, Resource
from qchime.services.qapps.access import check_caller, is_listed, permit_app, permit_session
from qchime.services.qapps.answers import Answers
from qchime.services.qapps.exceptions import ResourceNotFoundException, ValidationException
from qchime.services.qapps.links import LINKS
from qchime.services.qapps.objections import Objection, objections
from qchime.services.qapps.resources import App, Instance, LibraryItem, Session, State, Version
from qchime.world import User

PAGE = 100
"""Items on a page when the caller names no limit (inferred; 100 is the documented maximum)."""


class Directory(Backend):
    """The Q Apps of one account and region, by Q Business application; any id is one (inferred)."""

    def __init__(self, region_name: str, account: Account) -> None:
        super().__init__(region_name, account)
        self._instances: dict[str, Instance] = {}

    def state(self) -> State:
        """The Q Business applications."""
        return State(self._instances)

    def restore(self, state: State) -> None:
        """Other ones."""
        self._instances = state.instances

    def integrity_errors(self) -> Iterator[Objection]:
        """ARNs that are not these, for example."""
        return objections(self.state(), self.app_arn)

    @property
    def answers(self) -> Answers:
        """What the test author has scripted."""
        answers: Answers = self.world.words["answers"]
        return answers

    def check_caller(self, operation: str, user: User) -> None:
        """Refuse callers whom nobody has registered, if the test author demands users."""
        check_caller(operation, user, self.world.users)

    def instance(self, instance_id: str) -> Instance:
        """One Q Business application."""
        if instance_id not in self._instances:
            self._instances[instance_id] = Instance(instance_id)
        return self._instances[instance_id]

    def existing_instance(self, instance_id: str) -> Instance | None:
        """The same, but only if somebody has used it: a link or an ARN must not make one."""
        return self._instances.get(instance_id)

    def app_arn(self, instance_id: str, app_id: str) -> str:
        """The ARN of an app, in the form of the IAM reference."""
        region, account = self.region_name, self.account_id
        return f"arn:{self.partition}:qapps:{region}:{account}:application/{instance_id}/qapp/{app_id}"

    def files_url(self, call: Call) -> str:
        """What links to files start with, for this caller."""
        return LINKS.address(call.base_url, self.region_name)

    def app(self, call: Call, instance_id: str, app_id: str) -> App:
        """An app that the caller may have for this operation."""
        app = self.instance(instance_id).apps.get(app_id)
        if app is None:
            raise ResourceNotFoundException("QApp", app_id)
        permit_app(call.operation, call.user, app)
        return app

    def version(self, app: App, number: int) -> Version:
        """One version of an app (that a missing one is not found is inferred)."""
        version = app.version(number)
        if version is None:
            raise ResourceNotFoundException("QApp", f"{app.app_id} in version {number}")
        return version

    def library_item(self, call: Call, instance_id: str, library_item_id: str) -> LibraryItem:
        """A library item that the caller may have; a disabled one is its owner's alone (inferred)."""
        instance = self.instance(instance_id)
        item = instance.library_item(library_item_id)
        if item is None or not is_listed(call.user, instance.apps[item.app_id]):
            raise ResourceNotFoundException("LibraryItem", library_item_id)
        permit_app(call.operation, call.user, instance.apps[item.app_id])
        return item

    def session(self, call: Call, instance_id: str, session_id: str) -> Session:
        """A session that the caller may have for this operation."""
        session = self.instance(instance_id).sessions.get(session_id)
        if session is None:
            raise ResourceNotFoundException("QAppSession", session_id)
        permit_session(call.operation, call.user, session)
        return session

    def tagged(self, old: dict[str, str], new: dict[str, str] | None) -> dict[str, str]:
        """Old tags and new ones; more than the limit is a ValidationException (inferred)."""
        try:
            return tagging.merged(old, new or {}, self.world.limits.tags_per_resource)
        except tagging.TooManyTags as error:
            raise ValidationException(str(error)) from None


def page_of(collection: Any, limit: int, token: str | None, **order: Any) -> Page[Resource]:
    """The newest first; a token that is not ours is a ValidationException (inferred)."""
    try:
        page: Page[Resource] = collection.page(limit, token, newest_first=True, **order)
    except NotOurToken:
        raise ValidationException("The nextToken is none that this list has given out.") from None
    return page
