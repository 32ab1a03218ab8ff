"""Any sequence of calls of Amazon Q Apps by three people gets the responses of the model (qapps_model.py)."""

import json
from collections.abc import Iterable
from datetime import timedelta
from itertools import cycle
from typing import Any

from botocore import xform_name
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from qchime import mock_qapps
from qchime.services.qapps import SERVICE as QAPPS
from tests.properties import qapps_model
from tests.properties.agreement import GIVEN, START, Stage, answer_of, client_of, expected_of
from tests.properties.qapps_model import DEFINITIONS, QAppsModel
from tests.services.qapps.running import DRAFT, FORM, NAME, PAPER
from tests.services.qapps.samples import HERE, INSTANCE, NOBODYS

ALICE, BOB, CAROL, DAVE = (f"{name}@example.com" for name in ("alice", "bob", "carol", "dave"))
"""Alice creates most apps; Dave gets grants, but never calls."""

LISTS = {"ListQApps": "apps", "ListLibraryItems": "libraryItems"}
CATEGORY_IDS = [f"{number}0000000-0000-4000-8000-000000000000" for number in range(1, 6)]

GONE, NOTHING = 8, 9
CHOICE = st.integers(0, NOTHING)
"""The index of an existing resource, the latest being 0; or a deleted one, or one that never existed."""

WHO = st.sampled_from([ALICE, ALICE, BOB, CAROL])
KINDS = st.sampled_from(sorted(DEFINITIONS))
TITLES = st.sampled_from(["One", "Two"])
STATUSES = st.sampled_from(["PUBLISHED", "DISABLED"])
VERSIONS = st.sampled_from([1, 1, 1, 2, 3])
CATEGORIES = st.lists(st.sampled_from(CATEGORY_IDS), max_size=2)
KEYS = st.sampled_from(["team", "colour", "aws::x", "size"])
TAGS = st.dictionaries(KEYS, st.sampled_from(["1", "2"]), max_size=3)
PERMISSIONS = st.lists(
    st.fixed_dictionaries(
        {
            "action": st.sampled_from(["read", "write"]),
            "principal": st.sampled_from([BOB, CAROL, DAVE, ALICE]),
        }
    ),
    max_size=2,
)
NEW_CATEGORIES = st.lists(
    st.fixed_dictionaries(
        {"id": st.sampled_from(CATEGORY_IDS), "title": st.sampled_from(["A", "B", "C", "D", "E"])},
        optional={"color": st.just("#ffffff")},
    ),
    min_size=1,
    max_size=2,
)
ANSWERS = st.sampled_from(['{"score": 1}', '{"score": 2, "name": "Ann"}', "{}", '"no object"'])
TEXTS = st.fixed_dictionaries(
    {"cardId": st.sampled_from([NAME, NAME, NAME, DRAFT, PAPER]), "value": st.sampled_from(["Ann", "Bob"])}
)
SHARING = st.fixed_dictionaries(
    {"enabled": st.sampled_from([True, True, False])},
    optional={"acceptResponses": st.booleans(), "revealCards": st.booleans()},
)


def some(**members: st.SearchStrategy[Any]) -> st.SearchStrategy[GIVEN]:
    """Members that may be omitted."""
    return st.fixed_dictionaries({}, optional=members)


