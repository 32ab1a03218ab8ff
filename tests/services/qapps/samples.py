"""Cards for apps. Each function returns a card of the input; ids are UUIDs, as in the model."""

from typing import Any
from uuid import uuid4

from botocore import xform_name

INSTANCE = "8b4b9cc0-2f5a-4b7d-9e56-6f7d3f1c1a2b"


def new_id() -> str:
    return str(uuid4())


def text(card_id: str | None = None, title: str = "Text", **fields: Any) -> dict[str, Any]:
    return {"textInput": {"id": card_id or new_id(), "title": title, "type": "text-input", **fields}}


def file(card_id: str | None = None, title: str = "File", **fields: Any) -> dict[str, Any]:
    return {"fileUpload": {"id": card_id or new_id(), "title": title, "type": "file-upload", **fields}}


def query(
    card_id: str | None = None, title: str = "Query", prompt: str = "Say hello", **fields: Any
) -> dict[str, Any]:
    card = {"id": card_id or new_id(), "title": title, "type": "q-query", "prompt": prompt, **fields}
    return {"qQuery": card}


def plugin(
    card_id: str | None = None, title: str = "Plugin", prompt: str = "Open a ticket", **fields: Any
) -> dict[str, Any]:
    card = {"id": card_id or new_id(), "title": title, "type": "q-plugin", "prompt": prompt}
    return {"qPlugin": {"pluginId": new_id(), **card, **fields}}


def form(card_id: str | None = None, title: str = "Form", **fields: Any) -> dict[str, Any]:
    schema = {"type": "object", "properties": {"name": {"type": "string"}, "score": {"type": "integer"}}}
    card = {"id": card_id or new_id(), "title": title, "type": "form-input", "metadata": {"schema": schema}}
    return {"formInput": {**card, **fields}}


def definition(*cards: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"cards": list(cards), **fields}


HERE = {"instanceId": INSTANCE}
"""The keyword that all operations take, except those on tags."""

NOBODYS = "00000000-0000-4000-8000-000000000000"
"""An unknown id."""


def call(client: Any, operation: str, **members: Any) -> dict[str, Any]:
    """Call an operation by the model's name."""
    answer: dict[str, Any] = getattr(client, xform_name(operation))(**members)
    return answer


def call_without_metadata(client: Any, operation: str, **members: Any) -> dict[str, Any]:
    """A response without its metadata."""
    answer = call(client, operation, **members)
    del answer["ResponseMetadata"]
    return answer
