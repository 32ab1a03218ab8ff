"""Damaged states: each is refused as a whole, with the place of the mistake."""

import json
import math
from collections.abc import Callable
from typing import Any

import pytest

from qchime.control.snapshot import StateError
from tests.control.snapshot.populated import all_mocked

QAPPS = ("services", "qapps", "123456789012", "us-east-1", "instances", "*")
CHIME = ("services", "chime-sdk-identity", "123456789012", "us-east-1", "app_instances")
APPS = (*QAPPS, "apps", "entries")
APP = (*APPS, "*", "resource")
ITEM = (*APP, "library_item")
SESSION = (*QAPPS, "sessions", "*")
COLLECTION = (*QAPPS, "sessions", -1)
DOCUMENT = (*QAPPS, "documents", "*")
UPLOAD = (*QAPPS, "documents", -1)
INSTANCE = (*CHIME, "entries", -1, "resource")
USER = (*INSTANCE, "users", "entries", "*", "resource")
ENDPOINT = (*USER, "endpoints", "entries", "*", "resource")
CHAT = ("services", "chime-sdk-messaging", "123456789012", "us-east-1", "chats", "*")
CHANNELS = (*CHAT, "channels", "entries")
CHANNEL = (*CHANNELS, -1, "resource")
ELASTIC = (*CHANNELS, "*", "resource")
PART = (*ELASTIC, "sub_channels", "entries", -1, "resource")
WORLD_USERS = ("world", "users", "users")
SETTINGS = {
    "maximum_sub_channels": 2,
    "target_memberships_per_sub_channel": 2,
    "minimum_membership_percentage": 40,
}
GONE = object()
"""Removes the key."""
NOBODYS = "00000000-0000-4000-8000-000000000000"


def keys(state: Any, steps: tuple[Any, ...]) -> list[Any]:
    """The steps as keys: `*` is the first in an object, -1 the last."""
    found = []
    for step in steps:
        if isinstance(state, dict) and (step == "*" or step == -1):
            step = list(state)[0 if step == "*" else -1]
        found.append(step)
        state = state[step] if isinstance(state, list) else state.get(step)
    return found


def damage(state: Any, steps: tuple[Any, ...], value: Any) -> str:
    """Set a value at a place; returns the place as messages name it."""
    *outer, last = keys(state, steps)
    for step in outer:
        state = state[step]
    if value is GONE:
        del state[last]
    else:
        state[last] = value
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in (*outer, last))[1:]


def refused(state: Any) -> str:
    """Check that loading the state changes nothing; returns the message."""
    with all_mocked() as mock:
        mock.users.add("dave@example.com")
        mock.limits.file_bytes = 7
        before = mock.dump()
        with pytest.raises(StateError) as raised:
            mock.load(state)
        assert mock.dump() == before
    return str(raised.value)


