"""The categories that every Q Business application begins with, which a test author can set."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from qchime.core.words import call_with
from qchime.restjson.validating import validator
from qchime.rules import inferred
from qchime.services.qapps import SERVICE
from qchime.world import Changes


@dataclass(frozen=True)
class InitialCategory:
    """A category that every application begins with.

    Raises:
        ValueError: a member does not fit AWS's model.
    """

    title: str
    id: str | None = None
    """A UUID; if None, it differs in every application."""
    color: str | None = None
    """Three or six hexadecimal digits after `#`; if None, AWS's default."""

    def __post_init__(self) -> None:
        validate = validator(SERVICE.model.shape_for("BatchCreateCategoryInputCategory"))
        given = {name: value for name, value in asdict(self).items() if value is not None}
        if errors := validate(given):
            raise ValueError(f"This is not a category: {'; '.join(errors)}")

    def is_like(self, other: InitialCategory) -> bool:
        """Whether an application could not have both: titles and ids are unique."""
        return self.title == other.title or self.id == other.id is not None


@dataclass
class InitialCategoriesState:
    """The state of the initial categories.

    Raises:
        ValueError: two of them have the same title or id.
    """

    categories: list[InitialCategory]

    def __post_init__(self) -> None:
        for number, category in enumerate(self.categories):
            _check_new(category, self.categories[:number])


@inferred(
    "qapps.initial-categories",
    "A Q Business application begins without categories. AWS predefines some labels, but documents neither "
    "their ids nor their number.",
    sources=["https://docs.aws.amazon.com/amazonq/latest/qbusiness-ug/qapps-custom-labels.html"],
    turn="categories.add",
)
class InitialCategories:
    """The categories that applications begin with. Those of an account add to those for all accounts."""

    def __init__(self, everybody: InitialCategories | None = None) -> None:
        self._everybody = everybody
        self._own: list[InitialCategory] = []
        self.changes: Changes = Changes()

    def add(self, title: str, id: str | None = None, color: str | None = None) -> None:
        """Add a category to every application that is used for the first time from now on.

        Args:
            title: up to 30 letters, digits and underscores, with single spaces between words.
            id: a UUID; by default, it differs in every application.
            color: three or six hexadecimal digits after `#`.

        Raises:
            ValueError: a value does not fit AWS's model, or there is a category with this title or id.
        """
        new = InitialCategory(title, id, color)
        _check_new(new, self._own)
        self._own.append(new)
        self.changes.note()

    def __iter__(self) -> Iterator[InitialCategory]:
        return iter(list(self._own))

    @property
    def all(self) -> list[InitialCategory]:
        """Those for all accounts, then the account's own, which replace those like them."""
        above = self._everybody.all if self._everybody is not None else []
        return [*(one for one in above if not any(map(one.is_like, self._own))), *self._own]

    def show(self) -> dict[str, Any]:
        """The categories as JSON."""
        return {"categories": [asdict(category) for category in self]}

    def post(self, **given: Any) -> None:
        """Add a category, whose members are the arguments of `add`."""
        call_with(self.add, given)

    def state(self) -> InitialCategoriesState:
        """The categories, as they are kept in a state."""
        return InitialCategoriesState(list(self._own))

    def restore(self, state: InitialCategoriesState) -> None:
        """Replace the categories with those of a state."""
        self._own = list(state.categories)

    def reset(self) -> None:
        """Remove all. Applications that have already been used keep their categories."""
        self._own = []
        self.changes.note()


def _check_new(category: InitialCategory, earlier: list[InitialCategory]) -> None:
    if any(map(category.is_like, earlier)):
        raise ValueError(
            f"Another initial category has the title {category.title!r} or the id {category.id}. "
            "Choose another title and id, or call categories.reset() first."
        )
