"""Search: channels by their members."""

from collections.abc import Sequence
from typing import Any

from qchime.core.backend import Call
from qchime.rules import inferred
from qchime.services.chimesdkidentity.face import PAGE
from qchime.services.chimesdkmessaging.directory import ChannelDirectory
from qchime.services.chimesdkmessaging.resources import Channel

FIELDS = inferred(
    "messaging.search-fields",
    "SearchChannels finds the channels that satisfy all of several Fields. HIDDEN members do not count.",
)


class SearchOperations(ChannelDirectory):
    """https://docs.aws.amazon.com/chime-sdk/latest/APIReference/API_messaging-chime_SearchChannels.html"""

    def search_channels(
        self,
        call: Call,
        *,
        fields: list[dict[str, Any]],
        chime_bearer: str | None = None,
        max_results: int = PAGE,
        next_token: str | None = None,
    ) -> dict[str, Any]:
        """A page of the bearer's channels with these members; for an administrator, of all channels."""
        visit = self.visit(chime_bearer)
        self.check_role(call, visit)
        # Every channel that is found is one of its first member's.
        of = fields[0]["values"][0] if visit.is_admin else visit.bearer
        channels = visit.chat.participation(of).memberships
        page = self.page(channels, max_results, next_token, only=lambda channel: _satisfies(channel, fields))
        return self.summaries(visit, page)


@FIELDS
def _satisfies(channel: Channel, fields: Sequence[dict[str, Any]]) -> bool:
    return all(_has_members(channel, set(field["values"]), field["operator"]) for field in fields)


def _has_members(channel: Channel, arns: set[str], operator: str) -> bool:
    """Whether these are all members of the channel, or are among them."""
    found = (channel.memberships.get(arn) for arn in arns)
    if not all(membership is not None and membership.type == "DEFAULT" for membership in found):
        return False
    return operator == "INCLUDES" or len(arns) == sum(one.type == "DEFAULT" for one in channel.memberships)