@pytest.mark.parametrize(
    ("steps", "value", "what"),
    [
        # keys
        (("version",), GONE, "is missing"),
        (("world",), GONE, "is missing"),
        (("world", "clock"), GONE, "is missing"),
        (("world", "colour"), {}, "is unknown"),
        (("services", "s3"), {}, "is unknown"),
        ((*APP, "title"), "no", "is unknown"),
        ((*APP, "tags"), GONE, "is missing"),
        ((*APP, "library_item", "status"), GONE, "is missing"),
        # types
        (("services",), [], "expected an object"),
        (("version",), True, "expected a whole number, not True"),
        (("version",), "1", "expected a whole number, not '1'"),
        ((*APP, "versions", 0, "title"), 5, "expected a string, not 5"),
        ((*APP, "versions", 0, "app_version"), "1", "expected a whole number, not '1'"),
        ((*APP, "versions", 0, "app_version"), True, "expected a whole number, not True"),
        ((*APP, "versions", 0, "app_version"), 1.0, "expected a whole number, not 1.0"),
        ((*APP, "versions"), {}, "expected a list"),
        ((*APP, "tags"), [], "expected an object"),
        ((*APP, "created_at"), 5, "expected a string, not 5"),
        ((*APP, "created_at"), "2024-05-21T23:17:27", "a time in UTC"),
        ((*APP, "created_at"), "2024-05-21T23:17:27+02:00", "a time in UTC"),
        ((*APP, "created_at"), "9999-05-21T23:17:27+00:00", "9950"),
        ((*APP, "created_at"), "yesterday", "a time in UTC"),
        ((*DOCUMENT, "content"), "?", "expected base64"),
        ((*ITEM, "is_verified"), 1, "expected true or false, not 1"),
        ((*ITEM, "raters"), ["a", "a"], "distinct items"),
        ((*SESSION, "runs", "*", "state"), "DONE", "one of IN_PROGRESS, WAITING, COMPLETED, ERROR"),
        ((*ITEM, "status"), "LOST", "one of PUBLISHED, DISABLED"),
        # the model's shapes
        ((*APP, "versions", 0, "title"), "a" * 101, "less than or equal to 100"),
        ((*APP, "versions", 0, "title"), "<b>", "regular expression pattern"),
        ((*APP, "app_id"), "no-uuid", "regular expression pattern"),
        ((*APP, "versions", 0, "definition"), {}, "'cards'"),
        ((*APP, "versions", 0, "definition", "colour"), "red", GONE),
        ((*APP, "versions", 0, "definition", "cards", 0, "text_input", "title"), None, GONE),
        ((*SESSION, "sharing_configuration"), {}, "'enabled'"),
        ((*SESSION, "sharing_configuration"), {"enabled": 1}, GONE),
        ((*INSTANCE, "retention"), {"channel_retention_settings": {"retention_days": 0}}, "greater than"),
        ((*INSTANCE, "bots", "entries", "*", "resource", "configuration"), {"lex": {}}, "lex.localeId"),
        ((*ENDPOINT, "type"), "PIGEON", "enum value set"),
        ((*ENDPOINT, "endpoint_attributes"), {}, "deviceToken"),
        ((*USER, "expiration_settings"), {"expiration_days": 7}, "expirationCriterion"),
        ((*USER, "name"), "", "greater than or equal to 1"),
        # the world
        (("world", "clock", "offset_seconds"), True, "expected a number"),
        (("world", "limits", "file_bytes"), "7", "expected a whole number"),
        (("world", "users", "required"), 0, "expected true or false"),
        ((*WORLD_USERS, 0, "email"), None, "expected a string"),
        (("world", "answers", "answers", 0, "fails"), "no", "expected true or false"),
        (("world", "answers", "answers", 0, "text"), 5, "expected a string"),
        (("world", "answers", "apps", 0), {"app": {}, "problem_statement": None}, "title and appDefinition"),
        (("world", "answers", "plugins"), {"id": 5}, GONE),
        (("world", "categories", "categories", 0), {"title": "-", "id": None, "color": None}, "at 'title'"),
        # references
        ((*SESSION, "app_id"), NOBODYS, GONE),
        ((*SESSION, "runs", NOBODYS), {"state": "WAITING", "value": "", "is_confirmed": False}, GONE),
        ((*SESSION, "session_arn"), "arn", "not its ARN"),
        ((*SESSION, "version", "title"), "Other", GONE),
        ((*COLLECTION, "submissions", "*", "card_id"), NOBODYS, GONE),
        ((*DOCUMENT, "app_id"), NOBODYS, "there is no such app"),
        ((*DOCUMENT, "session_id"), NOBODYS, "the app has no such session"),
        ((*UPLOAD, "upload_fields"), {}, "x-amz-checksum-sha256"),
        ((*UPLOAD, "expires_at"), None, "announced"),
        ((*QAPPS, "exports", "*", "session_id"), NOBODYS, "there is no such session"),
        ((*QAPPS, "lists", "*", "entries", "*", "resource", "app_id"), NOBODYS, GONE),
        ((*QAPPS, "library", "entries", "*", "resource"), NOBODYS, GONE),
        ((*QAPPS, "categories", "*", "id"), NOBODYS, GONE),
        ((*QAPPS, "categories", "*", "title"), "Fun", "two categories"),
        ((*ITEM, "category_ids"), [NOBODYS], "there is no category"),
        ((*ITEM, "app_version"), 7, "no such version"),
        ((*ITEM, "app_id"), NOBODYS, "another app"),
        ((*ITEM, "library_item_id"), NOBODYS, "the library does not have it"),
        ((*APP, "versions"), [], "one version at least"),
        ((*APP, "versions", 0, "app_version"), 3, GONE),
        ((*APP, "app_arn"), "arn", "not its ARN"),
        ((*APP, "owner_email"), "nobody", GONE),
        ((*APP, "owner_id"), "", "an owner"),
        ((*APP, "grants", "everybody"), "read", GONE),
        ((*APP, "grants", "carol@example.com"), "own", "one of read, write"),
        ((*INSTANCE, "app_instance_arn"), "arn:aws:chime:::app-instance/x", GONE),
        ((*USER, "arn"), "arn:aws:chime:::app-instance/x/user/y", GONE),
        ((*INSTANCE, "bots", "entries", "*", "resource", "arn"), "arn:aws:chime:::x/bot/y", GONE),
        ((*INSTANCE, "admins", "entries", "*", "resource", "admin_arn"), "arn:aws:chime:::x/user/y", GONE),
        ((*ENDPOINT, "endpoint_id"), "other", GONE),
        ((*APP, "created_at"), "2024-05-21T23:17:27Z", "a time in UTC"),
        ((*ENDPOINT, "app_instance_user_arn"), "arn:aws:chime:::x/user/y", GONE),
        ((*CHAT, "app_instance_arn"), "arn:aws:chime:::app-instance/x", GONE),
        ((*CHAT, "last_serial"), 1, GONE),
        ((*CHANNEL, "channel_arn"), "arn:aws:chime:::app-instance/x/channel/y", GONE),
        ((*CHANNEL, "mode"), "OPEN", "enum value set: [UNRESTRICTED, RESTRICTED]"),
        ((*CHANNEL, "expiration_settings"), {"expiration_days": 1}, "expirationCriterion"),
        ((*CHANNEL, "memberships", "entries", "*", "resource", "member_arn"), "arn:aws:chime:::x", GONE),
        ((*CHANNEL, "memberships", "entries", "*", "resource", "type"), "VISIBLE", "enum value set"),
        ((*CHANNEL, "memberships", "entries", "*", "serial"), 0, GONE),
        ((*CHANNEL, "moderators", "entries", "*", "resource", "arn"), "arn:aws:chime:::x", GONE),
        ((*CHANNEL, "bans", "entries", "*", "resource", "arn"), "arn:aws:chime:::x", GONE),
        (
            (*CHANNEL, "channel_flow_arn"),
            "arn:aws:chime:::app-instance/x/channel-flow/y",
            "no such channel flow",
        ),
        ((*CHANNEL, "messages", "entries", "*", "resource", "type"), "LOUD", "enum value set"),
        ((*CHANNEL, "messages", "entries", "*", "resource", "message_id"), "other", GONE),
        ((*CHANNEL, "callbacks", "entries", "*", "resource", "change"), "DELETE", "one of CREATE, UPDATE"),
        ((*CHANNEL, "callbacks", "entries", "*", "resource", "processors"), [], "equal to 1"),
        (
            (*CHANNEL, "callbacks", "entries", -1, "resource", "draft", "message_id"),
            "other",
            "is not the message",
        ),
        ((*CHANNEL, "sub_channel_id"), "any", "a channel has none"),
        ((*CHANNEL, "elastic_channel_configuration"), {"maximum_sub_channels": 2}, GONE),
        ((*CHANNEL, "elastic_channel_configuration"), SETTINGS, "there are no sub-channels"),
        ((*ELASTIC, "elastic_channel_configuration"), None, "although there are sub-channels"),
        ((*ELASTIC, "elastic_channel_configuration", "maximum_sub_channels"), 1, GONE),
        ((*ELASTIC, "mode"), "UNRESTRICTED", "an elastic channel is RESTRICTED"),
        ((*PART, "channel_arn"), "arn:aws:chime:::app-instance/x/channel/y", "not the ARN of the channel"),
        ((*PART, "sub_channel_id"), None, GONE),
        ((*PART, "memberships", "entries", "*", "resource", "member_arn"), "arn:aws:chime:::x", GONE),
        ((*PART, "messages", "entries", "*", "resource", "message_id"), "other", GONE),
        ((*CHAT, "flows", "entries", "*", "resource", "processors"), [{"name": "x"}], "configuration"),
        ((*CHAT, "streams"), [], "equal to 1"),
        (("world", "flows", "actions", 0, "kind"), "script", "one of pass, hold, invoke, fail"),
        # not JSON
        ((*SESSION, "polls"), math.nan, "is not a number in JSON"),
        ((*SESSION, "polls"), math.inf, "is not a number in JSON"),
        ((*SESSION, "polls"), 10**400, "the number is too large"),
        ((*SESSION, "session_name"), "\ud800", "half of a surrogate pair"),
        ((*COLLECTION, "submissions", "*", "value"), {"a": (1,)}, "expected JSON, not (1,)"),
        ((*COLLECTION, "submissions", "*", "value"), {1: 1}, "expected strings as keys, not 1"),
        ((*COLLECTION, "submissions", "*", "value"), {"\ud800": 1}, "half of a surrogate pair"),
    ],
    ids=lambda value: ".".join(map(str, value[-2:])) if isinstance(value, tuple) else None,
)
def test_a_mistake_is_named_with_its_place_and_changes_nothing(
    state: Any, steps: tuple[Any, ...], value: Any, what: str
) -> None:
    place = damage(state, steps, value)
    message = refused(state)
    if what is GONE:  # the message may name an outer or an inner place
        what, place = "", ".".join(place.split(".")[:4])
    line = next((line for line in message.splitlines() if line.startswith(place)), None)
    assert line is not None, f"{place} is not in: {message}"
    assert what in message


