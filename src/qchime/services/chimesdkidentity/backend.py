"""Amazon Chime SDK Identity: all 30 operations of its model.

https://docs.aws.amazon.com/chime-sdk/latest/APIReference/API_Operations_Amazon_Chime_SDK_Identity.html
"""

from qchime.services.chimesdkidentity.admins import AdminOperations
from qchime.services.chimesdkidentity.app_instances import AppInstanceOperations
from qchime.services.chimesdkidentity.bots import BotOperations
from qchime.services.chimesdkidentity.endpoints import EndpointOperations
from qchime.services.chimesdkidentity.retention import RetentionOperations
from qchime.services.chimesdkidentity.users import UserOperations


class ChimeSDKIdentityBackend(
    AppInstanceOperations,
    AdminOperations,
    RetentionOperations,
    UserOperations,
    EndpointOperations,
    BotOperations,
):
    """Every operation on the app instances of one account and region."""
