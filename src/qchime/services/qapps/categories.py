"""The categories of the library."""

from typing import Any

from qchime.core.backend import Call
from qchime.rules import inferred
from qchime.services.qapps.directory import Directory
from qchime.services.qapps.exceptions import ConflictException, ResourceNotFoundException, ValidationException
from qchime.services.qapps.resources import Category, Instance, new_category

WHOLE_BATCH = inferred("qapps.category-batches", "A batch of categories succeeds or fails as a whole.")
TOO_MANY = inferred(
    "qapps.category-limit",
    "Categories beyond AWS's ten raise a ValidationException, because the batch operations declare no quota "
    "error.",
    sources=["https://docs.aws.amazon.com/amazonq/latest/qbusiness-ug/quotas-regions.html"],
    turn="limits.categories_per_instance",
)
REPEATED = inferred(
    "qapps.repeated-category",
    "A title or id that another category has, once the whole batch is applied, raises a ConflictException. "
    "AWS documents that duplicate labels are an error.",
    sources=["https://docs.aws.amazon.com/amazonq/latest/qbusiness-ug/qapps-custom-labels.html"],
)
MISSING = inferred(
    "qapps.missing-category",
    "A missing category raises a ResourceNotFoundException, in a batch and on a library item.",
)


class CategoryOperations(Directory):
    """https://docs.aws.amazon.com/amazonq/latest/api-reference/API_qapps_BatchCreateCategory.html

    Administrators call the batch operations with plain IAM credentials, so any caller may.
    """

    @WHOLE_BATCH
    @TOO_MANY
    def batch_create_category(
        self, call: Call, *, instance_id: str, categories: list[dict[str, str]]
    ) -> None:
        """Add categories."""
        instance = self.instance(instance_id)
        new = [
            new_category(given.get("id") or self.new_uuid(), given["title"], given.get("color"))
            for given in categories
        ]
        after = [*instance.categories.values(), *new]
        _check_unique(after)
        limit = self.world.limits.categories_per_instance
        if len(after) > limit:
            message = f"There can be at most {limit} categories; with these there would be {len(after)}."
            raise ValidationException(message).because(TOO_MANY)
        _keep(instance, after)

    @WHOLE_BATCH
    @inferred("qapps.kept-color", "BatchUpdateCategory without a colour keeps that of the category.")
    def batch_update_category(
        self, call: Call, *, instance_id: str, categories: list[dict[str, str]]
    ) -> None:
        """Change titles and colours."""
        instance = self.instance(instance_id)
        after = dict(instance.categories)
        for given in categories:
            old = existing_category(instance, given["id"])
            after[old.id] = Category(old.id, given["title"], given.get("color", old.color))
        _check_unique(list(after.values()))
        _keep(instance, list(after.values()))

    @WHOLE_BATCH
    @inferred("qapps.deleted-category", "Deleting a category removes it from its library items, which stay.")
    def batch_delete_category(self, call: Call, *, instance_id: str, categories: list[str]) -> None:
        """Delete categories, and remove them from their library items."""
        instance = self.instance(instance_id)
        gone = {existing_category(instance, category_id).id for category_id in categories}
        _keep(instance, [kept for kept in instance.categories.values() if kept.id not in gone])
        for item in instance.library_items:
            item.category_ids = [kept for kept in item.category_ids if kept not in gone]

    def list_categories(self, call: Call, *, instance_id: str) -> dict[str, Any]:
        """All categories. appCount is the number of published items."""
        instance = self.instance(instance_id)
        return {"categories": [_answer(instance, category) for category in instance.categories.values()]}


@MISSING
def existing_category(instance: Instance, category_id: str) -> Category:
    """The category with this id."""
    if category_id not in instance.categories:
        raise ResourceNotFoundException("Category", category_id).because(MISSING)
    return instance.categories[category_id]


@REPEATED
def _check_unique(categories: list[Category]) -> None:
    ids, titles = set[str](), set[str]()
    for category in categories:
        if category.id in ids or category.title in titles:
            message = f"There is already a category with the title {category.title!r} or its id."
            raise ConflictException(message, "Category", category.id).because(REPEATED)
        ids.add(category.id)
        titles.add(category.title)


def _keep(instance: Instance, categories: list[Category]) -> None:
    instance.categories = {category.id: category for category in categories}


def _answer(instance: Instance, category: Category) -> dict[str, Any]:
    published = [item for item in instance.library_items if item.status == "PUBLISHED"]
    count = sum(category.id in item.category_ids for item in published)
    return {"id": category.id, "title": category.title, "color": category.color, "app_count": count}
