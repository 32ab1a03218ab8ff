"""The cards of an app definition: what is checked, and what follows from them.

A prompt refers to another card by `@` and its id. https://docs.aws.amazon.com/amazonq/latest/api-reference/API_qapps_CardInput.html
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any, Literal

CardKind = Literal["text_input", "q_query", "q_plugin", "file_upload", "form_input"]

DEFAULT_OUTPUT_SOURCE = "llm"
DEFAULT_COMPUTE_MODE = "replace"
"""Of form cards that name none (inferred)."""
_REFERENCE = re.compile(r"@([\da-f]{8}-[\da-f]{4}-[45][\da-f]{3}-[89ABab][\da-f]{3}-[\da-f]{12})", re.ASCII)
_CAPABILITY_OF_SOURCE = {"llm": "CreatorMode", "approved-sources": "RetrievalMode"}


class InvalidDefinition(ValueError):
    """Cards that make no app."""


@dataclass(frozen=True, slots=True)
class Card:
    """One card, with the members that its author sent, in Python's names."""

    kind: CardKind
    fields: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The id that its author gave it."""
        return str(self.fields["id"])

    @property
    def title(self) -> str:
        """The title that its author gave it."""
        return str(self.fields["title"])

    @property
    def is_input(self) -> bool:
        """Whether people fill it, rather than a model or a plugin."""
        return self.kind not in ("q_query", "q_plugin")

    @property
    def references(self) -> list[str]:
        """The ids that its prompt names, each once, in their order; cards of the app or not."""
        return list(dict.fromkeys(_REFERENCE.findall(self.fields.get("prompt", ""))))

    @property
    def default_value(self) -> str | None:
        """The value it has before anybody fills it: a default text, or a default file (inferred)."""
        value: str | None = self.fields.get("default_value") or self.fields.get("file_id")
        return value

    @property
    def compute_mode(self) -> str:
        """Whether a form card keeps each user's latest answer, `replace`, or all of them, `append`."""
        return str(self.fields.get("compute_mode", DEFAULT_COMPUTE_MODE))

    def resolved(self, values: Mapping[str, str]) -> str:
        """Its prompt with the values of other cards in place of their ids; what is no card stays text."""
        return _REFERENCE.sub(lambda found: values.get(found[1], found[0]), self.fields["prompt"])

    def answer(self, cards: Sequence["Card"], plugin_type: str) -> dict[str, Any]:
        """The card as GetQApp gives it back: everything that was sent, and what follows from it.

        A query that refers to a form card lists it in memoryReferences as well (inferred).
        """
        answered = {**self.fields, "dependencies": self.references}
        if self.kind == "q_query":
            answered.setdefault("output_source", DEFAULT_OUTPUT_SOURCE)
            forms = {card.id for card in cards if card.kind == "form_input"}
            if memories := [reference for reference in self.references if reference in forms]:
                answered["memory_references"] = memories
        if self.kind == "q_plugin":
            answered["plugin_type"] = plugin_type
        return {self.kind: answered}


def read_cards(unions: Iterable[Mapping[CardKind, Mapping[str, Any]]]) -> list[Card]:
    """The cards of a definition, in its order.

    Raises:
        InvalidDefinition: an id comes twice, a type is not that of its card, or references go round in a
            circle (all inferred).
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
    in_running_order(cards)
    return cards


def in_running_order(cards: Sequence[Card]) -> list[Card]:
    """The cards so that each comes after those that it refers to."""
    by_id = {card.id: card for card in cards}
    graph = {card.id: [name for name in card.references if name in by_id] for card in cards}
    try:
        return [by_id[name] for name in TopologicalSorter(graph).static_order()]
    except CycleError as error:
        circle = " -> ".join(reversed(error.args[1]))
        raise InvalidDefinition(f"Cards refer to each other in a circle: {circle}.") from None


def required_capabilities(cards: Sequence[Card]) -> list[str]:
    """What the app asks of the Q Business application, in the model's order."""
    needed = set()
    for card in cards:
        if card.kind == "file_upload":
            needed.add("FileUpload")
        elif card.kind == "q_query":
            needed.add(_CAPABILITY_OF_SOURCE[card.fields.get("output_source", DEFAULT_OUTPUT_SOURCE)])
        elif card.kind == "q_plugin":
            needed.add("PluginMode")
    return [name for name in ("FileUpload", "CreatorMode", "RetrievalMode", "PluginMode") if name in needed]
