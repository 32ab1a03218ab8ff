"""What looks like a reference to a card in a prompt but is plain text, as `@Title` and `{{id}}` are.

AWS accepts such prompts, and the card then depends on nothing, which is hard to notice.
https://docs.aws.amazon.com/amazonq/latest/api-reference/API_qapps_CardInput.html
"""

import re
from collections.abc import Iterator

from qchime.services.qapps.cards.definition import Card, Cards

_ID = r"[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}"
_IN_BRACKETS = r"\{[^{}]*\}|\[[^\[\]]*\]|\([^()]*\)|<[^<>]*>|\"[^\"]*\"|'[^']*'"
# An `@` inside a word, as in an e-mail address or a URL, does not look like a reference.
_LOOKALIKE = re.compile(
    rf"\{{\{{[^{{}}]*\}}\}}|(?<![\w.+/-])@(?:{_IN_BRACKETS}|\w[\w-]*)?|{_ID}", re.IGNORECASE
)

_REFERENCE = "\0"
"""Takes the place of references to cards that there are. No prompt has it by chance."""


def advice(cards: Cards) -> dict[str, str]:
    """For each card whose prompt refers to nothing, by id: with which texts, and how to refer to a card."""
    found = {card.id: list(dict.fromkeys(_mentions(card, cards))) for card in cards if not card.is_input}
    return {card_id: _advice(cards.by_id[card_id], texts, cards) for card_id, texts in found.items() if texts}


def _mentions(card: Card, cards: Cards) -> Iterator[str]:
    prompt = str(card.fields["prompt"])
    for reference in card.references:
        if reference in cards.by_id:
            prompt = prompt.replace(f"@{reference}", _REFERENCE)
    for found in _LOOKALIKE.finditer(prompt):
        text = found[0]
        if _REFERENCE in text:
            continue
        if text.startswith("@"):
            text = _with_title(text, prompt[found.start() + 1 :], cards)
            if text != "@":
                yield text
        elif text.startswith("{") or text.lower() in cards.by_id:
            yield text


def _with_title(text: str, rest: str, cards: Cards) -> str:
    """The `@` and the title of a card that follows it, if one does: titles may have several words."""
    titles = [card.title for card in cards if card.title and rest.lower().startswith(card.title.lower())]
    return max((text, *(f"@{rest[: len(title)]}" for title in titles)), key=len)


def _advice(card: Card, texts: list[str], cards: Cards) -> str:
    quoted = ", ".join(map(repr, texts))
    examples = "; ".join(f"@{other.id} for {other.title!r}" for other in _meant(card, texts, cards))
    return (
        f"The prompt of the card {card.title!r} ({card.id}) has {quoted}, which is plain text to Q Apps. To "
        f"refer to a card, write @ and its id, without braces{examples and f': {examples}'}."
    )


def _meant(card: Card, texts: list[str], cards: Cards) -> list[Card]:
    """The other cards that the texts name by title or id; all other cards if they name none."""
    others = [other for other in cards if other is not card]
    written = "\n".join(texts).lower()
    return [other for other in others if {other.id, other.title.lower()} & _parts(written)] or others


def _parts(written: str) -> set[str]:
    return {line.strip("@{}[]()<>\"' ") for line in written.splitlines()}
