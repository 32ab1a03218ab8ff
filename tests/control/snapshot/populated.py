"""A rich state of both services in two accounts and two regions, and everything that can be read of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from typing import Any

import boto3
from botocore.exceptions import ClientError

from qchime import Handle, mock_chimesdkidentity, mock_chimesdkmessaging, mock_qapps
from qchime.core.table import SERVICES
from qchime.services.qapps import SERVICE as QAPPS
from tests.services.chimesdkidentity.samples import days, device, lex, retention, tags
from tests.services.chimesdkmessaging.samples import (
    CONTROL,
    ELASTIC,
    MESSAGE,
    PASSING,
    processors,
    streams,
)
from tests.services.qapps.inputs import SHA256
from tests.services.qapps.running import DRAFT, FORM, NAME, PAPER, TICKET, share, start, submit
from tests.services.qapps.samples import HERE, call, definition, file, form, new_id, plugin, query, text

DEFAULT_ACCOUNT = "123456789012"
OTHER_ACCOUNT = "210987654321"
PLACES = (("us-east-1", None), ("eu-west-1", None), ("us-east-1", OTHER_ACCOUNT))
"""Regions and accounts; None is the default account."""
PEOPLE = ("alice@example.com", "bob@example.com", "carol@example.com")
READS = [
    (service, operation)
    for service in SERVICES
    for operation in service.model.operation_names
    if operation.startswith(("Describe", "Get", "List", "Predict", "Search")) and service.supports(operation)
]
"""The read operations, by the models' names."""


@contextmanager
def all_mocked() -> Iterator[Handle]:
    with mock_qapps() as mock, mock_chimesdkidentity(), mock_chimesdkmessaging():
        yield mock


def client(mock: Handle, service: str, email: str | None, region: str, account: str | None) -> Any:
    """A client of this user, or of the default user, in a region and an account."""
    credentials: Any = mock.users.add(email).credentials if email else {}
    made = boto3.client(service, region_name=region, **credentials)
    if account:
        made.meta.events.register("before-sign", lambda request, **_: ask_for(account, request))
    return made


def ask_for(account: str, request: Any) -> None:
    request.headers["x-moto-account-id"] = account


@dataclass(frozen=True)
class Populated:
    """Ids and links from before the dump, for use after the load."""

    app: str
    survey: str
    session: str
    collection: str
    upload: dict[str, Any]
    export: str
    chat: str


def populate(mock: Handle) -> Populated:
    """Create everything in every place; returns the ids and links of the first."""
    mock.answers.add(card="Query", text="All is well")
    mock.answers.add(card="Plugin", waits=True)
    mock.answers.add(card="Never", fails=True)
    mock.answers.add(card="Scripted", text=str.upper)
    mock.answers.add_app({"title": "Trip", "appDefinition": {"cards": []}}, "Plan a trip")
    mock.answers.add_plugin("a" * 36, "JIRA")
    mock.flows.hold("Held")
    mock.flows.fail("Broken")
    mock.flows.script(lambda event: None, "Scripted")
    mock.categories.add("Human Resources", color="#00ff00")
    mock.limits.endpoints_per_user = 3
    mock.rules["messaging.elastic-channel-regions"] = "everywhere"
    mock.clock.advance(days=2, microseconds=7)
    made = [populate_qapps(mock, *place) for place in PLACES]
    chats = [populate_chime(mock, *place) for place in PLACES]
    mock.users.add("alice@example.com", expires_in=3600)
    return Populated(*made[0], chat=chats[0])  # type: ignore[misc]


