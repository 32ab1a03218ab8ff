"""Search: channels by their members."""

from collections.abc import Sequence
from typing import Any

from qchime.core.backend import Call
from qchime.rules import inferred
from qchime.services.chimesdkidentity.face import PAGE
from qchime.services.chimesdkmessaging.directory import ChannelDirectory
from qchime.services.chimesdkmessaging.resources import Channel, SubChannel

FIELDS = inferred(
    "messaging.search-fields",
    "SearchChannels finds the channels that match all of the Fields. HIDDEN members do not count.",
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

        def is_wanted(part: SubChannel) -> bool:
            channel = visit.chat.channel_of(part)
            # A moderator may be in several sub-channels: the channel is found by the first of them.
            return part is channel.parts_with(of)[0] and _satisfies(channel, fields)

        page = self.page(visit.chat.participation(of).memberships, max_results, next_token, only=is_wanted)
        return self.summaries(visit, map(visit.chat.channel_of, page.items), page.next_token)


@FIELDS
def _satisfies(channel: Channel, fields: Sequence[dict[str, Any]]) -> bool:
    return all(_has_members(channel, set(field["values"]), field["operator"]) for field in fields)


def _has_members(channel: Channel, arns: set[str], operator: str) -> bool:
    """Whether these are all members of the channel, or are among them."""
    if not all(_is_shown(channel, arn) for arn in arns):
        return False
    return operator == "INCLUDES" or len(arns) == sum(_is_shown(channel, arn) for arn in channel.member_arns)


def _is_shown(channel: Channel, arn: str) -> bool:
    membership = channel.membership_of(arn)
    return membership is not None and membership.type == "DEFAULT"
