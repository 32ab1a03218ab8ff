"""The access policy: which users may call which operations on an app or a session.

The rights are those of the documented policy for web experience users; the error is inferred.
https://docs.aws.amazon.com/amazonq/latest/qbusiness-ug/deploy-q-apps-iam-permissions.html
"""

from collections.abc import Callable

from qchime.services.qapps.exceptions import AccessDeniedException, UnauthorizedException
from qchime.services.qapps.resources import App, Session
from qchime.world import DEFAULT_USER, User, Users

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


def finds(user: User, app: App) -> bool:
    """Everybody finds a published app in the library. A grant gives no right to what is not published."""
    return owns(user, app) or app.is_published


def hosts(user: User, session: Session) -> bool:
    """The host is the user who started the session."""
    return user.user_id == session.host_id


def takes_part(user: User, session: Session) -> bool:
    """Once the host has shared a session, everybody else may join it."""
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

PLAIN_CREDENTIALS = {
    "batch_create_category",
    "batch_update_category",
    "batch_delete_category",
    "list_categories",
    "list_library_items",
    "update_library_item_metadata",
}
"""Administrators and programs call these with plain IAM credentials, so the caller may be anybody.

https://docs.aws.amazon.com/amazonq/latest/qbusiness-ug/qapps-custom-labels.html
"""

TAGGING = {"tag_resource", "untag_resource", "list_tags_for_resource"}
"""The operations that declare no UnauthorizedException."""


def permit_app(operation: str, user: User, app: App) -> None:
    """Raise AccessDeniedException unless the user may call the operation on the app."""
    if not APP_POLICY[operation](user, app):
        raise AccessDeniedException(f"{user.email} may not call {operation} on the Q App {app.app_id}.")


def permit_session(operation: str, user: User, session: Session) -> None:
    """Raise AccessDeniedException unless the user may call the operation on the session."""
    if not SESSION_POLICY[operation](user, session):
        raise AccessDeniedException(f"{user.email} may not call {operation} on session {session.session_id}.")


def check_caller(operation: str, user: User, users: Users) -> None:
    """Refuse unknown callers if the test author requires users."""
    if not users.required or user != DEFAULT_USER or operation in PLAIN_CREDENTIALS:
        return
    if operation in TAGGING:
        raise AccessDeniedException("These credentials belong to no registered user.")
    raise UnauthorizedException
