"""Endpoints: a user's devices that receive push notifications."""

from typing import Any

from qchime.core.backend import Call
from qchime.services.chimesdkidentity.directory import Directory, missing
from qchime.services.chimesdkidentity.exceptions import ConflictException
from qchime.services.chimesdkidentity.resources import Endpoint
from qchime.services.chimesdkidentity.shared import PAGE


class EndpointOperations(Directory):
    """https://docs.aws.amazon.com/chime-sdk/latest/APIReference/API_identity-chime_RegisterAppInstanceUserEndpoint.html"""

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
        """Register a device token, once per user; other users may register the same one (inferred)."""
        user = self.user(app_instance_user_arn)
        if earlier := self.replayed(user.endpoints, client_request_token, call):
            return earlier
        token = endpoint_attributes["device_token"]
        if any(endpoint.endpoint_attributes["device_token"] == token for endpoint in user.endpoints):
            raise ConflictException("The user has already registered this device token.")
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
        return {"app_instance_user_endpoint": self._endpoint(app_instance_user_arn, endpoint_id)}

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
        return {"app_instance_user_endpoints": page.items, "next_token": page.next_token}

    def update_app_instance_user_endpoint(
        self,
        call: Call,
        *,
        app_instance_user_arn: str,
        endpoint_id: str,
        name: str | None = None,
        allow_messages: str | None = None,
    ) -> Endpoint:
        """Change name or allowed messages. Omitted members are kept (inferred: both are optional)."""
        endpoint = self._endpoint(app_instance_user_arn, endpoint_id)
        if name is not None:
            endpoint.name = name
        if allow_messages is not None:
            endpoint.allow_messages = allow_messages
        endpoint.last_updated_timestamp = self.world.clock.now()
        return endpoint

    def deregister_app_instance_user_endpoint(
        self, call: Call, *, app_instance_user_arn: str, endpoint_id: str
    ) -> None:
        """Remove the endpoint, so that its device token can be registered again (inferred)."""
        self._endpoint(app_instance_user_arn, endpoint_id)
        self.user(app_instance_user_arn).endpoints.remove(endpoint_id)

    def _endpoint(self, user_arn: str, endpoint_id: str) -> Endpoint:
        endpoint = self.user(user_arn).endpoints.get(endpoint_id)
        if endpoint is None:
            raise missing("endpoint", endpoint_id)
        return endpoint