def populate_qapps(mock: Handle, region: str, account: str | None) -> tuple[Any, ...]:
    alice, bob, carol = (client(mock, "qapps", email, region, account) for email in PEOPLE)
    category = new_id()
    alice.batch_create_category(
        **HERE, categories=[{"id": category, "title": "Work"}, {"title": "Fun", "color": "#0000ff"}]
    )
    cards = (
        text(NAME, defaultValue="Ann"),
        file(PAPER),
        query(DRAFT, prompt=f"Greet @{NAME}", outputSource="approved-sources"),
        plugin(TICKET, prompt=f"File @{DRAFT}", pluginId="a" * 36),
    )
    filters = {"andAllFilters": [{"equalsTo": {"name": "team", "value": {"stringValue": "a"}}}]}
    cards[2]["qQuery"]["attributeFilter"] = filters
    app = alice.create_q_app(
        **HERE,
        title="Päper 📄",
        description="",
        appDefinition=definition(*cards, initialPrompt="Make it so"),
        tags={"team": "a"},
    )["appId"]
    alice.update_q_app(**HERE, appId=app, title="Paper")
    survey = alice.create_q_app(**HERE, title="Survey", appDefinition=definition(form(FORM)))["appId"]
    alice.create_q_app(**HERE, title="Draft", appDefinition=definition(text()))
    gone = alice.create_q_app(**HERE, title="Gone", appDefinition=definition(text()))["appId"]
    alice.delete_q_app(**HERE, appId=gone)
    for published, version in ((app, 2), (survey, 1)):
        item = alice.create_library_item(**HERE, appId=published, appVersion=version, categories=[category])
        bob.associate_library_item_review(**HERE, libraryItemId=item["libraryItemId"])
    alice.update_library_item_metadata(**HERE, libraryItemId=item["libraryItemId"], isVerified=True)
    alice.update_q_app_permissions(
        **HERE, appId=app, grantPermissions=[{"action": "write", "principal": "carol@example.com"}]
    )
    carol.associate_q_app_with_user(**HERE, appId=app)
    bob.associate_q_app_with_user(**HERE, appId=survey)
    bob.disassociate_q_app_from_user(**HERE, appId=survey)
    session = start(alice, app)
    share(alice, session)
    start(bob, app, sessionId=session)
    collection = start(alice, survey, tags={"for": "people"})
    alice.update_q_app_session_metadata(
        **HERE,
        sessionId=collection,
        sessionName="Who?",
        sharingConfiguration={"enabled": True, "revealCards": False},
    )
    submit(alice, collection, {"name": "Alice", "score": 1.5, "nested": [None, {"a": True}]})
    submit(bob, collection, {"name": "Bob 🙂"})
    target = {**HERE, "appId": app, "cardId": PAPER, "fileName": "paper.txt", "scope": "SESSION"}
    alice.import_document(**target, sessionId=session, fileContentsBase64="dGVzdA==")
    upload = alice.create_presigned_url(**target, sessionId=session, fileContentsSha256=SHA256)
    export = alice.export_q_app_session_data(**HERE, sessionId=collection)["csvFileLink"]
    return app, survey, session, collection, upload, export


def populate_chime(mock: Handle, region: str, account: str | None) -> str:
    chime = client(mock, "chime-sdk-identity", None, region, account)
    for name in ("Empty", "Gone", "Chat"):
        arn = chime.create_app_instance(Name=name, ClientRequestToken=f"token-{name}", Tags=tags(team="a"))
        here = {"AppInstanceArn": arn["AppInstanceArn"]}
        if name == "Gone":
            chime.delete_app_instance(**here)
    chime.put_app_instance_retention_settings(**here, AppInstanceRetentionSettings=retention(7))
    users = []
    for number in range(4):
        more = {"ExpirationSettings": days(1)} if number == 3 else {}
        given = {"AppInstanceUserId": f"user-{number}", "Name": f"User {number}", "Metadata": "{}"}
        answer = chime.create_app_instance_user(**here, **given, ClientRequestToken=f"token-{number}", **more)
        users.append(answer["AppInstanceUserArn"])
    chime.delete_app_instance_user(AppInstanceUserArn=users.pop(1))
    invoked = {"StandardMessages": "ALL", "TargetedMessages": "NONE"}
    bot = chime.create_app_instance_bot(**here, Name="Bot", Configuration=lex(InvokedBy=invoked))
    for arn in (users[0], users[-1], bot["AppInstanceBotArn"]):
        chime.create_app_instance_admin(**here, AppInstanceAdminArn=arn)
        chime.tag_resource(ResourceARN=arn, Tags=tags(colour="blue"))
    chime.update_app_instance_user(AppInstanceUserArn=users[0], Name="Renamed", Metadata="")
    for number in range(3):
        chime.register_app_instance_user_endpoint(AppInstanceUserArn=users[0], **device(f"device-{number}"))
    populate_messaging(client(mock, "chime-sdk-messaging", None, region, account), users, bot)
    return str(here["AppInstanceArn"])


