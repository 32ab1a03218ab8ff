"""Amazon Chime SDK Identity with the AWS SDK for JavaScript, version 3."""

from qchime.server import Server
from tests.clients import node

pytestmark = node.needs("@aws-sdk/client-chime-sdk-identity")


def test_chime_sdk_identity(qchime_server: Server) -> None:
    assert node.run("chime_sdk_identity.mjs", qchime_server) == {
        "created": ["Chat", "v1"],
        "updated": ["Chat 😀", ""],
        "datesAreDates": True,
        "tags": [{"Key": "team", "Value": "a"}],
        "pages": [["User 0", "User 1"], ["User 2", "User 3"], ["User 4"]],
        "conflict": {"isTyped": True, "name": "ConflictException", "code": "Conflict", "status": 409},
        "gone": {"isTyped": True, "name": "ForbiddenException", "code": "Forbidden", "status": 403},
        "hasRequestId": True,
    }