class QApps(RuleBasedStateMachine):
    """Besides the model: deleted resources, and the walks over pages."""

    def __init__(self) -> None:
        super().__init__()
        self.stage = Stage(mock_qapps())
        self.stage.handle.limits.update(
            apps_per_instance=qapps_model.APPS,
            apps_per_user=qapps_model.APPS_PER_USER,
            categories_per_instance=qapps_model.CATEGORIES,
            tags_per_resource=qapps_model.TAGS,
        )
        users = {email: self.stage.handle.users.add(email) for email in (ALICE, BOB, CAROL, DAVE)}
        self.clients = {email: client_of(QAPPS.name, user) for email, user in users.items()}
        self.model = QAppsModel(START, INSTANCE, {email: user.user_id for email, user in users.items()})
        self.gone: list[str] = []
        self.walk: tuple[str, str, GIVEN, str, int] | None = None
        self.was_saved = False
        self.next_check = cycle((who, operation) for who in (ALICE, BOB, CAROL) for operation in LISTS)

    def teardown(self) -> None:
        try:
            self.everything_matches_the_model()
        finally:
            self.stage.close()

    # How a call is compared, and its resources

    def call(self, who: str, operation: str, **given: Any) -> GIVEN | str:
        if not operation.endswith(("TagResource", "UntagResource", "TagsForResource")):
            given |= HERE
        answer = answer_of(self.clients[who], operation, given)
        expected = expected_of(getattr(self.model, xform_name(operation)), who, given, answer)
        assert answer == expected
        return answer

    def app(self, choice: int) -> str:
        return self.chosen(choice, self.model.apps)

    def owned(self, choice: int) -> tuple[str, str]:
        """An app, and its owner."""
        app_id = self.app(choice)
        return app_id, self.model.apps[app_id]["owner"] if app_id in self.model.apps else ALICE

    def item(self, choice: int) -> str:
        return self.chosen(choice, self.model.items)

    def session(self, choice: int) -> str:
        return self.chosen(choice, self.model.sessions)

    def arn(self, choice: int) -> str:
        if choice == NOTHING:
            return f"arn:aws:qapps:us-east-1:123456789012:application/{INSTANCE}/qapp/{NOBODYS}"
        things = [*self.model.apps.values(), *self.model.sessions.values()]
        return str(things[choice % len(things)]["arn"]) if things else "arn:nothing"

    def chosen(self, choice: int, alive: Iterable[str]) -> str:
        names = list(alive)
        if choice < GONE and names:
            return names[-1 - choice % len(names)]
        gone = [name for name in self.gone if name not in names]
        return gone[-1] if choice <= GONE and gone else NOBODYS

    @initialize()
    def publish_a_survey(self) -> None:
        """Create resources for most calls: Alice's survey, which is verified, and in which Bob takes part."""
        self.call(ALICE, "BatchCreateCategory", categories=[{"id": CATEGORY_IDS[0], "title": "A"}])
        self.create_app(ALICE, "greeting", "One", {})
        self.create_app(ALICE, "survey", "Two", {})
        self.publish(0, 1, CATEGORY_IDS[:1])
        self.verify(0, ALICE, {"isVerified": True})
        self.start(0, ALICE, 1, {})
        self.share(0, {"enabled": True}, {})
        self.join(0, BOB, [{"cardId": NAME, "value": "Ann"}], False)
        self.submit(0, BOB, '{"score": 1}')
        self.like(0, BOB)

    # Apps

    @rule(who=WHO, kind=KINDS, title=TITLES, more=some(description=TITLES, tags=TAGS))
    def create_app(self, who: str, kind: str, title: str, more: GIVEN) -> None:
        self.call(who, "CreateQApp", title=title, appDefinition=DEFINITIONS[kind], **more)

    @rule(choice=CHOICE, who=WHO, version=some(appVersion=VERSIONS))
    def get_app(self, choice: int, who: str, version: GIVEN) -> None:
        self.call(who, "GetQApp", appId=self.app(choice), **version)

    @rule(
        choice=CHOICE,
        who=WHO,
        changes=some(title=TITLES, description=TITLES, appDefinition=KINDS.map(DEFINITIONS.__getitem__)),
    )
    def update_app(self, choice: int, who: str, changes: GIVEN) -> None:
        self.call(who, "UpdateQApp", appId=self.app(choice), **changes)

    @precondition(lambda self: len(self.model.apps) > 1)
    @rule(choice=CHOICE)
    def delete_app(self, choice: int) -> None:
        app_id, owner = self.owned(choice)
        self.gone += [app_id, *self.model.items, *self.model.sessions]
        self.call(owner, "DeleteQApp", appId=app_id)

    @precondition(lambda self: len(self.model.apps) > 1)
    @rule(choice=CHOICE, who=WHO)
    def try_to_delete_app(self, choice: int, who: str) -> None:
        app_id = self.app(choice)
        self.gone += [app_id, *self.model.items, *self.model.sessions]
        self.call(who, "DeleteQApp", appId=app_id)

    @rule(choice=CHOICE, who=WHO)
    def associate(self, choice: int, who: str) -> None:
        self.call(who, "AssociateQAppWithUser", appId=self.app(choice))

    @rule(choice=CHOICE, who=WHO)
    def disassociate(self, choice: int, who: str) -> None:
        self.call(who, "DisassociateQAppFromUser", appId=self.app(choice))

    @rule(choice=CHOICE, changes=some(grantPermissions=PERMISSIONS, revokePermissions=PERMISSIONS))
    def change_permissions(self, choice: int, changes: GIVEN) -> None:
        app_id, owner = self.owned(choice)
        self.call(owner, "UpdateQAppPermissions", appId=app_id, **changes)

    @rule(choice=CHOICE, who=WHO, grants=PERMISSIONS)
    def try_to_grant(self, choice: int, who: str, grants: list[GIVEN]) -> None:
        self.call(who, "UpdateQAppPermissions", appId=self.app(choice), grantPermissions=grants)

    @rule(choice=CHOICE, who=WHO)
    def describe_permissions(self, choice: int, who: str) -> None:
        self.call(who, "DescribeQAppPermissions", appId=self.app(choice))

    # The library

    @rule(choice=CHOICE, version=VERSIONS, categories=CATEGORIES)
    def publish(self, choice: int, version: int, categories: list[str]) -> None:
        app_id, owner = self.owned(choice)
        self.call(owner, "CreateLibraryItem", appId=app_id, appVersion=version, categories=categories)

    @rule(choice=CHOICE, who=WHO)
    def try_to_publish(self, choice: int, who: str) -> None:
        self.call(who, "CreateLibraryItem", appId=self.app(choice), appVersion=1, categories=[])

    @rule(choice=CHOICE, who=WHO)
    def get_item(self, choice: int, who: str) -> None:
        self.call(who, "GetLibraryItem", libraryItemId=self.item(choice))

    @rule(choice=CHOICE, changes=some(status=STATUSES, categories=CATEGORIES))
    def update_item(self, choice: int, changes: GIVEN) -> None:
        item_id = self.item(choice)
        owner = self.model.items[item_id]["app"]["owner"] if item_id in self.model.items else ALICE
        self.call(owner, "UpdateLibraryItem", libraryItemId=item_id, **changes)

    @rule(choice=CHOICE, who=WHO, status=STATUSES)
    def try_to_update_item(self, choice: int, who: str, status: str) -> None:
        self.call(who, "UpdateLibraryItem", libraryItemId=self.item(choice), status=status)

    @rule(choice=CHOICE, who=WHO, verified=some(isVerified=st.booleans()))
    def verify(self, choice: int, who: str, verified: GIVEN) -> None:
        self.call(who, "UpdateLibraryItemMetadata", libraryItemId=self.item(choice), **verified)

    @rule(choice=CHOICE, who=WHO)
    def unpublish(self, choice: int, who: str) -> None:
        item_id = self.item(choice)
        self.gone.append(item_id)
        self.call(who, "DeleteLibraryItem", libraryItemId=item_id)

    @rule(choice=CHOICE, who=WHO)
    def like(self, choice: int, who: str) -> None:
        self.call(who, "AssociateLibraryItemReview", libraryItemId=self.item(choice))

    @rule(choice=CHOICE, who=WHO)
    def withdraw_like(self, choice: int, who: str) -> None:
        self.call(who, "DisassociateLibraryItemReview", libraryItemId=self.item(choice))

    # Categories

    @rule(who=WHO, categories=NEW_CATEGORIES)
    def create_categories(self, who: str, categories: list[GIVEN]) -> None:
        self.call(who, "BatchCreateCategory", categories=categories)

    @rule(who=WHO, categories=NEW_CATEGORIES)
    def update_categories(self, who: str, categories: list[GIVEN]) -> None:
        self.call(who, "BatchUpdateCategory", categories=categories)

    @rule(who=WHO, categories=st.lists(st.sampled_from(CATEGORY_IDS), min_size=1, max_size=2))
    def delete_categories(self, who: str, categories: list[str]) -> None:
        self.call(who, "BatchDeleteCategory", categories=categories)

    @rule(who=WHO)
    def list_categories(self, who: str) -> None:
        self.call(who, "ListCategories")

    # Sessions

    @rule(choice=CHOICE, who=WHO, version=VERSIONS, more=some(tags=TAGS))
    def start(self, choice: int, who: str, version: int, more: GIVEN) -> None:
        given = {"appId": self.app(choice), "appVersion": version, **more}
        self.learn_ids(self.call(who, "StartQAppSession", **given))

    @rule(choice=CHOICE, who=WHO, values=st.lists(TEXTS, max_size=2), answer=some(value=ANSWERS))
    def start_with_values(self, choice: int, who: str, values: list[GIVEN], answer: GIVEN) -> None:
        all_values = values + ([{"cardId": FORM, **answer}] if answer else [])
        given = {"appId": self.app(choice), "appVersion": 1, "initialValues": all_values}
        self.learn_ids(self.call(who, "StartQAppSession", **given))

    @rule(choice=CHOICE, who=WHO, values=st.lists(TEXTS, max_size=1), elsewhere=st.booleans())
    def join(self, choice: int, who: str, values: list[GIVEN], elsewhere: bool) -> None:
        session_id = self.session(choice)
        session = self.model.sessions.get(session_id)
        app_id = self.app(0) if elsewhere or session is None else session["app"]["id"]
        given = {"appId": app_id, "appVersion": 1, "sessionId": session_id}
        self.call(who, "StartQAppSession", **given, **({"initialValues": values} if values else {}))

    @rule(choice=CHOICE, who=WHO, values=st.lists(TEXTS, max_size=2))
    def fill(self, choice: int, who: str, values: list[GIVEN]) -> None:
        self.call(who, "UpdateQAppSession", sessionId=self.session(choice), values=values)

    @rule(choice=CHOICE, who=WHO, answer=ANSWERS)
    def submit(self, choice: int, who: str, answer: str) -> None:
        values = [{"cardId": FORM, "value": answer}]
        self.learn_ids(self.call(who, "UpdateQAppSession", sessionId=self.session(choice), values=values))

    @rule(
        choice=CHOICE,
        which=CHOICE,
        who=WHO,
        kind=st.sampled_from(["add", "edit", "delete"]),
        answer=ANSWERS,
    )
    def change_a_submission(self, choice: int, which: int, who: str, kind: str, answer: str) -> None:
        session_id = self.session(choice)
        entries = self.model.sessions.get(session_id, {}).get("submissions", [])
        submission = self.chosen(which, [entry["id"] for entry in entries])
        mutation = {"submissionId": submission, "mutationType": kind}
        values = [{"cardId": FORM, "value": answer, "submissionMutation": mutation}]
        self.call(who, "UpdateQAppSession", sessionId=session_id, values=values)

    def learn_ids(self, started: GIVEN | str) -> None:
        """Learn the ids of submissions that were sent without one."""
        if isinstance(started, dict):
            host = self.model.sessions[started["sessionId"]]["host"]
            self.call(host, "ListQAppSessionData", sessionId=started["sessionId"])

    @rule(choice=CHOICE, who=WHO)
    def get_session(self, choice: int, who: str) -> None:
        self.call(who, "GetQAppSession", sessionId=self.session(choice))

    @rule(choice=CHOICE, who=WHO)
    def list_data(self, choice: int, who: str) -> None:
        self.call(who, "ListQAppSessionData", sessionId=self.session(choice))

    @rule(choice=CHOICE, how=SHARING, name=some(sessionName=TITLES))
    def share(self, choice: int, how: GIVEN, name: GIVEN) -> None:
        session_id = self.session(choice)
        host = self.model.sessions.get(session_id, {}).get("host", ALICE)
        given = {"sessionId": session_id, "sharingConfiguration": how, **name}
        self.call(host, "UpdateQAppSessionMetadata", **given)

    @rule(choice=CHOICE, who=WHO)
    def try_to_share(self, choice: int, who: str) -> None:
        given = {"sessionId": self.session(choice), "sharingConfiguration": {"enabled": False}}
        self.call(who, "UpdateQAppSessionMetadata", **given)

    @rule(choice=CHOICE, who=WHO)
    def get_metadata(self, choice: int, who: str) -> None:
        self.call(who, "GetQAppSessionMetadata", sessionId=self.session(choice))

    @rule(choice=CHOICE, who=WHO)
    def stop(self, choice: int, who: str) -> None:
        session_id = self.session(choice)
        self.gone.append(session_id)
        self.call(who, "StopQAppSession", sessionId=session_id)

    # Tags, time and the state

    @rule(choice=CHOICE, who=WHO, tags=TAGS)
    def tag(self, choice: int, who: str, tags: GIVEN) -> None:
        self.call(who, "TagResource", resourceARN=self.arn(choice), tags=tags)

    @rule(choice=CHOICE, who=WHO, keys=st.lists(KEYS, min_size=1, max_size=2))
    def untag(self, choice: int, who: str, keys: list[str]) -> None:
        self.call(who, "UntagResource", resourceARN=self.arn(choice), tagKeys=keys)

    @rule(choice=CHOICE, who=WHO)
    def list_tags(self, choice: int, who: str) -> None:
        self.call(who, "ListTagsForResource", resourceARN=self.arn(choice))

    @rule()
    def time_passes(self) -> None:
        self.stage.handle.clock.advance(minutes=1)
        self.model.advance(timedelta(minutes=1))

    @precondition(lambda self: not self.was_saved)
    @rule()
    def save_and_load(self) -> None:
        """The difference is not noticeable. Once per run, because it takes longer than many calls."""
        self.was_saved = True
        self.stage.handle.load(json.loads(json.dumps(self.stage.handle.dump())))

    # Pages: walking over a list while everything else happens

    @rule(who=WHO, operation=st.sampled_from(sorted(LISTS)), size=st.integers(1, 2), category=CHOICE)
    def start_walking(self, who: str, operation: str, size: int, category: int) -> None:
        given: GIVEN = {**HERE, "limit": size}
        if operation == "ListLibraryItems" and category < len(CATEGORY_IDS):
            given["categoryId"] = CATEGORY_IDS[category]
        self.walk = None
        self.walk_on(who, operation, given, None, None)

    @precondition(lambda self: self.walk is not None)
    @rule(size=st.integers(1, 2))
    def continue_walking(self, size: int) -> None:
        assert self.walk is not None
        who, operation, given, token, last = self.walk
        self.walk_on(who, operation, {**given, "limit": size}, token, last)

    @precondition(lambda self: self.walk is not None and self.walk[1] == "ListLibraryItems")
    @rule(size=st.integers(1, 2))
    def unpublish_listed_items_and_continue(self, size: int) -> None:
        """As clients do that clean up page by page."""
        assert self.walk is not None
        for item in [one for one in self.model.items.values() if one["serial"] == self.walk[4]]:
            self.call(item["app"]["owner"], "DeleteLibraryItem", libraryItemId=item["id"])
        self.continue_walking(size)

    def walk_on(self, who: str, operation: str, given: GIVEN, token: str | None, last: int | None) -> None:
        """Read the next page: what is older than the last item seen, even if that was deleted."""
        answer = answer_of(self.clients[who], operation, {**given, "nextToken": token} if token else given)
        listed = getattr(self.model, xform_name(operation))(who, given)
        rest = [(serial, item) for serial, item in listed if last is None or serial < last]
        expected = rest[: given.get("limit", 100)]
        assert isinstance(answer, dict)
        assert answer[LISTS[operation]] == [item for _, item in expected]
        assert ("nextToken" in answer) == (len(rest) > len(expected))
        self.walk = None
        if "nextToken" in answer:
            self.walk = (who, operation, given, answer["nextToken"], expected[-1][0])

    @invariant()
    def the_lists_match_the_model(self) -> None:
        """Check one list of one person after each step, in turn."""
        walk = self.walk
        self.walk_on(*next(self.next_check), HERE, None, None)
        self.walk = walk

    def everything_matches_the_model(self) -> None:
        for who in (ALICE, BOB, CAROL):
            self.call(who, "ListCategories")
            for app_id in self.model.apps:
                self.call(who, "GetQApp", appId=app_id)
                self.call(who, "DescribeQAppPermissions", appId=app_id)
            for session_id in self.model.sessions:
                self.call(who, "GetQAppSession", sessionId=session_id)
                self.call(who, "ListQAppSessionData", sessionId=session_id)
        for app in self.model.apps.values():
            self.call(app["owner"], "ListTagsForResource", resourceARN=app["arn"])


TestQApps = QApps.TestCase
