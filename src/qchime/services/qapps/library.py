"""The library, where apps are published for everybody and rated by their users."""

from typing import Any

from qchime.core.backend import Call
from qchime.core.collection import Page
from qchime.rules import inferred
from qchime.services.qapps.categories import existing_category
from qchime.services.qapps.directory import PAGE, Directory, page_of
from qchime.services.qapps.exceptions import ConflictException, ResourceNotFoundException
from qchime.services.qapps.resources import App, Instance, LibraryItem, Status
from qchime.world import User

ANOTHER_APP = inferred(
    "qapps.item-of-another-app",
    "GetLibraryItem with the id of another app raises a ResourceNotFoundException.",
)
LIKES = inferred(
    "qapps.repeated-like",
    "Liking an item twice raises a ConflictException, and so does withdrawing a like that does not exist. "
    "Both operations declare it.",
)


class LibraryOperations(Directory):
    """https://docs.aws.amazon.com/amazonq/latest/api-reference/API_qapps_CreateLibraryItem.html"""

    @inferred(
        "qapps.publishing-again",
        "Publishing an app again moves its library item to the new version. The item keeps its id and "
        "ratings, is no longer verified, and is PUBLISHED.",
    )
    def create_library_item(
        self, call: Call, *, instance_id: str, app_id: str, app_version: int, categories: list[str]
    ) -> LibraryItem:
        """Publish a version. Publishing another one moves the app's library item to it."""
        instance, app = self.instance(instance_id), self.app(call, instance_id, app_id)
        self.version(app, app_version)
        categories = _existing_categories(instance, categories)
        now, user_id = self.world.clock.now(), call.user.user_id
        item = app.library_item
        if item is None:
            item = LibraryItem(self.new_uuid(), app_id, app_version, categories, now, user_id, now, user_id)
            app.library_item = item
            instance.library.add(item.library_item_id, app_id)
            return item
        item.app_version, item.category_ids, item.status = app_version, categories, "PUBLISHED"
        return _changed(item, self, call)

    @ANOTHER_APP
    def get_library_item(
        self, call: Call, *, instance_id: str, library_item_id: str, app_id: str | None = None
    ) -> dict[str, Any]:
        """One library item."""
        item = self.library_item(call, instance_id, library_item_id)
        if app_id not in (None, item.app_id):
            raise ResourceNotFoundException("LibraryItem", library_item_id).because(ANOTHER_APP)
        return _answer(self.instance(instance_id), item, call.user)

    def update_library_item(
        self,
        call: Call,
        *,
        instance_id: str,
        library_item_id: str,
        status: Status | None = None,
        categories: list[str] | None = None,
    ) -> dict[str, Any]:
        """Change status or categories. The item loses its verification."""
        instance, item = self.instance(instance_id), self.library_item(call, instance_id, library_item_id)
        if categories is not None:
            item.category_ids = _existing_categories(instance, categories)
        item.status = status or item.status
        return _answer(instance, _changed(item, self, call), call.user)

    def update_library_item_metadata(
        self, call: Call, *, instance_id: str, library_item_id: str, is_verified: bool | None = None
    ) -> None:
        """Mark an item as verified or not. Administrators have plain credentials, so any caller may do it."""
        item = self.instance(instance_id).library_item(library_item_id)
        if item is None:
            raise ResourceNotFoundException("LibraryItem", library_item_id)
        if is_verified is not None:
            item.is_verified = is_verified

    @inferred(
        "qapps.unpublishing",
        "After DeleteLibraryItem, all versions of the app are drafts, and publishing it again makes a new "
        "item without ratings.",
    )
    def delete_library_item(self, call: Call, *, instance_id: str, library_item_id: str) -> None:
        """Remove an app from the library."""
        instance, item = self.instance(instance_id), self.library_item(call, instance_id, library_item_id)
        instance.library.remove(library_item_id)
        instance.apps[item.app_id].library_item = None

    def list_library_items(
        self,
        call: Call,
        *,
        instance_id: str,
        limit: int = PAGE,
        next_token: str | None = None,
        category_id: str | None = None,
    ) -> dict[str, Any]:
        """Published items, newest first. Disabled ones are in nobody's list."""
        instance = self.instance(instance_id)

        def is_wanted(app_id: str) -> bool:
            app = instance.apps[app_id]
            return app.is_published and _is_under(category_id, app)

        page: Page[str] = page_of(instance.library, limit, next_token, only=is_wanted)
        found = [instance.apps[app_id].library_item for app_id in page.items]
        items = [_answer(instance, item, call.user) for item in found if item is not None]
        return {"library_items": items, "next_token": page.next_token}

    @LIKES
    def associate_library_item_review(self, call: Call, *, instance_id: str, library_item_id: str) -> None:
        """Like an item."""
        item = self.library_item(call, instance_id, library_item_id)
        if call.user.user_id in item.raters:
            message = "You already like this item."
            raise ConflictException(message, "LibraryItem", library_item_id).because(LIKES)
        item.raters.add(call.user.user_id)

    @LIKES
    def disassociate_library_item_review(self, call: Call, *, instance_id: str, library_item_id: str) -> None:
        """Withdraw a like."""
        item = self.library_item(call, instance_id, library_item_id)
        if call.user.user_id not in item.raters:
            message = "You do not like this item."
            raise ConflictException(message, "LibraryItem", library_item_id).because(LIKES)
        item.raters.remove(call.user.user_id)


@inferred("qapps.category-named-twice", "A category that a library item names twice counts once.")
def _existing_categories(instance: Instance, category_ids: list[str]) -> list[str]:
    """The distinct ids."""
    return list(dict.fromkeys(existing_category(instance, category_id).id for category_id in category_ids))


def _is_under(category_id: str | None, app: App) -> bool:
    return category_id is None or (
        app.library_item is not None and category_id in app.library_item.category_ids
    )


def _changed(item: LibraryItem, backend: Directory, call: Call) -> LibraryItem:
    item.is_verified = False
    item.updated_at, item.updated_by = backend.world.clock.now(), call.user.user_id
    return item


def _answer(instance: Instance, item: LibraryItem, user: User) -> dict[str, Any]:
    categories = [instance.categories[category_id] for category_id in item.category_ids]
    return {
        "library_item_id": item.library_item_id,
        "app_id": item.app_id,
        "app_version": item.app_version,
        "categories": [{"id": category.id, "title": category.title} for category in categories],
        "status": item.status,
        "created_at": item.created_at,
        "created_by": item.created_by,
        "updated_at": item.updated_at,
        "updated_by": item.updated_by,
        "rating_count": item.rating_count,
        "is_rated_by_user": user.user_id in item.raters,
        "user_count": len(instance.apps[item.app_id].users),
        "is_verified": item.is_verified,
    }
