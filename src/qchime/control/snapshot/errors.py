"""What is wrong with a state, and where."""

from collections.abc import Iterable

Mistake = tuple[str, str]
"""A place, such as `world.clock.offset_seconds`, and what is wrong there; `""` is the whole value."""

_SHOWN = 80


class StateError(ValueError):
    """A state that cannot be loaded or written. The message names every mistake with its place."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = list(mistakes)
        super().__init__("\n".join(f"{place}: {what}" if place else what for place, what in self.mistakes))


def below(place: str, step: str | int) -> str:
    """The place of an item, by its key or number."""
    if isinstance(step, int):
        return f"{place}[{step}]"
    return f"{place}.{shown(step, quoted=False)}".lstrip(".")


def joined(place: str, inner: str) -> str:
    """A place inside another."""
    return f"{place}{inner}" if not place or not inner or inner.startswith("[") else f"{place}.{inner}"


def shown(value: object, quoted: bool = True) -> str:
    """A value as it appears in a message: shortened, and safe to print."""
    text = repr(value) if quoted else str(value)
    text = text.encode(errors="backslashreplace").decode()
    return text if len(text) <= _SHOWN * 2 else f"{text[:_SHOWN]}…"
