"""Amazon Q Apps in dictionaries: what AWS documents, and what docs/fidelity.md adds to it.

A method takes the caller's e-mail address, the input of an operation and the service's response, from which
it reads only the ids of new resources. All apps have the cards of `DEFINITIONS`.
"""

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from tests.properties.agreement import ANSWER, GIVEN, Refused, made, present
from tests.services.qapps.running import DRAFT, FORM, NAME, SUMMARY
from tests.services.qapps.samples import definition, form, query, text

APPS, APPS_PER_USER, CATEGORIES, TAGS = 5, 3, 3, 3
"""The limits, low enough to reach."""

DEFINITIONS: dict[str, GIVEN] = {
    "greeting": definition(text(NAME), query(DRAFT, prompt=f"Greet @{NAME}"), initialPrompt="Greet"),
    "chain": definition(
        query(SUMMARY, prompt=f"Shorten @{DRAFT} and @nobody"),
        query(DRAFT, prompt=f"Greet @{NAME}", outputSource="llm"),
        text(NAME, defaultValue="Ann"),
    ),
    "survey": definition(form(FORM), text(NAME), query(SUMMARY, prompt=f"Sum up @{FORM} for @{NAME}")),
    "guest book": definition(form(FORM, computeMode="append"), query(SUMMARY, prompt=f"Sum up @{FORM}")),
    "empty": definition(),
}
CAPABILITIES = {"chain": ["CreatorMode", "RetrievalMode"], "empty": []}
"""Those of definitions with more than a query."""

_REFERENCE = re.compile(r"@([0-9a-f-]{36})")
Record = dict[str, Any]


