"""Data collection: users' submissions to the form cards of a session."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from qchime.rules import inferred
from qchime.services.qapps.access import hosts
from qchime.services.qapps.cards import Card
from qchime.services.qapps.exceptions import AccessDeniedException, ValidationException
from qchime.services.qapps.resources import Session, Submission
from qchime.world import User, World

DEEPEST = 100
"""How many levels of nested objects and lists a submission may have."""

NOT_AN_ANSWER = inferred(
    "qapps.form-answers",
    "The value of a form answer is a JSON object as a string, keyed by the properties of the card's schema, "
    "with at most 100 levels and no lone surrogates. Anything else raises a ValidationException. It need "
    "not conform to the schema.",
)
ONE_RESPONSE = inferred(
    "qapps.mutations",
    "A submissionMutation for a form card in the mode `replace` raises a ValidationException. AWS documents "
    "that mutations apply only where several responses are allowed.",
    sources=["https://docs.aws.amazon.com/amazonq/latest/api-reference/API_qapps_CardValue.html"],
)
REPEATED_ID = inferred(
    "qapps.repeated-submission-id",
    "Adding a submission with an existing id raises a ValidationException.",
)
MISSING_SUBMISSION = inferred(
    "qapps.missing-submission",
    "Changing a submission that the form card does not have raises a ValidationException.",
)
NOT_OWN = inferred(
    "qapps.submission-of-another-user", "Changing another user's submission raises an AccessDeniedException."
)


@dataclass(frozen=True, slots=True)
class Change:
    """The effect of one value on a session: already validated, not yet applied."""

    card: Card
    apply: Callable[[], None]


@ONE_RESPONSE
@REPEATED_ID
def read_submission(session: Session, card: Card, user: User, value: dict[str, Any], world: World) -> Change:
    """Validate a value for a form card, and return its effect.

    In the mode `replace` it replaces the user's earlier submission, and mutations do not apply. In `append`
    a value without a mutation, or with an `add`, joins the earlier ones; other mutations edit or delete one
    of the user's own.

    Raises:
        ValidationException: not a JSON object, a mutation in the mode `replace`, or a mutation of a missing
            submission.
        AccessDeniedException: a mutation of another user's submission.
    """
    mutation, now = value.get("submission_mutation"), world.clock.now()
    if mutation is not None and card.compute_mode == "replace":
        raise ValidationException(
            f"The form card {card.id} takes one response per user: send the value without submissionMutation."
        ).because(ONE_RESPONSE)
    if mutation is None or mutation["mutation_type"] == "add":
        submission_id = mutation["submission_id"] if mutation else world.ids.uuid()
        if submission_id in session.submissions:
            message = f"There already is a submission {submission_id}."
            raise ValidationException(message).because(REPEATED_ID)
        new = Submission(submission_id, card.id, user.user_id, _answer(card, value["value"]), now)
        return Change(card, partial(_add, session, card, new))
    submission_id = mutation["submission_id"]
    _check_own(session, card, user, submission_id)
    if mutation["mutation_type"] == "delete":
        return Change(card, partial(_delete, session, submission_id))
    return Change(card, partial(_edit, session, submission_id, _answer(card, value["value"]), now))


@REPEATED_ID
def check_new_ids(values: Iterable[dict[str, Any]]) -> None:
    """Raise ValidationException if two values of a request add submissions with the same id."""
    mutations = [value["submission_mutation"] for value in values if "submission_mutation" in value]
    added = [mutation["submission_id"] for mutation in mutations if mutation["mutation_type"] == "add"]
    if len(set(added)) < len(added):
        raise ValidationException("Two values add a submission with the same id.").because(REPEATED_ID)


def submitted(session: Session, card_id: str) -> list[Submission]:
    """All users' submissions to one form card, in the order they were added."""
    return [entry for entry in session.submissions.values() if entry.card_id == card_id]


@inferred(
    "qapps.hidden-submissions",
    "Without revealCards, participants see only their own submissions, in sessions and in lists.",
)
def visible(session: Session, user: User) -> list[Submission]:
    """The submissions that a user may see."""
    is_open = hosts(user, session) or session.shares("reveal_cards")
    return [entry for entry in session.submissions.values() if is_open or entry.user_id == user.user_id]


@inferred("qapps.form-values", "In a prompt, the value of a form card is a JSON list of all its answers.")
def prompt_values(session: Session) -> dict[str, str]:
    """The values of form cards in prompts."""
    return {
        form.id: json.dumps([entry.value for entry in submitted(session, form.id)]) for form in session.forms
    }


@NOT_AN_ANSWER
def _answer(card: Card, text: str) -> dict[str, Any]:
    try:
        answer = json.loads(text)
        # Python also reads NaN, infinities and lone surrogates, which are not valid JSON.
        json.dumps(answer, allow_nan=False, ensure_ascii=False).encode()
        if isinstance(answer, dict) and _depth(answer) <= DEEPEST:
            return answer
    except (ValueError, RecursionError):
        pass
    message = f"The value of the form card {card.id} must be a JSON object, of at most {DEEPEST} levels."
    raise ValidationException(message).because(NOT_AN_ANSWER)


def _depth(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(_depth, inner), default=0)


@MISSING_SUBMISSION
@NOT_OWN
def _check_own(session: Session, card: Card, user: User, submission_id: str) -> None:
    submission = session.submissions.get(submission_id)
    if submission is None or submission.card_id != card.id:
        message = f"The form card {card.id} has no submission {submission_id}."
        raise ValidationException(message).because(MISSING_SUBMISSION)
    if submission.user_id != user.user_id:
        message = f"The submission {submission_id} belongs to another user."
        raise AccessDeniedException(message).because(NOT_OWN)


def _add(session: Session, card: Card, new: Submission) -> None:
    if card.compute_mode == "replace":
        for old in submitted(session, card.id):
            if old.user_id == new.user_id:
                del session.submissions[old.submission_id]
    session.submissions[new.submission_id] = new


@inferred("qapps.edit-after-delete", "Editing a submission that the same call deletes has no effect.")
def _edit(session: Session, submission_id: str, value: dict[str, Any], now: datetime) -> None:
    if (submission := session.submissions.get(submission_id)) is not None:  # unless this request removed it
        submission.value, submission.timestamp = value, now


def _delete(session: Session, submission_id: str) -> None:
    session.submissions.pop(submission_id, None)
