"""The cards of an app definition: their validity, and the members derived from them.

A prompt refers to another card with `@` and the card's id.
https://docs.aws.amazon.com/amazonq/latest/api-reference/API_qapps_CardInput.html
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any, Literal

from qchime.lazy import cached_property
from qchime.rules import disputed, inferred

CardKind = Literal["text_input", "q_query", "q_plugin", "file_upload", "form_input"]

DEFAULT_OUTPUT_SOURCE = disputed(
    "qapps.default-output-source",
    "A query card without an output source has `approved-sources`. AWS's Smithy model of the service has "
    "this default; the responses in the examples of AWS's API reference have `llm`.",
    sources=["https://docs.aws.amazon.com/amazonq/latest/api-reference/API_qapps_GetQApp.html"],
    choices=["approved-sources", "llm"],
)
DEFAULT_COMPUTE_MODE = "replace"
"""By default, users give one response.

https://docs.aws.amazon.com/amazonq/latest/qbusiness-ug/qapps-forms-data-collection-concepts.html
"""
FIXED_FILE = inferred(
    "qapps.fixed-file",
    "A value for a file card that has a default file and whose allowOverride is false raises a "
    "ValidationException.",
)
_REFERENCE = re.compile(r"@([\da-f]{8}-[\da-f]{4}-[45][\da-f]{3}-[89ABab][\da-f]{3}-[\da-f]{12})", re.ASCII)
_CAPABILITY_OF_SOURCE = {"llm": "CreatorMode", "approved-sources": "RetrievalMode"}


class InvalidDefinition(ValueError):
    """These cards cannot form an app."""


@dataclass(frozen=True)
class Card:
    """One card with the members that its author sent, under their Python names."""

    kind: CardKind
    fields: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The id that the author gave it."""
        return str(self.fields["id"])

    @property
    def title(self) -> str:
        """The title that the author gave it."""
        return str(self.fields["title"])

    @property
    def is_input(self) -> bool:
        """Whether people fill it in, rather than a model or a plugin."""
        return self.kind not in ("q_query", "q_plugin")

    @cached_property
    def references(self) -> list[str]:
        """The distinct ids in its prompt, in order of appearance, whether or not the app has such cards."""
        return list(dict.fromkeys(_REFERENCE.findall(self.fields.get("prompt", ""))))

    @property
    @inferred("qapps.default-values", "In a session, the default text or file of a card counts as its value.")
    def default_value(self) -> str | None:
        """The value before anybody fills the card in: a default text or a default file."""
        value: str | None = self.fields.get("default_value") or self.fields.get("file_id")
        return value

    @property
    @FIXED_FILE
    def keeps_default(self) -> bool:
        """Whether nobody may replace its default file."""
        return "file_id" in self.fields and self.fields.get("allow_override") is False

    @property
    @inferred(
        "qapps.unset-allow-override",
        "If allowOverride is not set, an initial value replaces the default file, but a value in "
        "UpdateQAppSession does not.",
    )
    def is_replaceable(self) -> bool:
        """Whether everybody may replace its file at any time."""
        return self.fields.get("allow_override") is True

    @property
    def compute_mode(self) -> str:
        """`replace` if a form card keeps each user's latest submission, `append` if it keeps all of them."""
        return str(self.fields.get("compute_mode", DEFAULT_COMPUTE_MODE))

    @inferred(
        "qapps.missing-reference",
        "In a session, `@` and the id of a card that the app lacks remain plain text.",
    )
    def resolved(self, values: Mapping[str, str]) -> str:
        """Its prompt with other cards' values in place of their ids; ids without a value stay as text."""
        return _REFERENCE.sub(lambda found: values.get(found[1], found[0]), self.fields["prompt"])

    @inferred(
        "qapps.memory-references", "A query that refers to a form card has that card in its memoryReferences."
    )
    def answer(self, cards: "Cards", plugin_type: Callable[[str], str]) -> dict[str, Any]:
        """The card as GetQApp returns it: what the author sent, and the members derived from it.

        `plugin_type` returns the type of the plugin with an id.
        """
        answered = {**self.fields, "dependencies": self.references}
        if self.kind == "q_query":
            answered.setdefault(
                "output_source", DEFAULT_OUTPUT_SOURCE.choices[0]
            )  # in states of older versions
            if memories := [reference for reference in self.references if cards.has_form(reference)]:
                answered["memory_references"] = memories
        if self.kind == "q_plugin":
            answered["plugin_type"] = plugin_type(self.fields.get("plugin_id", ""))
        return {self.kind: answered}


@dataclass(frozen=True, slots=True)
class Cards:
    """The cards of one app, which `read_cards` has checked; iterates in the author's order."""

    by_id: Mapping[str, Card]
    """In the author's order."""
    running_order: Sequence[Card]
    """Each card after those that it refers to."""

    def __iter__(self) -> Iterator[Card]:
        return iter(self.by_id.values())

    def has_form(self, card_id: str) -> bool:
        """Whether there is a form card with this id."""
        return card_id in self.by_id and self.by_id[card_id].kind == "form_input"


def read_cards(unions: Iterable[Mapping[CardKind, Mapping[str, Any]]]) -> Cards:
    """Check the cards of a definition, and determine the order in which they run.

    Raises:
        InvalidDefinition: two cards have the same id, a card's type does not match its kind, or cards
            refer to each other in a circle.
    """
    cards = [Card(kind, fields) for union in unions for kind, fields in union.items()]
    ids = [card.id for card in cards]
    for card in cards:
        if ids.count(card.id) > 1:
            raise InvalidDefinition(f"More than one card has the id {card.id}.")
        if card.fields["type"] != card.kind.replace("_", "-"):
            raise InvalidDefinition(
                f"The card {card.id} is a {card.kind}, not of type {card.fields['type']}."
            )
    by_id = dict(zip(ids, cards, strict=True))
    return Cards(by_id, _running_order(by_id))


def with_output_source(definition: Mapping[str, Any], source: str) -> dict[str, Any]:
    """The definition, with this output source in query cards that name none."""
    cards = [
        {"q_query": {"output_source": source, **union["q_query"]}} if "q_query" in union else union
        for union in definition["cards"]
    ]
    return {**definition, "cards": cards}


def _running_order(by_id: Mapping[str, Card]) -> Sequence[Card]:
    graph = {card.id: [name for name in card.references if name in by_id] for card in by_id.values()}
    try:
        return tuple(by_id[name] for name in TopologicalSorter(graph).static_order())
    except CycleError as error:
        circle = " -> ".join(reversed(error.args[1]))
        raise InvalidDefinition(f"Cards refer to each other in a circle: {circle}.") from None


@inferred(
    "qapps.capabilities",
    "Apps with file cards require FileUpload, and those with plugin cards require PluginMode. AWS documents "
    "CreatorMode for queries on `llm` and RetrievalMode for those on `approved-sources`.",
    sources=["https://docs.aws.amazon.com/amazonq/latest/api-reference/API_qapps_CreateQApp.html"],
)
def required_capabilities(cards: Iterable[Card]) -> list[str]:
    """The capabilities that the app needs from the Q Business application, in the model's order."""
    needed = set()
    for card in cards:
        if card.kind == "file_upload":
            needed.add("FileUpload")
        elif card.kind == "q_query":
            source = card.fields.get("output_source", DEFAULT_OUTPUT_SOURCE.choices[0])
            needed.add(_CAPABILITY_OF_SOURCE[source])
        elif card.kind == "q_plugin":
            needed.add("PluginMode")
    return [name for name in ("FileUpload", "CreatorMode", "RetrievalMode", "PluginMode") if name in needed]
