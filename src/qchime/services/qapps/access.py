"""The access policy: which users may call which operations on an app or a session.

The rights are those of the documented policy for web experience users.
https://docs.aws.amazon.com/amazonq/latest/qbusiness-ug/deploy-q-apps-iam-permissions.html
"""

from collections.abc import Callable

from qchime.rules import Rule, inferred, observed
from qchime.services.qapps.exceptions import AccessDeniedException, UnauthorizedException
from qchime.services.qapps.resources import DISABLED_APP, App, Session
from qchime.world import DEFAULT_USER, User, Users

POLICY = "https://docs.aws.amazon.com/amazonq/latest/qbusiness-ug/deploy-q-apps-iam-permissions.html"

AppRight = Callable[[User, App], bool]
SessionRight = Callable[[User, Session], bool]


def owns(user: User, app: App) -> bool:
    """The owner may do everything with an app, and nobody else may edit it, whatever their grant.

    https://docs.aws.amazon.com/amazonq/latest/qbusiness-ug/qapps-private-sharing.html
    """
    return user.user_id == app.owner_id


def reads(user: User, app: App) -> bool:
    """Users with a grant, `read` or `write`, may use an app; once it is published, everybody may."""
    return owns(user, app) or app.is_published or user.email in app.grants


def runs(user: User, app: App) -> bool:
    """Users who may read an app may run it, until they disassociate themselves from it.

    https://docs.aws.amazon.com/amazonq/latest/api-reference/API_qapps_DisassociateQAppFromUser.html
    """
    return reads(user, app) and user.user_id not in app.left_by


DRAFTS = inferred(
    "qapps.drafts",
    "Only the owner may call AssociateQAppWithUser, GetLibraryItem and the review operations on an app that "
    "is not published, because AWS's policy allows them for published apps. Everybody else gets an "
    "AccessDeniedException, including users with a grant.",
    sources=[POLICY],
)


@DRAFTS
def finds(user: User, app: App) -> bool:
    """Everybody finds a published app in the library. A grant gives no right to what is not published."""
    return owns(user, app) or app.is_published


def hosts(user: User, session: Session) -> bool:
    """The host is the user who started the session."""
    return user.user_id == session.host_id


@inferred(
    "qapps.participants",
    "While a session is shared, every user may use it as a participant, even without joining it.",
)
def takes_part(user: User, session: Session) -> bool:
    """Once the host has shared a session, everybody else takes part in it."""
    return hosts(user, session) or session.shares("enabled")


APP_POLICY: dict[str, AppRight] = {
    "get_q_app": reads,
    "associate_q_app_with_user": finds,
    "disassociate_q_app_from_user": lambda user, app: True,
    "describe_q_app_permissions": reads,
    "start_q_app_session": runs,
    "get_library_item": finds,
    "associate_library_item_review": finds,
    "disassociate_library_item_review": finds,
    "update_q_app": owns,
    "import_document": owns,
    "create_presigned_url": owns,
    "delete_q_app": owns,
    "update_q_app_permissions": owns,
    "create_library_item": owns,
    "update_library_item": owns,
    "delete_library_item": owns,
    "tag_resource": owns,
    "untag_resource": owns,
    "list_tags_for_resource": owns,
}

SESSION_POLICY: dict[str, SessionRight] = {
    "start_q_app_session": takes_part,
    "get_q_app_session": takes_part,
    "get_q_app_session_metadata": takes_part,
    "update_q_app_session": takes_part,
    "list_q_app_session_data": takes_part,
    "import_document": takes_part,
    "create_presigned_url": takes_part,
    "stop_q_app_session": hosts,
    "export_q_app_session_data": hosts,
    "update_q_app_session_metadata": hosts,
    "tag_resource": hosts,
    "untag_resource": hosts,
    "list_tags_for_resource": hosts,
}

PLAIN_CREDENTIALS_SUFFICE = observed(
    "qapps.plain-credentials",
    "Every caller may call the category operations, ListLibraryItems and UpdateLibraryItemMetadata, even "
    "while users are required. AWS documents that administrators call them with plain IAM credentials; this "
    "was observed for ListLibraryItems.",
    sources=["https://docs.aws.amazon.com/amazonq/latest/qbusiness-ug/qapps-custom-labels.html"],
)
PLAIN_CREDENTIALS = {
    "batch_create_category",
    "batch_update_category",
    "batch_delete_category",
    "list_categories",
    "list_library_items",
    "update_library_item_metadata",
}
"""Administrators and programs call these with plain IAM credentials, so the caller may be anybody."""

TAGGING = {"tag_resource", "untag_resource", "list_tags_for_resource"}
"""The operations that declare no UnauthorizedException."""


DENIED = inferred(
    "qapps.access-denied",
    "A caller without permission for an operation gets an AccessDeniedException. The permissions themselves "
    "are those of AWS's policy for web experience users.",
    sources=[POLICY],
)
UNAUTHORIZED = observed(
    "qapps.unauthorized",
    "While users are required, callers with unregistered credentials get the UnauthorizedException that AWS "
    "returns for plain IAM credentials, before their input is validated.",
    sources=["https://github.com/boto/boto3/issues/4198"],
    turn="users.required",
)
UNAUTHORIZED_ON_TAGS = inferred(
    "qapps.unauthorized-tags",
    "While users are required, callers with unregistered credentials get an AccessDeniedException from the "
    "tag operations, which declare no UnauthorizedException.",
    turn="users.required",
)


@DENIED
def permit_app(operation: str, user: User, app: App) -> None:
    """Raise AccessDeniedException unless the user may call the operation on the app."""
    right = APP_POLICY[operation]
    if not right(user, app):
        message = f"{user.email} may not call {operation} on the Q App {app.app_id}."
        raise AccessDeniedException(message).because(_reason(right, user, app))


def _reason(right: AppRight, user: User, app: App) -> Rule:
    """The rule without which the user would have the right."""
    if right is finds and reads(user, app):
        return DRAFTS
    if right is not owns and app.is_disabled and not reads(user, app):
        return DISABLED_APP
    return DENIED


@DENIED
def permit_session(operation: str, user: User, session: Session) -> None:
    """Raise AccessDeniedException unless the user may call the operation on the session."""
    if not SESSION_POLICY[operation](user, session):
        message = f"{user.email} may not call {operation} on session {session.session_id}."
        raise AccessDeniedException(message).because(DENIED)


def check_caller(operation: str, user: User, users: Users) -> None:
    """Refuse unknown callers if the test author requires users."""
    if not users.required or user != DEFAULT_USER or operation in PLAIN_CREDENTIALS:
        return
    if operation in TAGGING:
        message = "These credentials do not belong to a registered user. Register one with users.add."
        raise AccessDeniedException(message).because(UNAUTHORIZED_ON_TAGS)
    raise UnauthorizedException().because(UNAUTHORIZED)
