"""Checks that calls could have produced a state, so that operations can rely on it."""

from collections.abc import Callable, Iterator

from qchime.services.qapps.resources import App, Instance, State

IntegrityError = tuple[str, str]
"""A place in the state, and what is wrong there."""

ArnOf = Callable[[str, str], str]
"""Makes the ARN of an app from the id of its Q Business application and its own id."""


def integrity_errors(state: State, arn_of: ArnOf) -> Iterator[IntegrityError]:
    """Check that every key matches its resource, and that every reference leads to one."""
    for key, instance in state.instances.items():
        if key != instance.instance_id:
            yield f"instances.{key}", f"its key is not its instance_id {instance.instance_id}"
        for check in (_apps, _library, _lists, _categories, _sessions, _documents, _exports):
            for place, what in check(instance, arn_of):
                yield f"instances.{key}.{place}", what


def _apps(instance: Instance, arn_of: ArnOf) -> Iterator[IntegrityError]:
    for key, entry in instance.apps.entries.items():
        place, app = f"apps.entries.{key}.resource", entry.resource
        if key != app.app_id:
            yield place, f"its key is not its app_id {app.app_id}"
        if app.app_arn != arn_of(instance.instance_id, app.app_id):
            yield f"{place}.app_arn", "this is not its ARN in this account and region"
        if [version.app_version for version in app.versions] != list(range(1, len(app.versions) + 1)):
            yield f"{place}.versions", "versions are numbered from 1"
        if not app.versions:
            yield f"{place}.versions", "an app has one version at least"
        if not app.owner_id:
            yield f"{place}.owner_id", "an app has an owner"
        for email in (app.owner_email, *app.grants):
            if "@" not in email:
                yield place, f"{email!r} is not an e-mail address"
        yield from _library_item(f"{place}.library_item", instance, app)


def _library_item(place: str, instance: Instance, app: App) -> Iterator[IntegrityError]:
    item = app.library_item
    if item is None:
        return
    if item.app_id != app.app_id:
        yield f"{place}.app_id", "this is the id of another app"
    if instance.library.get(item.library_item_id) != app.app_id:
        yield f"{place}.library_item_id", "the library does not have it"
    if app.version(item.app_version) is None:
        yield f"{place}.app_version", "the app has no such version"
    for category_id in item.category_ids:
        if category_id not in instance.categories:
            yield f"{place}.category_ids", f"there is no category {category_id}"


def _library(instance: Instance, arn_of: ArnOf) -> Iterator[IntegrityError]:
    for key, entry in instance.library.entries.items():
        app = instance.apps.get(entry.resource)
        if app is None or app.library_item is None or app.library_item.library_item_id != key:
            yield f"library.entries.{key}", "there is no app with this library item"


def _lists(instance: Instance, arn_of: ArnOf) -> Iterator[IntegrityError]:
    for user_id, listed in instance.lists.items():
        for key, entry in listed.entries.items():
            if key != entry.resource.app_id or key not in instance.apps:
                yield f"lists.{user_id}.entries.{key}", "its key is not its app_id, or there is no such app"


def _categories(instance: Instance, arn_of: ArnOf) -> Iterator[IntegrityError]:
    titles = [category.title for category in instance.categories.values()]
    for key, category in instance.categories.items():
        if key != category.id:
            yield f"categories.{key}", f"its key is not its id {category.id}"
        if titles.count(category.title) > 1:
            yield f"categories.{key}.title", "two categories have this title"


def _sessions(instance: Instance, arn_of: ArnOf) -> Iterator[IntegrityError]:
    for key, session in instance.sessions.items():
        place, app = f"sessions.{key}", instance.apps.get(session.app_id)
        if key != session.session_id:
            yield place, f"its key is not its session_id {session.session_id}"
        if app is None or app.version(session.version.app_version) != session.version:
            yield f"{place}.version", "there is no app with this version"
        elif session.session_arn != f"{app.app_arn}/session/{session.session_id}":
            yield f"{place}.session_arn", "this is not its ARN in this account and region"
        if set(session.runs) != {card.id for card in session.version.cards}:
            yield f"{place}.runs", "these are not the cards of its version"
        forms = {card.id for card in session.forms}
        for submission_id, submission in session.submissions.items():
            if submission_id != submission.submission_id or submission.card_id not in forms:
                yield (
                    f"{place}.submissions.{submission_id}",
                    "its key is not its submission_id, or its card is not a form card",
                )


def _documents(instance: Instance, arn_of: ArnOf) -> Iterator[IntegrityError]:
    for key, document in instance.documents.items():
        place, session = f"documents.{key}", instance.sessions.get(document.session_id or "")
        if key != document.file_id:
            yield place, f"its key is not its file_id {document.file_id}"
        if document.app_id not in instance.apps:
            yield f"{place}.app_id", "there is no such app"
        if document.session_id is not None and (session is None or session.app_id != document.app_id):
            yield f"{place}.session_id", "the app has no such session"
        if document.upload_fields is not None and "x-amz-checksum-sha256" not in document.upload_fields:
            yield f"{place}.upload_fields", "x-amz-checksum-sha256 is missing"
        if (document.upload_fields is None) != (document.expires_at is None):
            yield f"{place}.expires_at", "an announced document has both upload_fields and expires_at"


def _exports(instance: Instance, arn_of: ArnOf) -> Iterator[IntegrityError]:
    for key, export in instance.exports.items():
        if export.session_id not in instance.sessions:
            yield f"exports.{key}.session_id", "there is no such session"
