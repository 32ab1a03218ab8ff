"""Clients that keep a ledger of acknowledged changes, and of those whose response was lost."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from uuid import uuid4

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, EndpointConnectionError, HTTPClientError

from qchime.world import Credentials

INSTANCE = "soak"
CONFIG = Config(read_timeout=0.5, connect_timeout=5, retries={"total_max_attempts": 1})
INJECTED = "injected by a fault"
KILLED = "none, the server was killed"


@dataclass
class Ledger:
    """What should exist: names by key, and the keys whose last response was lost."""

    sure: dict[str, str] = field(default_factory=dict)
    unsure: set[str] = field(default_factory=set)
    outcomes: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    compared: Compared = field(default_factory=lambda: Compared({}, Counter()))
    recent: dict[str, list[tuple[float, str | None]]] = field(default_factory=dict)
    """By key, the changes acknowledged since the last comparison: when, and the name, None if deleted."""

    def attempt(self, key: str, call: Callable[[], Any], becomes: str | None) -> Any:
        """Make a call that gives `key` this name, or deletes it; returns the response, None if it failed."""
        try:
            answer = call()
        except ClientError as error:
            self._refused(error)
            return None
        except (HTTPClientError, EndpointConnectionError) as error:
            self.outcomes[type(error).__name__] += 1
            self.unsure.add(key)
            return None
        self.outcomes["done"] += 1
        self.recent.setdefault(key, []).append((monotonic(), becomes))
        self.unsure.discard(key)
        if becomes is None:
            self.sure.pop(key, None)
        else:
            self.sure[key] = becomes
        return answer

    def _refused(self, error: ClientError) -> None:
        self.outcomes[error.response["Error"]["Code"]] += 1
        if INJECTED not in str(error):
            self.wrong.append(f"no fault injected {error}")

    def compare(self, found: dict[str, str]) -> None:
        """Compare the ledger with what exists."""
        for key, name in self.sure.items():
            if key not in self.unsure and found.get(key) != name:
                self.wrong.append(f"{key} should be {name!r} and is {found.get(key)!r}")
        for key in found.keys() - self.sure.keys() - self.unsure:
            self.wrong.append(f"no client created {key}")
        self._settle()

    def compare_after_kill(self, found: dict[str, str], killed: float) -> list[float]:
        """Compare the ledger with what exists after a kill, and adopt that.

        Returns how many seconds before the kill each change was acknowledged that is lost.
        """
        lost = []
        for key in (self.compared.names.keys() | self.recent.keys() | found.keys()) - self.unsure:
            changes = self.recent.get(key, [])
            names = [self.compared.names.get(key), *(name for _, name in changes)]
            if found.get(key) in names:
                while names.pop() != found.get(key):
                    lost.append(killed - changes[len(names) - 1][0])
            else:
                self.wrong.append(f"{key} is {found.get(key)!r} after a kill, and was {names}")
        self.sure, self.unsure = dict(found), set()
        for outcome, count in (self.outcomes - self.compared.outcomes).items():
            if outcome != "done":
                self.outcomes[outcome] -= count
                self.outcomes[KILLED] += count
        self.outcomes = +self.outcomes
        self._settle()
        return lost

    def _settle(self) -> None:
        self.compared = Compared(dict(self.sure), Counter(self.outcomes))
        self.recent.clear()

    def clear(self) -> None:
        """Forget everything, after a reset of the server."""
        self.sure.clear()
        self.unsure.clear()
        self._settle()


@dataclass
class Compared:
    """A ledger at its last comparison."""

    names: dict[str, str]
    outcomes: Counter[str]


class Worker:
    """One client of one user."""

    service: str

    def __init__(self, url: str, credentials: Credentials, seed: int) -> None:
        session = boto3.Session(region_name="us-east-1", **credentials)
        self.client: Any = session.client(self.service, endpoint_url=url, config=CONFIG)
        self.patient: Any = session.client(self.service, endpoint_url=url)
        self.random = random.Random(seed)
        self.ledger = Ledger()

    def step(self) -> None:
        """Create, change or delete a resource."""
        keys = [key for key in self.ledger.sure if key not in self.ledger.unsure]
        if len(keys) < 5 or (len(keys) < 60 and self.random.random() < 0.5):
            self.create()
        elif self.random.random() < 0.6:
            self.update(self.random.choice(keys))
        else:
            self.delete(self.random.choice(keys))

    def create(self) -> None:
        raise NotImplementedError

    def update(self, key: str) -> None:
        raise NotImplementedError

    def delete(self, key: str) -> None:
        raise NotImplementedError

    def found(self) -> dict[str, str]:
        raise NotImplementedError

    def prepare(self) -> None:
        """Create what the worker needs, after every reset."""


class ChimeWorker(Worker):
    """Creates users in its own app instance."""

    service = "chime-sdk-identity"

    def prepare(self) -> None:
        self.instance = self.patient.create_app_instance(Name="soak")["AppInstanceArn"]

    def create(self) -> None:
        user_id = uuid4().hex
        arn = f"{self.instance}/user/{user_id}"
        members = {"AppInstanceArn": self.instance, "AppInstanceUserId": user_id, "Name": "new"}
        self.ledger.attempt(arn, lambda: self.client.create_app_instance_user(**members), "new")

    def update(self, key: str) -> None:
        name = uuid4().hex
        members = {"AppInstanceUserArn": key, "Name": name, "Metadata": name}
        self.ledger.attempt(key, lambda: self.client.update_app_instance_user(**members), name)

    def delete(self, key: str) -> None:
        self.ledger.attempt(key, lambda: self.client.delete_app_instance_user(AppInstanceUserArn=key), None)

    def found(self) -> dict[str, str]:
        users: dict[str, str] = {}
        page: dict[str, Any] = {}
        while not users or "NextToken" in page:
            more = {"NextToken": page["NextToken"]} if "NextToken" in page else {}
            page = self.patient.list_app_instance_users(AppInstanceArn=self.instance, MaxResults=7, **more)
            listed = {user["AppInstanceUserArn"]: user["Name"] for user in page["AppInstanceUsers"]}
            if repeated := listed.keys() & users.keys():
                self.ledger.wrong.append(f"listed twice: {repeated}")
            users |= listed
            if not listed:
                break
        return users


class QAppsWorker(Worker):
    """Creates its own Q Apps, identified by their descriptions, and a session of each."""

    service = "qapps"

    def prepare(self) -> None:
        self.ids: dict[str, str] = {}

    def create(self) -> None:
        key = uuid4().hex
        card = {"textInput": {"id": str(uuid4()), "title": "Input", "type": "text-input"}}
        members = {
            "instanceId": INSTANCE,
            "title": "new",
            "description": key,
            "appDefinition": {"cards": [card]},
        }
        made = self.ledger.attempt(key, lambda: self.client.create_q_app(**members), "new")
        if made is not None:
            self.ids[key] = made["appId"]
            run = {"instanceId": INSTANCE, "appId": made["appId"], "appVersion": 1}
            self.ledger.attempt(key, lambda: self.client.start_q_app_session(**run), "new")

    def update(self, key: str) -> None:
        title = uuid4().hex
        members = {"instanceId": INSTANCE, "appId": self.ids[key], "title": title}
        self.ledger.attempt(key, lambda: self.client.update_q_app(**members), title)

    def delete(self, key: str) -> None:
        members = {"instanceId": INSTANCE, "appId": self.ids[key]}
        self.ledger.attempt(key, lambda: self.client.delete_q_app(**members), None)

    def found(self) -> dict[str, str]:
        apps: dict[str, str] = {}
        page: dict[str, Any] = self.patient.list_q_apps(instanceId=INSTANCE, limit=7)
        while True:
            apps |= {app["description"]: app["title"] for app in page["apps"]}
            self.ids |= {app["description"]: app["appId"] for app in page["apps"]}
            if "nextToken" not in page:
                return apps
            page = self.patient.list_q_apps(instanceId=INSTANCE, limit=7, nextToken=page["nextToken"])