@pytest.mark.parametrize(
    ("steps", "wrong", "what"),
    [
        (("services", "qapps", "123456789012"), "12345", "12 digits"),
        (("services", "qapps", "123456789012", "us-east-1"), "US_EAST", "region"),
        (APPS, NOBODYS, "its key is not its app_id"),
        ((*QAPPS, "sessions"), NOBODYS, "its key is not its session_id"),
        ((*QAPPS, "documents"), NOBODYS, "its key is not its file_id"),
        (QAPPS[:-1], "other", "its key is not its instance_id"),
        ((*CHIME, "entries"), "arn:aws:chime:::app-instance/x", "its key is not its ARN"),
        (CHAT[:-1], "arn:aws:chime:::app-instance/x", "its key is not its ARN"),
        (CHANNELS, "arn:aws:chime:::app-instance/x/channel/y", "its key is not its ARN"),
        ((*CHANNEL, "memberships", "entries"), "arn:aws:chime:::app-instance/x/user/y", "not its ARN"),
        ((*CHANNEL, "bans", "entries"), "arn:aws:chime:::app-instance/x/user/y", "not its ARN"),
        ((*CHANNEL, "messages", "entries"), "other", "its key is not its id"),
        ((*CHANNEL, "passed", "entries"), "other", "its key is not its id"),
        ((*CHANNEL, "callbacks", "entries"), "other", "its key is not its id"),
        ((*ELASTIC, "sub_channels", "entries"), "other", "its key is not its id"),
        ((*PART, "memberships", "entries"), "arn:aws:chime:::app-instance/x/user/y", "not its ARN"),
        ((*CHAT, "flows", "entries"), "arn:aws:chime:::app-instance/x/channel-flow/y", "not its ARN"),
    ],
    ids=lambda value: value[-1] if isinstance(value, tuple) else None,
)
def test_an_unknown_key_is_refused(state: Any, steps: tuple[Any, ...], wrong: str, what: str) -> None:
    found = state
    steps = keys(state, steps)  # type: ignore[assignment]
    for step in steps[:-1]:
        found = found[step]
    if steps[-1] in ("123456789012", "us-east-1"):
        found[wrong] = found.pop(steps[-1])
    else:
        inside = found[steps[-1]]
        inside[wrong] = inside.pop(list(inside)[-1])
    message = refused(state)
    assert wrong in message
    assert what in message


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda apps, first, second: apps.update(last_serial=1), "last_serial"),
        (lambda apps, first, second: second.update(serial=first["serial"]), "ascend"),
        (lambda apps, first, second: first.update(serial=0), "ascend"),
        (lambda apps, first, second: first.update(serial=-1), "ascend"),
        (
            lambda apps, first, second: (first.update(client_token="x"), second.update(client_token="x")),
            "client_token",
        ),
    ],
)
def test_serials_and_client_tokens_must_be_consistent(
    state: Any, change: Callable[..., object], what: str
) -> None:
    place = state
    for step in keys(state, CHIME):
        place = place[step]
    first, second, *_ = place["entries"].values()
    change(place, first, second)
    message = refused(state)
    assert message.startswith("services.chime-sdk-identity.123456789012.us-east-1.app_instances: ")
    assert what in message


