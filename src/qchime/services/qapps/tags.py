"""Tags of apps and sessions. Library items and categories have no tags."""

import re

from qchime.core.backend import Call
from qchime.rules import inferred
from qchime.services.qapps.access import permit_app, permit_session
from qchime.services.qapps.directory import Directory
from qchime.services.qapps.exceptions import ResourceNotFoundException
from qchime.services.qapps.resources import App, Session

_RESOURCE = re.compile(r"application/(?P<instance>.+)/qapp/(?P<app>[^/]+)(?:/session/(?P<session>[^/]+))?")


class TagOperations(Directory):
    """https://docs.aws.amazon.com/amazonq/latest/api-reference/API_qapps_TagResource.html"""

    def tag_resource(self, call: Call, *, resource_arn: str, tags: dict[str, str]) -> dict[str, str]:
        """Add tags, overwriting those with the same keys."""
        resource = self._tagged_resource(call, resource_arn)
        resource.tags = self.tagged(resource.tags, tags)
        return {}

    @inferred("qapps.missing-tags", "Removing a tag that the resource does not have has no effect.")
    def untag_resource(self, call: Call, *, resource_arn: str, tag_keys: list[str]) -> dict[str, str]:
        """Remove tags."""
        resource = self._tagged_resource(call, resource_arn)
        resource.tags = {key: value for key, value in resource.tags.items() if key not in tag_keys}
        return {}

    @inferred("qapps.no-tags", "For a resource without tags, tags are an empty object.")
    def list_tags_for_resource(self, call: Call, *, resource_arn: str) -> App | Session:
        """All tags of a resource."""
        return self._tagged_resource(call, resource_arn)

    def _tagged_resource(self, call: Call, arn: str) -> App | Session:
        found = _RESOURCE.fullmatch(arn.split(":", 5)[-1])
        instance = self.existing_instance(found["instance"]) if found else None
        if not found or instance is None:
            raise ResourceNotFoundException("QApp", arn)
        app = instance.apps.get(found["app"])
        if found["session"]:
            session = instance.sessions.get(found["session"])
            if session is None or session.session_arn != arn:
                raise ResourceNotFoundException("QAppSession", arn)
            permit_session(call.operation, call.user, session)
            return session
        if app is None or app.app_arn != arn:
            raise ResourceNotFoundException("QApp", arn)
        permit_app(call.operation, call.user, app)
        return app