def populate_messaging(messaging: Any, users: list[str], bot: dict[str, str]) -> None:
    """Channels with members of both types, moderators and bans, by the users and bots of one app instance."""
    one, other, expiring = users
    here = {"AppInstanceArn": one.partition("/user/")[0], "ChimeBearer": one}
    populate_elastic(messaging, here, other, expiring, bot["AppInstanceBotArn"])
    for name in ("Gone", "Empty", "General"):
        more = {"Privacy": "PRIVATE"} if name == "Empty" else {"MemberArns": [other, expiring]}
        channel = messaging.create_channel(
            **here, **more, Name=name, ClientRequestToken=f"token-{name}", Tags=tags(team="a")
        )["ChannelArn"]
        if name == "Gone":
            messaging.delete_channel(ChannelArn=channel, ChimeBearer=one)
    there = {"ChannelArn": channel, "ChimeBearer": one}
    messaging.update_channel(**there, Name="Renamed", Mode="UNRESTRICTED", Metadata="{}")
    messaging.put_channel_expiration_settings(**there, ExpirationSettings=days(30))
    messaging.create_channel_moderator(**there, ChannelModeratorArn=expiring)
    messaging.create_channel_membership(**there, MemberArn=bot["AppInstanceBotArn"], Type="HIDDEN")
    populate_messages(messaging, there, other)
    messaging.create_channel_ban(**there, MemberArn=other)
    messaging.update_channel_read_marker(ChannelArn=channel, ChimeBearer=expiring)
    wanted = {"PushNotifications": {"AllowNotifications": "FILTERED", "FilterRule": "{}"}}
    messaging.put_channel_membership_preferences(**there, MemberArn=one, Preferences=wanted)


def populate_elastic(messaging: Any, here: dict[str, str], *members: str) -> None:
    """An elastic channel with two sub-channels, both with messages and one with its moderator."""
    elastic = {**ELASTIC, "TargetMembershipsPerSubChannel": 2}
    channel = messaging.create_channel(**here, Name="Elastic", ElasticChannelConfiguration=elastic)
    there = {"ChannelArn": channel["ChannelArn"], "ChimeBearer": here["ChimeBearer"]}
    for arn in members:
        messaging.create_channel_membership(**there, MemberArn=arn, Type="DEFAULT")
    for part in messaging.list_sub_channels(**there)["SubChannels"]:
        place = {**there, "SubChannelId": part["SubChannelId"]}
        messaging.create_channel_membership(**place, MemberArn=here["ChimeBearer"], Type="DEFAULT")
        messaging.send_channel_message(**place, **MESSAGE)
        messaging.send_channel_message(**place, **{**MESSAGE, **PASSING})
    messaging.delete_channel_membership(**place, MemberArn=here["ChimeBearer"])


def populate_messages(messaging: Any, there: dict[str, str], other: str) -> None:
    """Messages of all kinds, sent, updated, redacted, and in a channel flow."""
    arn = {"AppInstanceArn": there["ChannelArn"].partition("/channel/")[0]}
    messaging.put_messaging_streaming_configurations(**arn, **streams(there["ChannelArn"]))
    attributes = {"colour": {"StringValues": ["red", "blue"]}}
    rich: Any = {"Metadata": "{}", "ContentType": "text/plain", "MessageAttributes": attributes}
    kinds: list[Any] = [rich, CONTROL, PASSING, {"Target": [{"MemberArn": other}]}, {}, {}]
    messages = [
        messaging.send_channel_message(**there, **{**MESSAGE, **more}, ClientRequestToken=f"token-{number}")
        for number, more in enumerate(kinds)
    ]
    first, *_, redacted, deleted = (message["MessageId"] for message in messages)
    messaging.redact_channel_message(**there, MessageId=redacted)
    messaging.delete_channel_message(**there, MessageId=deleted)
    for name in ("Unused", "Broken", "Scripted", "Held"):
        flow = messaging.create_channel_flow(
            **arn, Name=name, Processors=processors(), ClientRequestToken=name, Tags=tags(team="a")
        )
        if name != "Unused":
            messaging.associate_channel_flow(**there, ChannelFlowArn=flow["ChannelFlowArn"])
            messaging.send_channel_message(**there, **MESSAGE)
            messaging.update_channel_message(**there, MessageId=first, Content=name)
        if name in ("Broken", "Scripted"):
            messaging.disassociate_channel_flow(**there, ChannelFlowArn=flow["ChannelFlowArn"])


def everything_read(mock: Handle) -> dict[str, Any]:
    """The result or error of every read operation: all pages, in every place, for every user."""
    found = {}
    state = mock.dump()
    for region, account in PLACES:
        for service in SERVICES:
            people = PEOPLE if service is QAPPS else (None,)
            kept = state["services"][service.name].get(account or DEFAULT_ACCOUNT, {}).get(region)
            for person in people if kept else ():
                asking = client(mock, service.name, person, region, account)
                for operation in (name for owner, name in READS if owner is service):
                    for given in inputs(service.model.operation_model(operation), POOLS[service.name](kept)):
                        what = f"{account} {region} {person} {operation} {given}"
                        found[what] = pages(asking, service.model.operation_model(operation), given)
    return found


