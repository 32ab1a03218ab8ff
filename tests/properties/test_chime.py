"""Any sequence of calls of Amazon Chime SDK Identity gets the responses of the model (chime_model.py)."""

import json
from datetime import timedelta
from itertools import cycle
from typing import Any

from botocore import xform_name
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from qchime import mock_chimesdkidentity
from qchime.services.chimesdkidentity import SERVICE as CHIME_SDK_IDENTITY
from tests.properties import chime_model
from tests.properties.agreement import GIVEN, START, Refused, Stage, answer_of, client_for, expected_of
from tests.properties.chime_model import ChimeModel
from tests.services.chimesdkidentity.samples import NOBODYS_INSTANCE, NOBODYS_UUID, days, device, lex

LISTS = {
    "ListAppInstances": "AppInstances",
    "ListAppInstanceUsers": "AppInstanceUsers",
    "ListAppInstanceBots": "AppInstanceBots",
    "ListAppInstanceAdmins": "AppInstanceAdmins",
    "ListAppInstanceUserEndpoints": "AppInstanceUserEndpoints",
}
"""The operations, and the member with the items."""

DELETIONS = {
    "ListAppInstances": "DeleteAppInstance",
    "ListAppInstanceUsers": "DeleteAppInstanceUser",
    "ListAppInstanceBots": "DeleteAppInstanceBot",
    "ListAppInstanceUserEndpoints": "DeregisterAppInstanceUserEndpoint",
}
"""The operations that delete an item of a list."""

GONE, NOBODYS = 8, 9
CHOICE = st.integers(0, NOBODYS)
"""The index of an existing resource, the latest being 0; or a deleted one, or one that never existed."""

NAMES = st.sampled_from(["Ann", "Bob"])
METADATA = st.sampled_from(["", "x"])
USER_IDS = st.sampled_from(["a", "b", "c", "d", "e", "endpoints"])
TOKENS = st.sampled_from(["token-1", "token-2"])
EXPIRATION = st.sampled_from([days(1), days(2)])
RETENTION = st.sampled_from(
    [{}, {"ChannelRetentionSettings": {}}, {"ChannelRetentionSettings": {"RetentionDays": 7}}]
)
KEYS = st.sampled_from(["team", "colour", "aws::x", "size"])
TAGS = st.lists(
    st.fixed_dictionaries({"Key": KEYS, "Value": st.sampled_from(["1", "2"])}), min_size=1, max_size=4
)
BOTS = st.sampled_from([lex(), lex(WelcomeIntent="Hello"), lex(RespondsTo="STANDARD_MESSAGES")])
DEVICES = st.sampled_from([device("1"), device("2"), device("3"), device("1", ResourceArn=NOBODYS_INSTANCE)])
MESSAGES = st.sampled_from(["ALL", "NONE"])


def some(**members: st.SearchStrategy[Any]) -> st.SearchStrategy[GIVEN]:
    """Members that may be omitted."""
    return st.fixed_dictionaries({}, optional=members)


