"""Sessions: runs of an app by a host, and by participants if the host shares them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from threading import get_ident
from typing import TYPE_CHECKING, Any

from qchime import compat
from qchime.core.backend import Call
from qchime.rules import inferred
from qchime.services.qapps.access import hosts
from qchime.services.qapps.answers import Answer, Work
from qchime.services.qapps.cards import (
    FIXED_FILE,
    Card,
    CardRun,
    evaluate,
    overall_status,
    restart_dependents,
    takes_value,
)
from qchime.services.qapps.directory import Directory
from qchime.services.qapps.exceptions import (
    AccessDeniedException,
    ResourceNotFoundException,
    ValidationException,
)
from qchime.services.qapps.forms import (
    Change,
    check_new_ids,
    prompt_values,
    read_submission,
    submitted,
    visible,
)
from qchime.services.qapps.resources import App, Instance, Session, Version
from qchime.world import User, renew_in_children

if TYPE_CHECKING:
    from qchime.core.cloud import Account

TRANSITION = "qapps::session"
"""The name of sessions in moto's state manager, which sets how long they stay IN_PROGRESS.

http://docs.getmoto.org/en/latest/docs/configuration/state_transition/index.html
"""

CardValue = dict[str, Any]

SECOND_COLLECTION = inferred(
    "qapps.second-collection",
    "A second data collection by the same host for the same app raises a ValidationException, because "
    "StartQAppSession declares no ConflictException. AWS documents that there is only one at a time.",
    sources=["https://docs.aws.amazon.com/amazonq/latest/qbusiness-ug/q-apps-forms.html"],
)
NO_RESPONSES = inferred(
    "qapps.refused-responses",
    "Without acceptResponses, a call in which a participant sends values raises an AccessDeniedException.",
)
UNKNOWN_CARD = inferred(
    "qapps.unknown-card", "A value for a card that the app does not have raises a ValidationException."
)
JOINING = inferred(
    "qapps.joining",
    "Joining a session requires permission to run the app and an existing version. It accepts values for "
    "waiting cards, and ignores tags. A missing session raises a ResourceNotFoundException.",
)
NO_CARD_WAITS = inferred(
    "qapps.no-waiting-card",
    "If no card of the session waits for a value, values raise a ValidationException, except those for form "
    "cards, which take further submissions.",
)


class SessionOperations(Directory):
    """https://docs.aws.amazon.com/amazonq/latest/api-reference/API_qapps_StartQAppSession.html"""

    def __init__(self, region_name: str, account: "Account") -> None:
        super().__init__(region_name, account)
        self._asked: dict[tuple[str, str], int] = {}
        """The cards, by session and card id, for which a function of the test author's is running, with the
        thread that runs it."""
        renew_in_children(self)

    def after_fork(self) -> None:
        """Ask again for the answers of threads that a forked child does not have."""
        mine = get_ident()
        self._asked = {card: thread for card, thread in self._asked.items() if thread == mine}

    @JOINING
    def start_q_app_session(
        self,
        call: Call,
        *,
        instance_id: str,
        app_id: str,
        app_version: int,
        initial_values: list[CardValue] | None = None,
        session_id: str | None = None,
        tags: dict[str, str] | None = None,
    ) -> Session:
        """Start a session, or join the one with `session_id`, as AWS documents for data collections.

        https://docs.aws.amazon.com/amazonq/latest/api-reference/API_qapps_StartQAppSession.html
        """
        app, instance = self.app(call, instance_id, app_id), self.instance(instance_id)
        version = self.version(app, app_version)
        if session_id is not None:
            session = self._joined(call, instance, session_id, app)
            if initial_values:
                self._take(call, instance, session, initial_values)
        else:
            session = self._new_session(call, app, version, self.tagged({}, tags))
            changes = self._read(instance, call.user, session, initial_values or ())
            self._one_collection_per_host(instance, session)
            self._apply(session, [*_defaults(session), *changes])
        self.app(call, instance_id, app_id)  # again: a function of a test author may have deleted it
        if session_id is None:
            instance.sessions[session.session_id] = session
        instance.associate(app, call.user, self.world.clock.now())
        return session

    def get_q_app_session(self, call: Call, *, instance_id: str, session_id: str) -> dict[str, Any]:
        """The status of every card. Each call counts as a poll of a session in progress."""
        session = self.session(call, instance_id, session_id)
        if session.is_in_progress:
            session.polls += 1
            self._advance(session)
            self.note_change()
        else:
            self._advance(session)
        self.session(call, instance_id, session_id)  # again: a function may have stopped it
        item = self.instance(instance_id).apps[session.app_id].library_item
        return {
            "session_id": session.session_id,
            "session_arn": session.session_arn,
            "session_name": session.session_name,
            "app_version": session.version.app_version,
            "latest_published_app_version": item.app_version if item else None,
            "status": overall_status(run.state for run in session.runs.values()),
            "card_status": {
                card.id: _card_status(session, card, call.user) for card in session.version.cards
            },
            "user_is_host": hosts(call.user, session),
        }

    def update_q_app_session(
        self, call: Call, *, instance_id: str, session_id: str, values: list[CardValue] | None = None
    ) -> Session:
        """Give values to waiting cards. Values for other cards are ignored, and there may be none."""
        session = self.session(call, instance_id, session_id)
        self._take(call, self.instance(instance_id), session, values or [])
        return session

    def stop_q_app_session(self, call: Call, *, instance_id: str, session_id: str) -> None:
        """Delete the session and all its data."""
        self.session(call, instance_id, session_id)
        self.instance(instance_id).drop_session(session_id)

    def get_q_app_session_metadata(self, call: Call, *, instance_id: str, session_id: str) -> dict[str, Any]:
        """Name and sharing configuration. sessionOwner tells whether the caller is the host."""
        session = self.session(call, instance_id, session_id)
        return {**_metadata(session), "session_owner": hosts(call.user, session)}

    @inferred(
        "qapps.sessions-without-forms",
        "Sessions without form cards can be shared, joined, listed and exported, like data collections.",
    )
    def update_q_app_session_metadata(
        self,
        call: Call,
        *,
        instance_id: str,
        session_id: str,
        sharing_configuration: dict[str, bool],
        session_name: str | None = None,
    ) -> dict[str, Any]:
        """Start or stop sharing. Shared sessions accept responses and reveal cards by default.

        https://docs.aws.amazon.com/amazonq/latest/qbusiness-ug/qapps-forms-data-collection-concepts.html
        """
        session = self.session(call, instance_id, session_id)
        defaults = (
            {"accept_responses": True, "reveal_cards": True} if sharing_configuration["enabled"] else {}
        )
        session.sharing_configuration = {**defaults, **sharing_configuration}
        if session_name is not None:
            session.session_name = session_name
        return _metadata(session)

    def _joined(self, call: Call, instance: Instance, session_id: str, app: App) -> Session:
        if session_id not in instance.sessions:
            raise ResourceNotFoundException("QAppSession", session_id).because(JOINING)
        return self.session_of(call, instance.instance_id, session_id, app.app_id)

    def _new_session(self, call: Call, app: App, version: Version, tags: dict[str, str]) -> Session:
        session_id = self.new_uuid()
        runs = {card.id: CardRun("WAITING") for card in version.cards}
        arn = f"{app.app_arn}/session/{session_id}"
        return Session(session_id, arn, app.app_id, version, call.user.user_id, tags, runs)

    @SECOND_COLLECTION
    def _one_collection_per_host(self, instance: Instance, new: Session) -> None:
        """Allow one data collection per host and app."""
        for other in instance.sessions.values():
            is_same = other.app_id == new.app_id and other.host_id == new.host_id
            if is_same and new.forms and other.forms:
                message = f"You already host the data collection {other.session_id}. Stop it first."
                raise ValidationException(message).because(SECOND_COLLECTION)

    @NO_RESPONSES
    @NO_CARD_WAITS
    def _take(self, call: Call, instance: Instance, session: Session, values: list[CardValue]) -> None:
        """Give values to the cards that take one, then run the cards that can run."""
        if not hosts(call.user, session) and not session.shares("accept_responses"):
            message = "The host of this session does not accept responses: its acceptResponses is not true."
            raise AccessDeniedException(message).because(NO_RESPONSES)
        changes = self._read(instance, call.user, session, values)
        if values and not changes and all(run.state != "WAITING" for run in session.runs.values()):
            message = (
                "No card of this session is waiting for a value. Start another session to run the app again."
            )
            raise ValidationException(message).because(NO_CARD_WAITS)
        self._apply(session, changes)

    @inferred(
        "qapps.all-values-or-none",
        "If one value of a call is invalid, the call has no effect. If a call has two values for the same "
        "waiting card, the last one counts.",
    )
    @UNKNOWN_CARD
    def _read(
        self, instance: Instance, user: User, session: Session, values: Sequence[CardValue]
    ) -> list[Change]:
        """Validate all values, and return what they change."""
        changes = []
        check_new_ids(values)
        for value in values:
            card = session.version.card(value["card_id"])
            if card is None:
                message = f"Version {session.version.app_version} of the app has no card {value['card_id']}."
                raise ValidationException(message).because(UNKNOWN_CARD)
            if card.kind == "form_input":
                changes.append(read_submission(session, card, user, value, self.world))
            elif card.keeps_default:
                message = f"The file of the card {card.id} cannot be replaced: its allowOverride is false."
                raise ValidationException(message).because(FIXED_FILE)
            elif takes_value(card, session.runs):
                if card.kind == "file_upload":
                    self.check_file(instance, card, value["value"])
                changes.append(Change(card, partial(_fill, session.runs[card.id], card, value["value"])))
        return changes

    @inferred(
        "qapps.form-dependents",
        "The cards that depend on a form card run again whenever its submissions change. The form card "
        "waits until it has a submission.",
    )
    def _apply(self, session: Session, changes: list[Change]) -> None:
        for change in changes:
            change.apply()
        for card in (change.card for change in changes):
            if card.kind == "form_input":
                session.runs[card.id].state = "COMPLETED" if submitted(session, card.id) else "WAITING"
        restart_dependents(session.version.cards, session.runs, {change.card.id for change in changes})
        self._advance(session)

    def _advance(self, session: Session) -> None:
        """Run the cards that can run: at once, or when the model has worked on them long enough."""
        answer_of = partial(self._answer, session)
        run = partial(evaluate, session.version.cards, session.runs, prompt_values(session), answer_of)
        run(lambda card: True)
        if session.is_in_progress:
            if session.running_since is None:
                session.running_since, session.polls = self.world.clock.now(), 0
            run(partial(self._is_at_work, session, session.running_since))
        if not session.is_in_progress:
            session.running_since = None

    @inferred(
        "qapps.instant-answers",
        "Cards complete at once.",
        turn="answers.in_progress",
    )
    def _is_at_work(self, session: Session, since: datetime, card: Card) -> bool:
        if (session.session_id, card.id) in self._asked:
            return True
        work = self.answers.work_on(card.title, card.id) or _motos_work()
        passed = (self.world.clock.now() - since).total_seconds()
        return session.polls <= work.polls if work.polls is not None else passed < (work.seconds or 0)

    def _answer(self, session: Session, card: Card) -> Answer:
        answer = self.answers.of_card(card.title, card.id)
        if isinstance(answer.text, str):
            return answer
        return replace(answer, text=partial(self._ask, session, card, answer.text))

    def _ask(self, session: Session, card: Card, function: Callable[[str], str], prompt: str) -> str:
        """Call a function of the test author's without the lock, because it may call this service itself."""
        asked = session.session_id, card.id
        self._asked[asked] = get_ident()
        try:
            with self.lock.released():
                return function(prompt)
        finally:
            self._asked.pop(asked, None)