class QAppsModel:
    """`user_ids` has the ids of all e-mail addresses in permissions."""

    def __init__(self, now: datetime, instance_id: str, user_ids: dict[str, str]) -> None:
        self.now = now
        self.instance_id, self.user_ids = instance_id, user_ids
        self.apps: dict[str, Record] = {}
        self.items: dict[str, Record] = {}
        self.categories: dict[str, Record] = {}
        self.sessions: dict[str, Record] = {}
        self.lists: dict[str, dict[str, Record]] = {user: {} for user in user_ids}
        self.serial = 0

    def advance(self, duration: timedelta) -> None:
        self.now += duration

    # Apps

    def create_q_app(self, who: str, given: GIVEN, answer: ANSWER) -> GIVEN:
        own = sum(app["owner"] == who for app in self.apps.values())
        if len(self.apps) >= APPS or own >= APPS_PER_USER:
            raise Refused("ServiceQuotaExceededException")
        app_id = made(answer, "appId")
        assert app_id not in self.apps
        app: Record = {
            "id": app_id,
            "arn": f"arn:aws:qapps:us-east-1:123456789012:application/{self.instance_id}/qapp/{app_id}",
            "owner": who,
            "created": self.now,
            "versions": [self._version(who, 1, given)],
            "grants": {},
            "left": set(),
            "item": None,
            "tags": _tagged({}, given.get("tags", {})),
        }
        self.apps[app_id] = app
        self._associate(who, app)
        return self._summary(app, app["versions"][0])

    def get_q_app(self, who: str, given: GIVEN, answer: ANSWER) -> GIVEN:
        app = self._app(given, who, self._reads)
        number = given.get("appVersion")
        version = self._shown(app, who) if number is None else _version(app, number)
        definition = {
            "appDefinitionVersion": "1",
            "cards": [_card(card, version["cards"]) for card in version["cards"]],
            "canEdit": self._owns(who, app),
        }
        return {**self._summary(app, version), "appDefinition": definition}

    def update_q_app(self, who: str, given: GIVEN, answer: ANSWER) -> GIVEN:
        app = self._app(given, who, self._owns)
        new = self._version(who, len(app["versions"]) + 1, {**app["versions"][-1]["given"], **given})
        app["versions"].append(new)
        if app["item"]:
            app["item"]["verified"] = False
        return self._summary(app, new)

    def delete_q_app(self, who: str, given: GIVEN, answer: ANSWER) -> None:
        app = self._app(given, who, self._owns)
        del self.apps[app["id"]]
        if app["item"]:
            del self.items[app["item"]["id"]]
        for listed in self.lists.values():
            listed.pop(app["id"], None)
        self.sessions = {name: one for name, one in self.sessions.items() if one["app"] is not app}

    def associate_q_app_with_user(self, who: str, given: GIVEN, answer: ANSWER) -> None:
        self._associate(who, self._app(given, who, self._finds))

    def disassociate_q_app_from_user(self, who: str, given: GIVEN, answer: ANSWER) -> None:
        app = self._app(given, who, lambda who, app: True)
        if not self._owns(who, app) and (app["id"] in self.lists[who] or who in app["grants"]):
            self.lists[who].pop(app["id"], None)
            app["left"].add(who)

    def list_q_apps(self, who: str, given: GIVEN) -> list[tuple[int, GIVEN]]:
        """With the serial numbers that order pages, newest first."""
        entries = [(self.apps[app_id], entry) for app_id, entry in self.lists[who].items()]
        return [
            (entry["serial"], self._listed(app, entry, who))
            for app, entry in entries[::-1]
            if self._reads(who, app)
        ]

    # Permissions

    def update_q_app_permissions(self, who: str, given: GIVEN, answer: ANSWER) -> GIVEN:
        app = self._app(given, who, self._owns)
        revoked = given.get("revokePermissions", [])
        if any(one["principal"] == app["owner"] for one in revoked):
            raise Refused("ValidationException")
        for one in given.get("grantPermissions", []):
            app["left"].discard(one["principal"])
            if one["principal"] != app["owner"]:
                app["grants"][one["principal"]] = one["action"]
        for one in revoked:
            if app["grants"].get(one["principal"]) == one["action"]:
                del app["grants"][one["principal"]]
        return self._permissions(app)

    def describe_q_app_permissions(self, who: str, given: GIVEN, answer: ANSWER) -> GIVEN:
        return self._permissions(self._app(given, who, self._reads))

    # The library

    def create_library_item(self, who: str, given: GIVEN, answer: ANSWER) -> GIVEN:
        app = self._app(given, who, self._owns)
        _version(app, given["appVersion"])
        categories = self._category_ids(given["categories"])
        if app["item"] is None:
            item_id = made(answer, "libraryItemId")
            assert item_id not in self.items
            self.serial += 1
            app["item"] = self.items[item_id] = {
                "id": item_id,
                "app": app,
                "created": self.now,
                "raters": set(),
                "serial": self.serial,
            }
        app["item"].update(version=given["appVersion"], categories=categories, status="PUBLISHED")
        self._changed(app["item"])
        wanted = ("libraryItemId", "status", "createdAt", "createdBy", "updatedAt", "updatedBy")
        answered = self._item_answer(app["item"], who)
        return {name: answered[name] for name in (*wanted, "ratingCount", "isVerified")}

    def get_library_item(self, who: str, given: GIVEN, answer: ANSWER) -> GIVEN:
        return self._item_answer(self._item(given, who, self._finds), who)

    def update_library_item(self, who: str, given: GIVEN, answer: ANSWER) -> GIVEN:
        item = self._item(given, who, self._owns)
        if "categories" in given:
            item["categories"] = self._category_ids(given["categories"])
        item["status"] = given.get("status", item["status"])
        self._changed(item)
        return self._item_answer(item, who)

    def update_library_item_metadata(self, who: str, given: GIVEN, answer: ANSWER) -> None:
        item = _found(self.items, given["libraryItemId"])
        item["verified"] = given.get("isVerified", item["verified"])

    def delete_library_item(self, who: str, given: GIVEN, answer: ANSWER) -> None:
        item = self._item(given, who, self._owns)
        item["app"]["item"] = None
        del self.items[item["id"]]

    def associate_library_item_review(self, who: str, given: GIVEN, answer: ANSWER) -> None:
        item = self._item(given, who, self._finds)
        if who in item["raters"]:
            raise Refused("ConflictException")
        item["raters"].add(who)

    def disassociate_library_item_review(self, who: str, given: GIVEN, answer: ANSWER) -> None:
        item = self._item(given, who, self._finds)
        if who not in item["raters"]:
            raise Refused("ConflictException")
        item["raters"].remove(who)

    def list_library_items(self, who: str, given: GIVEN) -> list[tuple[int, GIVEN]]:
        return [
            (item["serial"], self._item_answer(item, who))
            for item in list(self.items.values())[::-1]
            if item["status"] == "PUBLISHED" and given.get("categoryId") in (None, *item["categories"])
        ]

    # Categories

    def batch_create_category(self, who: str, given: GIVEN, answer: ANSWER) -> None:
        new = [{"color": "#000000", **category} for category in given["categories"]]
        self._keep_categories([*self.categories.values(), *new])

    def batch_update_category(self, who: str, given: GIVEN, answer: ANSWER) -> None:
        changed = {one["id"]: _found(self.categories, one["id"]) | one for one in given["categories"]}
        self._keep_categories([changed.get(name, old) for name, old in self.categories.items()])

    def batch_delete_category(self, who: str, given: GIVEN, answer: ANSWER) -> None:
        gone = [_found(self.categories, name)["id"] for name in given["categories"]]
        for name in set(gone):
            del self.categories[name]
        for item in self.items.values():
            item["categories"] = [name for name in item["categories"] if name not in gone]

    def list_categories(self, who: str, given: GIVEN, answer: ANSWER) -> GIVEN:
        published = [item for item in self.items.values() if item["status"] == "PUBLISHED"]
        counts = {name: sum(name in item["categories"] for item in published) for name in self.categories}
        return {"categories": [{**one, "appCount": counts[one["id"]]} for one in self.categories.values()]}

    # Sessions

    def start_q_app_session(self, who: str, given: GIVEN, answer: ANSWER) -> GIVEN:
        app = self._app(given, who, self._runs)
        version = _version(app, given["appVersion"])
        values = given.get("initialValues", [])
        if "sessionId" in given:
            session = self._session(given, who, everybody=True)
            if session["app"] is not app:
                raise Refused("ResourceNotFoundException")
            if values:
                self._take(who, session, values)
        else:
            session_id = made(answer, "sessionId")
            assert session_id not in self.sessions
            session = self._new_session(who, app, version, session_id, given.get("tags", {}))
            self._check_values(who, session, values)
            if session["is_collection"] and any(
                other["is_collection"] and other["app"] is app and other["host"] == who
                for other in self.sessions.values()
            ):
                raise Refused("ValidationException")
            self.sessions[session_id] = session
            session["values"] |= {value["cardId"]: value["value"] for value in _texts(values)}
            self._submit(who, session, values)
        self._associate(who, app)
        return {"sessionId": session["id"], "sessionArn": session["arn"]}

    def update_q_app_session(self, who: str, given: GIVEN, answer: ANSWER) -> GIVEN:
        session = self._session(given, who, everybody=True)
        self._take(who, session, given.get("values", []))
        return {"sessionId": session["id"], "sessionArn": session["arn"]}

    def get_q_app_session(self, who: str, given: GIVEN, answer: ANSWER) -> GIVEN:
        session = self._session(given, who, everybody=True)
        item = session["app"]["item"]
        cards = {_id(card): self._card_status(session, card, who) for card in session["cards"]}
        waits = any(card["currentState"] == "WAITING" for card in cards.values())
        return {
            "sessionId": session["id"],
            "sessionArn": session["arn"],
            "appVersion": session["version"],
            "status": "WAITING" if waits else "COMPLETED",
            "cardStatus": cards,
            "userIsHost": who == session["host"],
            **present(sessionName=session["name"], latestPublishedAppVersion=item and item["version"]),
        }

    def stop_q_app_session(self, who: str, given: GIVEN, answer: ANSWER) -> None:
        del self.sessions[self._session(given, who)["id"]]

    def get_q_app_session_metadata(self, who: str, given: GIVEN, answer: ANSWER) -> GIVEN:
        session = self._session(given, who, everybody=True)
        return {**_metadata(session), "sessionOwner": who == session["host"]}

    def update_q_app_session_metadata(self, who: str, given: GIVEN, answer: ANSWER) -> GIVEN:
        session = self._session(given, who)
        how = given["sharingConfiguration"]
        defaults = {"acceptResponses": True, "revealCards": True} if how["enabled"] else {}
        session["sharing"] = {**defaults, **how}
        session["name"] = given.get("sessionName", session["name"])
        return _metadata(session)

    def list_q_app_session_data(self, who: str, given: GIVEN, answer: ANSWER) -> GIVEN:
        session = self._session(given, who, everybody=True)
        self._learn_ids(self._visible(session, who), answer)
        data = [
            {
                "cardId": FORM,
                "value": entry["value"],
                "user": {"userId": self.user_ids[entry["who"]]},
                "submissionId": entry["id"],
                "timestamp": entry["time"],
            }
            for entry in self._visible(session, who)
        ]
        return {"sessionId": session["id"], "sessionArn": session["arn"], "sessionData": data}

    # Tags

    def tag_resource(self, who: str, given: GIVEN, answer: ANSWER) -> GIVEN:
        thing = self._taggable(who, given)
        thing["tags"] = _tagged(thing["tags"], given["tags"])
        return {}

    def untag_resource(self, who: str, given: GIVEN, answer: ANSWER) -> GIVEN:
        thing = self._taggable(who, given)
        thing["tags"] = {key: value for key, value in thing["tags"].items() if key not in given["tagKeys"]}
        return {}

    def list_tags_for_resource(self, who: str, given: GIVEN, answer: ANSWER) -> GIVEN:
        return {"tags": self._taggable(who, given)["tags"]}

    # Rights

    def _owns(self, who: str, app: Record) -> bool:
        return bool(app["owner"] == who)

    def _reads(self, who: str, app: Record) -> bool:
        is_published = app["item"] is not None and app["item"]["status"] == "PUBLISHED"
        return self._owns(who, app) or is_published or who in app["grants"]

    def _runs(self, who: str, app: Record) -> bool:
        return self._reads(who, app) and who not in app["left"]

    def _finds(self, who: str, app: Record) -> bool:
        return self._owns(who, app) or (app["item"] is not None and app["item"]["status"] == "PUBLISHED")

    def _app(self, given: GIVEN, who: str, right: Callable[[str, Record], bool]) -> Record:
        app = _found(self.apps, given["appId"])
        if not right(who, app):
            raise Refused("AccessDeniedException")
        return app

    def _item(self, given: GIVEN, who: str, right: Callable[[str, Record], bool]) -> Record:
        item = _found(self.items, given["libraryItemId"])
        if not self._finds(who, item["app"]):
            raise Refused("ResourceNotFoundException")
        if not right(who, item["app"]):
            raise Refused("AccessDeniedException")
        return item

    def _session(self, given: GIVEN, who: str, everybody: bool = False) -> Record:
        """A session of the caller's own; with `everybody`, also a shared one."""
        session = _found(self.sessions, given["sessionId"])
        if who != session["host"] and not (everybody and session["sharing"]["enabled"]):
            raise Refused("AccessDeniedException")
        return session

    def _taggable(self, who: str, given: GIVEN) -> Record:
        owners = {app["arn"]: (app, app["owner"]) for app in self.apps.values()}
        owners |= {session["arn"]: (session, session["host"]) for session in self.sessions.values()}
        if given["resourceARN"] not in owners:
            raise Refused("ResourceNotFoundException")
        thing, owner = owners[given["resourceARN"]]
        if who != owner:
            raise Refused("AccessDeniedException")
        return thing

    # Apps and items, as in responses

    def _version(self, who: str, number: int, given: GIVEN) -> Record:
        kept = {name: given[name] for name in ("title", "description", "appDefinition") if name in given}
        return {
            "number": number,
            "given": kept,
            "cards": given["appDefinition"]["cards"],
            "updated": self.now,
            "by": self.user_ids[who],
        }

    def _shown(self, app: Record, who: str) -> Record:
        item = app["item"]
        is_newest = item is None or self._owns(who, app)
        shown: Record = app["versions"][-1 if is_newest else item["version"] - 1]
        return shown

    def _status(self, app: Record, version: Record) -> str:
        is_published = app["item"] is not None and app["item"]["version"] == version["number"]
        return "PUBLISHED" if is_published else "DRAFT"

    def _summary(self, app: Record, version: Record) -> GIVEN:
        kind = next(kind for kind, one in DEFINITIONS.items() if one == version["given"]["appDefinition"])
        return {
            "appId": app["id"],
            "appArn": app["arn"],
            "title": version["given"]["title"],
            "appVersion": version["number"],
            "status": self._status(app, version),
            "createdAt": app["created"],
            "createdBy": self.user_ids[app["owner"]],
            "updatedAt": version["updated"],
            "updatedBy": version["by"],
            "requiredCapabilities": CAPABILITIES.get(kind, ["RetrievalMode"]),
            **present(
                description=version["given"].get("description"),
                initialPrompt=DEFINITIONS[kind].get("initialPrompt"),
            ),
        }

    def _listed(self, app: Record, entry: Record, who: str) -> GIVEN:
        version = self._shown(app, who)
        return {
            "appId": app["id"],
            "appArn": app["arn"],
            "title": version["given"]["title"],
            "createdAt": entry["since"],
            "canEdit": self._owns(who, app),
            "status": self._status(app, version),
            "isVerified": app["item"] is not None and app["item"]["verified"],
            **present(description=version["given"].get("description")),
        }

    def _permissions(self, app: Record) -> GIVEN:
        owner = (app["owner"], "write", "owner")
        users = [(email, action, "user") for email, action in app["grants"].items()]
        permissions = [
            {
                "action": action,
                "principal": {"userId": self.user_ids[email], "userType": kind, "email": email},
            }
            for email, action, kind in (owner, *users)
        ]
        return {"resourceArn": app["arn"], "appId": app["id"], "permissions": permissions}

    def _changed(self, item: Record) -> None:
        item.update(verified=False, updated=self.now)

    def _item_answer(self, item: Record, who: str) -> GIVEN:
        owner = self.user_ids[item["app"]["owner"]]
        titles = {name: one["title"] for name, one in self.categories.items()}
        return {
            "libraryItemId": item["id"],
            "appId": item["app"]["id"],
            "appVersion": item["version"],
            "categories": [{"id": name, "title": titles[name]} for name in item["categories"]],
            "status": item["status"],
            "createdAt": item["created"],
            "createdBy": owner,
            "updatedAt": item["updated"],
            "updatedBy": owner,
            "ratingCount": len(item["raters"]),
            "isRatedByUser": who in item["raters"],
            "userCount": sum(item["app"]["id"] in listed for listed in self.lists.values()),
            "isVerified": item["verified"],
        }

    def _associate(self, who: str, app: Record) -> None:
        app["left"].discard(who)
        if app["id"] not in self.lists[who]:
            self.serial += 1
            self.lists[who][app["id"]] = {"since": self.now, "serial": self.serial}

    def _category_ids(self, names: list[str]) -> list[str]:
        return list(dict.fromkeys(_found(self.categories, name)["id"] for name in names))

    def _keep_categories(self, after: list[Record]) -> None:
        for member in ("id", "title"):
            if len({category[member] for category in after}) < len(after):
                raise Refused("ConflictException")
        if len(after) > CATEGORIES:
            raise Refused("ValidationException")
        self.categories = {category["id"]: category for category in after}

    # What happens in sessions

    def _new_session(self, who: str, app: Record, version: Record, name: str, tags: GIVEN) -> Record:
        defaults = {_id(card): _fields(card).get("defaultValue") for card in version["cards"]}
        return {
            "id": name,
            "arn": f"{app['arn']}/session/{name}",
            "app": app,
            "version": version["number"],
            "cards": version["cards"],
            "host": who,
            "name": None,
            "sharing": {"enabled": False},
            "is_collection": any("formInput" in card for card in version["cards"]),
            "values": {name: value for name, value in defaults.items() if value is not None},
            "submissions": [],
            "tags": _tagged({}, tags),
        }

    def _take(self, who: str, session: Record, values: list[GIVEN]) -> None:
        if who != session["host"] and not session["sharing"].get("acceptResponses", True):
            raise Refused("AccessDeniedException")
        self._check_values(who, session, values)
        states = {_id(card): self._card_status(session, card, who) for card in session["cards"]}
        waiting = [name for name, card in states.items() if card["currentState"] == "WAITING"]
        if values and not waiting and len(_texts(values)) == len(values):
            raise Refused("ValidationException")
        taken = {value["cardId"]: value["value"] for value in _texts(values)}  # the last of two counts
        session["values"] = taken | session["values"]
        self._submit(who, session, values)

    def _check_values(self, who: str, session: Record, values: list[GIVEN]) -> None:
        """Check that the cards exist, and that form answers are objects of the user's own."""
        for value in values:
            if value["cardId"] not in map(_id, session["cards"]):
                raise Refused("ValidationException")
            if value["cardId"] == FORM:
                self._check_answer(who, session, value)

    def _check_answer(self, who: str, session: Record, value: GIVEN) -> None:
        mutation = value.get("submissionMutation", {})
        card = next(_fields(card) for card in session["cards"] if "formInput" in card)
        if mutation and card.get("computeMode", "replace") == "replace":
            raise Refused("ValidationException")
        kind = mutation.get("mutationType", "add")
        named = mutation.get("submissionId", "none")
        earlier = [one for one in session["submissions"] if one["id"] == named]
        if bool(earlier) == (kind == "add"):
            raise Refused("ValidationException")
        if kind != "add" and earlier[0]["who"] != who:
            raise Refused("AccessDeniedException")
        if kind != "delete" and not isinstance(json.loads(value["value"]), dict):
            raise Refused("ValidationException")

    def _submit(self, who: str, session: Record, values: list[GIVEN]) -> None:
        for value in values:
            if value["cardId"] == FORM:
                self._change(who, session, value)

    def _change(self, who: str, session: Record, value: GIVEN) -> None:
        mutation = value.get("submissionMutation", {})
        kind, name = mutation.get("mutationType", "add"), mutation.get("submissionId")
        entries = session["submissions"]
        if kind == "delete":
            entries[:] = [one for one in entries if one["id"] != name]
        elif kind == "edit":
            (entry,) = (one for one in entries if one["id"] == name)
            entry.update(value=json.loads(value["value"]), time=self.now)
        else:
            card = next(_fields(card) for card in session["cards"] if "formInput" in card)
            if card.get("computeMode", "replace") == "replace":
                entries[:] = [one for one in entries if one["who"] != who]
            new = {"id": name, "who": who, "value": json.loads(value["value"]), "time": self.now}
            entries.append(new)

    def _visible(self, session: Record, who: str) -> list[Record]:
        is_open = who == session["host"] or session["sharing"].get("revealCards", True)
        return [entry for entry in session["submissions"] if is_open or entry["who"] == who]

    def _learn_ids(self, entries: list[Record], answer: ANSWER) -> None:
        """Learn the ids of submissions that were sent without one."""
        if isinstance(answer, dict):
            known = {entry["id"] for entry in entries}
            for entry, answered in zip(entries, answer["sessionData"], strict=True):
                if entry["id"] is None:
                    assert answered["submissionId"] not in known
                    entry["id"] = answered["submissionId"]

    def _card_status(self, session: Record, card: GIVEN, who: str) -> GIVEN:
        """Everything that can run has run; an answer depends only on the prompt."""
        value = self._value(session, _id(card))
        state = "WAITING" if value is None else "COMPLETED"
        if "formInput" not in card:
            return {"currentState": state, "currentValue": value or ""}
        submissions = [
            {"value": entry["value"], "submissionId": entry["id"], "timestamp": entry["time"]}
            for entry in self._visible(session, who)
        ]
        return {"currentState": state, "currentValue": "", "submissions": submissions}

    def _value(self, session: Record, name: str) -> str | None:
        """The value of a card in prompts, None while it waits."""
        if name == FORM:
            entries = [entry["value"] for entry in session["submissions"]]
            return json.dumps(entries) if entries else None
        fields = next(_fields(card) for card in session["cards"] if _id(card) == name)
        if "prompt" not in fields:
            value: str | None = session["values"].get(name)
            return value
        prompt = fields["prompt"]
        for reference in _REFERENCE.findall(prompt):
            value = self._value(session, reference)
            if value is None:
                return None
            prompt = prompt.replace(f"@{reference}", value)
        return f"Answer to: {prompt}"


