"""Amazon Q Apps: all 35 operations of its model.

https://docs.aws.amazon.com/amazonq/latest/api-reference/API_Operations_QApps.html
"""

from qchime.backend import Backends
from qchime.qapps.apps import AppOperations
from qchime.qapps.categories import CategoryOperations
from qchime.qapps.documents import DocumentOperations
from qchime.qapps.library import LibraryOperations
from qchime.qapps.permissions import PermissionOperations
from qchime.qapps.prediction import PredictionOperations
from qchime.qapps.session_data import SessionDataOperations
from qchime.qapps.sessions import SessionOperations
from qchime.qapps.tags import TagOperations


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


qapps_backends = Backends(QAppsBackend, "qapps")
