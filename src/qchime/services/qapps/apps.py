"""Apps: create, get, update, delete, list, and each user's list of apps."""

import logging
from typing import Any

from qchime.core.backend import Call
from qchime.core.collection import Page
from qchime.rules import inferred
from qchime.services.qapps.access import owns, reads
from qchime.services.qapps.cards import (
    DEFAULT_OUTPUT_SOURCE,
    Cards,
    InvalidDefinition,
    advice,
    read_cards,
    with_output_source,
)
from qchime.services.qapps.directory import PAGE, Directory, page_of
from qchime.services.qapps.exceptions import ServiceQuotaExceededException, ValidationException
from qchime.services.qapps.resources import App, Association, Instance, Version
from qchime.world import User

DEFINITION_VERSION = "1"

logger = logging.getLogger("qchime")

INVALID_DEFINITION = inferred(
    "qapps.invalid-definition",
    "Cards with the same id, cards that refer to each other in a circle, and a type that does not match its "
    "card raise a ValidationException.",
)
QUOTAS_ON_UPDATE = inferred(
    "qapps.quotas-on-update",
    "Exceeding a quota raises a ValidationException in UpdateQApp, which declares no quota error, unlike "
    "CreateQApp.",
)
SHOWN_VERSION = inferred(
    "qapps.default-version",
    "GetQApp without a version and ListQApps show the newest version to the owner and the published one to "
    "everybody else; if none is published, the newest.",
)


