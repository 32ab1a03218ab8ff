"""Sub-channels of elastic channels, for those who moderate them."""

from typing import Any

from qchime.core.backend import Call
from qchime.services.chimesdkidentity.face import PAGE
from qchime.services.chimesdkmessaging.balancing import MODERATORS_APART
from qchime.services.chimesdkmessaging.directory import ChannelDirectory
from qchime.services.chimesdkmessaging.elastic import check_elastic


class SubChannelOperations(ChannelDirectory):
    """https://docs.aws.amazon.com/chime-sdk/latest/APIReference/API_messaging-chime_ListSubChannels.html"""

    @MODERATORS_APART
    def list_sub_channels(
        self,
        call: Call,
        *,
        channel_arn: str,
        chime_bearer: str,
        max_results: int = PAGE,
        next_token: str | None = None,
    ) -> dict[str, Any]:
        """A page of sub-channels, with how many members they have."""
        _, channel = self.enter(call, chime_bearer, channel_arn)
        check_elastic(channel)
        page = self.page(channel.sub_channels, max_results, next_token)
        sub_channels = [
            {"sub_channel_id": part.sub_channel_id, "membership_count": len(part.memberships)}
            for part in page.items
        ]
        return {"channel_arn": channel_arn, "sub_channels": sub_channels, "next_token": page.next_token}
