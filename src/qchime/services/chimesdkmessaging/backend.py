"""Amazon Chime SDK Messaging.

https://docs.aws.amazon.com/chime-sdk/latest/APIReference/API_Operations_Amazon_Chime_SDK_Messaging.html
"""

from qchime.services.chimesdkmessaging.channels import ChannelOperations
from qchime.services.chimesdkmessaging.memberships import MembershipOperations
from qchime.services.chimesdkmessaging.moderators import ModeratorOperations


class ChimeSDKMessagingBackend(ChannelOperations, MembershipOperations, ModeratorOperations):
    """Every operation on the chats of one account and region."""
