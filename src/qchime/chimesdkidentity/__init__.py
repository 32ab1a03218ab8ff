"""Amazon Chime SDK Identity: all 30 operations of its model.

https://docs.aws.amazon.com/chime-sdk/latest/APIReference/API_Operations_Amazon_Chime_SDK_Identity.html
"""

from qchime.backend import Backends
from qchime.chimesdkidentity.admins import AdminOperations
from qchime.chimesdkidentity.app_instances import AppInstanceOperations
from qchime.chimesdkidentity.bots import BotOperations
from qchime.chimesdkidentity.endpoints import EndpointOperations
from qchime.chimesdkidentity.retention import RetentionOperations
from qchime.chimesdkidentity.tags import TagOperations
from qchime.chimesdkidentity.users import UserOperations


class ChimeSDKIdentityBackend(
    AppInstanceOperations,
    AdminOperations,
    RetentionOperations,
    UserOperations,
    EndpointOperations,
    BotOperations,
    TagOperations,
):
    """Every operation on the app instances of one account and region."""


chimesdkidentity_backends = Backends(ChimeSDKIdentityBackend, "chime-sdk-identity")