def inputs(operation: Any, pool: dict[str, list[Any]]) -> Iterator[dict[str, Any]]:
    """Every possible input; a None in the pool omits an optional member."""
    members = operation.input_shape.members
    names = [name for name in members if name in pool]
    missing = set(operation.input_shape.required_members) - set(names)
    assert not missing, f"populated.py has no values for {operation.name}: {missing}"
    for values in product(*(pool[name] for name in names)):
        yield {name: value for name, value in zip(names, values, strict=True) if value is not None}


def pages(asking: Any, operation: Any, given: dict[str, Any]) -> Any:
    """All pages, as small as possible, or the error."""
    members = operation.input_shape.members
    size = next((name for name in ("limit", "MaxResults") if name in members), None)
    token = next((name for name in ("nextToken", "NextToken") if name in members), None)
    asked, answers = {**given, **({size: 1} if size else {})}, []
    try:
        while True:
            answer = call(asking, operation.name, **asked)
            del answer["ResponseMetadata"]
            answers.append(answer)
            if not token or not answer.get(token):
                return answers
            asked[token] = answer[token]
    except ClientError as error:
        return str(error)


def qapps_pool(kept: Any) -> dict[str, list[Any]]:
    pool: dict[str, list[Any]] = {"instanceId": [HERE["instanceId"]], "appVersion": [None, 1, 2]}
    instance = kept["instances"].get(HERE["instanceId"]) or next(iter(kept["instances"].values()))
    pool["appId"] = list(instance["apps"]["entries"])
    pool["sessionId"] = list(instance["sessions"])
    pool["libraryItemId"] = list(instance["library"]["entries"])
    pool["categoryId"] = [None, *instance["categories"]]
    apps = [entry["resource"] for entry in instance["apps"]["entries"].values()]
    sessions = list(instance["sessions"].values())
    pool["resourceARN"] = [app["app_arn"] for app in apps] + [one["session_arn"] for one in sessions]
    pool["options"] = [{"problemStatement": "Plan a trip"}, {"problemStatement": "Something"}]
    return pool


def chime_pool(kept: Any) -> dict[str, list[Any]]:
    instances = kept["app_instances"]["entries"]
    pool: dict[str, list[Any]] = {"AppInstanceArn": list(instances)}

    def inside(kind: str) -> list[Any]:
        return [key for entry in instances.values() for key in entry["resource"][kind]["entries"]]

    pool["AppInstanceUserArn"], pool["AppInstanceBotArn"] = inside("users"), inside("bots")
    pool["AppInstanceAdminArn"] = inside("admins")
    users = [user for entry in instances.values() for user in entry["resource"]["users"]["entries"].values()]
    pool["EndpointId"] = [key for user in users for key in user["resource"]["endpoints"]["entries"]]
    pool["ResourceARN"] = list(instances) + inside("users") + inside("bots")
    return pool


def messaging_pool(kept: Any) -> dict[str, list[Any]]:
    chats = kept["chats"].values()
    channels = [entry["resource"] for chat in chats for entry in chat["channels"]["entries"].values()]
    pool: dict[str, list[Any]] = {"AppInstanceArn": list(kept["chats"]), "Privacy": [None, "PRIVATE"]}
    pool["ChannelArn"] = [channel["channel_arn"] for channel in channels]

    parts = [part for channel in channels for part in channel["sub_channels"]["entries"].values()]
    places = [*channels, *(part["resource"] for part in parts)]

    def inside(kind: str) -> list[Any]:
        return list(dict.fromkeys(key for place in places if kind in place for key in place[kind]["entries"]))

    pool["MemberArn"] = inside("memberships") + inside("bans")
    pool["ChannelModeratorArn"] = pool["ChimeBearer"] = inside("moderators")
    pool["AppInstanceUserArn"] = inside("memberships")
    pool["Type"], pool["SortOrder"] = [None, "HIDDEN"], [None, "ASCENDING"]
    pool["MessageId"] = inside("messages")
    pool["SubChannelId"] = [None, *inside("sub_channels")]
    pool["ChannelFlowArn"] = [key for chat in chats for key in chat["flows"]["entries"]]
    pool["ResourceARN"] = pool["ChannelArn"] + pool["ChannelFlowArn"]
    pool["Fields"] = [[{"Key": "MEMBERS", "Operator": "INCLUDES", "Values": inside("moderators")}]]
    return pool


POOLS: dict[str, Callable[[Any], dict[str, list[Any]]]] = {
    "qapps": qapps_pool,
    "chime-sdk-identity": chime_pool,
    "chime-sdk-messaging": messaging_pool,
}
