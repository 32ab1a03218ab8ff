"""The web site of the chat room, which serves its page and signs people in.

Like every program that uses AWS, it needs credentials and a region:

    python web.py --port 8000
"""

import argparse
import json
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import boto3
from chat_room import Banned, ChatRoom

PAGE = Path(__file__).parent / "page"
MODERATORS = {"alice"}
ROLE = "arn:aws:iam::123456789012:role/chat"
CENSOR = "arn:aws:lambda:us-east-1:123456789012:function:censor"


class Site:
    """A chat room with one channel."""

    def __init__(self, app_instance: str | None, role: str, censor: str) -> None:
        identity, self._messaging = boto3.client("chime-sdk-identity"), boto3.client("chime-sdk-messaging")
        self._sts = boto3.client("sts")
        self._role = role
        if app_instance is None:
            self.room = ChatRoom.create(identity, self._messaging, "Chat")
        else:
            self.room = ChatRoom(identity, self._messaging, app_instance)
        self.channel = self.room.open_channel("general", "General", moderators=[])
        self.room.censor(self.channel, censor)

    def sign_in(self, name: str) -> dict[str, Any]:
        """What a person's page needs. A real site would ask an identity provider who the person is.

        Raises:
            Banned: the moderators have banned the person.
        """
        is_moderator = name.casefold() in MODERATORS
        user = self.room.sign_up(str(uuid5(NAMESPACE_URL, name.casefold())), name)
        self.room.join(self.channel, user)
        if is_moderator:
            self.room.open_channel("general", "General", moderators=[user])
        return {
            "user": user,
            "channel": self.channel,
            "isModerator": is_moderator,
            "region": self._messaging.meta.region_name,
            "endpoint": self._messaging.meta.endpoint_url,
            "credentials": self.room.credentials(self._sts, self._role, user),
        }


class Handler(SimpleHTTPRequestHandler):
    """Serves the files of the page, and `POST /sign-in`."""

    site: Site

    def __init__(self, *args: Any) -> None:
        super().__init__(*args, directory=str(PAGE))

    def do_POST(self) -> None:
        if self.path != "/sign-in":
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        name = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["name"]
        try:
            self._answer(HTTPStatus.OK, self.site.sign_in(name))
        except Banned:
            self._answer(HTTPStatus.FORBIDDEN, {"message": "You have been banned."})

    def _answer(self, status: HTTPStatus, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main() -> None:
    parser = argparse.ArgumentParser(description="The web site of the chat room.")
    parser.add_argument("--port", type=int, default=8000, help="0 is any free port")
    parser.add_argument("--app-instance", help="the ARN of the chat room (default: create one)")
    parser.add_argument("--role", default=ROLE, help="the ARN of the role that browsers assume")
    parser.add_argument("--censor", default=CENSOR, help="the ARN of the Lambda function in censor.py")
    given = parser.parse_args()
    Handler.site = Site(given.app_instance, given.role, given.censor)
    with ThreadingHTTPServer(("127.0.0.1", given.port), Handler) as server:
        print(f"http://127.0.0.1:{server.server_port}/", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