@pytest.mark.parametrize(
    ("name", "message"),
    [("email", "no long-term ones"), ("access_key_id", "two users have the access_key_id")],
)
def test_two_users_cannot_share_ids_or_keys(state: Any, name: str, message: str) -> None:
    users = state["world"]["users"]["users"]
    users[1][name] = users[0][name]
    assert message in refused(state)


def test_users_are_validated(state: Any) -> None:
    users = state["world"]["users"]["users"]
    users[0]["email"] = "nobody"
    assert refused(state).startswith("world.users: ")
    users[0]["email"] = "default@example.com"
    assert "the default user" in refused(state)


def test_temporary_credentials_need_a_user_and_an_expiry(state: Any) -> None:
    users = state["world"]["users"]["users"]
    users[-1]["session_token"] = None
    assert "session_token and expires_at" in refused(state)
    del users[0]
    assert "no long-term ones" in refused(state)


@pytest.mark.parametrize("figure", [-1, True, None, 1.5])
def test_limits_are_validated(state: Any, figure: Any) -> None:
    state["world"]["limits"]["file_bytes"] = figure
    assert refused(state).startswith("world.limits")


@pytest.mark.parametrize("offset", [1e12, -1e12, 1e300, 10**200])
def test_the_range_of_the_clock_is_validated(state: Any, offset: Any) -> None:
    state["world"]["clock"]["offset_seconds"] = offset
    assert refused(state).startswith("world.clock: The clock cannot be advanced that far")


