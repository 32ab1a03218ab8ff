"""Endpoints: a user's devices that receive push notifications."""

import re
from dataclasses import fields
from typing import Any

from qchime.core.backend import Call
from qchime.rules import inferred, observed
from qchime.services.chimesdkidentity.directory import UPDATES, Directory, missing
from qchime.services.chimesdkidentity.exceptions import (
    BadRequestException,
    ConflictException,
    ForbiddenException,
)
from qchime.services.chimesdkidentity.resources import Endpoint
from qchime.services.chimesdkidentity.shared import PAGE

PINPOINT_APP = re.compile(r"arn:aws[a-z-]*:mobiletargeting:[a-z0-9-]+:\d{12}:apps/[^/]+")

VOIP_TOKENS = inferred(
    "chime.voip-device-tokens",
    "A VoipDeviceToken with the endpoint type GCM raises a BadRequestException. AWS documents it for the "
    "APNS types.",
    sources=[
        "https://docs.aws.amazon.com/chime-sdk/latest/APIReference/API_identity-chime_EndpointAttributes.html"
    ],
)
REGISTERED_TOKENS = observed(
    "chime.registered-device-tokens",
    "Registering a device token that the user has already registered raises a ConflictException.",
    sources=["https://github.com/aws/amazon-chime-sdk-ios/issues/594"],
)


class EndpointOperations(Directory):
    """https://docs.aws.amazon.com/chime-sdk/latest/APIReference/API_identity-chime_RegisterAppInstanceUserEndpoint.html"""

    @REGISTERED_TOKENS
    @VOIP_TOKENS
    @observed("chime.allowed-messages", "AllowMessages is ALL by default.")
    @inferred("chime.endpoint-ids", "Ids of endpoints are UUIDs.")
    @inferred("chime.shared-device-tokens", "Several users may register the same device token.")
    def register_app_instance_user_endpoint(
        self,
        call: Call,
        *,
        app_instance_user_arn: str,
        type: str,
        resource_arn: str,
        endpoint_attributes: dict[str, str],
        client_request_token: str,
        name: str | None = None,
        allow_messages: str = "ALL",
    ) -> Endpoint:
        """Register a device token, once per user; other users may register the same one."""
        _check_attributes(type, endpoint_attributes)
        user = self.user(app_instance_user_arn)
        if earlier := self.replayed(user.endpoints, client_request_token, call):
            return earlier
        _check_pinpoint_app(resource_arn)
        token = endpoint_attributes["device_token"]
        if any(endpoint.endpoint_attributes["device_token"] == token for endpoint in user.endpoints):
            raise ConflictException("The user has already registered this device token.").because(
                REGISTERED_TOKENS
            )
        self.check_quota(user.endpoints, self.world.limits.endpoints_per_user, "endpoints of this user")
        now = self.world.clock.now()
        endpoint = Endpoint(
            app_instance_user_arn=app_instance_user_arn,
            endpoint_id=self.new_uuid(),
            name=name,
            type=type,
            resource_arn=resource_arn,
            endpoint_attributes=endpoint_attributes,
            allow_messages=allow_messages,
            created_timestamp=now,
            last_updated_timestamp=now,
        )
        return user.endpoints.add(
            endpoint.endpoint_id, endpoint, client_token=client_request_token, parameters=call.parameters
        )

    def describe_app_instance_user_endpoint(
        self, call: Call, *, app_instance_user_arn: str, endpoint_id: str
    ) -> dict[str, Any]:
        """One endpoint in full."""
        return {"app_instance_user_endpoint": self._shown(self._endpoint(app_instance_user_arn, endpoint_id))}

    def list_app_instance_user_endpoints(
        self,
        call: Call,
        *,
        app_instance_user_arn: str,
        max_results: int = PAGE,
        next_token: str | None = None,
    ) -> dict[str, Any]:
        """A page of summaries, without resource and attributes."""
        page = self.page(self.user(app_instance_user_arn).endpoints, max_results, next_token)
        return {
            "app_instance_user_endpoints": list(map(self._shown, page.items)),
            "next_token": page.next_token,
        }

    @UPDATES
    @inferred(
        "chime.updated-endpoints",
        "UpdateAppInstanceUserEndpoint keeps the members that are absent from the input.",
    )
    def update_app_instance_user_endpoint(
        self,
        call: Call,
        *,
        app_instance_user_arn: str,
        endpoint_id: str,
        name: str | None = None,
        allow_messages: str | None = None,
    ) -> Endpoint:
        """Change name or allowed messages. Omitted members are kept: both are optional."""
        endpoint = self._endpoint(app_instance_user_arn, endpoint_id)
        if name is not None:
            endpoint.name = name
        if allow_messages is not None:
            endpoint.allow_messages = allow_messages
        endpoint.last_updated_timestamp = self.world.clock.now()
        return endpoint

    @inferred(
        "chime.freed-device-tokens",
        "A device token can be registered again once its endpoint or its user is deleted.",
    )
    def deregister_app_instance_user_endpoint(
        self, call: Call, *, app_instance_user_arn: str, endpoint_id: str
    ) -> None:
        """Remove the endpoint, so that its device token can be registered again."""
        self._endpoint(app_instance_user_arn, endpoint_id)
        self.user(app_instance_user_arn).endpoints.remove(endpoint_id)

    def _endpoint(self, user_arn: str, endpoint_id: str) -> Endpoint:
        endpoint = self.user(user_arn).endpoints.get(endpoint_id)
        if endpoint is None:
            raise missing("endpoint", endpoint_id)
        return endpoint

    def _shown(self, endpoint: Endpoint) -> dict[str, Any]:
        reason = self.world.words["endpoints"].reason_for(endpoint.endpoint_id)
        state = {"status": "INACTIVE", "status_reason": reason} if reason else {"status": "ACTIVE"}
        return {
            **{field.name: getattr(endpoint, field.name) for field in fields(endpoint)},
            "endpoint_state": state,
        }


def _check_attributes(type: str, attributes: dict[str, str]) -> None:
    if type == "GCM" and "voip_device_token" in attributes:
        raise BadRequestException("A VoipDeviceToken is for the types APNS and APNS_SANDBOX.").because(
            VOIP_TOKENS
        )


def _check_pinpoint_app(arn: str) -> None:
    """Raise ForbiddenException for a resource that is not a Pinpoint app.

    https://docs.aws.amazon.com/chime-sdk/latest/dg/push-notifications.html
    """
    if not PINPOINT_APP.fullmatch(arn):
        raise ForbiddenException(
            f"You do not have sufficient access to perform this action ({arn} is not an Amazon Pinpoint app)"
        )