class AppOperations(Directory):
    """https://docs.aws.amazon.com/amazonq/latest/api-reference/API_qapps_CreateQApp.html"""

    def create_q_app(
        self,
        call: Call,
        *,
        instance_id: str,
        title: str,
        app_definition: dict[str, Any],
        description: str | None = None,
        tags: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        """Create version 1 of an app, as a draft, and add it to its owner's list."""
        instance = self.instance(instance_id)
        app_definition = self._completed(app_definition)
        cards = self._cards(instance, app_definition)
        self._check_quotas(instance, call.user, app_definition, cards)
        now, app_id = self.world.clock.now(), self.new_uuid()
        first = Version(1, title, description, app_definition, now, call.user.user_id)
        app = App(
            app_id=app_id,
            app_arn=self.app_arn(instance_id, app_id),
            owner_id=call.user.user_id,
            owner_email=call.user.email,
            created_at=now,
            tags=self.tagged({}, tags),
            versions=[first],
        )
        instance.apps.add(app_id, app)
        instance.associate(app, call.user, now)
        _warn(first)
        return _summary(app, app.newest)

    @inferred(
        "qapps.any-version",
        "A user who may read an app may get and start each of its versions by number, including drafts.",
    )
    def get_q_app(
        self, call: Call, *, instance_id: str, app_id: str, app_version: int | None = None
    ) -> dict[str, Any]:
        """One version."""
        app = self.app(call, instance_id, app_id)
        version = _shown(app, call.user) if app_version is None else self.version(app, app_version)
        cards = [card.answer(version.cards, self.answers.plugin_type) for card in version.cards]
        definition = {
            "app_definition_version": DEFINITION_VERSION,
            "cards": cards,
            "can_edit": owns(call.user, app),
        }
        return _summary(app, version) | {"app_definition": definition}

    @inferred(
        "qapps.new-definition",
        "A new definition replaces the old one completely, including its initial prompt.",
    )
    @QUOTAS_ON_UPDATE
    def update_q_app(
        self,
        call: Call,
        *,
        instance_id: str,
        app_id: str,
        title: str | None = None,
        description: str | None = None,
        app_definition: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Add a version. Omitted members keep their values, earlier versions stay, verification is lost."""
        app = self.app(call, instance_id, app_id)
        old = app.newest
        if app_definition is not None:
            app_definition = self._completed(app_definition)
            cards = self._cards(self.instance(instance_id), app_definition)
            if over := self._over_limit(app_definition, cards):
                raise ValidationException(over[0]).because(QUOTAS_ON_UPDATE)
        new = Version(
            app_version=old.app_version + 1,
            title=old.title if title is None else title,
            description=old.description if description is None else description,
            definition=old.definition if app_definition is None else app_definition,
            updated_at=self.world.clock.now(),
            updated_by=call.user.user_id,
        )
        app.versions.append(new)
        _warn(new, old)
        if app.library_item is not None:
            app.library_item.is_verified = False
        return _summary(app, app.newest)

    @inferred(
        "qapps.deleted-app",
        "DeleteQApp also deletes the app's sessions, files and grants, and removes the app from everybody's "
        "list. AWS documents that it deletes the library item.",
        sources=["https://docs.aws.amazon.com/amazonq/latest/api-reference/API_qapps_DeleteQApp.html"],
    )
    def delete_q_app(self, call: Call, *, instance_id: str, app_id: str) -> None:
        """Delete an app with everything that belongs to it."""
        self.instance(instance_id).drop_app(self.app(call, instance_id, app_id))

    @inferred("qapps.unreadable-apps", "ListQApps leaves out apps that the caller may no longer read.")
    def list_q_apps(
        self, call: Call, *, instance_id: str, limit: int = PAGE, next_token: str | None = None
    ) -> dict[str, Any]:
        """The caller's apps, latest association first; createdAt is the time of the association."""
        instance, user = self.instance(instance_id), call.user
        page: Page[Association] = page_of(
            instance.apps_of(user),
            limit,
            next_token,
            only=lambda entry: reads(user, instance.apps[entry.app_id]),
        )
        apps = [_listed(instance.apps[entry.app_id], entry, user) for entry in page.items]
        return {"apps": apps, "next_token": page.next_token}

    def associate_q_app_with_user(self, call: Call, *, instance_id: str, app_id: str) -> None:
        """Add an app to the caller's list. Those who had disassociated it may run it again."""
        app = self.app(call, instance_id, app_id)
        self.instance(instance_id).associate(app, call.user, self.world.clock.now())

    @inferred(
        "qapps.leaving",
        "DisassociateQAppFromUser has no effect on the caller's own apps, nor on apps that are not in the "
        "caller's list and were not granted to the caller.",
    )
    def disassociate_q_app_from_user(self, call: Call, *, instance_id: str, app_id: str) -> None:
        """Remove an app from the caller's list, and take away their right to run it."""
        app = self.app(call, instance_id, app_id)
        if not owns(call.user, app):
            self.instance(instance_id).leave(app, call.user)

    def _completed(self, definition: dict[str, Any]) -> dict[str, Any]:
        return with_output_source(definition, self.world.rules[DEFAULT_OUTPUT_SOURCE.name])

    @INVALID_DEFINITION
    def _cards(self, instance: Instance, definition: dict[str, Any]) -> Cards:
        """Read and check the cards."""
        try:
            cards = read_cards(definition["cards"])
        except InvalidDefinition as error:
            raise ValidationException(str(error)).because(INVALID_DEFINITION) from None
        for card in cards:
            if "file_id" in card.fields:
                self.check_file(instance, card, card.fields["file_id"])
        return cards

    def _check_quotas(self, instance: Instance, user: User, definition: dict[str, Any], cards: Cards) -> None:
        limits = self.world.limits
        listed = instance.apps_of(user)
        own = len(listed)
        if own >= limits.apps_per_user:  # an upper bound: some may belong to others
            own = sum(owns(user, instance.apps[entry.app_id]) for entry in listed)
        for count, limit in ((len(instance.apps), "apps_per_instance"), (own, "apps_per_user")):
            if count >= getattr(limits, limit):
                raise _over_quota(
                    f"The quota {limit} of {getattr(limits, limit)} is reached. Delete an app first.",
                    limit,
                    instance,
                )
        if over := self._over_limit(definition, cards):
            raise _over_quota(*over, instance)

    def _over_limit(self, definition: dict[str, Any], cards: Cards) -> tuple[str, str] | None:
        """The message and the name of the limit that a definition exceeds, if it does."""
        counts = {
            "file_cards_per_app": sum(card.kind == "file_upload" for card in cards),
            "form_cards_per_app": sum(card.kind == "form_input" for card in cards),
            "initial_prompt_characters": len(definition.get("initial_prompt", "")),
        }
        for limit, count in counts.items():
            if count > (most := getattr(self.world.limits, limit)):
                return f"The quota {limit} of {most} is exceeded: this app has {count}.", limit
        return None


def _warn(new: Version, old: Version | None = None) -> None:
    """Log advice about prompts that refer to nothing, once for each card rather than for each version."""
    known = advice(old.cards) if old is not None else {}
    for card_id, text in advice(new.cards).items():
        if known.get(card_id) != text:
            logger.warning("Q App %r: %s", new.title, text)


def _over_quota(message: str, limit: str, instance: Instance) -> ServiceQuotaExceededException:
    return ServiceQuotaExceededException(message, "QApp", instance.instance_id, limit)


@SHOWN_VERSION
def _shown(app: App, user: User) -> Version:
    if app.library_item is None or owns(user, app):
        return app.newest
    return app.versions[app.library_item.app_version - 1]


def _summary(app: App, version: Version) -> dict[str, Any]:
    return {
        "app_id": app.app_id,
        "app_arn": app.app_arn,
        "title": version.title,
        "description": version.description,
        "initial_prompt": version.initial_prompt,
        "app_version": version.app_version,
        "status": app.status(version),
        "created_at": app.created_at,
        "created_by": app.owner_id,
        "updated_at": version.updated_at,
        "updated_by": version.updated_by,
        "required_capabilities": version.required_capabilities,
    }


def _listed(app: App, entry: Association, user: User) -> dict[str, Any]:
    version = _shown(app, user)
    return {
        "app_id": app.app_id,
        "app_arn": app.app_arn,
        "title": version.title,
        "description": version.description,
        "created_at": entry.created_at,
        "can_edit": owns(user, app),
        "status": app.status(version),
        "is_verified": app.library_item is not None and app.library_item.is_verified,
    }
