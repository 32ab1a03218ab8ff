"""Amazon Q Apps: all 35 operations of its model.

https://docs.aws.amazon.com/amazonq/latest/api-reference/API_Operations_QApps.html
"""

from qchime.services.qapps.apps import AppOperations
from qchime.services.qapps.categories import CategoryOperations
from qchime.services.qapps.documents import DocumentOperations
from qchime.services.qapps.library import LibraryOperations
from qchime.services.qapps.permissions import PermissionOperations
from qchime.services.qapps.prediction import PredictionOperations
from qchime.services.qapps.session_data import SessionDataOperations
from qchime.services.qapps.sessions import SessionOperations
from qchime.services.qapps.tags import TagOperations


class QAppsBackend(
    AppOperations,
    PermissionOperations,
    PredictionOperations,
    LibraryOperations,
    CategoryOperations,
    SessionOperations,
    SessionDataOperations,
    DocumentOperations,
    TagOperations,
):
    """Every operation on the Q Apps of one account and region."""