class Chime(RuleBasedStateMachine):
    """Besides the model: everything that was ever created, and the walks over pages."""

    def __init__(self) -> None:
        super().__init__()
        self.stage = Stage(mock_chimesdkidentity())
        self.stage.handle.limits.update(
            app_instances_per_account=chime_model.INSTANCES,
            users_per_app_instance=chime_model.USERS,
            admins_per_app_instance=chime_model.ADMINS,
            endpoints_per_user=chime_model.ENDPOINTS,
            tags_per_resource=chime_model.TAGS,
        )
        self.client = client_for(CHIME_SDK_IDENTITY.name, "AKIAIOSFODNN7EXAMPLE", "secret")
        self.model = ChimeModel(START)
        self.instances: list[str] = []
        self.users: list[str] = []
        self.bots: list[str] = []
        self.endpoints: list[tuple[str, str]] = []
        self.walk: tuple[str, GIVEN, Any, int] | None = None
        self.was_saved = False
        self.next_list = cycle(LISTS)

    def teardown(self) -> None:
        try:
            self.everything_matches_the_model()
        finally:
            self.stage.close()

    # How a call is compared, and its resources

    def call(self, operation: str, **given: Any) -> GIVEN | str:
        self.model.drop_expired()
        answer = answer_of(self.client, operation, given)
        expected = expected_of(getattr(self.model, xform_name(operation)), given, answer)
        assert answer == expected
        return answer

    def make(self, ever: list[Any], member: str, operation: str, **given: Any) -> None:
        answer = self.call(operation, **given)
        if isinstance(answer, dict) and answer[member] not in ever:
            ever.insert(0, answer[member])

    def instance(self, choice: int) -> str:
        return str(_chosen(choice, list(self.model.instances), self.instances, NOBODYS_INSTANCE))

    def user(self, choice: int) -> str:
        return str(
            _chosen(choice, self.model.members("users"), self.users, f"{NOBODYS_INSTANCE}/user/nobody")
        )

    def bot(self, choice: int) -> str:
        nobodys = f"{NOBODYS_INSTANCE}/bot/{NOBODYS_UUID}"
        return str(_chosen(choice, self.model.members("bots"), self.bots, nobodys))

    def member(self, choice: int) -> str:
        """A user or bot, which can be an administrator."""
        alive = [*self.model.members("users"), *self.model.members("bots")]
        return str(_chosen(choice, alive, [*self.users, *self.bots], f"{self.instance(0)}/user/nobody"))

    def tagged(self, choice: int) -> str:
        return (self.instance, self.user, self.bot)[choice % 3](choice)

    def endpoint(self, choice: int) -> GIVEN:
        nobodys = (self.user(0), NOBODYS_UUID)
        user, name = _chosen(choice, self.model.endpoints(), self.endpoints, nobodys)
        return {"AppInstanceUserArn": user, "EndpointId": name}

    @initialize()
    def open_a_chat(self) -> None:
        """Create resources for most calls."""
        for user_id in ("a", "b"):
            self.create_app_instance("Ann", {})
            self.create_user(0, user_id, "Ann", {})
            self.create_user(0, "c", "Bob", {"ExpirationSettings": days(1)})
        self.create_bot(0, lex(), {})
        self.create_admin(0, False)
        self.register_endpoint(0, device("1"), {})

    # App instances

    @rule(name=NAMES, more=some(Metadata=METADATA, Tags=TAGS, ClientRequestToken=TOKENS))
    def create_app_instance(self, name: str, more: GIVEN) -> None:
        self.make(self.instances, "AppInstanceArn", "CreateAppInstance", Name=name, **more)

    @rule(choice=CHOICE)
    def describe_app_instance(self, choice: int) -> None:
        self.call("DescribeAppInstance", AppInstanceArn=self.instance(choice))

    @rule(choice=CHOICE, name=NAMES, metadata=METADATA)
    def update_app_instance(self, choice: int, name: str, metadata: str) -> None:
        arn = self.instance(choice)
        self.call("UpdateAppInstance", AppInstanceArn=arn, Name=name, Metadata=metadata)

    @precondition(lambda self: len(self.model.instances) > 1)
    @rule(choice=CHOICE)
    def delete_app_instance(self, choice: int) -> None:
        self.call("DeleteAppInstance", AppInstanceArn=self.instance(choice))

    # Users

    @rule(
        choice=CHOICE,
        user_id=USER_IDS,
        name=NAMES,
        more=some(Metadata=METADATA, Tags=TAGS, ClientRequestToken=TOKENS, ExpirationSettings=EXPIRATION),
    )
    def create_user(self, choice: int, user_id: str, name: str, more: GIVEN) -> None:
        given = {"AppInstanceArn": self.instance(choice), "AppInstanceUserId": user_id, "Name": name, **more}
        self.make(self.users, "AppInstanceUserArn", "CreateAppInstanceUser", **given)

    @rule(choice=CHOICE)
    def create_user_again(self, choice: int) -> None:
        """Exactly as it exists, as sign-in hooks do."""
        arn = self.user(choice)
        instance, _, user_id = arn.partition("/user/")
        name = "Ann"
        if instance in self.model.instances:
            name = self.model.instances[instance]["users"].get(arn, {}).get("name", name)
        given = {"AppInstanceArn": instance, "AppInstanceUserId": user_id, "Name": name}
        self.make(self.users, "AppInstanceUserArn", "CreateAppInstanceUser", **given)

    @rule(choice=CHOICE)
    def describe_user(self, choice: int) -> None:
        self.call("DescribeAppInstanceUser", AppInstanceUserArn=self.user(choice))

    @rule(choice=CHOICE, name=NAMES, metadata=METADATA)
    def update_user(self, choice: int, name: str, metadata: str) -> None:
        arn = self.user(choice)
        self.call("UpdateAppInstanceUser", AppInstanceUserArn=arn, Name=name, Metadata=metadata)

    @rule(choice=CHOICE)
    def delete_user(self, choice: int) -> None:
        self.call("DeleteAppInstanceUser", AppInstanceUserArn=self.user(choice))

    @rule(choice=CHOICE, settings=some(ExpirationSettings=EXPIRATION))
    def put_expiration(self, choice: int, settings: GIVEN) -> None:
        arn = self.user(choice)
        self.call("PutAppInstanceUserExpirationSettings", AppInstanceUserArn=arn, **settings)

    @rule(hours=st.sampled_from([1, 6, 24]))
    def time_passes(self, hours: int) -> None:
        self.stage.handle.clock.advance(hours=hours)
        self.model.advance(timedelta(hours=hours))

    # Bots

    @rule(
        choice=CHOICE,
        configuration=BOTS,
        more=some(Name=NAMES, Metadata=METADATA, Tags=TAGS, ClientRequestToken=TOKENS),
    )
    def create_bot(self, choice: int, configuration: GIVEN, more: GIVEN) -> None:
        given = {"AppInstanceArn": self.instance(choice), "Configuration": configuration, **more}
        self.make(self.bots, "AppInstanceBotArn", "CreateAppInstanceBot", **given)

    @rule(choice=CHOICE)
    def describe_bot(self, choice: int) -> None:
        self.call("DescribeAppInstanceBot", AppInstanceBotArn=self.bot(choice))

    @rule(choice=CHOICE, name=NAMES, metadata=METADATA, more=some(Configuration=BOTS))
    def update_bot(self, choice: int, name: str, metadata: str, more: GIVEN) -> None:
        given = {"AppInstanceBotArn": self.bot(choice), "Name": name, "Metadata": metadata}
        self.call("UpdateAppInstanceBot", **given, **more)

    @rule(choice=CHOICE)
    def delete_bot(self, choice: int) -> None:
        self.call("DeleteAppInstanceBot", AppInstanceBotArn=self.bot(choice))

    # Administrators: most are of their own app instance

    @rule(choice=CHOICE, elsewhere=st.sampled_from([False, False, False, True]))
    def create_admin(self, choice: int, elsewhere: bool) -> None:
        self.call("CreateAppInstanceAdmin", **self.role(choice, elsewhere))

    @rule(choice=CHOICE)
    def describe_admin(self, choice: int) -> None:
        self.call("DescribeAppInstanceAdmin", **self.role(choice))

    @rule(choice=CHOICE, elsewhere=st.booleans())
    def delete_admin(self, choice: int, elsewhere: bool) -> None:
        self.call("DeleteAppInstanceAdmin", **self.role(choice, elsewhere))

    def role(self, choice: int, elsewhere: bool = False) -> GIVEN:
        arn = self.member(choice)
        instance = self.instance(0) if elsewhere else arn.split("/user/")[0].split("/bot/")[0]
        return {"AppInstanceArn": instance, "AppInstanceAdminArn": arn}

    # Endpoints

    @rule(
        choice=CHOICE,
        device=DEVICES,
        more=some(Name=NAMES, AllowMessages=MESSAGES, ClientRequestToken=TOKENS),
    )
    def register_endpoint(self, choice: int, device: GIVEN, more: GIVEN) -> None:
        arn = self.user(choice)
        given = {"AppInstanceUserArn": arn, **device, **more}
        answer = self.call("RegisterAppInstanceUserEndpoint", **given)
        if isinstance(answer, dict):
            self.endpoints.insert(0, (arn, answer["EndpointId"]))

    @rule(choice=CHOICE)
    def describe_endpoint(self, choice: int) -> None:
        self.call("DescribeAppInstanceUserEndpoint", **self.endpoint(choice))

    @rule(choice=CHOICE, changes=some(Name=NAMES, AllowMessages=MESSAGES))
    def update_endpoint(self, choice: int, changes: GIVEN) -> None:
        self.call("UpdateAppInstanceUserEndpoint", **self.endpoint(choice), **changes)

    @rule(choice=CHOICE)
    def deregister_endpoint(self, choice: int) -> None:
        self.call("DeregisterAppInstanceUserEndpoint", **self.endpoint(choice))

    # Retention and tags

    @rule(choice=CHOICE, settings=RETENTION)
    def put_retention(self, choice: int, settings: GIVEN) -> None:
        given = {"AppInstanceArn": self.instance(choice), "AppInstanceRetentionSettings": settings}
        self.call("PutAppInstanceRetentionSettings", **given)

    @rule(choice=CHOICE)
    def get_retention(self, choice: int) -> None:
        self.call("GetAppInstanceRetentionSettings", AppInstanceArn=self.instance(choice))

    @rule(choice=CHOICE, tags=TAGS)
    def tag(self, choice: int, tags: list[GIVEN]) -> None:
        self.call("TagResource", ResourceARN=self.tagged(choice), Tags=tags)

    @rule(choice=CHOICE, keys=st.lists(KEYS, min_size=1, max_size=2))
    def untag(self, choice: int, keys: list[str]) -> None:
        self.call("UntagResource", ResourceARN=self.tagged(choice), TagKeys=keys)

    @rule(choice=CHOICE)
    def list_tags(self, choice: int) -> None:
        self.call("ListTagsForResource", ResourceARN=self.tagged(choice))

    # Pages: walking over a list while everything else happens

    @rule(operation=st.sampled_from(sorted(LISTS)), choice=CHOICE, size=st.integers(1, 3))
    def start_walking(self, operation: str, choice: int, size: int) -> None:
        self.walk = None
        self.walk_on(operation, {**self.parent(operation, choice), "MaxResults": size}, None, 0)

    @precondition(lambda self: self.walk is not None)
    @rule(size=st.integers(1, 3))
    def continue_walking(self, size: int) -> None:
        assert self.walk is not None
        operation, given, token, last = self.walk
        self.walk_on(operation, {**given, "MaxResults": size}, token, last)

    @precondition(lambda self: self.walk is not None and self.walk[0] in DELETIONS)
    @rule(size=st.integers(1, 3))
    def delete_listed_items_and_continue(self, size: int) -> None:
        """As clients do that clean up page by page."""
        assert self.walk is not None
        operation, given, _, last = self.walk
        listed = self.listed(operation, given)
        for item in [item for serial, item in listed if serial == last] if isinstance(listed, list) else []:
            names = {member: item[member] for member in item if member.endswith(("Arn", "EndpointId"))}
            self.call(DELETIONS[operation], **names)
        self.continue_walking(size)

    def parent(self, operation: str, choice: int) -> GIVEN:
        if operation == "ListAppInstances":
            return {}
        if operation == "ListAppInstanceUserEndpoints":
            return {"AppInstanceUserArn": self.user(choice)}
        return {"AppInstanceArn": self.instance(choice)}

    def walk_on(self, operation: str, given: GIVEN, token: str | None, last: int) -> None:
        """Read the next page: what follows the last item seen, even if that was deleted."""
        listed = self.listed(operation, given)
        answer = answer_of(self.client, operation, {**given, "NextToken": token} if token else given)
        if isinstance(listed, str):
            assert answer == listed
            self.walk = None
            return
        if listed and last > max(serial for serial, _ in listed) and answer == "BadRequestException":
            self.walk = None  # the list was deleted with its user, who was created again
            return
        assert isinstance(answer, dict)
        rest = [(serial, item) for serial, item in listed if serial > last]
        expected = rest[: given["MaxResults"]]
        assert answer[LISTS[operation]] == [item for _, item in expected]
        assert ("NextToken" in answer) == (len(rest) > len(expected))
        token = answer.get("NextToken")
        self.walk = (operation, given, token, expected[-1][0]) if token else None

    # The state

    @precondition(lambda self: not self.was_saved)
    @rule()
    def save_and_load(self) -> None:
        """The difference is not noticeable. Once per run, because it takes longer than many calls."""
        self.was_saved = True
        self.stage.handle.load(json.loads(json.dumps(self.stage.handle.dump())))

    @invariant()
    def the_lists_match_the_model(self) -> None:
        """Check one list after each step, in turn."""
        operation = next(self.next_list)
        self.check_list(operation, self.parent(operation, 0))

    def check_list(self, operation: str, given: GIVEN) -> None:
        listed = self.listed(operation, given)
        answer = answer_of(self.client, operation, given)
        if isinstance(listed, str):
            assert answer == listed
            return
        assert isinstance(answer, dict)
        assert answer[LISTS[operation]] == [item for _, item in listed]
        assert "NextToken" not in answer

    def listed(self, operation: str, given: GIVEN) -> list[tuple[int, GIVEN]] | str:
        """The items with their serial numbers, or the name of the error."""
        self.model.drop_expired()
        try:
            items: list[tuple[int, GIVEN]] = getattr(self.model, xform_name(operation))(given)
        except Refused as error:
            return str(error)
        return items

    def everything_matches_the_model(self) -> None:
        for arn in self.instances:
            self.call("DescribeAppInstance", AppInstanceArn=arn)
            self.call("GetAppInstanceRetentionSettings", AppInstanceArn=arn)
            for operation in ("ListAppInstanceUsers", "ListAppInstanceBots", "ListAppInstanceAdmins"):
                self.check_list(operation, {"AppInstanceArn": arn})
        for arn in self.users:
            self.call("DescribeAppInstanceUser", AppInstanceUserArn=arn)
        for arn in self.bots:
            self.call("DescribeAppInstanceBot", AppInstanceBotArn=arn)
        for user, name in self.endpoints:
            self.call("DescribeAppInstanceUserEndpoint", AppInstanceUserArn=user, EndpointId=name)
        for arn in (*self.instances, *self.users, *self.bots):
            self.call("ListTagsForResource", ResourceARN=arn)


def _chosen(choice: int, alive: list[Any], ever: list[Any], nobodys: Any) -> Any:
    gone = [one for one in ever if one not in alive]
    if choice < GONE and alive:
        return alive[-1 - choice % len(alive)]
    return gone[0] if choice <= GONE and gone else nobodys


TestChime = Chime.TestCase