def test_cards_must_form_an_app(state: Any) -> None:
    place = damage(state, (*APP, "versions", 0, "definition", "cards", 0, "text_input", "type"), "q-query")
    assert place.split(".definition")[0] in (message := refused(state))
    assert "is a text_input, not of type q-query" in message


def test_the_error_for_another_version_says_what_to_do(state: Any) -> None:
    state["version"] = 3
    assert refused(state).startswith("version: qchime ")
    assert "Load it with the qchime that wrote it" in refused(state)


def test_all_mistakes_are_named(state: Any) -> None:
    places = [
        damage(state, (*APP, "versions", 0, "title"), 5),
        damage(state, (*APP, "created_at"), 5),
        damage(state, (*USER, "metadata"), 5),
        damage(state, ("world", "limits", "file_bytes"), "5"),
    ]
    message = refused(state)
    assert all(place in message for place in places)
    assert len(message.splitlines()) == 4


@pytest.mark.parametrize("rubbish", [None, [], "state", 5, {}, {"version": 1}])
def test_anything_but_a_state_is_refused(rubbish: Any) -> None:
    if isinstance(rubbish, str):
        rubbish = {"state": rubbish}
    refused(rubbish)


def test_endless_nesting_is_refused(state: Any) -> None:
    bomb: Any = []
    for _ in range(100_000):
        bomb = [bomb]
    state["world"]["answers"]["apps"][0]["app"]["title"] = bomb
    assert "nested more than" in refused(state)
    bomb = {}
    bomb["inside"] = bomb
    state["world"]["answers"]["apps"][0]["app"]["title"] = bomb
    assert "nested more than" in refused(state)


