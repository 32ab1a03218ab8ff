"""What an elastic channel can be, and what it cannot do.

https://docs.aws.amazon.com/chime-sdk/latest/dg/elastic-channels.html
"""

from __future__ import annotations

from qchime.rules import inferred
from qchime.services.chimesdkmessaging.chat import Chat
from qchime.services.chimesdkmessaging.exceptions import BadRequestException, ResourceLimitExceededException
from qchime.services.chimesdkmessaging.resources import Channel
from qchime.world import Limits, World

GUIDE = "https://docs.aws.amazon.com/chime-sdk/latest/dg/create-elastic-channel.html"

REGION = "us-east-1"
"""The only region with elastic channels."""

MOST_MEMBERSHIPS = 1_000_000
"""Of an elastic channel, whatever the quotas are.

https://docs.aws.amazon.com/general/latest/gr/chime-sdk.html
"""

REGIONS = inferred(
    "messaging.elastic-channel-regions",
    f"An elastic channel outside {REGION}, where AWS has none, raises a BadRequestException.",
    sources=["https://docs.aws.amazon.com/chime-sdk/latest/dg/elastic-channels.html"],
    choices=["us-east-1", "everywhere"],
)

CONFIGURATION = inferred(
    "messaging.elastic-channel-configuration",
    "An elastic channel that has MemberArns, is UNRESTRICTED or becomes so, or can have more than a million "
    "memberships, raises a BadRequestException, because AWS allows none of these. More sub-channels, or "
    "more memberships in each, than the quotas allow raise a ResourceLimitExceededException.",
    sources=[GUIDE],
)

UNSUPPORTED = inferred(
    "messaging.unsupported-in-elastic-channels",
    "In an elastic channel, HIDDEN memberships, preferences, read markers, targets and "
    "DescribeChannelModeratedByAppInstanceUser, none of which AWS supports there, raise a "
    "BadRequestException. So does ListSubChannels of any other channel.",
    sources=[
        "https://docs.aws.amazon.com/chime-sdk/latest/dg/elastic-channels.html",
        "https://docs.aws.amazon.com/chime-sdk/latest/dg/auth-by-role.html",
    ],
)


@UNSUPPORTED
def check_supported(channel: Channel, what: str) -> None:
    """Raise BadRequestException if the channel is elastic; `what` begins the sentence that says why."""
    if channel.is_elastic:
        raise BadRequestException(f"{what} not supported in elastic channels.").because(UNSUPPORTED)


@UNSUPPORTED
def check_elastic(channel: Channel) -> None:
    """Raise BadRequestException if the channel is not elastic."""
    if not channel.is_elastic:
        raise BadRequestException("The channel is not elastic: it has no sub-channels.").because(UNSUPPORTED)


@CONFIGURATION
def check_mode(mode: str) -> None:
    """Check the mode of an elastic channel.

    Raises:
        BadRequestException: it is UNRESTRICTED.
    """
    if mode != "RESTRICTED":
        raise BadRequestException("An elastic channel is RESTRICTED.").because(CONFIGURATION)


@REGIONS
def check_region(region: str, world: World) -> None:
    """Raise BadRequestException if the region has no elastic channels."""
    if region != REGION and world.rules[REGIONS.name] == "us-east-1":
        message = f"Elastic channels are available in {REGION} only, not in {region}."
        raise BadRequestException(message).because(REGIONS)


@CONFIGURATION
def check_configuration(configuration: dict[str, int], member_arns: list[str] | None) -> None:
    """Check the configuration of a new elastic channel.

    Raises:
        BadRequestException: it allows more than a million memberships, or the channel has MemberArns.
    """
    if member_arns:
        message = "An elastic channel takes no MemberArns. Create the memberships afterwards."
        raise BadRequestException(message).because(CONFIGURATION)
    parts, each = configuration["maximum_sub_channels"], configuration["target_memberships_per_sub_channel"]
    if parts * each > MOST_MEMBERSHIPS:
        names = "MaximumSubChannels and TargetMembershipsPerSubChannel"
        message = f"The product of {names} is more than {MOST_MEMBERSHIPS:,}."
        raise BadRequestException(message).because(CONFIGURATION)


@CONFIGURATION
def check_quotas(chat: Chat, configuration: dict[str, int], limits: Limits) -> None:
    """Check the quotas for a new elastic channel.

    Raises:
        ResourceLimitExceededException: the channel exceeds one.
    """
    existing = sum(channel.is_elastic for channel in chat.channels)
    wanted = {
        "elastic_channels_per_app_instance": existing + 1,
        "sub_channels_per_elastic_channel": configuration["maximum_sub_channels"],
        "memberships_per_sub_channel": configuration["target_memberships_per_sub_channel"],
    }
    for name, number in wanted.items():
        limit = getattr(limits, name)
        if number > limit:
            message = f"The limit of {limit} {name.replace('_', ' ')} does not allow {number}."
            raise ResourceLimitExceededException(message).because(CONFIGURATION)
