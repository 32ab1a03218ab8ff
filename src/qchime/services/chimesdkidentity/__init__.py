"""Amazon Chime SDK Identity: the row of the table. Everything else is imported on first use.

https://docs.aws.amazon.com/chime-sdk/latest/APIReference/API_Operations_Amazon_Chime_SDK_Identity.html
"""

from qchime.core.service import Service, Word
from qchime.core.stacks import StackResource
from qchime.services.chimesdkidentity.rates import RATES

SERVICE = Service(
    name="chime-sdk-identity",
    title="Amazon Chime SDK Identity",
    endpoint_prefix="identity-chime",
    signing_name="chime",
    arns=r"arn:[a-z-]+:chime:[a-z0-9-]*:\d*:app-instance/[^/]+(/(user|bot)/|$)",
    backend_class="qchime.services.chimesdkidentity.backend:ChimeSDKIdentityBackend",
    exceptions_module="qchime.services.chimesdkidentity.exceptions",
    # https://docs.aws.amazon.com/chime-sdk/latest/ag/chime-sdk-quotas.html
    limits={
        "app_instances_per_account": 100,  # and region
        "users_per_app_instance": 100_000,
        "admins_per_app_instance": 100,
        "endpoints_per_user": 10,
        "tags_per_resource": 50,
    },
    rates=RATES,
    words={
        "endpoints": Word(
            "qchime.services.chimesdkidentity.deactivated:Endpoints",
            "qchime.services.chimesdkidentity.remote:RemoteEndpoints",
            example='{"endpoint_id": "the id of an endpoint"}',
        )
    },
    stack_resources={
        "AWS::Chime::AppInstance": StackResource(
            noun="AppInstance", attributes=("CreatedTimestamp", "LastUpdatedTimestamp")
        ),
        "AWS::Chime::AppInstanceBot": StackResource(
            noun="AppInstanceBot", attributes=("CreatedTimestamp", "LastUpdatedTimestamp")
        ),
        "AWS::Chime::AppInstanceUser": StackResource(
            noun="AppInstanceUser", updates=("PutAppInstanceUserExpirationSettings",)
        ),
    },
)
