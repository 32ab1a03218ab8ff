"""Amazon Chime SDK Messaging.

https://docs.aws.amazon.com/chime-sdk/latest/APIReference/API_Operations_Amazon_Chime_SDK_Messaging.html
"""

from qchime.services.chimesdkmessaging.bans import BanOperations
from qchime.services.chimesdkmessaging.channels import ChannelOperations
from qchime.services.chimesdkmessaging.flows import FlowOperations
from qchime.services.chimesdkmessaging.memberships import MembershipOperations
from qchime.services.chimesdkmessaging.messages import MessageOperations
from qchime.services.chimesdkmessaging.moderators import ModeratorOperations
from qchime.services.chimesdkmessaging.participation import ParticipationOperations
from qchime.services.chimesdkmessaging.preferences import PreferenceOperations
from qchime.services.chimesdkmessaging.search import SearchOperations
from qchime.services.chimesdkmessaging.sessions import SessionOperations
from qchime.services.chimesdkmessaging.streaming import StreamingOperations
from qchime.services.chimesdkmessaging.sub_channels import SubChannelOperations


class ChimeSDKMessagingBackend(
    ChannelOperations,
    SubChannelOperations,
    MembershipOperations,
    ModeratorOperations,
    BanOperations,
    PreferenceOperations,
    ParticipationOperations,
    SearchOperations,
    SessionOperations,
    MessageOperations,
    FlowOperations,
    StreamingOperations,
):
    """Every operation on the chats of one account and region."""