def test_dumping_a_value_that_is_not_json_is_an_error() -> None:
    with all_mocked() as mock:
        app: Any = {"title": object(), "appDefinition": {}}
        mock.answers.add_app(app)
        with pytest.raises(StateError, match=r"world\.answers\.apps\[0\]\.app\.title: expected JSON"):
            mock.dump()


def test_long_values_are_shortened_in_messages(state: Any) -> None:
    damage(state, (*APP, "created_at"), "x" * 100_000)
    assert len(refused(state)) < 1000


def test_long_keys_are_shortened_in_messages(state: Any) -> None:
    damage(state, (*APP, "tags", "x" * 100_000), 5)
    assert len(message := refused(state)) < 1000
    assert "tags.xxx" in message


def test_the_undamaged_state_loads(state: Any) -> None:
    with all_mocked() as mock:
        mock.load(state)
        assert json.dumps(mock.dump()) == json.dumps(state)


def test_an_administrator_is_a_user_or_a_bot_of_the_app_instance(state: Any) -> None:
    *steps, _ = keys(state, (*INSTANCE, "admins", "entries", -1, "resource"))
    entries = state
    for step in steps[:-1]:
        entries = entries[step]
    arn = state_at(state, (*INSTANCE, "app_instance_arn")) + "/user/nobody"
    entries[arn] = entries.pop(steps[-1])
    entries[arn]["resource"]["admin_arn"] = arn

    assert "there is no such user or bot" in refused(state)


@pytest.mark.parametrize("user_id", ["", "a/b"])
def test_the_arn_of_a_user_ends_with_an_id(state: Any, user_id: str) -> None:
    users = state_at(state, (*INSTANCE, "users", "entries"))
    instance = state_at(state, (*INSTANCE, "app_instance_arn"))
    key = list(users)[-1]
    arn = f"{instance}/user/{user_id}"
    users[arn] = users.pop(key)
    users[arn]["resource"]["arn"] = arn
    for endpoint in users[arn]["resource"]["endpoints"]["entries"].values():
        endpoint["resource"]["app_instance_user_arn"] = arn

    assert f"{instance}/user/" in refused(state)


def state_at(state: Any, steps: tuple[Any, ...]) -> Any:
    for step in keys(state, steps):
        state = state[step]
    return state


def test_members_and_moderators_of_all_channels_have_serials_of_their_own(state: Any) -> None:
    place = state
    for step in keys(state, CHANNEL):
        place = place[step]
    member, moderator = (
        next(iter(place[kind]["entries"].values())) for kind in ("memberships", "moderators")
    )
    moderator["serial"] = member["serial"]
    assert "the serials of members and moderators must differ" in refused(state)


@pytest.mark.parametrize("kind", ["memberships", "messages", "passed"])
def test_members_and_messages_of_an_elastic_channel_are_in_sub_channels(state: Any, kind: str) -> None:
    channel = state_at(state, ELASTIC)
    channel[kind], part = state_at(state, (*PART, kind)), state_at(state, PART)
    part[kind] = {"last_serial": 0, "entries": {}}
    assert f".{kind}: in an elastic channel they are in the sub-channels" in refused(state)


def test_others_than_moderators_are_in_one_sub_channel(state: Any) -> None:
    channel = state_at(state, ELASTIC)
    first, second = (
        entry["resource"]["memberships"] for entry in channel["sub_channels"]["entries"].values()
    )
    arn, entry = list(second["entries"].items())[-1]
    chat = state_at(state, CHAT)
    chat["last_serial"] += 1
    first["entries"][arn] = {**entry, "serial": chat["last_serial"]}
    first["last_serial"] = chat["last_serial"]
    assert "it is a member of the sub-channel" in refused(state)


def test_nobody_is_a_member_and_banned(state: Any) -> None:
    place = state
    for step in keys(state, CHANNEL):
        place = place[step]
    arn, banned = next(iter(place["bans"]["entries"].items()))
    member = next(iter(place["memberships"]["entries"]))
    place["bans"]["entries"] = {member: {**banned, "resource": {**banned["resource"], "arn": member}}}
    assert f"{member}: it is a member as well" in refused(state)
    assert arn not in refused(state)