def _found(things: dict[str, Record], name: str) -> Record:
    if name not in things:
        raise Refused("ResourceNotFoundException")
    return things[name]


def _version(app: Record, number: int) -> Record:
    if number > len(app["versions"]):
        raise Refused("ResourceNotFoundException")
    version: Record = app["versions"][number - 1]
    return version


def _tagged(old: dict[str, str], new: dict[str, str]) -> dict[str, str]:
    if len(old | new) > TAGS:
        raise Refused("ValidationException")
    return old | new


def _fields(card: GIVEN) -> GIVEN:
    fields: GIVEN
    (fields,) = card.values()
    return fields


def _id(card: GIVEN) -> str:
    return str(_fields(card)["id"])


def _texts(values: list[GIVEN]) -> list[GIVEN]:
    """Values for cards other than form cards."""
    return [value for value in values if value["cardId"] != FORM]


def _card(card: GIVEN, cards: list[GIVEN]) -> GIVEN:
    """The card as GetQApp returns it."""
    ((kind, fields),) = card.items()
    references = _REFERENCE.findall(fields.get("prompt", ""))
    answered = {**fields, "dependencies": references}
    if kind == "qQuery":
        forms = {_id(other) for other in cards if "formInput" in other}
        answered = {"outputSource": "approved-sources", **answered}
        if memories := [name for name in references if name in forms]:
            answered["memoryReferences"] = memories
    return {kind: answered}


def _metadata(session: Record) -> GIVEN:
    return {
        "sessionId": session["id"],
        "sessionArn": session["arn"],
        "sharingConfiguration": session["sharing"],
        **present(sessionName=session["name"]),
    }
