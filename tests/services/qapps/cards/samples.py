"""Cards in internal form, with Python names of members."""

from collections.abc import Mapping
from typing import Any

from qchime.services.qapps.cards import Card, CardKind

A = "aaaaaaaa-0000-4000-8000-000000000000"
B = "bbbbbbbb-0000-4000-8000-000000000000"
C = "cccccccc-0000-4000-8000-000000000000"
D = "dddddddd-0000-4000-8000-000000000000"


def unions(*cards: Card) -> list[dict[CardKind, Mapping[str, Any]]]:
    """The cards as in a definition."""
    return [{card.kind: card.fields} for card in cards]


def text(card_id: str, **fields: Any) -> Card:
    return Card("text_input", {"id": card_id, "title": "Text", "type": "text-input", **fields})


def file(card_id: str, **fields: Any) -> Card:
    return Card("file_upload", {"id": card_id, "title": "File", "type": "file-upload", **fields})


def form(card_id: str, **fields: Any) -> Card:
    return Card("form_input", {"id": card_id, "title": "Form", "type": "form-input", **fields})


def query(card_id: str, prompt: str = "Say hello", **fields: Any) -> Card:
    card = {"id": card_id, "title": "Query", "type": "q-query", "prompt": prompt, **fields}
    return Card("q_query", card)


def plugin(card_id: str, prompt: str = "Open a ticket", **fields: Any) -> Card:
    card = {"id": card_id, "title": "Plugin", "type": "q-plugin", "prompt": prompt, **fields}
    return Card("q_plugin", card)
