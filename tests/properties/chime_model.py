"""Amazon Chime SDK Identity in dictionaries: what AWS documents, and what docs/fidelity.md adds to it.

Dictionaries keep the order of creation, which is the order of lists. A method takes the input of an operation
and the service's response, from which it reads only the ids of new resources.
"""

from datetime import datetime, timedelta
from typing import Any

from tests.properties.agreement import ANSWER, GIVEN, Refused, made, present

INSTANCES, USERS, ADMINS, ENDPOINTS, TAGS = 3, 4, 2, 2, 3
"""The limits, low enough to reach."""

GONE_AFTER = timedelta(hours=6)
GRACE = timedelta(days=30)
Record = dict[str, Any]


class Things(dict[str, Record]):
    """Records by ARN or id, each with a serial number, and the resources by client token."""

    def __init__(self) -> None:
        self.serial = 0
        self.tokens: dict[str, tuple[GIVEN, str]] = {}

    def keep(self, name: str, record: Record, given: GIVEN) -> None:
        self.serial += 1
        self[name] = record | {"serial": self.serial}
        if token := given.get("ClientRequestToken"):
            self.tokens[token] = (given, name)

    def drop(self, name: str) -> None:
        if self.pop(name, None) is not None:
            self.tokens = {token: use for token, use in self.tokens.items() if use[1] != name}

    def replayed(self, given: GIVEN) -> str | None:
        """The name of the resource that this client token created."""
        earlier, name = self.tokens.get(given.get("ClientRequestToken", ""), (None, None))
        if earlier is not None and earlier != given:
            raise Refused("ConflictException")
        return name

    def room(self, limit: int) -> None:
        if len(self) >= limit:
            raise Refused("ResourceLimitExceededException")