def _motos_work() -> Work:
    """How long the model works, according to moto's state manager."""
    transition = compat.moto_transition(TRANSITION)
    polls = int(transition["times"]) if transition["progression"] == "manual" else None
    seconds = int(transition["seconds"]) if transition["progression"] == "time" else None
    return Work(None, polls, seconds)


def _defaults(session: Session) -> list[Change]:
    """The default values of the cards; initial values are applied after them, and win."""
    return [
        Change(card, partial(_fill, session.runs[card.id], card, card.default_value))
        for card in session.version.cards
        if card.default_value is not None
    ]


def _fill(run: CardRun, card: Card, value: str) -> None:
    """Set the value of an input card. For a waiting plugin card any value confirms it."""
    if card.is_input:
        run.state, run.value = "COMPLETED", value
    else:
        run.is_confirmed = card.kind == "q_plugin"


def _card_status(session: Session, card: Card, user: User) -> dict[str, Any]:
    run = session.runs[card.id]
    status: dict[str, Any] = {"current_state": run.state, "current_value": run.value}
    if card.kind == "form_input":
        status["submissions"] = [entry for entry in visible(session, user) if entry.card_id == card.id]
    return status


def _metadata(session: Session) -> dict[str, Any]:
    return {
        "session_id": session.session_id,
        "session_arn": session.session_arn,
        "session_name": session.session_name,
        "sharing_configuration": session.sharing_configuration,
    }
