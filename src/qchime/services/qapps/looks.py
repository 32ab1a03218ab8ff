"""How the page shows apps and sessions: their cards as a graph, with what they have come to."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from operator import attrgetter

from qchime.core.showing import Entry, Graph, Look, Looks, Node, Timeline, Tone, Views
from qchime.services.qapps.cards import Card, Cards, advice
from qchime.services.qapps.cards.evaluation import ExecutionStatus
from qchime.services.qapps.forms import submitted
from qchime.services.qapps.resources import App, Instance, Session, Version

_TONES: dict[ExecutionStatus, Tone] = {
    "COMPLETED": "good",
    "IN_PROGRESS": "busy",
    "WAITING": "waiting",
    "ERROR": "bad",
}


def cards_of_version(version: Version) -> Graph:
    """The cards of one version of an app."""
    return _graph(version.cards, partial(_as_written, version.cards, advice(version.cards)))


def cards_of_session(session: Session, instance: Instance) -> Graph:
    """The cards of a session, with their states and values."""
    cards = session.version.cards
    written = partial(_as_written, cards, advice(cards))
    return _graph(cards, partial(_as_run, session, instance, written))


def submissions_of(session: Session) -> Timeline:
    """What users have submitted to the form cards of a session."""
    titles = {card.id: card.title for card in session.version.cards}
    return Timeline(
        [
            Entry(entry.timestamp, entry.user_id, f"{entry.value}", f"to {titles[entry.card_id]}")
            for entry in sorted(session.submissions.values(), key=attrgetter("timestamp"))
        ]
    )


def _views_of_app(app: App, instance: Instance, backend: object) -> Views:
    versions = {
        f"Version {version.app_version}": partial(cards_of_version, version)
        for version in reversed(app.versions)
    }
    sessions = {
        f"Session {session.session_name or ''} {session.session_id}".replace("  ", " "): partial(
            cards_of_session, session, instance
        )
        for session in list(instance.sessions.values())
        if session.app_id == app.app_id
    }
    return {**versions, **sessions}


def _views_of_session(session: Session, instance: Instance, backend: object) -> Views:
    cards = {"Cards": partial(cards_of_session, session, instance)}
    return {**cards, "Submissions": partial(submissions_of, session)} if session.forms else cards


def _graph(cards: Cards, node: Callable[[Card], Node]) -> Graph:
    edges = [
        (reference, card.id) for card in cards for reference in card.references if reference in cards.by_id
    ]
    return Graph([node(card) for card in cards], edges)


def _as_written(cards: Cards, notes: dict[str, str], card: Card) -> Node:
    names = {other.id: f"@{other.title}" for other in cards}
    text = card.resolved(names) if "prompt" in card.fields else card.fields.get("placeholder") or ""
    kind = card.kind.replace("q_", "").replace("_", " ")
    return Node(card.id, card.title, kind, text, notes=[notes[card.id]] if card.id in notes else [])


def _as_run(session: Session, instance: Instance, written: Callable[[Card], Node], card: Card) -> Node:
    node, run = written(card), session.runs[card.id]
    value = run.value
    if card.kind == "file_upload" and value in instance.documents:
        value = instance.documents[value].file_name
    if card.kind == "form_input":
        value = f"{len(submitted(session, card.id))} submitted"
    return Node(node.id, node.title, node.kind, node.text, run.state, _TONES[run.state], value, node.notes)


LOOKS: Looks = {
    App: Look(label=lambda app: app.newest.title, views=_views_of_app),
    Version: Look(
        label=lambda version: f"Version {version.app_version}",
        views=lambda version, app, backend: {"Cards": partial(cards_of_version, version)},
    ),
    Session: Look(views=_views_of_session),
}