class ChimeModel:
    def __init__(self, now: datetime) -> None:
        self.now = now
        self.instances = Things()

    def advance(self, duration: timedelta) -> None:
        self.now += duration

    def drop_expired(self) -> None:
        """Users are deleted six hours after they expire."""
        for instance in self.instances.values():
            for arn, user in list(instance["users"].items()):
                if (settings := user["expiration"]) is not None:
                    lifetime = timedelta(days=settings["ExpirationDays"]) + GONE_AFTER
                    if user["created"] + lifetime <= self.now:
                        self._drop_member(instance, arn)

    def members(self, kind: str) -> list[str]:
        """The ARNs of all users, or all bots."""
        return [arn for instance in self.instances.values() for arn in instance[kind]]

    def endpoints(self) -> list[tuple[str, str]]:
        """By user's ARN and id."""
        return [
            (arn, name)
            for instance in self.instances.values()
            for arn, user in instance["users"].items()
            for name in user["endpoints"]
        ]

    # App instances

    def create_app_instance(self, given: GIVEN, answer: ANSWER) -> GIVEN:
        arn = self.instances.replayed(given)
        if arn is None:
            self.instances.room(INSTANCES)
            arn = made(answer, "AppInstanceArn")
            assert arn not in self.instances
            parts = {"users": Things(), "admins": Things(), "bots": Things()}
            record = self._named(given) | parts | {"retention": {}, "retention_put": None}
            self.instances.keep(arn, record, given)
        return {"AppInstanceArn": arn}

    def describe_app_instance(self, given: GIVEN, answer: ANSWER) -> GIVEN:
        instance = self._instance(given)
        return {"AppInstance": {"AppInstanceArn": given["AppInstanceArn"], **_whole(instance)}}

    def update_app_instance(self, given: GIVEN, answer: ANSWER) -> GIVEN:
        self._rename(self._instance(given), given)
        return {"AppInstanceArn": given["AppInstanceArn"]}

    def delete_app_instance(self, given: GIVEN, answer: ANSWER) -> None:
        self._instance(given)
        self.instances.drop(given["AppInstanceArn"])

    # Users

    def create_app_instance_user(self, given: GIVEN, answer: ANSWER) -> GIVEN:
        users: Things = self._instance(given)["users"]
        arn = users.replayed(given)
        if arn is None:
            arn = f"{given['AppInstanceArn']}/user/{given['AppInstanceUserId']}"
            if arn in users:
                asked = (given["Name"], given.get("Metadata") or "")
                if asked != (users[arn]["name"], users[arn]["metadata"] or ""):
                    raise Refused("ConflictException")
            else:
                users.room(USERS)
                more = {"expiration": given.get("ExpirationSettings"), "endpoints": Things()}
                users.keep(arn, self._named(given) | more, given)
        return {"AppInstanceUserArn": arn}

    def describe_app_instance_user(self, given: GIVEN, answer: ANSWER) -> GIVEN:
        user = self._user(given["AppInstanceUserArn"])
        more = present(ExpirationSettings=user["expiration"])
        return {
            "AppInstanceUser": {"AppInstanceUserArn": given["AppInstanceUserArn"], **_whole(user), **more}
        }

    def update_app_instance_user(self, given: GIVEN, answer: ANSWER) -> GIVEN:
        self._rename(self._user(given["AppInstanceUserArn"]), given)
        return {"AppInstanceUserArn": given["AppInstanceUserArn"]}

    def delete_app_instance_user(self, given: GIVEN, answer: ANSWER) -> None:
        self._user(given["AppInstanceUserArn"])
        self._drop_member(self._around(given["AppInstanceUserArn"]), given["AppInstanceUserArn"])

    def put_app_instance_user_expiration_settings(self, given: GIVEN, answer: ANSWER) -> GIVEN:
        user = self._user(given["AppInstanceUserArn"])
        user["expiration"], user["updated"] = given.get("ExpirationSettings"), self.now
        more = present(ExpirationSettings=user["expiration"])
        return {"AppInstanceUserArn": given["AppInstanceUserArn"], **more}

    # Bots

    def create_app_instance_bot(self, given: GIVEN, answer: ANSWER) -> GIVEN:
        bots: Things = self._instance(given)["bots"]
        arn = bots.replayed(given)
        if arn is None:
            arn = made(answer, "AppInstanceBotArn")
            assert arn not in bots
            bots.keep(arn, self._named(given) | {"configuration": given["Configuration"]}, given)
        return {"AppInstanceBotArn": arn}

    def describe_app_instance_bot(self, given: GIVEN, answer: ANSWER) -> GIVEN:
        try:
            bot = self._bot(given["AppInstanceBotArn"])
        except Refused:
            raise Refused("NotFoundException") from None
        more = {"Configuration": bot["configuration"]}
        return {"AppInstanceBot": {"AppInstanceBotArn": given["AppInstanceBotArn"], **_whole(bot), **more}}

    def update_app_instance_bot(self, given: GIVEN, answer: ANSWER) -> GIVEN:
        bot = self._bot(given["AppInstanceBotArn"])
        self._rename(bot, given)
        bot["configuration"] = given.get("Configuration", bot["configuration"])
        return {"AppInstanceBotArn": given["AppInstanceBotArn"]}

    def delete_app_instance_bot(self, given: GIVEN, answer: ANSWER) -> None:
        self._bot(given["AppInstanceBotArn"])
        self._drop_member(self._around(given["AppInstanceBotArn"]), given["AppInstanceBotArn"])

    # Administrators

    def create_app_instance_admin(self, given: GIVEN, answer: ANSWER) -> GIVEN:
        instance, arn = self._instance(given), given["AppInstanceAdminArn"]
        if arn in instance["admins"]:
            raise Refused("ConflictException")
        if arn not in instance["users"] and arn not in instance["bots"]:
            raise Refused("ForbiddenException")
        instance["admins"].room(ADMINS)
        instance["admins"].keep(arn, {"created": self.now}, {})
        return {
            "AppInstanceAdmin": _identity(instance, arn),
            "AppInstanceArn": given["AppInstanceArn"],
        }

    def describe_app_instance_admin(self, given: GIVEN, answer: ANSWER) -> GIVEN:
        instance, arn = self._instance(given), given["AppInstanceAdminArn"]
        admin = {
            "Admin": _identity(instance, arn),
            "AppInstanceArn": given["AppInstanceArn"],
            "CreatedTimestamp": _found(instance["admins"], arn)["created"],
        }
        return {"AppInstanceAdmin": admin}

    def delete_app_instance_admin(self, given: GIVEN, answer: ANSWER) -> None:
        admins = self._instance(given)["admins"]
        _found(admins, given["AppInstanceAdminArn"])
        admins.drop(given["AppInstanceAdminArn"])

    # Endpoints

    def register_app_instance_user_endpoint(self, given: GIVEN, answer: ANSWER) -> GIVEN:
        endpoints: Things = self._user(given["AppInstanceUserArn"])["endpoints"]
        name = endpoints.replayed(given)
        if name is None:
            if ":mobiletargeting:" not in given["ResourceArn"]:
                raise Refused("ForbiddenException")
            device = given["EndpointAttributes"]["DeviceToken"]
            if any(other["attributes"]["DeviceToken"] == device for other in endpoints.values()):
                raise Refused("ConflictException")
            endpoints.room(ENDPOINTS)
            name = made(answer, "EndpointId")
            assert name not in endpoints
            record = {
                "name": given.get("Name"),
                "type": given["Type"],
                "resource": given["ResourceArn"],
                "attributes": given["EndpointAttributes"],
                "allow": given.get("AllowMessages", "ALL"),
                "created": self.now,
                "updated": self.now,
            }
            endpoints.keep(name, record, given)
        return {"AppInstanceUserArn": given["AppInstanceUserArn"], "EndpointId": name}

    def describe_app_instance_user_endpoint(self, given: GIVEN, answer: ANSWER) -> GIVEN:
        arn, endpoint = given["AppInstanceUserArn"], self._endpoint(given)
        more = {
            "ResourceArn": endpoint["resource"],
            "EndpointAttributes": endpoint["attributes"],
            "CreatedTimestamp": endpoint["created"],
            "LastUpdatedTimestamp": endpoint["updated"],
        }
        summary = _endpoint_summary(arn, given["EndpointId"], endpoint)
        return {"AppInstanceUserEndpoint": {**summary, **more}}

    def update_app_instance_user_endpoint(self, given: GIVEN, answer: ANSWER) -> GIVEN:
        endpoint = self._endpoint(given)
        endpoint["name"] = given.get("Name", endpoint["name"])
        endpoint["allow"] = given.get("AllowMessages", endpoint["allow"])
        endpoint["updated"] = self.now
        return {"AppInstanceUserArn": given["AppInstanceUserArn"], "EndpointId": given["EndpointId"]}

    def deregister_app_instance_user_endpoint(self, given: GIVEN, answer: ANSWER) -> None:
        self._endpoint(given)
        self._user(given["AppInstanceUserArn"])["endpoints"].drop(given["EndpointId"])

    # Retention and tags

    def put_app_instance_retention_settings(self, given: GIVEN, answer: ANSWER) -> GIVEN:
        instance = self._instance(given)
        instance["retention"] = given["AppInstanceRetentionSettings"]
        instance["retention_put"] = self.now
        return _retention(instance)

    def get_app_instance_retention_settings(self, given: GIVEN, answer: ANSWER) -> GIVEN:
        return _retention(self._instance(given))

    def tag_resource(self, given: GIVEN, answer: ANSWER) -> None:
        thing = self._tagged(given["ResourceARN"])
        thing["tags"] = _tags(thing["tags"], given["Tags"])

    def untag_resource(self, given: GIVEN, answer: ANSWER) -> None:
        thing = self._tagged(given["ResourceARN"])
        thing["tags"] = {key: value for key, value in thing["tags"].items() if key not in given["TagKeys"]}

    def list_tags_for_resource(self, given: GIVEN, answer: ANSWER) -> GIVEN:
        tags = self._tagged(given["ResourceARN"])["tags"]
        return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}

    # Lists: their items, with the serial numbers that order pages

    def list_app_instances(self, given: GIVEN) -> list[tuple[int, GIVEN]]:
        return [
            (thing["serial"], {"AppInstanceArn": arn, **_summary(thing)})
            for arn, thing in self.instances.items()
        ]

    def list_app_instance_users(self, given: GIVEN) -> list[tuple[int, GIVEN]]:
        return [
            (user["serial"], {"AppInstanceUserArn": arn, **_summary(user)})
            for arn, user in self._instance(given)["users"].items()
        ]

    def list_app_instance_bots(self, given: GIVEN) -> list[tuple[int, GIVEN]]:
        return [
            (bot["serial"], {"AppInstanceBotArn": arn, **_summary(bot)})
            for arn, bot in self._instance(given)["bots"].items()
        ]

    def list_app_instance_admins(self, given: GIVEN) -> list[tuple[int, GIVEN]]:
        instance = self._instance(given)
        return [
            (admin["serial"], {"Admin": _identity(instance, arn)})
            for arn, admin in instance["admins"].items()
        ]

    def list_app_instance_user_endpoints(self, given: GIVEN) -> list[tuple[int, GIVEN]]:
        arn = given["AppInstanceUserArn"]
        return [
            (endpoint["serial"], _endpoint_summary(arn, name, endpoint))
            for name, endpoint in self._user(arn)["endpoints"].items()
        ]

    def _named(self, given: GIVEN) -> Record:
        return {
            "name": given.get("Name"),
            "metadata": given.get("Metadata"),
            "created": self.now,
            "updated": self.now,
            "tags": _tags({}, given.get("Tags", [])),
        }

    def _rename(self, thing: Record, given: GIVEN) -> None:
        thing.update(name=given["Name"], metadata=given["Metadata"], updated=self.now)

    def _instance(self, given: GIVEN) -> Record:
        return _found(self.instances, given["AppInstanceArn"])

    def _around(self, arn: str) -> Record:
        return _found(self.instances, arn.split("/user/")[0].split("/bot/")[0])

    def _user(self, arn: str) -> Record:
        return _found(self._around(arn)["users"], arn)

    def _bot(self, arn: str) -> Record:
        return _found(self._around(arn)["bots"], arn)

    def _endpoint(self, given: GIVEN) -> Record:
        return _found(self._user(given["AppInstanceUserArn"])["endpoints"], given["EndpointId"])

    def _tagged(self, arn: str) -> Record:
        instance = self._around(arn)
        return _found({**self.instances, **instance["users"], **instance["bots"]}, arn)

    def _drop_member(self, instance: Record, arn: str) -> None:
        for kind in ("users", "bots", "admins"):
            instance[kind].drop(arn)


