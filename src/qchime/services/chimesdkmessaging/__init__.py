"""Amazon Chime SDK Messaging: the row of the table. Everything else is imported on first use.

https://docs.aws.amazon.com/chime-sdk/latest/APIReference/API_Operations_Amazon_Chime_SDK_Messaging.html
"""

from qchime.core.service import Service, Word
from qchime.core.stacks import StackResource
from qchime.services.chimesdkmessaging.rates import RATES

SERVICE = Service(
    name="chime-sdk-messaging",
    title="Amazon Chime SDK Messaging",
    endpoint_prefix="messaging-chime",
    signing_name="chime",
    arns=r"arn:[a-z-]+:chime:[a-z0-9-]*:\d*:app-instance/[^/]+/(channel|channel-flow)/",
    backend_class="qchime.services.chimesdkmessaging.backend:ChimeSDKMessagingBackend",
    exceptions_module="qchime.services.chimesdkmessaging.exceptions",
    # https://docs.aws.amazon.com/general/latest/gr/chime-sdk.html
    limits={
        "channel_flows_per_app_instance": 100,
        "channels_per_app_instance": 10_000_000,
        "connections_per_user": 10,
        "elastic_channels_per_app_instance": 1,
        "memberships_per_channel": 10_000,
        "memberships_per_sub_channel": 1_000,
        "memberships_per_user": 20_000,
        "moderators_per_channel": 1_000,
        "processors_per_channel_flow": 1,
        "sub_channels_per_elastic_channel": 100,
        "tags_per_resource": 50,
    },
    looks_object="qchime.services.chimesdkmessaging.looks:LOOKS",
    sockets_object="qchime.services.chimesdkmessaging.sockets:SOCKETS",
    rates=RATES,
    words={
        "flows": Word(
            "qchime.services.chimesdkmessaging.flow_actions:Flows",
            "qchime.services.chimesdkmessaging.remote:RemoteFlows",
            example='{"action": "hold"}',
        ),
        "events": Word(
            "qchime.services.chimesdkmessaging.events:Events",
            "qchime.services.chimesdkmessaging.remote:RemoteEvents",
        ),
    },
    stack_resources={
        "AWS::Chime::Channel": StackResource(
            noun="Channel",
            updates=("PutChannelExpirationSettings",),
            identified_by=("ChimeBearer",),
            arn="Arn",
            attributes=(
                "ChannelFlowArn",
                "CreatedBy",
                "CreatedTimestamp",
                "LastMessageTimestamp",
                "LastUpdatedTimestamp",
            ),
            delete="delete_channel_of_stack",
        ),
        "AWS::Chime::ChannelFlow": StackResource(
            noun="ChannelFlow",
            arn="Arn",
            attributes=("CreatedTimestamp", "LastUpdatedTimestamp"),
            parts_of_arn=r".*:app-instance/(?P<AppInstanceId>[^/]+)/channel-flow/(?P<ChannelFlowId>.+)",
        ),
    },
)