def _found(things: dict[str, Record], name: str) -> Record:
    if name not in things:
        raise Refused("ForbiddenException")
    return things[name]


def _identity(instance: Record, arn: str) -> GIVEN:
    thing = instance["users"].get(arn) or _found(instance["bots"], arn)
    return {"Arn": arn, **present(Name=thing["name"])}


def _summary(thing: Record) -> GIVEN:
    return present(Name=thing["name"], Metadata=thing["metadata"])


def _whole(thing: Record) -> GIVEN:
    times = {"CreatedTimestamp": thing["created"], "LastUpdatedTimestamp": thing["updated"]}
    return {**_summary(thing), **times}


def _endpoint_summary(arn: str, name: str, endpoint: Record) -> GIVEN:
    return {
        "AppInstanceUserArn": arn,
        "EndpointId": name,
        "Type": endpoint["type"],
        "AllowMessages": endpoint["allow"],
        "EndpointState": {"Status": "ACTIVE"},
        **present(Name=endpoint["name"]),
    }


def _retention(instance: Record) -> GIVEN:
    settings = instance["retention"]
    is_on = bool(settings.get("ChannelRetentionSettings"))
    begins = instance["retention_put"] + GRACE if is_on else None
    return {"AppInstanceRetentionSettings": settings, **present(InitiateDeletionTimestamp=begins)}


def _tags(old: dict[str, str], new: list[dict[str, str]]) -> dict[str, str]:
    both = old | {tag["Key"]: tag["Value"] for tag in new}
    if len(both) > TAGS:
        raise Refused("ResourceLimitExceededException")
    return both
